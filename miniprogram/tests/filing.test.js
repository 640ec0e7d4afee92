// Filing: questions that depend on each other, a draft that stays, photos, somebody else's matter, and every refusal put right.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { settle, readOver, papersFor } = require('../filing/form')
const { firstWrong, byControl } = require('../filing/application')
const { refusal } = require('./support/township')
const { CASE, ERRAND, ITEM, NOTICES, WATER, phone, township } = require('./support/examples')

const APPLY = 'pages/apply/apply'
const yes = { name: 'has', kind: 'yes_no' }
const asked = (questions, answers, situation = '') => settle(questions, answers, situation).asked.map(({ name }) => name)

test('a question is asked only where the answer before it asks for it, and so on down the line', () => {
  const form = [
    yes,
    { name: 'which', kind: 'multi_choice', when: { field: 'has', any_of: ['yes'] } },
    { name: 'size', when: { field: 'which', any_of: ['dog'] } },
    { name: 'moved', when: { field: 'situation', any_of: ['move'] } },
  ]
  form.splice(3, 0, { name: 'situation', kind: 'choice' })
  assert.deepEqual(asked(form, {}), ['has'])
  assert.deepEqual(asked(form, { has: true, which: ['cat', 'dog'] }), ['has', 'which', 'size'])
  assert.deepEqual(asked(form, { has: 'no', which: ['dog'] }), ['has'])
  assert.deepEqual(asked(form, { has: false }, 'move'), ['has', 'moved'])
})

test('an answer to what is no longer asked does not leave the phone; the situation goes along unasked', () => {
  const form = [{ name: 'situation' }, yes, { name: 'which', when: { field: 'has', any_of: ['yes'] } }]
  assert.deepEqual(settle(form, { has: 'no', which: '狗' }, 'a').given, { situation: 'a', has: 'no' })
  assert.deepEqual(settle(form, { has: '  ' }, '').given, {})
})

test('answers are read over in words', () => {
  const form = [
    { name: 'a', label: '种类', kind: 'choice', choices: [{ code: 'x', label: '水稻' }] },
    { name: 'b', label: '面积', kind: 'number', unit: '亩' },
    { name: 'c', label: '日期', kind: 'date' },
    { name: 'd', label: '贫困', kind: 'yes_no' },
    { name: 'e', label: '金额', kind: 'money_fen' },
    { name: 'f', label: '不答' },
  ]
  const lines = readOver(form, { a: 'x', b: '3', c: '2026-04-01', d: 'no', e: '50.5' })
  assert.deepEqual(lines.map(({ value }) => value), ['水稻', '3亩', '2026年4月1日', '否', '50.5元'])
})

test('a situation adds its papers', () => {
  const item = { materials: [{ code: 'a' }], situations: [{ code: 's', materials: [{ code: 'b' }] }] }
  assert.deepEqual(papersFor(item, 's').map(({ code }) => code), ['a', 'b'])
  assert.deepEqual(papersFor(item, '').map(({ code }) => code), ['a'])
})

test('a refusal leads to the first screen it is about, and its sentences to their boxes', () => {
  const order = ['who', 'questions', 'papers', 'send'].map((name) => ({ name }))
  assert.equal(firstWrong(order, { 'materials.id_card': '', 'answers.why': '' }, false), 1)
  assert.equal(firstWrong(order, { 'applicant.phone': '' }, false), 0)
  assert.equal(firstWrong(order, { 'mandate.valid_until': '' }, true), 0)
  assert.equal(firstWrong(order, {}, false), 3)
  assert.deepEqual(byControl({ 'applicant.phone': '不对', 'answers.why': '必填' }, false), { phone: '不对', 'answers.why': '必填' })
  assert.deepEqual(byControl({ 'on_behalf.applicant.name': '空' }, true), { 'other.name': '空' })
})

async function filled(device) {
  const screen = await device.open(APPLY, { item: ITEM })
  await screen.tap('下一步')
  await screen.choose('其他')
  await screen.type('是什么困难', '房子漏雨')
  await screen.type('家里收入', '1200.50')
  await screen.tap('下一步')
  return screen
}

