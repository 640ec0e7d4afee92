// Rating: one's own matters, five levels, one tap. Nobody at the window learns who rated.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')

const BAD = ['bad', 'very_bad']

screen({
  data: {
    matters: /** @type {any[]} */ ([]), levels: /** @type {any[]} */ ([]), open: '', level: '', isBad: false,
    reasons: /** @type {any[]} */ ([]), words: '', callback: '', loaded: false, thanks: '',
  },
  async load() {
    const [matters, choices] = await Promise.all([call('list_own_reviews'), call('list_choices')])
    this.setData({
      matters: matters.map((/** @type {any} */ one) => ({ ...one, on: date(one.opened_at) })),
      levels: choices.review_levels,
      loaded: true,
    })
  },

  rate(/** @type {any} */ event) {
    const { id, level } = event.currentTarget.dataset
    const matter = this.data.matters.find((one) => one.id === id)
    this.setData({
      open: id, level, isBad: BAD.includes(level), thanks: '', fault: null,
      reasons: matter.reasons.map((/** @type {any} */ one) => ({ ...one, on: false })),
    })
  },
  tick(/** @type {any} */ event) {
    const { value } = event.currentTarget.dataset
    this.setData({ reasons: this.data.reasons.map((one) => (one.value === value ? { ...one, on: !one.on } : one)) })
  },
  typeWords(/** @type {any} */ event) {
    this.setData({ words: event.detail.value })
  },
  typeCallback(/** @type {any} */ event) {
    this.setData({ callback: event.detail.value })
  },
  async send() {
    const { open, level, reasons, words, callback, isBad } = this.data
    const done = await this.attempt(() => call('give_review', {
      path: { occasion_id: open },
      body: {
        level, reasons: reasons.filter(({ on }) => on).map(({ value }) => value), words, callback: isBad ? callback : '',
      },
    }))
    if (!done) return
    this.setData({ open: '', words: '', callback: '', thanks: '谢谢您，评价收到了。' })
    await this.again()
  },
})
