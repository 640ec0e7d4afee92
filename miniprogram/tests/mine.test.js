// One's own: account, telephone, identity with consent, privacy, messages with kept counters.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./support/phone')
const { Township, refusal } = require('./support/township')

const NOBODY = { id: 'a'.repeat(32), masked_name: '', has_identity: false }
const SOMEBODY = {
  id: 'a'.repeat(32), masked_name: '张**', has_identity: true, document_label: '居民身份证', masked_document: '4304**********0012',
}
const SENSITIVE = { purpose: 'sensitive', version: 2, title: '身份证件怎么用', text: '只用来办您的事。' }
const REMINDER = { purpose: 'notices', version: 3, title: '办件提醒', text: '办好了告诉您。' }
const REMINDED = { id: 'e'.repeat(32), purpose: 'notices', label: '接收办件进度提醒', version: 3, given_at: '2026-04-10T01:30:00Z' }
const GIVEN = { id: 'b'.repeat(32), purpose: 'sensitive', label: '处理身份证件等敏感个人信息', version: 2, given_at: '2026-04-10T01:30:00Z' }

function township(me = NOBODY, consents = []) {
  return new Township()
    .answer('show_me', me)
    .answer('list_looks', { items: [{ post: '社会窗口', what: '证件号码', about: '申请低保', reason: '核对身份', at: '2026-04-10T01:30:00Z' }] })
    .answer('list_wishes', { items: [] })
    .answer('list_choices', {
      data_wishes: [{ value: 'correct', label: '更正我的信息' }, { value: 'delete', label: '删除我的信息' }], document_types: [{ value: 'id_card', label: '居民身份证' }, { value: 'passport', label: '护照' }] })
    .answer('list_notices', { items: [SENSITIVE, REMINDER] })
    .answer('list_consents', { items: consents })
}

test('opening one’s own page signs in silently and shows the way to everything', async () => {
  const phone = new Phone({ township: township() })
  const mine = await phone.open('pages/mine/mine')
  assert.equal(phone.logins, 1)
  await mine.tap('填写身份信息')
  await mine.tap('给我的消息')
  assert.deepEqual(phone.went.map((one) => one.url), ['/pages/identity/identity', '/pages/notices/notices'])
})

test('the phone button hands its code to the township, never a number', async () => {
  const town = township().answer('bind_phone', { ...NOBODY, masked_phone: '138****0001', phone_verified: true })
  const mine = await new Phone({ township: town }).open('pages/mine/mine')
  await mine.emit('用微信的手机号', 'getphonenumber', { errMsg: 'getPhoneNumber:ok', code: 'phone-code-1' })
  assert.deepEqual(town.of('bind_phone')[0].body, { code: 'phone-code-1' })
  assert.ok(mine.shows('138****0001') && mine.shows('微信已验证') && !mine.shows('用微信的手机号'))
})

test('whoever does not hand out the number, or cannot, is told how else', async () => {
  const town = township()
  const mine = await new Phone({ township: town }).open('pages/mine/mine')
  await mine.emit('用微信的手机号', 'getphonenumber', { errMsg: 'getPhoneNumber:fail user deny' })
  assert.ok(mine.shows('没有取得手机号'))
  await mine.emit('用微信的手机号', 'getphonenumber', { errMsg: 'getPhoneNumber:fail', errno: 1400001 })
  assert.ok(mine.shows('验证次数用完了'))
  assert.deepEqual(town.of('bind_phone'), [])
})

test('signing out ends the session here and there', async () => {
  const town = township().answer('end_session', {})
  const phone = new Phone({ township: town })
  const mine = await phone.open('pages/mine/mine')
  phone.agrees = false
  await mine.tap('退出登录')
  assert.equal(town.of('end_session').length, 0)
  phone.agrees = true
  await mine.tap('退出登录')
  assert.equal(town.of('end_session').length, 1)
  assert.equal(phone.stored.size, 0)
})

test('signing out without a line leaves nothing on the phone either', async () => {
  const phone = new Phone({ township: township() })
  const mine = await phone.open('pages/mine/mine')
  phone.township.offline = true
  await mine.tap('退出登录')
  assert.equal(phone.stored.size, 0)
  assert.equal(phone.went.pop().url, '/pages/home/home')
})

test('the large-print switch takes effect at once and is kept', async () => {
  const phone = new Phone({ township: township() })
  const mine = await phone.open('pages/mine/mine')
  await mine.dispatch(mine.all('switch')[0], 'change', { value: true })
  assert.equal(mine.data.root, '24px')
  assert.equal((await phone.open('pages/help/help', {}).catch(() => mine)).data.elder, true)
})

async function fillIn(page, number = '430400196001010012') {
  await page.type('姓名', '张三')
  await page.choose('居民身份证')
  await page.type('证件号码', number)
}

