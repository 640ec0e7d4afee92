// How far it is, for whoever holds the slip: by the printed link (`q`), a mini-program code (`scene`) or a typed code.

const { call } = require('../../utils/api')
const codes = require('../../utils/codes')
const { screen } = require('../../utils/screen')

screen({
  fresh: true,
  data: { progress: /** @type {any} */ ({}) },
  code: '',

  onLoad(/** @type {Record<string, string>} */ options) {
    const place = codes.ofOptions(options)
    if (place && place.kind === 'progress') this.code = place.code
    else wx.redirectTo({ url: place ? codes.page(place) : '/pages/find/find' })
  },

  async load() {
    if (!this.code) return
    this.setData({ progress: await call('show_progress', { path: { code: this.code } }) })
  },
})