test('somebody files from the first screen to the receipt', async () => {
  const device = phone()
  device.township
    .answer('send_photo', { id: 'a'.repeat(32), sha: 'b'.repeat(64) })
    .answer('file_case', { case_id: CASE, case_number: 'SD-260410-0001-P' })
  const screen = await filled(device)
  assert.ok(screen.shows('身份证正反面都要清楚'))
  await screen.tap('拍身份证')
  assert.ok(screen.shows('已上传'))
  await screen.tap('下一步')
  assert.ok(screen.shows('是什么困难房子漏雨'))
  assert.ok(screen.shows('身份证1张照片'))
  await screen.tap('提交')
  const [{ body }] = device.township.of('file_case')
  assert.deepEqual(body.answers, { why: 'other', what: '房子漏雨', money: '1200.50' })
  assert.deepEqual(body.photos, { id_card: ['a'.repeat(32)] })
  assert.deepEqual(body.materials, { id_card: 'present' })
  assert.match(body.rid, /^[0-9a-f]{32}$/)
  assert.equal(device.went.at(-1).url, `/pages/filed/filed?kind=case&id=${CASE}`)
  screen.page.onUnload()
  assert.equal(device.stored.has(`bmt.draft.${ITEM}`), false)
})

test('what was begun waits on the phone, keeps its number, and can be thrown away from the list', async () => {
  const device = phone()
  const first = await filled(device)
  first.page.onHide()
  const again = await device.open(APPLY, { item: ITEM })
  assert.equal(again.data.at, 'papers')
  assert.equal(again.page.draft.rid, first.page.draft.rid)
  device.township.answer('my_cases', { cases: [] }).answer('my_errands', { errands: [] })
  const list = await device.open('pages/cases/cases')
  assert.ok(list.shows('还没交的临时救助'))
  await list.tap('删掉临时救助的草稿')
  assert.equal(list.shows('还没交的'), false)
  assert.equal(device.stored.has(`bmt.draft.${ITEM}`), false)
})

test('a draft older than a month is gone', async () => {
  const device = phone()
  const screen = await filled(device)
  screen.page.onHide()
  const kept = JSON.parse(device.stored.get(`bmt.draft.${ITEM}`))
  device.stored.set(`bmt.draft.${ITEM}`, JSON.stringify({ ...kept, savedAt: kept.savedAt - 31 * 24 * 3600 * 1000 }))
  const later = await device.open(APPLY, { item: ITEM })
  assert.equal(later.data.at, 'who')
  assert.equal(device.stored.has(`bmt.draft.${ITEM}`), false)
})

test('a refused form opens where it is wrong, with the township’s sentence at the box', async () => {
  const device = phone()
  device.township.refuse('file_case', 422, 'form_invalid', '表单有几处需要修改，请按提示改正。', [
    { field: 'answers.money', code: 'not_money', sentence: '请填金额。' },
  ])
  const screen = await filled(device)
  await screen.tap('下一步')
  await screen.tap('提交')
  assert.equal(screen.data.at, 'questions')
  assert.ok(screen.shows('表单有几处需要修改，请按提示改正。'))
  assert.ok(screen.shows('请填金额。'))
})

test('consents still open are shown and ticked before anything is sent, each by itself', async () => {
  const device = phone(township().answer('list_consents', { items: [] }).answer('give_consent', { id: CASE }).answer('file_case', { case_id: CASE }))
  const screen = await filled(device)
  await screen.tap('下一步')
  assert.ok(screen.shows(NOTICES[1].text))
  await screen.tap('提交')
  assert.ok(screen.shows('打上勾'))
  assert.deepEqual(device.township.of('file_case'), [])
  await screen.choose('我已看过，同意“办理政务服务”')
  await screen.choose('我已看过，同意“使用身份证件信息”')
  await screen.tap('提交')
  assert.deepEqual(device.township.of('give_consent').map(({ body }) => [body.purpose, body.version]), [['service', 1], ['sensitive', 2]])
  assert.equal(device.township.of('file_case').length, 1)
})

