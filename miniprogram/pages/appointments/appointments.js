// Booking's front door: what is booked, and the way to a new appointment.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { advice, isComing } = require('../../booking/words')

/** @param {any} one */
function line(one) {
  return { ...one, tone: one.closed ? 'bad' : advice(one, Date.now()).tone, label: one.closed ? '请改时间' : one.state_label }
}

screen({
  fresh: true,
  data: { coming: /** @type {any[]} */ ([]), past: /** @type {any[]} */ ([]), loaded: false, open: false },
  async load() {
    const { appointments } = await call('list_my_appointments')
    const lines = appointments.map(line)
    this.setData({
      coming: lines.filter(isComing).reverse(),
      past: lines.filter((/** @type {any} */ one) => !isComing(one)),
      loaded: true,
    })
  },
  unfold() {
    this.setData({ open: !this.data.open })
  },
})
