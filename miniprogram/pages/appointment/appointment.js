// One appointment: confirm, come, wait, move or cancel it. While somebody waits in the hall, their place stays up to date.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { advice, isWaiting } = require('../../booking/words')
const { may } = require('../../following/lines')

const LOOK_AGAIN_MS = 20000

screen({
  fresh: true,
  data: {
    one: /** @type {any} */ (null), say: /** @type {any} */ ({}), code: '', mayConfirm: false, mayMove: false,
    mayCancel: false, waiting: false,
  },
  asked: { id: '' },
  looking: 0,
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
  },
  async load() {
    this.show(await call('show_appointment', { path: { appointment_id: this.asked.id } }))
  },
  show(/** @type {any} */ one) {
    this.setData({
      one,
      say: advice(one, Date.now()),
      code: `${one.code.slice(0, 5)}-${one.code.slice(5)}`,
      mayConfirm: may(one.actions, 'confirm'),
      mayMove: may(one.actions, 'reschedule'),
      mayCancel: may(one.actions, 'cancel'),
      waiting: isWaiting(one),
    })
    this.lookAgain()
  },

  // A quiet look while the queue moves: a failed one is tried again, and hides nothing.
  lookAgain() {
    clearTimeout(this.looking)
    if (!this.data.waiting) return
    this.looking = setTimeout(() => {
      this.load().catch(() => this.lookAgain())
    }, LOOK_AGAIN_MS)
  },
  onHide() {
    clearTimeout(this.looking)
  },
  onUnload() {
    clearTimeout(this.looking)
  },

  act(/** @type {string} */ operation) {
    const { id, version } = this.data.one
    return this.attempt(async () => {
      this.show(await call(operation, { path: { appointment_id: id }, body: { version } }))
    })
  },
  confirm() {
    return this.act('confirm_appointment')
  },
  cancel() {
    const held = this.data.one.state === 'held'
    wx.showModal({
      title: held ? '不要这个时间了？' : '取消这个预约？',
      content: held ? '' : '取消后这个时间会让给别人。不预约也可以直接来取号。',
      confirmText: held ? '不要了' : '取消预约',
      cancelText: '留着',
      success: ({ confirm }) => {
        if (confirm) this.act('cancel_appointment')
      },
    })
  },
  move() {
    const { id, item_id, version } = this.data.one
    wx.navigateTo({ url: `/pages/times/times?item=${item_id}&move=${id}&version=${version}` })
  },
})
