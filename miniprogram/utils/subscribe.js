// Messages WeChat may send: asked for on a tap only, and counted, because one acceptance is one message.

const { call } = require('./api')
const { Fault } = require('./fault')

const MOST_AT_ONCE = 3

/** @typedef {{template_id: string, purpose: string, label: string, left: number}} Grant */

/** @returns {Promise<Grant[]>} */
async function grants() {
  return (await call('list_grants')).items
}

/**
 * Must run inside the tap itself: WeChat refuses the pop-up after any waiting, so the grants are read beforehand.
 * @param {Grant[]} wanted
 * @returns {Promise<Grant[]>} the counters afterwards
 * @throws {Fault} WeChat refused to ask, or the township could not be told
 */
function ask(wanted) {
  const asked = wanted.slice(0, MOST_AT_ONCE).map((grant) => grant.template_id)
  return new Promise((resolve, reject) => {
    wx.requestSubscribeMessage({
      tmplIds: asked,
      success: (answer) => {
        const results = asked
          .filter((id) => /** @type {any} */ (answer)[id])
          .map((id) => ({ template_id: id, result: /** @type {any} */ (answer)[id] }))
        const told = results.length ? call('report_grants', { body: { results } }) : call('list_grants')
        told.then((/** @type {any} */ kept) => resolve(kept.items), reject)
      },
      fail: (error) => reject(new Fault('subscribe_refused', refusal(/** @type {any} */ (error).errCode))),
    })
  })
}

/** @param {number} code of WeChat */
function refusal(code) {
  if (code === 20004) return '您在微信里关掉了消息提醒。请点右上角“…”，在“设置”里打开“订阅消息”。'
  return '微信这次没有弹出提醒的选择，请过一会儿再点一次。'
}

module.exports = { grants, ask }
