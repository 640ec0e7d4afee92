// What somebody has to have agreed to before they file, and what is still open of it.

const { call } = require('../utils/api')

// Each is asked for by itself (个人信息保护法 13, 14, 29).
const TO_APPLY = ['service', 'sensitive']

/** @typedef {{purpose: string, version: number, title: string, text: string}} Notice */

/** @returns {Promise<{open: Notice[], sharing: Notice | undefined}>} */
async function consents() {
  const [notices, given] = await Promise.all([call('list_notices'), call('list_consents')])
  /** @type {Notice[]} */
  const all = notices.items
  const holds = (/** @type {Notice} */ notice) => given.items.some((/** @type {any} */ one) =>
    one.purpose === notice.purpose && one.version >= notice.version && !one.ended_at)
  return {
    open: all.filter((notice) => TO_APPLY.includes(notice.purpose) && !holds(notice)),
    sharing: all.find(({ purpose }) => purpose === 'partner_sharing'),
  }
}

/** @param {Notice[]} notices */
async function agree(notices) {
  for (const { purpose, version } of notices) await call('give_consent', { body: { purpose, version } })
}

module.exports = { consents, agree }
