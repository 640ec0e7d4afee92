// Who is signed in: silently by wx.login, renewed once for all calls that find the token worn out.

const store = require('./store')
const wire = require('./wire')
const settings = require('../settings')
const { Fault } = require('./fault')

/** @typedef {{access_token: string, refresh_token: string}} Tokens */

/** @type {Promise<string> | null} one renewal at a time: a refresh token is good for one use */
let renewing = null

/** @returns {Tokens | undefined} */
function kept() {
  return store.read('session')
}

/** @param {Tokens} tokens */
function remember(tokens) {
  store.keep('session', { access_token: tokens.access_token, refresh_token: tokens.refresh_token })
  return tokens.access_token
}

/** @returns {Promise<string>} */
function loginCode() {
  return new Promise((resolve, reject) => {
    wx.login({
      success: (answer) => resolve(answer.code),
      fail: () => reject(new Fault('wechat_unavailable', '微信暂时没有回应，请稍后再试一次。')),
    })
  })
}

async function signIn() {
  const code = await loginCode()
  const body = settings.tenantId ? { code, tenant_id: settings.tenantId } : { code }
  return remember(await wire.send('open_session', { body }))
}

/** @param {Tokens} tokens */
async function refresh(tokens) {
  try {
    return remember(await wire.send('refresh_session', { body: { refresh_token: tokens.refresh_token } }))
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.status !== 401) throw fault
    store.drop('session')
    return signIn()
  }
}

/**
 * A token to call with.
 * @param {string} [worn] the token the township has just refused
 * @returns {Promise<string>}
 */
function token(worn) {
  const tokens = kept()
  if (tokens && tokens.access_token !== worn) return Promise.resolve(tokens.access_token)
  if (!renewing) {
    renewing = (tokens ? refresh(tokens) : signIn()).finally(() => {
      renewing = null
    })
  }
  return renewing
}

// Ends the session here even where the township cannot be told: its own end comes with time.
async function signOut() {
  const tokens = kept()
  store.drop('session')
  if (!tokens) return
  try {
    await wire.send('end_session', { token: tokens.access_token })
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
  }
}

module.exports = { token, signOut, kept }
