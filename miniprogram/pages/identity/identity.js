// Who one is and how to be reached: asked once, checked by the township, kept nowhere on the phone.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')

const PURPOSE = 'sensitive'

screen({
  data: {
    me: /** @type {any} */ ({}), types: /** @type {any[]} */ ([]), notice: /** @type {any} */ ({}), agreed: false, wrong: '',
    correcting: false, sending: false, saved: '',
    typed: /** @type {Record<string, string>} */ ({ name: '', document_type: 'id_card', document_number: '', phone: '', address: '' }),
  },

  async load() {
    const [me, choices, notices, consents] = await Promise.all([
      call('show_me'), call('list_choices'), call('list_notices'), call('list_consents'),
    ])
    const notice = notices.items.find((/** @type {any} */ one) => one.purpose === PURPOSE)
    const given = consents.items.some((/** @type {any} */ one) =>
      one.purpose === PURPOSE && one.version === notice.version && !one.ended_at)
    this.setData({
      me,
      notice: given ? {} : notice,
      types: choices.document_types.map((/** @type {any} */ type) => ({ code: type.value, label: type.label })),
    })
  },

  change(/** @type {any} */ event) {
    const { name, value } = event.detail
    this.setData({ [`typed.${name}`]: value, saved: '' })
  },

  agree(/** @type {any} */ event) {
    this.setData({ agreed: event.detail.value.length > 0, wrong: '' })
  },

  correct() {
    this.setData({ correcting: true })
  },

  async save() {
    const { notice, agreed, typed } = this.data
    if (notice.purpose && !agreed) {
      this.setData({ wrong: '请先看完说明，在“同意使用”前打勾。' })
      return
    }
    this.setData({ sending: true })
    const done = await this.attempt(async () => {
      if (notice.purpose) {
        await call('give_consent', { body: { purpose: PURPOSE, version: notice.version } })
        this.setData({ notice: {} })
      }
      const { name, document_type, document_number } = typed
      this.setData({ me: await call('set_identity', { body: { name, document_type, document_number } }) })
    })
    if (done) this.setData({ correcting: false, saved: '身份信息已存好。', 'typed.document_number': '' })
  },

  async saveContact() {
    const { phone, address } = this.data.typed
    this.setData({ sending: true })
    const done = await this.attempt(async () => {
      const body = { phone: phone || undefined, address: address || undefined }
      this.setData({ me: await call('set_contact', { body }) })
    })
    if (done) this.setData({ saved: '联系方式已存好。' })
  },
})
