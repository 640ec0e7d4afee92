// Everything this citizen has with the office: what waits on the phone, their cases and their errands, the latest first.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')
const drafts = require('../../filing/drafts')
const { tone } = require('../../following/lines')

/** @param {any} one a case or an errand */
function line(one) {
  return { ...one, tone: tone(one.state), since: date(one.received_at) }
}

screen({
  fresh: true,
  data: {
    tab: 'cases', drafts: /** @type {any[]} */ ([]), cases: /** @type {any[]} */ ([]), errands: /** @type {any[]} */ ([]),
    more: { cases: '', errands: '' }, loaded: false,
  },

  async load() {
    this.showDrafts()
    const [cases, errands] = await Promise.all([call('my_cases'), call('my_errands')])
    this.setData({
      cases: cases.cases.map(line),
      errands: errands.errands.map(line),
      more: { cases: cases.next || '', errands: errands.next || '' },
      loaded: true,
    })
  },
  showDrafts() {
    this.setData({
      drafts: drafts.all(Date.now()).map(({ itemId, itemName, savedAt }) => ({
        itemId, itemName, since: date(new Date(savedAt || 0).toISOString()),
      })),
    })
  },

  turn(/** @type {any} */ event) {
    this.setData({ tab: event.currentTarget.dataset.tab })
  },
  async onReachBottom() {
    const { tab, more } = this.data
    const cursor = /** @type {any} */ (more)[tab]
    if (!cursor) return
    await this.attempt(async () => {
      const page = await call(tab === 'cases' ? 'my_cases' : 'my_errands', { query: { cursor } })
      this.setData({
        [tab]: [.../** @type {any} */ (this.data)[tab], ...page[tab].map(line)],
        more: { ...more, [tab]: page.next || '' },
      })
    })
  },
  throwAway(/** @type {any} */ event) {
    const { id } = event.currentTarget.dataset
    wx.showModal({
      title: '删掉这份草稿？',
      content: '填过的内容会从这部手机上删掉。',
      confirmText: '删掉',
      success: ({ confirm }) => {
        if (!confirm) return
        drafts.drop(id)
        this.showDrafts()
      },
    })
  },
})
