// An application or an errand: one screen after the other, kept on the phone until it is sent.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { rid } = require('../../utils/rid')
const application = require('../../filing/application')
const drafts = require('../../filing/drafts')
const { consents, agree } = require('../../filing/consents')
const { papersFor, readOver, settle } = require('../../filing/form')
const others = require('../../filing/others')

/** @typedef {import('../../filing/drafts').Draft} Draft */

// Answers after which other questions may be asked; typing changes nothing but its own box.
const DECIDING = ['choice', 'multi_choice', 'yes_no']

screen({
  data: {
    ready: false, hasIdentity: true, me: {}, title: '', order: /** @type {any[]} */ ([]), step: 0, at: '',
    isErrand: false, isGas: false, wetInk: false, situations: [], situation: '', phone: '', forOther: false,
    others: /** @type {any[]} */ ([]), mandatePhotos: /** @type {any[]} */ ([]), questions: /** @type {any[]} */ ([]),
    papers: /** @type {any[]} */ ([]), reading: /** @type {any[]} */ ([]), notices: /** @type {any[]} */ ([]),
    agreed: /** @type {string[]} */ ([]), sharing: {}, centre: '', company: '', willSign: false, willShare: false,
    mandateUntil: '', wrong: /** @type {Record<string, string>} */ ({}), reminder: '', keptOn: '',
  },
  /** @type {any} */
  item: null,
  /** @type {any} */
  choices: null,
  /** @type {any} */
  draft: null,
  asked: { id: '', other: false, situation: '' },
  sendingPhotos: /** @type {string[]} */ ([]),

  onLoad(/** @type {Record<string, string>} */ options) {
    this.asked = { id: options.item, other: options.other === '1', situation: options.situation || '' }
    this.sendingPhotos = []
  },

  async load() {
    const [guide, me, choices, township, terms] = await Promise.all([
      call('show_item', { path: { item_id: this.asked.id } }), call('show_me'), call('list_choices'),
      call('show_township'), consents(),
    ])
    this.item = guide.item
    this.choices = choices
    this.draft = drafts.find(this.item.id, Date.now()) ||
      application.begin(this.item, { rid: rid(), forOther: this.asked.other, situation: this.asked.situation })
    const until = application.usualEnd(Date.now())
    this.draft.other = { ...others.usual(this.item.name, until), ...this.draft.other }
    const partner = township.partners.find((/** @type {any} */ one) => one.partner === this.item.partner)
    this.setData({
      ready: true,
      me,
      hasIdentity: me.has_identity,
      title: this.item.name,
      isErrand: application.isErrand(this.item),
      isGas: this.item.partner === 'gas',
      wetInk: Boolean(this.item.wet_ink),
      situations: this.item.situations || [],
      notices: terms.open,
      sharing: terms.sharing || {},
      centre: township.centre_name,
      company: partner ? partner.name : '',
      mandateUntil: until,
    })
    wx.setNavigationBarTitle({ title: this.data.isErrand ? '申请代办' : '网上申请' })
    this.paint()
  },

  // Back from saying who one is.
  onShow() {
    if (this.data.ready && !this.data.hasIdentity) this.again()
  },
  onHide() {
    this.save()
  },
  onUnload() {
    this.save()
  },

  save() {
    if (this.draft && this.begun()) drafts.keep(this.draft, Date.now())
  },
  begun() {
    const { step, answers, materials, photos } = this.draft
    return step > 0 || [answers, materials, photos].some((part) => Object.keys(part).length > 0)
  },

  paint() {
    const { item, draft } = this
    const { wrong } = this.data
    const order = application.screens(item, draft)
    const step = Math.min(draft.step, order.length - 1)
    const { asked, given } = settle(item.form.fields || [], draft.answers, draft.situation)
    this.setData({
      order,
      step,
      at: order[step].name,
      situation: draft.situation,
      phone: draft.phone,
      forOther: draft.forOther,
      others: others.questions(this.choices).map((one) => ({
        ...one, value: draft.other[one.name] || '', wrong: wrong[`other.${one.name}`] || '',
      })),
      mandatePhotos: draft.photos[''] || [],
      questions: asked.map((one) => ({ ...one, value: draft.answers[one.name], wrong: wrong[`answers.${one.name}`] || '' })),
      papers: papersFor(item, draft.situation).filter(({ code }) => code !== 'mandate').map((paper) => ({
        ...paper,
        status: draft.materials[paper.code] || '',
        photos: draft.photos[paper.code] || [],
        wrong: wrong[`materials.${paper.code}`] || wrong[`photos.${paper.code}`] || '',
      })),
      reading: readOver(asked, given),
    })
  },

  chooseSituation(/** @type {any} */ event) {
    this.draft.situation = event.currentTarget.dataset.code
    this.paint()
  },
  chooseFor(/** @type {any} */ event) {
    this.draft.forOther = event.currentTarget.dataset.other === 'yes'
    this.paint()
  },
  typePhone(/** @type {any} */ event) {
    this.draft.phone = event.detail.value
  },
  answerOther(/** @type {any} */ event) {
    const { name, value } = event.detail
    this.draft.other = { ...this.draft.other, [name]: value }
    this.repaint(name === 'document_type' || name === 'relation' || name === 'valid_until')
  },
  answer(/** @type {any} */ event) {
    const { name, value } = event.detail
    this.draft.answers = { ...this.draft.answers, [name]: value }
    const question = this.item.form.fields.find((/** @type {any} */ one) => one.name === name)
    this.repaint(DECIDING.includes(question.kind) || question.kind === 'date')
  },
  // Painting while somebody types would move the cursor.
  repaint(/** @type {boolean} */ decided) {
    if (decided) this.paint()
  },
  answerPhotos(/** @type {any} */ event) {
    const { name } = event.currentTarget.dataset
    const shas = event.detail.photos.map((/** @type {any} */ photo) => photo.sha)
    this.draft.answers = { ...this.draft.answers, [name]: shas }
    this.paint()
  },
  havePaper(/** @type {any} */ event) {
    const { code, status } = event.currentTarget.dataset
    this.draft.materials = { ...this.draft.materials, [code]: status }
    this.paint()
  },
  changePhotos(/** @type {any} */ event) {
    const code = event.currentTarget.dataset.code || ''
    const { photos } = event.detail
    this.draft.photos = { ...this.draft.photos, [code]: photos }
    if (code && photos.length) this.draft.materials = { ...this.draft.materials, [code]: 'present' }
    this.save()
    this.paint()
  },
  sending(/** @type {any} */ event) {
    const code = event.currentTarget.dataset.code || ''
    const rest = this.sendingPhotos.filter((one) => one !== code)
    this.sendingPhotos = event.detail.sending ? [...rest, code] : rest
  },
  agree(/** @type {any} */ event) {
    const agreed = event.detail.value
    this.setData({
      agreed, notices: this.data.notices.map((notice) => ({ ...notice, on: agreed.includes(notice.purpose) })),
    })
  },
  sign(/** @type {any} */ event) {
    this.setData({ willSign: event.detail.value.includes('sign') })
  },
  share(/** @type {any} */ event) {
    this.setData({ willShare: event.detail.value.includes('share') })
  },
  chooseEnd(/** @type {any} */ event) {
    this.setData({ mandateUntil: event.detail.value })
  },

  next() {
    if (this.sendingPhotos.length) {
      this.setData({ reminder: '照片还在上传，请稍等。' })
      return
    }
    this.turn(this.data.step + 1)
  },
  back() {
    this.turn(this.data.step - 1)
  },
  turn(/** @type {number} */ step) {
    this.draft.step = step
    this.setData({ reminder: '', fault: null })
    this.paint()
    this.save()
    wx.pageScrollTo({ scrollTop: 0, duration: 0 })
  },

  async submit() {
    const { notices, agreed } = this.data
    if (notices.some(({ purpose }) => !agreed.includes(purpose))) {
      this.setData({ reminder: '请先看过上面的说明，打上勾，再提交。' })
      return
    }
    this.setData({ reminder: '', wrong: {} })
    const done = await this.attempt(async () => {
      await agree(notices)
      this.setData({ notices: [] })
      this.finished(await this.file())
    })
    if (!done) this.refused()
  },
  file() {
    const { item, draft, data } = this
    if (!data.isErrand) return call('file_case', { body: application.caseMessage(item, draft) })
    return call('request_errand', {
      body: application.errandMessage(item, draft, {
        mandateUntil: data.willSign ? data.mandateUntil : '',
        sharingVersion: data.willShare ? /** @type {any} */ (data.sharing).version : 0,
      }),
    })
  },
  finished(/** @type {any} */ receipt) {
    const kind = this.draft.kind
    drafts.drop(this.item.id)
    this.draft = null
    wx.redirectTo({ url: `/pages/filed/filed?kind=${kind}&id=${receipt.case_id || receipt.errand_id}` })
  },
  // To the first screen with something to put right, every sentence at its box.
  refused() {
    const { fault, order, forOther } = this.data
    if (fault && fault.code === 'idempotency_conflict') this.perhapsFiled()
    if (!fault || !Object.keys(fault.wrong).length) return
    this.draft.step = application.firstWrong(order, fault.wrong, forOther)
    this.setData({ wrong: application.byControl(fault.wrong, forOther) })
    this.paint()
    wx.pageScrollTo({ scrollTop: 0, duration: 0 })
  },

  // An answer got lost, and something was changed since: only the citizen can say whether they want two.
  perhapsFiled() {
    wx.showModal({
      title: '可能已经交上了',
      content: '刚才那一份可能已经收到，只是手机没等到回答。先去“办件”里看看？',
      confirmText: '去看看',
      cancelText: '再交一份',
      success: ({ confirm }) => {
        if (confirm) wx.switchTab({ url: '/pages/cases/cases' })
        else this.draft.rid = rid()
      },
    })
  },

  throwAway() {
    wx.showModal({
      title: '不填了？',
      content: '填过的内容会从这部手机上删掉。',
      confirmText: '删掉',
      cancelText: '接着填',
      success: ({ confirm }) => {
        if (!confirm) return
        drafts.drop(this.item.id)
        this.draft = null
        wx.navigateBack({ delta: 1 })
      },
    })
  },
})
