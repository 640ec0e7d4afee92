// What people often ask, answered by the township; and whom to ask.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')

screen({
  data: { questions: /** @type {any[]} */ ([]), open: 0, phone: '' },

  async load() {
    const [help, town] = await Promise.all([call('show_help'), call('show_township')])
    this.setData({ questions: help.questions, phone: town.complaint_phone })
  },

  turn(/** @type {any} */ event) {
    const { index } = event.currentTarget.dataset
    this.setData({ open: index === this.data.open ? -1 : index })
  },
})
