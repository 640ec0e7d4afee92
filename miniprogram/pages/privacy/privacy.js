// What the office holds about me, what I agreed to and how to take it back; what lies on this phone and how to delete it.

const { call } = require('../../utils/api')
const { date, time } = require('../../utils/clock')
const { screen } = require('../../utils/screen')
const { rid } = require('../../utils/rid')
const session = require('../../utils/session')
const store = require('../../utils/store')

/** @param {any} consent */
function line(consent) {
  const ended = consent.ended_at ? `，${date(consent.ended_at)}撤回` : ''
  return { ...consent, words: `${date(consent.given_at)}同意，第 ${consent.version} 版说明${ended}` }
}

/** @param {any} part one thing of the export */
function sentence(part) {
  const facts = Object.entries(part.facts).map(([name, value]) => `${name}：${value}`)
  return [`${part.title}（${time(part.at)}）`, ...facts].join('，')
}

/** @param {any} wish */
function asked(wish) {
  return { ...wish, words: `${date(wish.asked_at)}提出${wish.answer ? '' : `，${date(wish.due_on)}前答复`}：${wish.text}` }
}

/** @param {any} all the export @returns {{id: number, key: string, value: string}[]} */
function readable(all) {
  return [
    { key: '姓名', value: all.name },
    { key: '证件号码', value: all.document_number },
    { key: '手机号', value: all.phone },
    { key: '住址', value: all.address },
    { key: '同意记录', value: all.consents.map((/** @type {any} */ one) => line(one).label + '：' + line(one).words).join('\n') },
    ...all.parts.map((/** @type {any} */ part) => ({ key: part.title, value: part.lines.map(sentence).join('\n') })),
    { key: '导出时间', value: time(all.exported_at) },
  ].map((line, id) => ({ id, ...line }))
}

// A wish is one however often it is sent; it says at least this much.
const LEAST = 4

screen({
  fresh: true,
  data: {
    me: /** @type {any} */ ({}), consents: /** @type {any[]} */ ([]), notices: /** @type {any[]} */ ([]),
    whole: /** @type {any[]} */ ([]), looks: /** @type {any[]} */ ([]), wishes: /** @type {any[]} */ ([]),
    offered: /** @type {any[]} */ ([]), wish: '', text: '', short: '',
  },
  rid: '',

  async load() {
    this.setData({ notices: (await call('list_notices')).items })
    if (session.kept()) await this.own()
  },

  async own() {
    const [me, consents, looks, wishes, choices] = await Promise.all([
      call('show_me'), call('list_consents'), call('list_looks'), call('list_wishes'), call('list_choices'),
    ])
    this.setData({
      me,
      consents: consents.items.map(line),
      looks: looks.items.map((/** @type {any} */ look, /** @type {number} */ key) => ({ ...look, key, time: time(look.at) })),
      wishes: wishes.items.map(asked),
      offered: choices.data_wishes.map((/** @type {any} */ one) => ({ code: one.value, label: one.label })),
    })
  },

  signIn() {
    return this.attempt(() => this.own())
  },

  // Shown on the screen only; what is copied is the citizen's own doing.
  export() {
    return this.attempt(async () => {
      this.setData({ whole: readable(await call('export_me')) })
    })
  },

  copy() {
    const data = this.data.whole.map(({ key, value }) => `${key}：${value || '没有'}`).join('\n')
    wx.setClipboardData({ data })
  },

  hide() {
    this.setData({ whole: [] })
  },

  typedWish(/** @type {any} */ event) {
    this.setData({ [event.detail.name]: event.detail.value, short: '' })
  },

  ask() {
    const { wish, text } = this.data
    if (!wish || text.trim().length < LEAST) {
      this.setData({ short: wish ? '请多写几个字，说清楚要改什么、删什么。' : '请先选您要求什么。' })
      return undefined
    }
    this.rid = this.rid || rid()
    return this.attempt(async () => {
      const wishes = await call('make_wish', { body: { rid: this.rid, wish, text: text.trim() } })
      this.rid = ''
      this.setData({ wishes: wishes.items.map(asked), wish: '', text: '' })
    })
  },

  withdraw(/** @type {any} */ event) {
    const { id, purpose } = event.currentTarget.dataset
    wx.showModal({
      title: '撤回同意',
      content: purpose === 'sensitive' ? '撤回后，账号里的证件号码会删除。确定撤回吗？' : '确定撤回吗？',
      confirmText: '撤回',
      success: (/** @type {any} */ answer) => {
        if (!answer.confirm) return
        this.attempt(async () => {
          await call('withdraw_consent', { path: { consent_id: id } })
          await this.own()
        })
      },
    })
  },

  clear() {
    wx.showModal({
      title: '从这部手机上删掉',
      content: '草稿、备好的材料清单和登录都会删掉，已经交的办件不受影响。',
      confirmText: '删掉',
      success: (/** @type {any} */ answer) => {
        if (!answer.confirm) return
        store.forget()
        this.setData({ me: {}, consents: [], whole: [], looks: [], wishes: [] })
      },
    })
  },

  contract() {
    wx.openPrivacyContract({})
  },
})
