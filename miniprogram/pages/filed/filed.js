// What somebody has in hand after filing: a number, a query code, what happens next, and messages by WeChat if they want.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')

/** @param {string} code in groups of four, as it is printed */
function grouped(code) {
  return (code.match(/.{1,4}/g) || []).join('-')
}

screen({
  data: { view: /** @type {any} */ (null), number: '', code: '', page: '' },
  asked: { kind: '', id: '' },
  onLoad(/** @type {any} */ options) {
    this.asked = options
  },
  async load() {
    const { kind, id } = this.asked
    const view = kind === 'errand'
      ? await call('show_errand', { path: { errand_id: id } })
      : await call('show_case', { path: { case_id: id } })
    this.setData({
      view,
      number: view.case_number || view.number,
      code: grouped(view.tracking_code),
      page: `/pages/${kind}/${kind}?id=${id}`,
    })
  },
  copy() {
    wx.setClipboardData({ data: this.data.code })
  },
  follow() {
    wx.redirectTo({ url: this.data.page })
  },
})
