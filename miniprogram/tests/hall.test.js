// The hall: queues, windows, a ticket before setting out.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./support/phone')
const { Township } = require('./support/township')

const WINDOW = 'a'.repeat(32)

function township() {
  return new Township()
    .answer('show_queues', [
      { queue: 'social', name: '社会事务综合窗口', waiting: 4, working: 2, taking: true, wait: '约 10–20 分钟', may_be_late: true },
      { queue: 'utility', name: '公共服务综合窗口', waiting: 0, working: 0, taking: false, wait: '' },
    ])
    .answer('show_board', [{ window_id: WINDOW, number: 3, name: '社会事务综合窗口', department: '社会事务办', phone: '0734-4250003', scope: ['低保', '特困'], is_open: true }])
    .answer('list_hall_windows', [{ id: WINDOW, hours: [{ opens: '08:30', closes: '12:00', period: 'morning' }], on_duty: { name: '李明', place_label: '在岗' } }])
}

test('the hall says how long each queue is and who is there', async () => {
  const phone = new Phone({ township: township() })
  const hall = await phone.open('pages/hall/hall')
  for (const words of ['约 10–20 分钟，前面 4 人，2 个窗口在叫', '现在来，可能赶不上', '今天不再取号', '3 号 社会事务综合窗口', '今天 08:30–12:00', '李明（在岗）', '低保、特困']) assert.ok(hall.shows(words), words)
  await hall.tap('打电话给社会事务综合窗口')
  assert.deepEqual(phone.called, ['0734-4250003'])
})

test('a ticket is taken after a question and opens its own page', async () => {
  const town = township().answer('take_ticket', { code: 'K7MN', ticket: 'M012' })
  const phone = new Phone({ township: town })
  const hall = await phone.open('pages/hall/hall')
  phone.agrees = false
  await hall.tap('取号：社会事务综合窗口')
  assert.deepEqual(town.of('take_ticket'), [])
  phone.agrees = true
  await hall.tap('取号：社会事务综合窗口')
  assert.deepEqual(town.of('take_ticket')[0].body, { queue: 'social' })
  assert.equal(phone.went.pop().url, '/pages/ticket/ticket?code=K7MN')
})

test('a second ticket is refused in the township’s words', async () => {
  const town = township().refuse('take_ticket', 409, 'ticket_held', '您今天已经取了一个号，还没有叫到。')
  const hall = await new Phone({ township: town }).open('pages/hall/hall')
  await hall.tap('取号：社会事务综合窗口')
  assert.ok(hall.shows('您今天已经取了一个号'))
})

test('a ticket is looked at again until it is over', async () => {
  const states = ['checked_in', 'called', 'served']
  const town = township().answer('show_ticket', () => {
    const state = states.shift()
    return { ticket: 'M012', state, state_label: state, queue: '社会事务综合窗口', ahead: state === 'checked_in' ? 2 : null, headline: `现在：${state}`, windows: [3] }
  })
  const phone = new Phone({ township: town })
  const page = await phone.open('pages/ticket/ticket', { code: 'K7MN' })
  assert.ok(page.shows('前面还有2 人'))
  for (let times = 0; times < 3; times += 1) await phone.wait()
  assert.ok(page.shows('M012') && page.shows('现在：served') && page.shows('3 号窗口') && !page.shows('前面还有'))
  assert.equal(town.of('show_ticket').length, 3)
})
