// One exchange with the township: address, headers, time limit, and every failure as a Fault. Knows nothing of sessions.

const operations = require('./operations')
const settings = require('../settings')
const { refused, unreached } = require('./fault')

const ANSWER_WITHIN_MS = 10000
// Between the tries of a read; writes are sent once: the citizen decides whether to send again.
const TRY_AGAIN_AFTER_MS = [400, 1500]

/** @typedef {{path?: Record<string, string>, query?: Record<string, any>, body?: Record<string, any>, token?: string}} Sent */

function base() {
  return settings.township[wx.getAccountInfoSync().miniProgram.envVersion || 'release']
}

/** @param {string} name @returns {import('./operations').Operation} */
function operation(name) {
  const found = operations[name]
  if (!found) throw new Error(`no such operation: ${name}`)
  return found
}

/**
 * Only the fields of the table leave the phone; those left open do not.
 * @param {string[] | undefined} allowed
 * @param {Record<string, any> | undefined} fields
 */
function chosen(allowed, fields) {
  /** @type {Record<string, any>} */
  const sent = {}
  for (const [name, value] of Object.entries(fields || {})) {
    if (!allowed || !allowed.includes(name)) throw new Error(`no such field: ${name}`)
    if (value !== undefined) sent[name] = value
  }
  return sent
}

/** @param {string} name @param {Sent} sent */
function url(name, sent) {
  const { path, query } = operation(name)
  const filled = path.replace(/\{(\w+)\}/g, (_, key) => {
    const value = (sent.path || {})[key]
    if (!value) throw new Error(`path lacks ${key}`)
    return encodeURIComponent(value)
  })
  const asked = Object.entries(chosen(query, sent.query))
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join('&')
  return base() + filled + (asked ? `?${asked}` : '')
}

/** @param {string} [token] */
function authorization(token) {
  return token ? { Authorization: `Bearer ${token}` } : {}
}

/** @param {string} name @param {Sent} sent @returns {Promise<any>} */
function once(name, sent) {
  const { method, body } = operation(name)
  return new Promise((resolve, reject) => {
    wx.request({
      url: url(name, sent),
      method,
      data: body ? chosen(body, sent.body) : undefined,
      header: { 'Content-Type': 'application/json', ...authorization(sent.token) },
      timeout: ANSWER_WITHIN_MS,
      success: (answer) => {
        if (answer.statusCode >= 200 && answer.statusCode < 300) resolve(answer.data)
        else reject(refused(answer.statusCode, answer.data))
      },
      fail: (error) => reject(unreached(error.errMsg)),
    })
  })
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

/**
 * @param {string} name
 * @param {Sent} sent
 * @returns {Promise<any>}
 */
async function send(name, sent) {
  const waits = operation(name).method === 'GET' ? TRY_AGAIN_AFTER_MS : []
  for (const wait of waits) {
    try {
      return await once(name, sent)
    } catch (fault) {
      if (!['offline', 'slow', 'busy'].includes(/** @type {any} */ (fault).code)) throw fault
      await pause(wait)
    }
  }
  return once(name, sent)
}

/**
 * A file up, as `wx.uploadFile` sends it: one field `file`.
 * @param {string} name
 * @param {string} filePath
 * @param {Sent & {progress?: (percent: number) => void}} sent
 * @returns {Promise<any>}
 */
function upload(name, filePath, sent) {
  return new Promise((resolve, reject) => {
    const task = wx.uploadFile({
      url: url(name, sent),
      filePath,
      name: 'file',
      header: authorization(sent.token),
      success: (answer) => {
        const data = readable(answer.data)
        if (answer.statusCode >= 200 && answer.statusCode < 300) resolve(data)
        else reject(refused(answer.statusCode, data))
      },
      fail: (error) => reject(unreached(error.errMsg)),
    })
    const { progress } = sent
    if (progress) task.onProgressUpdate((state) => progress(state.progress))
  })
}

/** @param {string} text */
function readable(text) {
  try {
    return JSON.parse(text)
  } catch (error) {
    return null
  }
}

/**
 * A file down, to a temporary place of the phone.
 * @param {string} name
 * @param {Sent} sent
 * @returns {Promise<string>} its path
 */
function download(name, sent) {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url: url(name, sent),
      header: authorization(sent.token),
      success: (answer) => {
        if (answer.statusCode === 200) resolve(answer.tempFilePath)
        else reject(refused(answer.statusCode, null))
      },
      fail: (error) => reject(unreached(error.errMsg)),
    })
  })
}

module.exports = { send, upload, download, operation, base }
