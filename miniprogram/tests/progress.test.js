// Progress by code: typed, scanned, from a printed link or a mini-program code.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./support/phone')
const { Township } = require('./support/township')

const CODE = '1ABCDEFGHJKMNPQRSTVW'
const ITEM = 'a'.repeat(32)

function township() {
  return new Township().answer('show_progress', {
    kind: 'case', code: '1ABC-DEFG-HJKM-NPQR-STVW', item_name: '申请低保', surname: '张**', state_label: '审查中', next_step: '正在核实，请等通知。',
    due: '2026-05-08', days_left: 12, colour: 'calm', colour_label: '期限内', phone: '0734-4250003', missing: ['户口簿'],
    steps: [{ label: '收件', at: '2026-04-10T01:30:00Z', done: true }, { label: '审查', at: null, done: false }, { label: '办结', at: null, done: false }],
  })
}

test('the page says what happened, what next, by when and whom to call, without signing in', async () => {
  const phone = new Phone({ township: township() })
  const page = await phone.open('pages/progress/progress', { code: CODE })
  for (const words of ['申请低保', '正在核实，请等通知。', '户口簿', '4月10日 09:30', '还剩 12 个工作日', '承诺 2026年5月8日 前办完', '张**']) assert.ok(page.shows(words), words)
  assert.deepEqual(page.all('view').filter((one) => /^step /.test(one.class)).map((one) => one.class), ['step done', 'step now', 'step todo'])
  await page.tap('打电话问')
  assert.deepEqual(phone.called, ['0734-4250003'])
  assert.equal(phone.logins, 0)
  assert.equal(phone.township.of('show_progress')[0].path, `/v1/progress/${CODE}`)
})

test('a stopped clock says why instead of a number', async () => {
  const town = township().answer('show_progress', { kind: 'case', code: 'x', state_label: '待补正', next_step: '请补材料。', due: '2026-05-08', days_left: 12, clock: '等您补材料，4月12日起暂停计时' })
  const page = await new Phone({ township: town }).open('pages/progress/progress', { code: CODE })
  assert.ok(page.shows('等您补材料，4月12日起暂停计时') && !page.shows('还剩'))
})

for (const [from, options] of Object.entries({
  'a printed link': { q: encodeURIComponent(`https://bmt.example.gov.cn/c/${CODE}`), scancode_time: '1760000000' },
  'a mini-program code': { scene: encodeURIComponent(CODE) },
  'a code typed with dashes': { code: '1abc-defg-hjkm-npqr-stvw' },
})) {
  test(`it opens from ${from}`, async () => {
    const phone = new Phone({ township: township() })
    await phone.open('pages/progress/progress', options)
    assert.equal(phone.township.of('show_progress')[0].path, `/v1/progress/${CODE}`)
  })
}

test('a strange link asks for the code instead of guessing', async () => {
  for (const q of ['https://evil.example/c/' + CODE, 'https://bmt.example.gov.cn/c/short', '%E0%A4%A']) {
    const phone = new Phone({ township: township() })
    await phone.open('pages/progress/progress', { q: encodeURIComponent(q) })
    assert.deepEqual(phone.went, [{ how: 'redirectTo', url: '/pages/find/find' }])
    assert.deepEqual(phone.township.asked, [])
  }
})

test('an unknown code is told in the township’s words', async () => {
  const town = township().refuse('show_progress', 404, 'tracking_unknown', '没有这个查询码，请对照回执再看一遍。')
  const phone = new Phone({ township: town })
  const page = await phone.open('pages/progress/progress', { code: CODE })
  assert.ok(page.shows('没有这个查询码') && !page.shows('再试一次'))
  await page.tap('重新输入查询码')
  assert.equal(phone.went.pop().url, '/pages/find/find')
})

test('a typed code is looked at before it is sent', async () => {
  const phone = new Phone()
  const page = await phone.open('pages/find/find')
  await page.type('回执上的查询码', '1ABC')
  await page.tap('查询')
  assert.ok(page.shows('查询码是 20 位字母和数字'))
  await page.type('回执上的查询码', ' 1abc-defg-hjkm-npqr-stvw ')
  await page.tap('查询')
  assert.equal(phone.went.pop().url, `/pages/progress/progress?code=${CODE}`)
})

const SCANS = [
  [{ result: CODE }, `/pages/progress/progress?code=${CODE}`],
  [{ result: `https://bmt.example.gov.cn/c/${CODE}?from=slip` }, `/pages/progress/progress?code=${CODE}`],
  [{ result: `https://bmt.example.gov.cn/items/${ITEM}` }, `/pages/item/item?id=${ITEM}`],
  [{ result: 'https://bmt.example.gov.cn/q/K7' }, '/pages/ticket/ticket?code=K7'],
  [{ result: '', path: `pages/progress/progress?scene=${CODE}` }, `/pages/progress/progress?code=${CODE}`],
]

test('the camera reads slips, plates, tickets and mini-program codes', async () => {
  for (const [found, page] of SCANS) {
    const phone = new Phone()
    const find = await phone.open('pages/find/find')
    phone.give('scanCode', ({ success }) => success(found))
    await find.tap('扫回执上的二维码')
    assert.deepEqual(phone.went, [{ how: 'navigateTo', url: page }])
  }
})

test('a strange code and a closed camera are told apart', async () => {
  const phone = new Phone()
  const find = await phone.open('pages/find/find')
  phone.give('scanCode', ({ success }) => success({ result: 'https://pay.example/1' }))
  await find.tap('扫回执上的二维码')
  assert.ok(find.shows('不是本镇回执'))
  phone.give('scanCode', ({ fail }) => fail({ errMsg: 'scanCode:fail cancel' }))
  await find.tap('扫回执上的二维码')
  assert.ok(!find.shows('不是本镇回执'))
})
