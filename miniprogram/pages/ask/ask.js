// A question to the office, and the answers to one's own.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { rid } = require('../../utils/rid')
const { time } = require('../../utils/clock')

screen({
  data: {
    questions: /** @type {any[]} */ ([]), text: '', name: '', phone: '', asked: /** @type {any} */ (null), loaded: false,
    telephone: '',
  },
  rid: '',
  async load() {
    const [questions, township] = await Promise.all([call('list_own_enquiries'), call('show_township')])
    this.setData({
      questions: questions.map((/** @type {any} */ one) => ({ ...one, at: time(one.asked_at) })),
      telephone: township.complaint_phone,
      loaded: true,
    })
  },
  answer(/** @type {any} */ event) {
    const { name, value } = event.detail
    this.setData({ [name]: value })
  },
  // The same number for every try with these words; another question gets its own.
  async ask() {
    this.rid = this.rid || rid()
    const { text, name, phone } = this.data
    const done = await this.attempt(async () => {
      const asked = await call('ask_enquiry', { body: { rid: this.rid, text, name, phone } })
      this.setData({ asked, text: '' })
    })
    if (!done) return
    this.rid = ''
    await this.again()
  },
})
