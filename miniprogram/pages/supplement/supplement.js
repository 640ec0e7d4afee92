// Everything the 一次性告知书 asks for, put right on one page and sent at once.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')
const { may } = require('../../following/lines')

screen({
  data: {
    view: /** @type {any} */ (null), gaps: /** @type {any[]} */ ([]), until: '', note: '', reminder: '', open: false,
  },
  asked: { id: '' },
  sendingPhotos: /** @type {string[]} */ ([]),
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
    this.sendingPhotos = []
  },

  async load() {
    const view = await call('show_case', { path: { case_id: this.asked.id } })
    const { notice } = view
    this.setData({
      view,
      open: Boolean(notice) && may(view.actions, 'supplement'),
      until: notice && notice.until ? date(notice.until) : '',
      gaps: notice ? notice.gaps.map((/** @type {any} */ gap) => ({ ...gap, ready: false, photos: [] })) : [],
    })
  },

  put(/** @type {string} */ code, /** @type {any} */ now) {
    this.setData({ gaps: this.data.gaps.map((gap) => (gap.code === code ? { ...gap, ...now } : gap)), reminder: '' })
  },
  tick(/** @type {any} */ event) {
    const { code, ready } = event.currentTarget.dataset
    this.put(code, { ready: !ready })
  },
  changePhotos(/** @type {any} */ event) {
    const { photos } = event.detail
    this.put(event.currentTarget.dataset.code, photos.length ? { photos, ready: true } : { photos })
  },
  sending(/** @type {any} */ event) {
    const { code } = event.currentTarget.dataset
    const rest = this.sendingPhotos.filter((one) => one !== code)
    this.sendingPhotos = event.detail.sending ? [...rest, code] : rest
  },
  typeNote(/** @type {any} */ event) {
    this.setData({ note: event.detail.value })
  },

  async send() {
    const { view, gaps, note } = this.data
    const lacking = gaps.filter(({ ready }) => !ready)
    if (this.sendingPhotos.length) {
      this.setData({ reminder: '照片还在上传，请稍等。' })
      return
    }
    if (lacking.length) {
      this.setData({ reminder: `还差：${lacking.map(({ name }) => name).join('、')}。要一次补齐。` })
      return
    }
    const pictured = gaps.filter(({ photos }) => photos.length)
    const done = await this.attempt(() => call('supplement_case', {
      path: { case_id: view.id },
      body: {
        version: view.version,
        materials: Object.fromEntries(gaps.map(({ code }) => [code, 'present'])),
        photos: Object.fromEntries(pictured.map(({ code, photos }) => [code, photos.map((/** @type {any} */ one) => one.id)])),
        note,
      },
    }))
    if (done) wx.navigateBack({ delta: 1 })
  },
})