test('a photo that failed is sent again, and one taken away is taken back', async () => {
  const device = phone()
  const screen = await filled(device)
  device.township.answer('send_photo', () => refusal(413, 'blob_too_large', '照片太大，请重新拍一张。'))
  await screen.tap('拍身份证')
  assert.ok(screen.shows('照片太大，请重新拍一张。'))
  device.township.answer('send_photo', { id: 'a'.repeat(32), sha: 'b'.repeat(64) }).answer('take_back_photo', {})
  await screen.tap('再传一次')
  assert.deepEqual(screen.page.draft.photos, { id_card: [{ id: 'a'.repeat(32), sha: 'b'.repeat(64) }] })
  await screen.tap('删掉身份证第1张')
  assert.deepEqual(screen.page.draft.photos.id_card, [])
  assert.equal(device.township.of('take_back_photo')[0].path, `/v1/photos/${'a'.repeat(32)}`)
})

test('photos of a draft come back with their pictures; one the township no longer has is dropped', async () => {
  const device = phone()
  device.township.answer('send_photo', { id: 'a'.repeat(32), sha: 'b'.repeat(64) })
  const screen = await filled(device)
  await screen.tap('拍身份证')
  screen.page.onHide()
  device.township.refuse('show_photo', 404, 'not_found', '没有找到。')
  const again = await device.open(APPLY, { item: ITEM })
  assert.deepEqual(again.page.draft.photos.id_card, [])
})

test('filing for somebody else says for whom, on what ground and how the mandate was signed', async () => {
  const device = phone()
  device.township.answer('file_case', { case_id: CASE })
  const screen = await device.open(APPLY, { item: ITEM, other: '1' })
  await screen.type('对方的姓名', '演示村民')
  await screen.type('对方的证件号码', '430481190501010506')
  await screen.type('对方的电话', '13800000050')
  await screen.choose('监护人')
  for (const word of ['下一步', '下一步', '下一步', '提交']) await screen.tap(word)
  const [{ body }] = device.township.of('file_case')
  assert.deepEqual(body.on_behalf.applicant, {
    name: '演示村民', document_number: '430481190501010506', phone: '13800000050', document_type: 'id_card',
  })
  assert.equal(body.on_behalf.relation, 'guardian')
  assert.match(body.on_behalf.valid_until, /^\d{4}-\d\d-\d\d$/)
})

test('whoever has not said who they are is led there first, and comes back to the form', async () => {
  const device = phone(township().answer('show_me', { has_identity: false }))
  const screen = await device.open(APPLY, { item: ITEM })
  await screen.tap('去填身份信息')
  assert.equal(device.went.at(-1).url, '/pages/identity/identity')
  device.township.answer('show_me', { has_identity: true, masked_name: '演**' })
  await screen.show()
  assert.ok(screen.shows('给我自己'))
})

test('where an answer was lost and something changed since, the citizen decides whether there shall be two', async () => {
  const device = phone()
  device.township.refuse('file_case', 409, 'idempotency_conflict', '同一个编号已经提交过不同的内容。')
  const screen = await filled(device)
  await screen.tap('下一步')
  await screen.tap('提交')
  assert.equal(device.went.at(-1).url, '/pages/cases/cases')
  const before = screen.page.draft.rid
  device.agrees = false
  await screen.tap('提交')
  assert.notEqual(screen.page.draft.rid, before)
})

test('an errand is asked for with both consents, or with none of them yet', async () => {
  const device = phone(township().answer('show_item', { item: WATER }).answer('request_errand', { errand_id: ERRAND }))
  const screen = await device.open(APPLY, { item: ITEM })
  await screen.tap('下一步')
  await screen.choose('是')
  await screen.tap('下一步')
  assert.ok(screen.shows('我委托三都政务服务中心代办“水：立户、报装”'))
  await screen.choose('我已看过，同意委托')
  await screen.choose('同意把办这件事需要的信息交给供水企业')
  await screen.tap('下一步')
  await screen.tap('提交')
  const [{ body }] = device.township.of('request_errand')
  assert.deepEqual(body.sharing, { partner: 'water', version: 3 })
  assert.match(body.mandate.valid_until, /^\d{4}-\d\d-\d\d$/)
  assert.deepEqual(body.answers, { had_water: 'yes' })
  assert.equal(device.went.at(-1).url, `/pages/filed/filed?kind=errand&id=${ERRAND}`)
})