test('identity is kept only after the notice in force was agreed to', async () => {
  const town = township().answer('give_consent', GIVEN).answer('set_identity', SOMEBODY)
  const page = await new Phone({ township: town }).open('pages/identity/identity')
  await fillIn(page)
  await page.tap('保存')
  assert.ok(page.shows('请先看完说明'))
  assert.deepEqual(town.of('set_identity'), [])
  await page.choose('我已看过上面的说明，同意使用')
  await page.tap('保存')
  assert.deepEqual(town.of('give_consent')[0].body, { purpose: 'sensitive', version: 2 })
  assert.deepEqual(town.of('set_identity')[0].body, { name: '张三', document_type: 'id_card', document_number: '430400196001010012' })
  assert.ok(page.shows('身份信息已存好。') && page.shows('张**') && !page.shows('430400196001010012'))
})

test('a wrong number is marked at its field, and what was typed stays', async () => {
  const town = township(NOBODY, [GIVEN]).answer('set_identity', () => refusal(422, 'body_invalid', '有几处填写不对，请按提示改正后再提交。', [
    { field: 'document_number', code: 'check_digit', sentence: '最后一位对不上，请对照证件再看一遍。' },
  ]))
  const page = await new Phone({ township: town }).open('pages/identity/identity')
  await fillIn(page, '430400196001010019')
  await page.tap('保存')
  assert.ok(page.shows('最后一位对不上') && !page.shows('再试一次') && !page.shows('已存好'))
  assert.equal(page.data.typed.name, '张三')
  assert.deepEqual(town.of('give_consent'), [])
})

test('contact is sent without what was left alone', async () => {
  const town = township(SOMEBODY, [GIVEN]).answer('set_contact', SOMEBODY)
  const page = await new Phone({ township: town }).open('pages/identity/identity')
  await page.type('住址', '三都镇南庄村一组')
  await page.tap('保存联系方式')
  assert.deepEqual(town.of('set_contact')[0].body, { address: '三都镇南庄村一组' })
})

test('the privacy page of a stranger signs nobody in', async () => {
  const phone = new Phone({ township: township(SOMEBODY, [GIVEN]) })
  const page = await phone.open('pages/privacy/privacy')
  assert.ok(page.shows('身份证件怎么用') && page.shows('您没有登录'))
  assert.equal(phone.logins, 0)
  await page.tap('登录看看')
  assert.ok(page.shows('4304**********0012'))
})

test('a consent is withdrawn after one more question, and the list is looked at anew', async () => {
  const town = township(SOMEBODY, [GIVEN]).answer('withdraw_consent', {})
  const phone = new Phone({ township: town })
  const page = await phone.open('pages/privacy/privacy')
  await page.tap('登录看看')
  town.answer('list_consents', { items: [{ ...GIVEN, ended_at: '2026-04-11T01:30:00Z' }] })
  await page.tap('撤回')
  assert.ok(phone.told[0].includes('证件号码会删除'))
  assert.equal(town.of('withdraw_consent')[0].path, `/v1/me/consents/${GIVEN.id}`)
  assert.ok(page.shows('2026年4月11日撤回'))
})

test('everything held is shown in full on demand only, and can be taken along', async () => {
  const town = township(SOMEBODY).answer('export_me', { name: '张三', document_number: '430400196001010012', exported_at: '2026-04-10T01:30:00Z', consents: [GIVEN] })
  const phone = new Phone({ township: town })
  const page = await phone.open('pages/privacy/privacy')
  await page.tap('登录看看')
  assert.ok(!page.shows('430400196001010012'))
  await page.tap('看全部，或者拿走一份')
  assert.ok(page.shows('430400196001010012'))
  await page.tap('复制一份')
  assert.ok(phone.copied[0].includes('证件号码：430400196001010012'))
  assert.ok(![...phone.stored.values()].some((value) => value.includes('430400196001010012')))
})

test('who looked is told by post and reason, never by name', async () => {
  const page = await new Phone({ township: township(SOMEBODY) }).open('pages/privacy/privacy')
  assert.ok(!page.shows('谁看过'))
  await page.tap('登录看看')
  assert.ok(page.shows('社会窗口看了证件号码') && page.shows('原因：核对身份'))
})

test('a wish about one’s data is one wish however often it is sent, and its answer has a day', async () => {
  const town = township(SOMEBODY)
  let times = 0
  const wish = { id: 'd'.repeat(32), wish: 'delete', wish_label: '删除我的信息', state: 'waiting', state_label: '等答复', text: '删掉旧住址', asked_at: '2026-04-10T01:30:00Z', due_on: '2026-04-25' }
  town.answer('make_wish', () => (++times === 1 ? refusal(503, 'busy', '现在办理的人太多，请过一会儿再试。') : { items: [wish] }))
  const page = await new Phone({ township: town }).open('pages/privacy/privacy')
  await page.tap('登录看看')
  await page.tap('提交')
  assert.ok(page.shows('请先选您要求什么。'))
  await page.choose('删除我的信息')
  await page.type('说一说', '删掉旧住址')
  await page.tap('提交')
  assert.ok(page.shows('现在办理的人太多'))
  await page.tap('提交')
  const [first, second] = town.of('make_wish').map((one) => one.body)
  assert.deepEqual(first, second)
  assert.deepEqual([first.wish, first.text], ['delete', '删掉旧住址'])
  assert.ok(page.shows('2026年4月25日前答复：删掉旧住址'))
})

