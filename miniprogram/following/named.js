// A call that anybody may make, made as oneself: it then also stands in one's own list.

const session = require('../utils/session')
const wire = require('../utils/wire')
const { Fault } = require('../utils/fault')

/** @param {string} name @param {import('../utils/wire').Sent} sent @returns {Promise<any>} */
async function named(name, sent) {
  const token = await session.token()
  try {
    return await wire.send(name, { ...sent, token })
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.status !== 401) throw fault
    return wire.send(name, { ...sent, token: await session.token(token) })
  }
}

module.exports = { named }
