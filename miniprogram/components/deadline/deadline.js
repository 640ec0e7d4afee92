// By when the office has promised to be done: colour and words, and why the clock stands still where it does.

const { date } = require('../../utils/clock')

Component({
  properties: {
    due: { type: String, optionalTypes: [null] },
    daysLeft: { type: Number, optionalTypes: [null] },
    // calm, soon, due, overdue; what it means the API says in words.
    colour: String,
    colourLabel: String,
    clock: String,
    provisional: Boolean,
  },
  data: { day: '', words: '' },
  observers: {
    'due, daysLeft, colourLabel'(/** @type {string} */ due, /** @type {any} */ left, /** @type {string} */ label) {
      this.setData({ day: date(due), words: left > 0 ? `还剩 ${left} 个工作日` : label })
    },
  },
})
