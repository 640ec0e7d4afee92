// Following: a case with all one needs to know, its papers, supplement and withdrawal; an errand from consent to end.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { history } = require('../following/lines')
const { CASE, ERRAND, phone, township } = require('./support/examples')

const AT = '2026-04-10T04:00:00Z'
const DOCUMENT = '9'.repeat(32)
const event = (seq, state, label, more = {}) => ({
  seq, at: AT, role_label: '窗口人员', action: 'request_fix', action_label: '一次性告知', state, state_label: label, ...more,
})
const OWN = {
  id: CASE, case_number: 'SD-260410-0001-P', tracking_code: '20001RMAVHWQ4WG41MAQ', version: 2, item_id: CASE, item_code: 'SD-003',
  item_name: '临时救助', window: 'social', window_label: '社会事务综合窗口', state: 'need_fix', state_label: '待补正',
  channel: 'mini_program', received_at: AT,
  applicant: { kind: 'person', name: '演**', document_type: 'id_card', document_number: '430***0013' },
  notice: {
    issued_at: AT, until: '2026-05-06', note: '差两份',
    gaps: [
      { code: 'application', name: '申请书', status: 'missing', status_label: '缺少', how_to_fix: '请补一份。' },
      { code: 'id_card', name: '身份证', status: 'wrong', status_label: '不符合要求', how_to_fix: '请重新拍清楚。' },
    ],
  },
  due_on: '2026-05-06', days_left: 15, colour: 'calm', colour_label: '期限内', next_step: '请在5月6日前补齐。',
  events: [event(1, 'submitted', '已提交', { action: 'submit' }), event(2, 'need_fix', '待补正', { note: '差两份' })],
  actions: [{ action: 'supplement', label: '补正材料' }, { action: 'withdraw', label: '撤回' }],
}
const PUBLIC = {
  kind: 'case', code: '2000-1RMA-VHWQ-4WG4-1MAQ', state_label: '待补正', next_step: '', place: '办事大厅 社会事务综合窗口', phone: '0734-1234567',
  steps: [{ label: '已提交', at: AT, done: true }, { label: '已办结', at: null, done: false }],
}
const PAPERS = { documents: [{ id: DOCUMENT, kind: 'fix_notice', kind_label: '一次性告知书', number: '三政务告〔2026〕1号', issued_at: AT, state: 'valid' }] }

function town() {
  return township().answer('show_case', OWN).answer('case_documents', PAPERS).answer('show_progress', PUBLIC)
}

test('what happened comes first, then what is still to come', () => {
  const lines = history(OWN.events, PUBLIC.steps)
  assert.deepEqual(lines.map(({ label, done }) => [label, done]), [['已提交', true], ['待补正', true], ['已办结', false]])
  assert.equal(history([event(1, 'accepted', '已受理', { action: 'extend', action_label: '延长期限' })], [])[0].label, '延长期限')
})

test('a case says what next, by when, what happened, whom to call, and gives its papers', async () => {
  const device = phone(town())
  const page = await device.open('pages/case/case', { id: CASE })
  for (const words of ['请在5月6日前补齐。', '还剩 15 个工作日', '差两份', '已办结', '社会事务综合窗口', '430***0013']) assert.ok(page.shows(words), words)
  await page.tap('打电话问：0734-1234567')
  assert.deepEqual(device.called, ['0734-1234567'])
  await page.tap('一次性告知书')
  assert.equal(device.went.at(-1).url, `/pages/document/document?id=${DOCUMENT}`)
})

test('a matter that is never shown in public is still shown to its owner', async () => {
  const device = phone(town())
  device.township.refuse('show_progress', 404, 'code_unknown', '没有查到这个编号。')
  const page = await device.open('pages/case/case', { id: CASE })
  assert.ok(page.shows('待补正') && page.shows('社会事务综合窗口'))
})

test('a document is read in large letters and opened as PDF; a withdrawn one says why', async () => {
  const device = phone(township().answer('show_document', {
    ...PAPERS.documents[0], state: 'revoked', state_label: '已撤销', reason: '写错了名字', title: '一次性告知书', addressee: '演示甲',
    issued_on: '2026-04-10', tables: [{ title: '材料清单', columns: ['序号', '材料名称'], rows: [['1', '申请书']] }],
  }).answer('show_document_pdf', {}))
  const page = await device.open('pages/document/document', { id: DOCUMENT })
  assert.ok(page.shows('已撤销写错了名字') && page.shows('材料名称申请书') && page.shows('2026年4月10日'))
  await page.tap('打开PDF，可以转发和打印')
  assert.equal(device.opened, 'wxfile://tmp/1.pdf')
})

test('everything the notice asks for goes up at once, with its photos', async () => {
  const device = phone(town().answer('send_photo', { id: 'a'.repeat(32), sha: 'b'.repeat(64) }).answer('supplement_case', OWN))
  const page = await device.open('pages/supplement/supplement', { id: CASE })
  await page.tap('拍申请书')
  await page.tap('都备好了，提交')
  assert.ok(page.shows('还差：身份证'))
  assert.equal(device.township.of('supplement_case').length, 0)
  await page.tap('已备好身份证')
  await page.type('要跟窗口说的话', '都补齐了')
  await page.tap('都备好了，提交')
  assert.deepEqual(device.township.of('supplement_case')[0].body, {
    version: 2, materials: { application: 'present', id_card: 'present' }, photos: { application: ['a'.repeat(32)] }, note: '都补齐了',
  })
  assert.equal(device.went.at(-1).how, 'navigateBack')
})

