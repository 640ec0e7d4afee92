// A citizen's way through the mini-program on a real township: what is said here is said by its own answers.
// Run by tests/wechat/test_mini_program.py with what it made; throws where the way is barred.

const assert = require('node:assert/strict')
const { realPhone } = require('./support/real')

const { township, wechat, openid, name, number, item, words, code } = JSON.parse(process.argv[2])

async function findsOut(phone) {
  const home = await phone.open('pages/home/home')
  assert.ok(home.shows('大家常办') && home.shows('到大厅来'))
  const items = await phone.open('pages/items/items', { q: encodeURIComponent(words) })
  await items.tap(items.data.items[0].name)
  const guide = await phone.open('pages/item/item', { id: item })
  for (const heading of ['多久', '多少钱', '在哪办', '带什么']) assert.ok(guide.shows(heading), heading)
  assert.equal(phone.township.asked.length, 0)
}

async function saysWho(phone) {
  const mine = await phone.open('pages/mine/mine')
  assert.ok(mine.shows('先说明您是谁'))
  await mine.emit('用微信的手机号', 'getphonenumber', { errMsg: 'getPhoneNumber:ok', code: await phone.phoneCode() })
  assert.ok(mine.shows('微信已验证'), mine.text())
  const page = await phone.open('pages/identity/identity')
  await page.type('姓名', name)
  await page.choose('居民身份证')
  await page.type('证件号码', '430481190501010000')
  await page.choose('我已看过上面的说明，同意使用')
  await page.tap('保存')
  assert.ok(page.data.fault && page.data.fault.wrong.document_number, page.text())
  await page.type('证件号码', number)
  await page.tap('保存')
  assert.ok(page.shows('身份信息已存好。'), page.text())
}

async function allowsMessages(phone) {
  const page = await phone.open('pages/notices/notices')
  await page.tap('打开办件提醒')
  assert.ok(page.shows('微信提醒') && page.shows('还没有消息'), page.text())
}

async function books(phone) {
  const times = await phone.open('pages/times/times', { item })
  const slot = times.elements().find((one) => (one.attributes || []).some(({ value }) => /还有\d+个/.test(value)))
  assert.ok(slot, times.text())
  await times.dispatch(slot, 'tap', {})
  const { url } = phone.went.at(-1)
  assert.match(url, /^\/pages\/appointment\/appointment\?id=[0-9a-f]{32}$/)
  const one = await phone.open('pages/appointment/appointment', { id: url.split('=')[1] })
  await one.tap('确认预约')
  assert.ok(one.shows('约好了'), one.text())
}

async function follows(phone) {
  const slip = await phone.open('pages/progress/progress', { scene: code })
  assert.ok(slip.shows('接下来') && slip.shows('办到哪一步'), slip.text())
  const coming = await phone.open('pages/appointments/appointments')
  assert.ok(coming.shows('已预约'), coming.text())
  const hall = await phone.open('pages/hall/hall')
  assert.ok(hall.shows('现在要等多久'))
}

async function looksAfterTheirData(phone) {
  const page = await phone.open('pages/privacy/privacy')
  assert.ok(page.shows('谁看过'), page.text())
  await page.tap('看全部，或者拿走一份')
  assert.ok(page.shows(number))
  await page.choose('更正我的信息')
  await page.type('说一说', '住址写成了旧的，请改。')
  await page.tap('提交')
  assert.ok(page.shows('前答复：住址写成了旧的'), page.text())
  const mine = await phone.open('pages/mine/mine')
  await mine.tap('退出登录')
  assert.equal(phone.stored.size, 0)
}

async function walk() {
  const phone = realPhone({ township, wechat, openid })
  for (const part of [findsOut, saysWho, allowsMessages, books, follows, looksAfterTheirData]) await part(phone)
}

walk().catch((fault) => {
  process.stderr.write(`${fault.stack}\n`)
  process.exitCode = 1
})