test('what lies on the phone can be deleted', async () => {
  const phone = new Phone({ township: township(SOMEBODY) })
  const page = await phone.open('pages/privacy/privacy')
  await page.tap('登录看看')
  phone.require('utils/store.js').keep('draft.1', { name: '张三' })
  await page.tap('从这部手机上删掉')
  assert.equal(phone.stored.size, 0)
})

const PROGRESS = { template_id: 'T1', purpose: 'progress', label: '办件进度提醒', left: 0 }

test('messages are asked for on the tap itself, and what WeChat answered is counted', async () => {
  const town = township(NOBODY, [REMINDED]).answer('list_own_notices', { items: [] }).answer('list_grants', { items: [PROGRESS] })
  town.answer('report_grants', { items: [{ ...PROGRESS, left: 1 }] })
  const phone = new Phone({ township: town })
  const asked = []
  phone.give('requestSubscribeMessage', ({ tmplIds, success }) => {
    asked.push(tmplIds)
    success({ errMsg: 'ok', T1: 'accept' })
  })
  const page = await phone.open('pages/notices/notices')
  assert.deepEqual([asked, page.shows('办件进度提醒：还可以收 0 次')], [[], true])
  const before = town.asked.length
  phone.give('requestSubscribeMessage', ({ tmplIds, success }) => {
    asked.push(tmplIds)
    // Nothing was waited for between the tap and the pop-up.
    assert.equal(town.asked.length, before)
    success({ errMsg: 'ok', T1: 'accept' })
  })
  await page.tap('有消息就用微信告诉我')
  assert.deepEqual(asked, [['T1']])
  assert.deepEqual(town.of('report_grants')[0].body, { results: [{ template_id: 'T1', result: 'accept' }] })
  assert.ok(page.shows('办件进度提醒：还可以收 1 次'))
})

test('before anything is sent one is asked whether it may be', async () => {
  const town = township().answer('list_own_notices', { items: [] }).answer('list_grants', { items: [PROGRESS] }).answer('give_consent', REMINDED)
  const page = await new Phone({ township: town }).open('pages/notices/notices')
  assert.ok(page.shows('办好了告诉您。') && !page.shows('有消息就用微信告诉我'))
  await page.tap('打开办件提醒')
  assert.deepEqual(town.of('give_consent')[0].body, { purpose: 'notices', version: 3 })
  assert.ok(page.shows('有消息就用微信告诉我'))
})

test('reminders switched off in WeChat are explained', async () => {
  const town = township(NOBODY, [REMINDED]).answer('list_own_notices', { items: [] }).answer('list_grants', { items: [PROGRESS] })
  const phone = new Phone({ township: town })
  phone.give('requestSubscribeMessage', ({ fail }) => fail({ errMsg: 'fail', errCode: 20004 }))
  const page = await phone.open('pages/notices/notices')
  await page.tap('有消息就用微信告诉我')
  assert.ok(page.shows('您在微信里关掉了消息提醒'))
})

test('a message leads to what it is about, without claiming that it arrived', async () => {
  const town = township(NOBODY, [REMINDED]).answer('list_grants', { items: [] }).answer('list_own_notices', {
    items: [{ label: '已受理', text: '您的申请已受理，承诺5月8日前办结。进度可查 https://bmt.example.gov.cn/c/1ABC 。', about_kind: 'case', about_id: 'c'.repeat(32), state_label: '已交给微信', made_at: '2026-04-10T01:30:00Z' }],
  })
  const phone = new Phone({ township: town })
  const page = await phone.open('pages/notices/notices')
  assert.ok(page.shows('承诺5月8日前办结。已交给微信') && page.shows('4月10日 09:30') && page.shows('已交给微信'))
  await page.tap('看这件事')
  assert.equal(phone.went.pop().url, `/pages/case/case?id=${'c'.repeat(32)}`)
})

test('WeChat’s privacy question waits for the citizen’s own answer', async () => {
  const phone = new Phone({ township: township() })
  const mine = await phone.open('pages/mine/mine')
  assert.ok(!mine.shows('个人信息保护提示'))
  const answers = []
  phone.askPrivacy((answer) => answers.push(answer), { referrer: 'getPhoneNumber' })
  assert.ok(mine.shows('《便民通隐私保护指引》'))
  await mine.tap('便民通隐私保护指引')
  assert.equal(phone.readContract, true)
  assert.deepEqual(answers, [])
  await mine.emit('同意', 'agreeprivacyauthorization')
  assert.deepEqual([answers, mine.shows('个人信息保护提示')], [[{ event: 'agree', buttonId: 'agree' }], false])
  phone.askPrivacy((answer) => answers.push(answer), { referrer: 'chooseMedia' })
  await mine.tap('不同意')
  assert.deepEqual(answers[1], { event: 'disagree' })
})
