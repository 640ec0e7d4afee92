// Free times by day. A tap keeps the time for some minutes; the next page asks to confirm it. Also moves an appointment.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { time } = require('../../utils/clock')
const { firstOpen, halves, strip } = require('../../booking/days')

screen({
  data: {
    name: '', windows: '', days: /** @type {any[]} */ ([]), day: '', label: '', halves: /** @type {any[]} */ ([]),
    note: '', provisional: false, moving: false, release: '', loaded: false,
  },
  asked: /** @type {Record<string, string>} */ ({}),
  /** @type {any[]} */
  free: [],
  onLoad(/** @type {any} */ options) {
    this.asked = options
    this.setData({ moving: Boolean(options.move) })
  },

  async load() {
    const query = this.asked.window ? { item_id: this.asked.item, window_id: this.asked.window } : { item_id: this.asked.item }
    const offer = await call('list_free_times', { query })
    this.free = offer.days
    this.setData({
      name: offer.item_name, windows: offer.windows.join('、'), days: strip(offer.days),
      release: time(offer.next_release), loaded: true,
    })
    this.show(firstOpen(offer.days, this.data.day))
  },
  show(/** @type {string} */ day) {
    const chosen = this.free.find((one) => one.day === day)
    this.setData({
      day, halves: halves(chosen), label: chosen ? chosen.label : '', note: chosen ? chosen.note : '',
      provisional: Boolean(chosen && chosen.provisional),
    })
  },
  choose(/** @type {any} */ event) {
    this.show(event.currentTarget.dataset.day)
  },

  async take(/** @type {any} */ event) {
    const { start } = event.currentTarget.dataset
    const done = await this.attempt(async () => {
      const { id } = await this.book({ day: this.data.day, start })
      wx.redirectTo({ url: `/pages/appointment/appointment?id=${id}` })
    })
    if (!done) await this.instead()
  },
  book(/** @type {{day: string, start: string}} */ when) {
    const { item, window, move, version } = this.asked
    const where = window ? { window_id: window } : {}
    if (!move) return call('book_appointment', { body: { item_id: item, ...where, ...when, hold: true } })
    return call('reschedule_appointment', {
      path: { appointment_id: move }, body: { ...where, ...when, version: Number(version) },
    })
  },
  // Somebody was quicker: the list anew under the sentence. Booked already: there it is. Unknown to us: first say who.
  async instead() {
    const { fault } = this.data
    if (!fault) return
    if (fault.facts.appointment_id && fault.code === 'booking_duplicate') {
      wx.redirectTo({ url: `/pages/appointment/appointment?id=${fault.facts.appointment_id}` })
    } else if (fault.code === 'identity_missing') {
      wx.navigateTo({ url: '/pages/identity/identity' })
    } else if (['slot_full', 'slot_closed', 'slot_not_found'].includes(fault.code)) {
      await this.load()
      this.setData({ fault })
    }
  },
})
