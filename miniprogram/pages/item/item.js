// The guide of one item as a checklist: how long, how much, where, and what to bring, ticked off on this phone only.

const { call } = require('../../utils/api')
const codes = require('../../utils/codes')
const { screen } = require('../../utils/screen')
const store = require('../../utils/store')

/** @param {any} material @param {Record<string, string>} forms */
function wordsOf(material, forms) {
  const copies = material.copies > 1 ? ` ${material.copies} 份` : ''
  return `${forms[material.form] || ''}${copies}${material.required ? '' : ' · 有就带'}`
}

screen({
  data: {
    guide: /** @type {any} */ ({}), item: /** @type {any} */ ({}), place: '', situation: '', ready: 0,
    materials: /** @type {any[]} */ ([]), steps: /** @type {any[]} */ ([]), basis: /** @type {string[]} */ ([]),
  },
  id: '',
  forms: {},

  onLoad(/** @type {Record<string, string>} */ options) {
    const place = codes.ofOptions(options)
    this.id = place && place.kind === 'item' ? place.id : options.id
    this.setData({ situation: options.situation || '' })
  },

  async load() {
    const [guide, choices] = await Promise.all([
      call('show_item', { path: { item_id: this.id } }), call('list_choices'),
    ])
    const { item } = guide
    this.forms = Object.fromEntries(choices.material_forms.map((/** @type {any} */ form) => [form.value, form.label]))
    const numbers = guide.windows.length ? `${guide.windows.join('、')} 号窗口（${guide.card.window_word}）` : guide.card.window_word
    this.setData({
      guide, item,
      place: item.village === 'no' ? numbers : `${numbers}，${guide.card.village_word}`,
      steps: item.steps.map((/** @type {string} */ label) => ({ label, done: false })),
      basis: item.basis.map((/** @type {any} */ one) => `《${one.title.replace(/^《|》$/g, '')}》${one.article}`),
    })
    this.list(store.read(`ready.${this.id}`) || [])
    wx.setNavigationBarTitle({ title: item.name })
  },

  /** @param {string[]} have codes of the papers that lie ready */
  list(have) {
    const { item, situation } = this.data
    const chosen = item.situations.find((/** @type {any} */ one) => one.code === situation)
    const materials = [...item.materials, ...(chosen ? chosen.materials : [])].map((material) => ({
      ...material, words: wordsOf(material, this.forms), have: have.includes(material.code),
    }))
    this.setData({ materials, ready: materials.filter((material) => material.have).length })
  },

  tick(/** @type {any} */ event) {
    store.keep(`ready.${this.id}`, event.detail.value)
    this.list(event.detail.value)
  },

  choose(/** @type {any} */ event) {
    this.setData({ situation: event.currentTarget.dataset.code })
    this.list(store.read(`ready.${this.id}`) || [])
  },

  onShareAppMessage() {
    return { title: `${this.data.item.name}：要带什么、多久、多少钱`, path: `/pages/item/item?id=${this.id}` }
  },
})
