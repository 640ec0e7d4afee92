// One ticket's place in its queue, looked at again and again while the page is open; sooner when the turn is near.

const { call } = require('../../utils/api')
const codes = require('../../utils/codes')
const { screen } = require('../../utils/screen')

const NEAR_MS = 10000
const FAR_MS = 30000
// States in which nothing comes any more.
const OVER = ['served', 'cancelled', 'no_show', 'expired']

screen({
  fresh: true,
  data: { ticket: /** @type {any} */ ({}), places: '' },
  code: '',
  timer: 0,

  onLoad(/** @type {Record<string, string>} */ options) {
    const place = codes.ofOptions({ q: options.q, scene: options.scene })
    this.code = place && place.kind === 'ticket' ? place.code : decodeURIComponent(options.code || '')
  },

  async load() {
    clearTimeout(this.timer)
    const ticket = await call('show_ticket', { path: { code: this.code } })
    this.setData({ ticket, places: ticket.windows.join('、') })
    if (OVER.includes(ticket.state)) return
    this.timer = setTimeout(() => this.again(), ticket.is_near ? NEAR_MS : FAR_MS)
  },

  onHide() {
    clearTimeout(this.timer)
  },

  onUnload() {
    clearTimeout(this.timer)
  },
})
