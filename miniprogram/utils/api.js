// Calls to the township on the citizen's behalf. Every page calls through here; a worn-out token is renewed once, unseen.

const session = require('./session')
const wire = require('./wire')
const settings = require('../settings')
const { Fault } = require('./fault')

/** @typedef {import('./wire').Sent} Sent */

/**
 * @param {string} name
 * @param {(token?: string) => Promise<any>} work
 */
async function signedIn(name, work) {
  if (wire.operation(name).open) return work()
  const token = await session.token()
  try {
    return await work(token)
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.status !== 401) throw fault
    return work(await session.token(token))
  }
}

/** @param {string} name @param {Sent} sent @returns {Sent} */
function placed(name, sent) {
  const { query } = wire.operation(name)
  if (!settings.tenantId || !query || !query.includes('tenant_id')) return sent
  return { ...sent, query: { tenant_id: settings.tenantId, ...sent.query } }
}

/**
 * @param {string} name an operation of `operations.js`
 * @param {Sent} [sent]
 * @returns {Promise<any>} the answer's body
 * @throws {Fault}
 */
function call(name, sent = {}) {
  return signedIn(name, (token) => wire.send(name, { ...placed(name, sent), token }))
}

/**
 * @param {string} name
 * @param {string} filePath
 * @param {{progress?: (percent: number) => void}} [sent]
 */
function upload(name, filePath, sent = {}) {
  return signedIn(name, (token) => wire.upload(name, filePath, { ...sent, token }))
}

/** @param {string} name @param {Sent} [sent] @returns {Promise<string>} the file's path on the phone */
function download(name, sent = {}) {
  return signedIn(name, (token) => wire.download(name, { ...sent, token }))
}

module.exports = { call, upload, download }
