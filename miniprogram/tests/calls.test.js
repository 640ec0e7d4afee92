// Calls to the township: silent sign-in, one renewal for many, retries of reads only, the township's own sentences.

const assert = require('node:assert/strict')
const { test } = require('node:test')
const { Phone } = require('./support/phone')
const { Township, refusal } = require('./support/township')

const EXPIRED = refusal(401, 'token_expired', '登录已过期，请重新登录。')

function phone(township = new Township()) {
  const made = new Phone({ township })
  return { phone: made, township, api: made.require('utils/api.js') }
}

async function outcome(made, promise) {
  const settled = promise.then((value) => ({ value }), (fault) => ({ fault }))
  await made.settle()
  return settled
}

test('signing in is silent, once, and for whoever reads only open pages never', async () => {
  const { phone: made, township, api } = phone()
  township.answer('list_notices', { items: [] }).answer('show_me', { masked_name: '张**' })
  await outcome(made, api.call('list_notices'))
  assert.equal(made.logins, 0)
  await outcome(made, Promise.all([api.call('show_me'), api.call('show_me')]))
  assert.equal(made.logins, 1)
  assert.deepEqual(township.of('open_session').map((one) => one.body), [{ code: 'login-1' }])
  assert.deepEqual(township.of('show_me').map((one) => one.token), ['access-1', 'access-1'])
})

test('calls that find the token worn out together renew it once', async () => {
  const { phone: made, township, api } = phone()
  township.answer('show_me', ({ token }) => (token === 'access-2' ? { masked_name: '张**' } : EXPIRED))
  township.answer('list_consents', ({ token }) => (token === 'access-2' ? { items: [] } : EXPIRED))
  township.answer('refresh_session', { access_token: 'access-2', refresh_token: 's'.repeat(43) })
  const { value } = await outcome(made, Promise.all([api.call('show_me'), api.call('list_consents')]))
  assert.equal(value[0].masked_name, '张**')
  assert.deepEqual(township.of('refresh_session').map((one) => one.body.refresh_token), ['r'.repeat(43)])
})

test('a session that cannot be renewed is opened anew, and a second refusal is told', async () => {
  const { phone: made, township, api } = phone()
  township.answer('show_me', EXPIRED).answer('refresh_session', refusal(401, 'token_invalid', '登录信息无效，请重新登录。'))
  const { fault } = await outcome(made, api.call('show_me'))
  assert.equal(fault.sentence, '登录已过期，请重新登录。')
  assert.equal(township.of('open_session').length, 2)
  assert.equal(township.of('show_me').length, 2)
})

test('a lost line keeps the session: renewing is tried again the next time', async () => {
  const { phone: made, township, api } = phone()
  township.answer('show_me', ({ token }) => {
    township.offline = token === 'access-1'
    return token === 'access-1' ? EXPIRED : {}
  })
  township.answer('refresh_session', { access_token: 'access-2', refresh_token: 's'.repeat(43) })
  const lost = await outcome(made, api.call('show_me'))
  assert.equal(lost.fault.code, 'offline')
  township.offline = false
  await outcome(made, api.call('show_me'))
  assert.equal(township.of('open_session').length, 1)
})

test('a read is tried three times, a write once', async () => {
  const { phone: made, township, api } = phone()
  let times = 0
  township.answer('list_notices', () => (++times < 3 ? refusal(503, 'busy', '现在办理的人太多，请过一会儿再试。') : { items: [] }))
  const read = await outcome(made, api.call('list_notices'))
  assert.deepEqual(read.value, { items: [] })
  assert.equal(times, 3)

  township.answer('give_consent', refusal(503, 'busy', '现在办理的人太多，请过一会儿再试。'))
  const written = await outcome(made, api.call('give_consent', { body: { purpose: 'notices', version: 1 } }))
  assert.equal(written.fault.sentence, '现在办理的人太多，请过一会儿再试。')
  assert.equal(township.of('give_consent').length, 1)
})

test('what is wrong is said in the township’s words, field by field', async () => {
  const { phone: made, township, api } = phone()
  township.refuse('set_identity', 422, 'body_invalid', '有几处填写不对，请按提示改正后再提交。', [
    { field: 'document_number', code: 'check_digit', sentence: '最后一位对不上，请对照证件再看一遍。' },
  ])
  const body = { name: '张三', document_type: 'id_card', document_number: '1' }
  const { fault } = await outcome(made, api.call('set_identity', { body }))
  assert.deepEqual(fault.told(), {
    code: 'body_invalid', sentence: '有几处填写不对，请按提示改正后再提交。', facts: {}, passes: false,
    wrong: { document_number: '最后一位对不上，请对照证件再看一遍。' },
  })
})

test('only when nothing answered does the phone speak for itself', async () => {
  const { phone: made, township, api } = phone()
  township.offline = true
  const { fault } = await outcome(made, api.call('list_notices'))
  assert.match(fault.sentence, /连不上网/)
  township.offline = false
  const proxy = phone()
  proxy.township.take = () => ({ statusCode: 502, data: '<html>Bad Gateway</html>' })
  const other = await outcome(proxy.phone, proxy.api.call('list_notices'))
  assert.equal(other.fault.code, 'unreadable')
})

test('a field the table does not name never leaves the phone', async () => {
  const { phone: made, api } = phone()
  const { fault } = await outcome(made, api.call('bind_phone', { body: { phone: '13800000001' } }))
  assert.match(fault.message, /no such field: phone/)
})

test('leaving forgets everything but the letter size', async () => {
  const { phone: made, township, api } = phone()
  township.answer('show_me', {}).answer('end_session', {})
  const store = made.require('utils/store.js')
  store.keep('elder', true)
  store.keep('draft.1', { name: '张三' })
  await outcome(made, api.call('show_me'))
  await outcome(made, made.require('utils/session.js').signOut())
  store.forget()
  assert.deepEqual([...made.stored.keys()], ['bmt.elder'])
  assert.equal(township.of('end_session')[0].token, 'access-1')
})
