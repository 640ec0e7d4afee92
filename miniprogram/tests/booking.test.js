// Booking: three taps, days without a time say why, and whatever can come between a tap and a place.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { firstOpen, halves, strip } = require('../booking/days')
const { refusal } = require('./support/township')
const { ITEM, phone, township } = require('./support/examples')

const ID = '7'.repeat(32)
const slot = (start, period, free = 2) => ({ start, end: start.replace(':00', ':30'), period, free })
const DAYS = [
  { day: '2026-04-10', label: '4月10日 周五', note: '', times: [] },
  { day: '2026-04-11', label: '4月11日 周六', note: '周末', times: [] },
  { day: '2026-04-13', label: '4月13日 周一', note: '', times: [slot('08:00', 'morning'), slot('15:00', 'afternoon', 1)] },
  { day: '2026-04-14', label: '4月14日 周二', note: '', times: [slot('09:00', 'morning')] },
  { day: '2026-04-18', label: '4月18日 周六', note: '周末', times: [] },
]
const HELD = {
  id: ID, code: 'TAA6J0QQ9V', state: 'held', state_label: '已占号', version: 1, item_id: ITEM, item_name: '临时救助',
  window_id: ID, window_name: '1号 社会事务综合窗口', day: '2026-04-13', day_label: '4月13日 周一', start: '08:00', end: '08:30',
  held_until: '2999-01-01T00:00:00Z',
  actions: [{ action: 'confirm', label: '确认预约' }, { action: 'cancel', label: '取消' }],
}
const BOOKED = {
  ...HELD, state: 'booked', state_label: '已预约', version: 2,
  actions: [{ action: 'reschedule', label: '改期' }, { action: 'cancel', label: '取消' }],
}

function town() {
  return township()
    .answer('list_free_times', { item_id: ITEM, item_name: '临时救助', windows: ['1号 社会事务综合窗口'], days: DAYS, next_release: '2026-04-11T00:00:00Z' })
    .answer('list_items', { items: [{ id: ITEM, code: 'SD-003', name: '临时救助', window: 'social', window_word: '社会事务综合窗口' }] })
}

test('a full day says so, a closed one why, and closed days at the end are left out', () => {
  assert.deepEqual(strip(DAYS).map(({ words }) => words), ['约满', '周末', '余3个', '余2个'])
  assert.equal(firstOpen(DAYS, ''), '2026-04-13')
  assert.equal(firstOpen(DAYS, '2026-04-14'), '2026-04-14')
  assert.equal(firstOpen(DAYS, '2026-04-11'), '2026-04-13')
  assert.equal(firstOpen([], ''), '')
})

test('a day’s times stand by morning and afternoon', () => {
  assert.deepEqual(halves(DAYS[2]).map(({ title, times }) => [title, times.length]), [['上午', 1], ['下午', 1]])
  assert.deepEqual(halves(DAYS[3]).map(({ title }) => title), ['上午'])
})

test('three taps: the matter, the time, and yes', async () => {
  const device = phone(town())
  const book = await device.open('pages/book/book')
  await book.tap('临时救助')
  assert.equal(device.went.at(-1).url, `/pages/times/times?item=${ITEM}`)
  device.township.answer('book_appointment', HELD)
  const times = await device.open('pages/times/times', { item: ITEM })
  await times.tap('08:00到08:30，还有2个')
  assert.deepEqual(device.township.of('book_appointment')[0].body, { item_id: ITEM, day: '2026-04-13', start: '08:00', hold: true })
  assert.equal(device.went.at(-1).url, `/pages/appointment/appointment?id=${ID}`)
  device.township.answer('show_appointment', HELD).answer('confirm_appointment', BOOKED)
  const one = await device.open('pages/appointment/appointment', { id: ID })
  assert.ok(one.shows('还差一步：请确认'))
  await one.tap('确认预约')
  assert.deepEqual(device.township.of('confirm_appointment')[0].body, { version: 1 })
  assert.ok(one.shows('约好了') && one.shows('TAA6J-0QQ9V'))
})

test('a place somebody else took is told, and the list is fresh', async () => {
  const device = phone(town())
  const times = await device.open('pages/times/times', { item: ITEM })
  device.township.refuse('book_appointment', 409, 'slot_full', '这个时段已经约满，请换一个时段。')
  device.township.answer('list_free_times', { item_id: ITEM, item_name: '临时救助', windows: [], days: [DAYS[3]], next_release: '2026-04-11T00:00:00Z' })
  await times.tap('08:00到08:30，还有2个')
  assert.ok(times.shows('这个时段已经约满'))
  assert.equal(times.shows('4月13日'), false)
  assert.ok(times.shows('4月14日'))
})

