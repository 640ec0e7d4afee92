// What can be done here: by everyday words, pinyin or its initials, or by window.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { shortWindow } = require('../../utils/words')

const AT_ONCE = 50

screen({
  data: {
    words: '', asked: '', window: '', next: '', items: /** @type {any[]} */ ([]), windows: /** @type {any[]} */ ([]),
  },

  onLoad(/** @type {Record<string, string>} */ options) {
    const asked = decodeURIComponent(options.q || '')
    this.setData({ words: asked, asked, window: options.window || '' })
  },

  async load() {
    if (!this.data.windows.length) {
      const { window_types: types } = await call('list_choices')
      this.setData({
        windows: types.map((/** @type {any} */ type) => ({ value: type.value, name: shortWindow(type.label) })),
      })
    }
    const page = await this.page('')
    this.setData({ items: page.items, next: page.next || '' })
  },

  /** @param {string} cursor */
  page(cursor) {
    const { asked, window } = this.data
    if (asked) return call('search_items', { query: { q: asked } })
    return call('list_items', { query: { window: window || undefined, limit: AT_ONCE, cursor: cursor || undefined } })
  },

  more() {
    return this.attempt(async () => {
      const page = await this.page(this.data.next)
      this.setData({ items: [...this.data.items, ...page.items], next: page.next || '' })
    })
  },

  typed(/** @type {any} */ event) {
    this.setData({ words: event.detail.value })
  },

  search() {
    this.setData({ asked: this.data.words.trim(), window: '' })
    return this.again()
  },

  pick(/** @type {any} */ event) {
    this.setData({ asked: '', words: '', window: event.currentTarget.dataset.window })
    return this.again()
  },
})
