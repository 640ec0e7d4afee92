// What became of a complaint: by its code for whoever has one, and the list of those made with a name.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')

/** @param {any} one */
function line(one) {
  return { ...one, received: date(one.received_at), until: date(one.due) }
}

screen({
  data: { code: '', found: /** @type {any} */ (null), own: /** @type {any[]} */ ([]) },
  async load() {
    this.setData({ own: (await call('list_own_complaints')).map(line) })
  },
  type(/** @type {any} */ event) {
    this.setData({ code: event.detail.value })
  },
  read() {
    this.setData({ found: null })
    return this.attempt(async () => {
      this.setData({ found: line(await call('read_complaint_answer', { body: { code: this.data.code } })) })
    })
  },
})
