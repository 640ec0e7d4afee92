// Home, search, guide: finding out what to bring without signing in.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./support/phone')
const { Township } = require('./support/township')

const ITEM = 'a'.repeat(32)
const CODE = '1ABCDEFGHJKMNPQRSTVW'

function township() {
  return new Township()
    .answer('show_township', { name: '三都镇', centre_name: '三都镇政务服务中心', hall_name: '三都镇政务大厅', complaint_phone: '0734-4250001' })
    .answer('show_help', { common_words: ['低保', '上户口'], questions: [{ question: '一定要预约吗？', answer: '不用。' }, { question: '收费吗？', answer: '不收。' }] })
    .answer('list_choices', {
      window_types: [{ value: 'utility', label: '公用服务综合窗口' }],
      material_forms: [{ value: 'original', label: '原件' }, { value: 'copy', label: '复印件' }],
    })
    .answer('list_hall_windows', [
      { number: 1, hours: [{ opens: '08:30', closes: '12:00', period: 'morning' }, { opens: '14:30', closes: '17:30', period: 'afternoon' }] },
      { number: 2, hours: [{ opens: '08:30', closes: '12:00', period: 'morning' }] },
    ])
}

test('home shows the three things, what is common and today’s hours, and signs nobody in', async () => {
  const phone = new Phone({ township: township() })
  const home = await phone.open('pages/home/home')
  for (const words of ['扫码查进度', '办事预约', '找人代办', '低保', '08:30–12:00、14:30–17:30', '三都镇政务大厅']) assert.ok(home.shows(words), words)
  assert.equal(phone.logins, 0)
  await home.type('搜索要办的事', ' dibao ')
  await home.tap('搜索')
  assert.deepEqual(phone.went.pop(), { how: 'navigateTo', url: '/pages/items/items?q=dibao' })
  await home.tap('0734-4250001')
  assert.deepEqual(phone.called, ['0734-4250001'])
})

test('whoever has signed in before sees their own cases on home', async () => {
  const town = township().answer('my_cases', { cases: [{ id: 'c'.repeat(32), item_name: '申请低保', state_label: '审查中' }] })
  const phone = new Phone({ township: town })
  phone.require('utils/store.js').keep('session', { access_token: 'access-1', refresh_token: 'r' })
  const home = await phone.open('pages/home/home')
  assert.ok(home.shows('申请低保审查中'))
  await home.tap('申请低保')
  assert.equal(phone.went.pop().url, `/pages/case/case?id=${'c'.repeat(32)}`)
})

test('home without a line says so, and again works once it is back', async () => {
  const phone = new Phone({ township: township() })
  phone.township.offline = true
  const home = await phone.open('pages/home/home')
  assert.ok(home.shows('现在连不上网'))
  phone.township.offline = false
  await home.tap('再试一次')
  assert.ok(home.shows('大家常办') && !home.shows('现在连不上网'))
})

test('a printed link that opens home leads on to the progress page', async () => {
  const phone = new Phone({ township: township() })
  await phone.open('pages/home/home', { q: encodeURIComponent(`https://bmt.example.gov.cn/c/${CODE}`) })
  assert.equal(phone.went[0].url, `/pages/progress/progress?code=${CODE}`)
})

test('search takes plain words and pinyin; what is not found leads to asking', async () => {
  const town = township().answer('search_items', ({ query }) => ({
    items: query.q === 'dibao' ? [{ id: ITEM, name: '最低生活保障申请', promise: '20 个工作日', fee: '不收费', village_word: '村里能办' }] : [],
  }))
  const phone = new Phone({ township: town })
  const items = await phone.open('pages/items/items', { q: 'dibao' })
  assert.ok(items.shows('最低生活保障申请') && items.shows('20 个工作日 · 不收费'))
  await items.type('搜索要办的事', '登月')
  await items.tap('搜索')
  assert.ok(items.shows('没有找到“登月”'))
})

test('a list by window goes on page by page', async () => {
  const town = township().answer('list_items', ({ query }) => (query.cursor
    ? { items: [{ id: 'b'.repeat(32), name: '用电报装' }], next: null } : { items: [{ id: ITEM, name: '用水报装' }], next: 'n' }))
  const items = await new Phone({ township: town }).open('pages/items/items', { window: 'utility' })
  await items.tap('再看一些')
  assert.ok(items.shows('用水报装') && items.shows('用电报装') && !items.shows('再看一些'))
  assert.deepEqual(town.of('list_items').map((one) => one.query.window), ['utility', 'utility'])
})

const GUIDE = {
  item: {
    id: ITEM, name: '最低生活保障申请', kind: 'promised', village: 'takes', form: { fields: [] },
    materials: [{ code: 'id', name: '身份证', form: 'original' }, { code: 'book', name: '户口簿', form: 'copy', copies: 2, required: false }],
    situations: [{ code: 'ill', name: '家里有重病人', materials: [{ code: 'proof', name: '诊断证明', form: 'original' }] }, { code: 'other', name: '其他' }],
    steps: ['交材料', '入户核实'], basis: [{ title: '社会救助暂行办法', article: '第十条' }],
  },
  card: { promise: '20 个工作日', fee: '不收费', village_word: '村里能办', window_word: '民政综合窗口' },
  windows: [3],
}

test('the guide is a checklist: how long, how much, where, what to bring in one’s situation', async () => {
  const town = township().answer('show_item', GUIDE)
  const phone = new Phone({ township: town })
  const guide = await phone.open('pages/item/item', { id: ITEM })
  for (const words of ['20 个工作日', '不收费', '3 号窗口（民政综合窗口）', '复印件 2 份 · 有就带', '入户核实', '《社会救助暂行办法》第十条']) assert.ok(guide.shows(words), words)
  assert.ok(!guide.shows('诊断证明'))
  await guide.tap('家里有重病人')
  assert.ok(guide.shows('诊断证明') && guide.shows('0/3'))
  const boxes = guide.all('checkbox-group')[0]
  await guide.dispatch(boxes, 'change', { value: ['id'] })
  assert.ok(guide.shows('1/3'))
  await guide.tap('在手机上申请')
  assert.equal(phone.went.pop().url, `/pages/apply/apply?item=${ITEM}&situation=ill`)
  const later = await phone.open('pages/item/item', { id: ITEM })
  assert.ok(later.shows('1/2'))
})

test('what has to be done in person is booked, never applied for on the phone', async () => {
  const town = township().answer('show_item', { ...GUIDE, item: { ...GUIDE.item, in_person: true } })
  const guide = await new Phone({ township: town }).open('pages/item/item', { id: ITEM })
  assert.ok(guide.shows('预约窗口') && !guide.shows('在手机上申请'))
})

test('help opens one answer at a time', async () => {
  const help = await new Phone({ township: township() }).open('pages/help/help')
  assert.ok(help.shows('不用。') && !help.shows('不收。'))
  await help.tap('收费吗？')
  assert.ok(!help.shows('不用。') && help.shows('不收。'))
})

test('letters follow WeChat’s setting, and the citizen’s own switch goes first', async () => {
  const plain = await new Phone({ township: township() }).open('pages/home/home')
  assert.equal(plain.data.root, '16px')
  const large = new Phone({ township: township(), fontSize: 22 })
  const home = await large.open('pages/home/home')
  assert.deepEqual([home.data.root, home.data.elder, home.shows('按窗口找')], ['24px', true, false])
  await home.tap('换回普通字')
  assert.equal(home.data.elder, false)
  large.fontSize = 30
  await home.show()
  assert.equal(home.data.elder, false)
})
