// A complaint, with or without a name. Without one, nothing on this phone or in the message says who it was.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { rid } = require('../../utils/rid')
const { date } = require('../../utils/clock')
const { named } = require('../../following/named')

screen({
  data: {
    subjects: /** @type {any[]} */ ([]), windows: /** @type {any[]} */ ([]), about: '', text: '', whom: '', window: '',
    isNamed: false, name: '', phone: '', filed: /** @type {any} */ (null), due: '', telephone: '', loaded: false,
  },
  rid: '',
  onLoad(/** @type {any} */ options) {
    this.rid = rid()
    this.setData({ about: options.about || '', text: options.number ? `办件编号${options.number}：` : '' })
  },
  async load() {
    const [choices, township] = await Promise.all([call('list_choices'), call('show_township')])
    this.setData({
      subjects: choices.complaint_subjects.map((/** @type {any} */ one) => ({ code: one.value, label: one.label })),
      windows: township.windows.map((/** @type {any} */ one) => ({ code: one.id, label: `${one.number}号 ${one.name}` })),
      telephone: township.complaint_phone,
      loaded: true,
    })
  },

  answer(/** @type {any} */ event) {
    const { name, value } = event.detail
    this.setData({ [name]: value })
  },
  chooseName(/** @type {any} */ event) {
    this.setData({ isNamed: event.currentTarget.dataset.named === 'yes' })
  },
  async send() {
    const { about, text, whom, window, isNamed, name, phone } = this.data
    const body = {
      rid: this.rid, about: about || 'other', text, whom,
      ...(window ? { window_id: window } : {}),
      ...(isNamed ? { name, phone } : {}),
    }
    await this.attempt(async () => {
      const filed = isNamed ? await named('file_complaint', { body }) : await call('file_complaint', { body })
      this.setData({ filed, due: date(filed.due) })
      wx.pageScrollTo({ scrollTop: 0, duration: 0 })
    })
  },
  copy() {
    wx.setClipboardData({ data: /** @type {any} */ (this.data.filed).code })
  },
})
