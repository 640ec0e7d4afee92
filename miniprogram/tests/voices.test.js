// What people think, complain of and ask: rated in one's own words, nameless where wanted, answered by code.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { phone, township } = require('./support/examples')

const OCCASION = '7'.repeat(32)
const AT = '2026-04-10T04:00:00Z'
const MATTER = {
  id: OCCASION, kind: 'case', title: '临时救助', opened_at: AT, can_rate: true, level: null,
  reasons: [{ value: 'efficiency', label: '办事效率' }, { value: 'guide', label: '指南准确' }],
}

test('a matter is rated by a tap, with reasons and words if wanted', async () => {
  const device = phone(township().answer('list_own_reviews', [MATTER]).answer('give_review', {}))
  const page = await device.open('pages/reviews/reviews')
  await page.tap('非常满意')
  assert.equal(page.shows('要我们回电话吗'), false)
  await page.tap('办事效率')
  device.township.answer('list_own_reviews', [{ ...MATTER, can_rate: false, level: 'very_good', level_label: '非常满意' }])
  await page.tap('提交评价')
  const [{ path, body }] = device.township.of('give_review')
  assert.equal(path, `/v1/me/reviews/${OCCASION}`)
  assert.deepEqual(body, { level: 'very_good', reasons: ['efficiency'], words: '', callback: '' })
  assert.ok(page.shows('谢谢您') && page.shows('您评的是：非常满意'))
})

test('who is not content may leave a number to be called back', async () => {
  const device = phone(township().answer('list_own_reviews', [MATTER]).answer('give_review', {}))
  const page = await device.open('pages/reviews/reviews')
  await page.tap('不满意')
  await page.type('想说的话', '等了两个小时')
  await page.type('要我们回电话吗', '13800000001')
  await page.tap('提交评价')
  assert.deepEqual(device.township.of('give_review')[0].body, { level: 'bad', reasons: [], words: '等了两个小时', callback: '13800000001' })
})

test('a matter rated already elsewhere is told in the township’s words', async () => {
  const device = phone(township().answer('list_own_reviews', [MATTER]))
  device.township.refuse('give_review', 409, 'review_given', '这次服务已经评价过了，谢谢您。')
  const page = await device.open('pages/reviews/reviews')
  await page.tap('非常满意')
  await page.tap('提交评价')
  assert.ok(page.shows('已经评价过了'))
})

const FILED = { number: 'TS20260410-0001', code: 'FC53-5C9G-481P-287P', due: '2026-04-17' }

test('a nameless complaint carries neither name nor sign-in, even from somebody signed in', async () => {
  const device = phone(township().answer('file_complaint', FILED))
  await device.open('pages/helping/helping')
  device.stored.set('bmt.session', JSON.stringify({ access_token: 'access-1', refresh_token: 'r'.repeat(43) }))
  const page = await device.open('pages/complain/complain')
  await page.choose('窗口服务')
  await page.choose('1号 社会事务综合窗口')
  await page.type('发生了什么', '等了很久')
  await page.tap('提交投诉')
  const [{ body, token }] = device.township.of('file_complaint')
  assert.equal(token, '')
  assert.deepEqual(Object.keys(body).sort(), ['about', 'rid', 'text', 'whom', 'window_id'])
  assert.ok(page.shows('FC53-5C9G-481P-287P') && page.shows('2026年4月17日'))
  await page.tap('复制查询码')
  assert.deepEqual(device.copied, ['FC53-5C9G-481P-287P'])
})

test('a complaint with a name is one’s own', async () => {
  const device = phone(township().answer('file_complaint', FILED))
  const page = await device.open('pages/complain/complain', { about: 'matter', number: 'SD-260410-0001-P' })
  await page.type('发生了什么', '办件编号SD-260410-0001-P：一直没有消息')
  await page.tap('留名，方便联系我')
  await page.type('怎么称呼您', '演示甲')
  await page.tap('提交投诉')
  const [{ body, token }] = device.township.of('file_complaint')
  assert.equal(token, 'access-1')
  assert.deepEqual([body.about, body.name], ['matter', '演示甲'])
})

test('a complaint sent again after a lost answer keeps its number', async () => {
  const device = phone(township().answer('file_complaint', FILED))
  const page = await device.open('pages/complain/complain')
  await page.type('发生了什么', '等了很久')
  device.township.offline = true
  await page.tap('提交投诉')
  assert.ok(page.shows('现在连不上网'))
  device.township.offline = false
  const before = page.page.rid
  await page.tap('提交投诉')
  assert.equal(device.township.of('file_complaint')[0].body.rid, before)
})

test('the answer is read by the code, a wrong one is told', async () => {
  const answer = { number: FILED.number, about: 'window', about_label: '窗口服务', state: 'closed', state_label: '已办结', received_at: AT, due: '2026-04-17', answer: '已经加开窗口。' }
  const device = phone(township().answer('list_own_complaints', []).answer('read_complaint_answer', answer))
  const page = await device.open('pages/answer/answer')
  await page.type('投诉时给的码', FILED.code)
  await page.tap('查答复')
  assert.deepEqual(device.township.of('read_complaint_answer')[0].body, { code: FILED.code })
  assert.ok(page.shows('已经加开窗口。'))
  device.township.refuse('read_complaint_answer', 404, 'code_unknown', '没有查到这个编号，请核对。')
  await page.tap('查答复')
  assert.ok(page.shows('没有查到这个编号') && !page.shows('已经加开窗口。'))
})

test('a question keeps its number until it has arrived, and the next gets its own', async () => {
  const device = phone(township().answer('list_own_enquiries', []))
  const page = await device.open('pages/ask/ask')
  await page.type('想问什么', '办低保要什么')
  device.township.refuse('ask_enquiry', 503, 'busy', '现在办理的人太多，请过一会儿再试。')
  await page.tap('提问')
  assert.ok(page.shows('现在办理的人太多'))
  device.township.answer('ask_enquiry', { code: 'ABCD-EFGH' })
  device.township.answer('list_own_enquiries', [{ state: 'answered', state_label: '已答复', asked_at: AT, question: '办低保要什么', answer: '带身份证和户口簿。' }])
  await page.tap('提问')
  const [first, second] = device.township.of('ask_enquiry').map(({ body }) => body.rid)
  assert.equal(first, second)
  assert.ok(page.shows('ABCD-EFGH') && page.shows('带身份证和户口簿。'))
  await page.type('想问什么', '还有呢？')
  await page.tap('提问')
  assert.notEqual(device.township.of('ask_enquiry')[2].body.rid, first)
})

test('who acts for somebody else reads what it takes and goes on to the matter', async () => {
  const device = phone()
  const page = await device.open('pages/helping/helping')
  assert.ok(page.shows('委托书'))
  await page.tap('替别人申请')
  assert.equal(device.went.at(-1).url, '/pages/book/book?for=other')
})