test('what is not asked for any more cannot be supplemented', async () => {
  const device = phone(town().answer('show_case', { ...OWN, actions: [] }))
  const page = await device.open('pages/supplement/supplement', { id: CASE })
  assert.ok(page.shows('现在没有要补的材料'))
})

test('withdrawing asks first; a case moved meanwhile is told in the township’s words', async () => {
  const device = phone(town())
  device.township.refuse('withdraw_case', 409, 'case_moved', '这个办件刚被别人处理过，请刷新后再操作。')
  const page = await device.open('pages/case/case', { id: CASE })
  await page.tap('不想办了')
  await page.type('原因', '不需要了')
  await page.tap('撤回申请')
  assert.deepEqual(device.township.of('withdraw_case')[0].body, { version: 2, note: '不需要了' })
  assert.ok(page.shows('刚被别人处理过'))
})

test('the list tells cases from errands, and fetches more at its end', async () => {
  const card = (number, id) => ({ id, case_number: number, item_name: '低保', state: 'accepted', state_label: '已受理', window: 'social', channel: 'web', received_at: AT, changed_at: AT, due_on: null, days_left: null, colour: 'none' })
  const device = phone(township().answer('my_errands', { errands: [] }))
  device.township.answer('my_cases', ({ query }) => (query.cursor
    ? { cases: [card('SD-2', '2'.repeat(32))], next: null } : { cases: [card('SD-1', '1'.repeat(32))], next: 'c'.repeat(32) }))
  const list = await device.open('pages/cases/cases')
  assert.ok(list.shows('SD-1') && !list.shows('SD-2'))
  await list.page.onReachBottom()
  await device.settle()
  assert.ok(list.shows('SD-1') && list.shows('SD-2'))
  await list.page.onReachBottom()
  assert.equal(device.township.of('my_cases').length, 2)
  await list.tap('代办（水电气网邮）')
  assert.ok(list.shows('还没有代办'))
})

const ASKED = {
  id: ERRAND, number: 'SDD-260410-0001-Q', tracking_code: '200001MXDTWXSR4X8ZXK', version: 1, item_id: CASE, item_code: 'SD-049',
  item_name: '水：立户、报装', partner: 'water', partner_label: '供水', state: 'requested', state_label: '已申请', channel: 'mini_program',
  received_at: AT, applicant: { kind: 'person', name: '演**', document_type: 'id_card' }, due_on: null, days_left: null, colour: 'none',
  next_step: '还差委托书和信息提供同意书。', events: [{ seq: 1, at: AT, role_label: '群众', action: 'request', action_label: '申请代办', state: 'requested', state_label: '已申请' }],
  actions: [{ action: 'consent', label: '签署委托' }, { action: 'end', label: '终止' }],
}
const SIGNED = {
  ...ASKED, version: 2, state: 'consented', state_label: '已授权', actions: [{ action: 'end', label: '终止' }],
  mandate: { agent_name: '三都政务服务中心', scope: '水：立户、报装', valid_from: '2026-04-10', valid_until: '2026-05-10', method_label: '手机签署', in_force: true },
  money: [{ id: CASE, errand_id: ERRAND, receipt: 'SJ-1', move: 'taken', move_label: '代收', amount_fen: 5050, day: '2026-04-10', at: AT }],
  held_fen: 5050,
}

test('an errand begins when both consents are given, each for itself', async () => {
  const device = phone(township().answer('show_errand', ASKED).answer('errand_documents', { documents: [] }).answer('sign_errand', SIGNED))
  const page = await device.open('pages/errand/errand', { id: ERRAND })
  await page.choose('我已看过，同意委托')
  await page.tap('签好了，请开始办')
  assert.ok(page.shows('两项都打上勾'))
  await page.choose('同意把办这件事需要的信息交给供水企业')
  await page.tap('签好了，请开始办')
  const [{ body }] = device.township.of('sign_errand')
  assert.deepEqual([body.version, body.sharing], [1, { partner: 'water', version: 3 }])
  assert.ok(page.shows('已授权') && page.shows('2026年4月10日到2026年5月10日'))
  assert.equal(page.shows('签好了，请开始办'), false)
})

test('money in custody is told to the fen, and an errand ends with a reason', async () => {
  const device = phone(township().answer('show_errand', SIGNED).answer('errand_documents', { documents: [] }))
  device.township.answer('end_errand', { ...SIGNED, state: 'ended', state_label: '已终止', actions: [] })
  const page = await device.open('pages/errand/errand', { id: ERRAND })
  assert.ok(page.shows('代收50.50元') && page.shows('替您保管着50.50元'))
  await page.tap('不想办了')
  await page.type('原因', '自己去办了')
  await page.tap('终止代办')
  assert.deepEqual(device.township.of('end_errand')[0].body, { version: 2, note: '自己去办了' })
  assert.ok(page.shows('已终止'))
})

test('after filing somebody has number and code in hand', async () => {
  const device = phone(town())
  const page = await device.open('pages/filed/filed', { kind: 'case', id: CASE })
  assert.ok(page.shows('SD-260410-0001-P') && page.shows('2000-1RMA-VHWQ-4WG4-1MAQ') && page.shows(OWN.next_step))
  await page.tap('复制查询码')
  assert.deepEqual(device.copied, ['2000-1RMA-VHWQ-4WG4-1MAQ'])
  await page.tap('看这件事办到哪了')
  assert.equal(device.went.at(-1).url, `/pages/case/case?id=${CASE}`)
})
