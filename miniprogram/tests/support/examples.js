// Matters and people for tests, as far as pages look at them; the contract fills in the rest of every answer.

const { Phone } = require('./phone')
const { Township } = require('./township')

const ITEM = '1'.repeat(32)
const CASE = '2'.repeat(32)
const ERRAND = '3'.repeat(32)

const RELIEF = {
  id: ITEM,
  code: 'SD-003',
  version: 1,
  name: '临时救助',
  window: 'social',
  kind: 'promised',
  promise: { days: 10 },
  form: {
    fields: [
      { name: 'why', label: '遇到了什么困难', kind: 'choice', choices: [{ code: 'fire', label: '火灾' }, { code: 'other', label: '其他' }] },
      { name: 'what', label: '是什么困难', when: { field: 'why', any_of: ['other'] } },
      { name: 'money', label: '家里收入', kind: 'money_fen' },
    ],
  },
  materials: [
    { code: 'id_card', name: '身份证', hint: '正反面都要清楚' },
    { code: 'proof', name: '困难证明', required: false },
  ],
}
const WATER = {
  id: ITEM,
  code: 'SD-049',
  version: 1,
  name: '水：立户、报装',
  window: 'utility',
  kind: 'proxy',
  partner: 'water',
  promise: { days: 5 },
  form: { fields: [{ name: 'had_water', label: '原来是否用过自来水', kind: 'yes_no' }] },
  materials: [{ code: 'mandate', name: '授权委托书' }],
}
const CHOICES = {
  document_types: [{ value: 'id_card', label: '居民身份证' }, { value: 'passport', label: '护照' }],
  relations: [{ value: 'relative', label: '近亲属' }, { value: 'guardian', label: '监护人' }],
  complaint_subjects: [{ value: 'person', label: '工作人员' }, { value: 'window', label: '窗口服务' }, { value: 'matter', label: '办事过程' }],
  review_levels: [{ value: 'very_good', label: '非常满意' }, { value: 'bad', label: '不满意' }],
}
const NOTICES = [
  { purpose: 'service', version: 1, title: '办理政务服务', text: '为了给您办事。' },
  { purpose: 'sensitive', version: 2, title: '使用身份证件信息', text: '证件号码属于敏感个人信息。' },
  { purpose: 'partner_sharing', version: 3, title: '把信息交给公用企业', text: '只交给您选的那家。' },
]
const GIVEN = NOTICES.slice(0, 2).map(({ purpose, version }) => ({
  id: '4'.repeat(32), purpose, version, label: purpose, channel: 'mini_program', given_at: '2026-04-01T00:00:00Z', ended_at: null,
}))

/** A township that knows the citizen, with everything agreed to. */
function township() {
  return new Township()
    .answer('show_me', { has_identity: true, masked_name: '演**', masked_document: '430***0013', masked_phone: '138****0001' })
    .answer('list_choices', CHOICES)
    .answer('show_township', {
      centre_name: '三都政务服务中心', complaint_phone: '0734-1234567',
      windows: [{ id: '5'.repeat(32), number: 1, name: '社会事务综合窗口', type: 'social', department: '社会事务' }],
      partners: [{ id: '6'.repeat(32), partner: 'water', name: '供水' }],
    })
    .answer('list_notices', { items: NOTICES })
    .answer('list_consents', { items: GIVEN })
    .answer('list_grants', { items: [] })
    .answer('show_item', { item: RELIEF })
}

/** A phone whose camera takes `photos`, one after the other. */
function phone(town = township(), photos = ['wxfile://photo-1.jpg']) {
  const made = new Phone({ township: town })
  made.wx.chooseMedia = ({ count, success }) => {
    made.mostPhotos = count
    success({ tempFiles: photos.map((tempFilePath) => ({ tempFilePath })) })
  }
  made.wx.compressImage = ({ src, success }) => success({ tempFilePath: `${src}.small` })
  made.wx.openDocument = ({ filePath, success }) => {
    made.opened = filePath
    success({})
  }
  return made
}

module.exports = { ITEM, CASE, ERRAND, RELIEF, WATER, CHOICES, NOTICES, township, phone }
