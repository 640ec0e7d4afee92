// Which matter it is about: found by everyday words, or by the window that handles it. Then to a time, a form or an errand.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')

/** @type {Record<string, {title: string, to: string, kind?: string}>} */
const WAYS = {
  time: { title: '选要办的事', to: '/pages/times/times?item=' },
  other: { title: '替别人办什么', to: '/pages/apply/apply?other=1&item=' },
  errand: { title: '代办什么', to: '/pages/apply/apply?item=', kind: 'proxy' },
}

screen({
  data: {
    to: '', windows: /** @type {any[]} */ ([]), window: '', items: /** @type {any[]} */ ([]), words: '', searched: false,
  },
  kind: '',
  onLoad(/** @type {any} */ options) {
    const way = WAYS[options.for] || WAYS.time
    this.kind = way.kind || ''
    this.setData({ to: way.to })
    wx.setNavigationBarTitle({ title: way.title })
  },

  // Every item with its window's word: the list of windows comes from the items themselves.
  async load() {
    const query = this.kind ? { kind: this.kind } : {}
    const { items } = await call('list_items', { query })
    const seen = new Map(items.map((/** @type {any} */ item) => [item.window, item.window_word]))
    const windows = [...seen].map(([window, word]) => ({ window, word }))
    this.all = items
    this.setData({ windows: windows.length > 1 ? windows : [] })
    this.show(this.data.window)
  },
  /** @type {any[]} */
  all: [],
  show(/** @type {string} */ window) {
    this.setData({
      window, searched: false, items: this.all.filter((item) => !window || item.window === window),
    })
  },

  choose(/** @type {any} */ event) {
    const { window } = event.currentTarget.dataset
    this.show(window === this.data.window ? '' : window)
  },
  type(/** @type {any} */ event) {
    this.setData({ words: event.detail.value })
    if (!event.detail.value.trim()) this.show(this.data.window)
  },
  async search() {
    const q = this.data.words.trim()
    if (!q) return
    await this.attempt(async () => {
      const { items } = await call('search_items', { query: { q } })
      const fitting = this.kind ? items.filter((/** @type {any} */ item) => item.kind === this.kind) : items
      this.setData({ items: fitting, searched: true })
    })
  },
})
