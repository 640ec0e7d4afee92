// One errand: the two consents where they are still open, how far it is, the money in custody, and its end.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date, time } = require('../../utils/clock')
const { usualEnd } = require('../../filing/application')
const { consents } = require('../../filing/consents')
const { history, may, tone } = require('../../following/lines')
const { openPdf } = require('../../following/documents')

screen({
  fresh: true,
  data: {
    view: /** @type {any} */ (null), tone: '', steps: /** @type {any[]} */ ([]), documents: /** @type {any[]} */ ([]),
    money: /** @type {any[]} */ ([]), held: '', centre: '', phone: '', company: '', companyPhone: '',
    sharing: /** @type {any} */ ({}), maySign: false, mayEnd: false, until: '', willSign: false, willShare: false,
    leaving: false, note: '', reminder: '', mandateFrom: '', mandateUntil: '',
  },
  asked: { id: '' },
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
    this.setData({ until: usualEnd(Date.now()) })
  },

  async load() {
    const path = { errand_id: this.asked.id }
    const [view, papers, township, terms] = await Promise.all([
      call('show_errand', { path }), call('errand_documents', { path }), call('show_township'), consents(),
    ])
    const company = township.partners.find((/** @type {any} */ one) => one.partner === view.partner) || {}
    this.show(view)
    this.setData({
      documents: papers.documents.map((/** @type {any} */ one) => ({ ...one, on: date(one.issued_at) })),
      centre: township.centre_name,
      phone: township.complaint_phone,
      company: company.name || view.partner_label,
      companyPhone: company.phone || '',
      sharing: terms.sharing || {},
    })
  },
  show(/** @type {any} */ view) {
    const { mandate } = view
    this.setData({
      view,
      tone: tone(view.state),
      steps: history(view.events, []),
      money: view.money.map((/** @type {any} */ line) => ({
        ...line, yuan: (line.amount_fen / 100).toFixed(2), at: time(line.at),
      })),
      held: view.held_fen ? (view.held_fen / 100).toFixed(2) : '',
      maySign: may(view.actions, 'consent') && !(mandate && mandate.in_force),
      mayEnd: may(view.actions, 'end') && !view.papers_held,
      mandateFrom: mandate ? date(mandate.valid_from) : '',
      mandateUntil: mandate ? date(mandate.valid_until) : '',
    })
  },

  chooseEnd(/** @type {any} */ event) {
    this.setData({ until: event.detail.value })
  },
  tickSign(/** @type {any} */ event) {
    this.setData({ willSign: event.detail.value.includes('sign') })
  },
  tickShare(/** @type {any} */ event) {
    this.setData({ willShare: event.detail.value.includes('share') })
  },
  async sign() {
    const { view, until, willSign, willShare, sharing } = this.data
    if (!willSign || !willShare) {
      this.setData({ reminder: '委托书和信息提供两项都打上勾，才能开始办。' })
      return
    }
    this.setData({ reminder: '' })
    await this.attempt(async () => {
      this.show(await call('sign_errand', {
        path: { errand_id: view.id },
        body: {
          version: view.version,
          mandate: { valid_until: until },
          sharing: { partner: view.partner, version: sharing.version },
        },
      }))
    })
  },

  open(/** @type {any} */ event) {
    return this.attempt(() => openPdf(event.currentTarget.dataset.id))
  },
  leave() {
    this.setData({ leaving: !this.data.leaving })
  },
  typeNote(/** @type {any} */ event) {
    this.setData({ note: event.detail.value })
  },
  async end() {
    const { view, note } = this.data
    await this.attempt(async () => {
      this.show(await call('end_errand', { path: { errand_id: view.id }, body: { version: view.version, note } }))
      this.setData({ leaving: false })
    })
  },
})
