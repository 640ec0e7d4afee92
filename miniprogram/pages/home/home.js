// Home: the three things people come for, a search, what is common, and the hall.

const { call } = require('../../utils/api')
const codes = require('../../utils/codes')
const { scan } = require('../../utils/scan')
const { screen } = require('../../utils/screen')
const session = require('../../utils/session')
const { look, choose } = require('../../utils/look')
const { hoursToday, shortWindow } = require('../../utils/words')

const OWN_SHOWN = 3

screen({
  fresh: true,
  data: {
    words: '', unread: '', hours: '', town: {}, mine: /** @type {any[]} */ ([]), common: /** @type {string[]} */ ([]),
    windows: /** @type {any[]} */ ([]),
  },

  // A printed link or a mini-program code opens the home page where no page of its own is configured.
  onLoad(/** @type {Record<string, string>} */ options) {
    const place = codes.ofOptions(options)
    if (place) wx.navigateTo({ url: codes.page(place) })
  },

  async load() {
    const [town, help, choices, windows] = await Promise.all([
      call('show_township'), call('show_help'), call('list_choices'), call('list_hall_windows'),
    ])
    wx.setNavigationBarTitle({ title: town.centre_name || '便民通' })
    this.setData({
      town,
      common: help.common_words,
      windows: choices.window_types.map((/** @type {any} */ type) => ({ value: type.value, name: shortWindow(type.label) })),
      hours: hoursToday(windows),
    })
    // Whoever never signed in is not signed in by looking around.
    if (session.kept()) this.setData({ mine: (await call('my_cases', { query: { limit: OWN_SHOWN } })).cases })
  },

  typed(/** @type {any} */ event) {
    this.setData({ words: event.detail.value })
  },

  search() {
    const words = this.data.words.trim()
    wx.navigateTo({ url: words ? `/pages/items/items?q=${encodeURIComponent(words)}` : '/pages/items/items' })
  },

  async scan() {
    this.setData({ unread: await scan() })
  },

  turnElder() {
    choose(!this.data.elder)
    this.setData(look())
  },
})