test('who has booked this time already is shown the appointment', async () => {
  const device = phone(town())
  const times = await device.open('pages/times/times', { item: ITEM })
  device.township.answer('book_appointment', () => {
    const refused = refusal(409, 'booking_duplicate', '您在这个时段已经有预约了。')
    refused.problem.facts = { appointment_id: ID }
    return refused
  })
  await times.tap('08:00到08:30，还有2个')
  assert.equal(device.went.at(-1).url, `/pages/appointment/appointment?id=${ID}`)
})

test('whoever has not said who they are is led there', async () => {
  const device = phone(town())
  const times = await device.open('pages/times/times', { item: ITEM })
  device.township.refuse('book_appointment', 409, 'identity_missing', '请先完善本人身份信息再办理。')
  await times.tap('08:00到08:30，还有2个')
  assert.equal(device.went.at(-1).url, '/pages/identity/identity')
})

test('an appointment is moved to another day with the version that was seen', async () => {
  const device = phone(town())
  device.township.answer('show_appointment', BOOKED).answer('reschedule_appointment', BOOKED)
  const one = await device.open('pages/appointment/appointment', { id: ID })
  await one.tap('改时间')
  assert.equal(device.went.at(-1).url, `/pages/times/times?item=${ITEM}&move=${ID}&version=2`)
  const times = await device.open('pages/times/times', { item: ITEM, move: ID, version: '2' })
  await times.tap('4月14日 周二')
  await times.tap('09:00到09:30，还有2个')
  assert.deepEqual(device.township.of('reschedule_appointment')[0].body, { day: '2026-04-14', start: '09:00', version: 2 })
})

test('cancelling asks first', async () => {
  const device = phone(town())
  device.township.answer('show_appointment', BOOKED).answer('cancel_appointment', { ...BOOKED, state: 'cancelled', state_label: '已取消', actions: [] })
  const one = await device.open('pages/appointment/appointment', { id: ID })
  device.agrees = false
  await one.tap('取消预约')
  assert.equal(device.township.of('cancel_appointment').length, 0)
  device.agrees = true
  await one.tap('取消预约')
  assert.deepEqual(device.township.of('cancel_appointment')[0].body, { version: 2 })
  assert.ok(one.shows('已取消'))
})

test('in the hall the place in the queue is looked at again until it is over', async () => {
  const states = [['checked_in', 2], ['checked_in', 0], ['called', null], ['served', null]]
  const device = phone(town())
  const seen = []
  device.township.answer('show_appointment', () => {
    const [state, ahead] = states.shift()
    seen.push(state)
    return { ...BOOKED, state, state_label: state === 'served' ? '已服务' : state, ticket: 'A012', ahead, actions: [] }
  })
  const one = await device.open('pages/appointment/appointment', { id: ID })
  for (let times = 0; times < 4; times += 1) await device.wait()
  assert.deepEqual(seen, ['checked_in', 'checked_in', 'called', 'served'])
  assert.ok(one.shows('已服务'))
})

test('the list tells what is coming, what was, and that a window will be shut', async () => {
  const device = phone(town())
  const past = { ...BOOKED, id: '8'.repeat(32), state: 'served', state_label: '已服务', day_label: '4月1日 周三' }
  device.township.answer('list_my_appointments', { appointments: [{ ...BOOKED, closed: '开会' }, past] })
  const list = await device.open('pages/appointments/appointments')
  assert.ok(list.shows('请改时间'))
  assert.equal(list.shows('4月1日'), false)
  await list.tap('以前的预约')
  assert.ok(list.shows('4月1日 周三'))
  device.township.answer('list_my_appointments', { appointments: [] })
  await list.show()
  assert.ok(list.shows('不预约直接到窗口取号，一样办理'))
})

test('a matter is found by everyday words; what is not found leads to a question', async () => {
  const device = phone(town())
  const book = await device.open('pages/book/book')
  device.township.answer('search_items', { items: [] })
  await book.type('要办什么事', '  上天  ')
  await book.tap('搜索')
  assert.deepEqual(device.township.of('search_items')[0].query, { q: '上天' })
  await book.tap('在手机上问')
  assert.equal(device.went.at(-1).url, '/pages/ask/ask')
})

test('without a line the page says so and works again afterwards', async () => {
  const device = phone(town())
  device.township.offline = true
  const times = await device.open('pages/times/times', { item: ITEM })
  assert.ok(times.shows('现在连不上网'))
  device.township.offline = false
  await times.tap('再试一次')
  assert.ok(times.shows('什么时候来'))
})
