// One case: what happens next and by when, what happened, whom to call, its documents, and what its owner may still do.

const api = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { Fault } = require('../../utils/fault')
const { date } = require('../../utils/clock')
const { history, may, tone } = require('../../following/lines')
const { openPdf } = require('../../following/documents')

const PAPER_TONES = { present: 'good', missing: 'warn', wrong: 'bad' }

/** The public page of the same case names the steps ahead and whom to ask; of some matters there is none. @param {string} code */
async function publicly(code) {
  try {
    return await api.call('show_progress', { path: { code } })
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.status !== 404) throw fault
    return { steps: [], place: '', phone: '' }
  }
}

screen({
  fresh: true,
  data: {
    view: /** @type {any} */ (null), tone: '', steps: /** @type {any[]} */ ([]), stops: /** @type {any[]} */ ([]),
    papers: /** @type {any[]} */ ([]), documents: /** @type {any[]} */ ([]), place: '', phone: '', until: '',
    maySupplement: false, mayWithdraw: false, mayRate: false, leaving: false, note: '', pledgeUntil: '',
  },
  asked: { id: '' },
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
  },

  async load() {
    const path = { case_id: this.asked.id }
    const [view, papers] = await Promise.all([api.call('show_case', { path }), api.call('case_documents', { path })])
    const open = await publicly(view.tracking_code)
    this.show(view, open)
    this.setData({
      documents: papers.documents.map((/** @type {any} */ one) => ({ ...one, on: date(one.issued_at) })),
    })
  },
  show(/** @type {any} */ view, /** @type {any} */ open) {
    this.setData({
      view,
      tone: tone(view.state),
      steps: history(view.events, open.steps),
      stops: view.clock ? view.clock.stops : [],
      papers: view.papers.map((/** @type {any} */ paper) => ({
        ...paper, tone: /** @type {any} */ (PAPER_TONES)[paper.status] || '',
      })),
      place: open.place || view.window_label,
      phone: open.phone,
      until: view.notice && view.notice.until ? date(view.notice.until) : '',
      pledgeUntil: view.pledge ? date(view.pledge.until) : '',
      maySupplement: may(view.actions, 'supplement'),
      mayWithdraw: may(view.actions, 'withdraw'),
      mayRate: ['finished', 'archived'].includes(view.state),
    })
  },

  open(/** @type {any} */ event) {
    return this.attempt(() => openPdf(event.currentTarget.dataset.id))
  },
  supplement() {
    wx.navigateTo({ url: `/pages/supplement/supplement?id=${this.asked.id}` })
  },
  leave() {
    this.setData({ leaving: !this.data.leaving })
  },
  typeNote(/** @type {any} */ event) {
    this.setData({ note: event.detail.value })
  },
  withdraw() {
    wx.showModal({
      title: '撤回这个申请？',
      content: '撤回后就不办了。要办可以重新申请。',
      confirmText: '撤回',
      success: async ({ confirm }) => {
        if (!confirm) return
        const { view, note } = this.data
        const done = await this.attempt(() => api.call('withdraw_case', {
          path: { case_id: view.id }, body: { version: view.version, note },
        }))
        if (done) await this.again()
      },
    })
  },
})
