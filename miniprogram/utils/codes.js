// What a scan, a link or a mini-program code says: a receipt's query code, a window's plate, or nothing we know.

const settings = require('../settings')

// 20 letters and digits, as printed in groups of four; the township itself judges whether one is genuine.
const QUERY_CODE = /^[0-9A-Za-z]{20}$/
const HEX_ID = /^[0-9a-f]{32}$/

/** @typedef {{kind: 'progress', code: string} | {kind: 'item', id: string} | {kind: 'ticket', code: string}} Place */

/** @param {string} text as typed: lower case, blanks and dashes are fine */
function queryCode(text) {
  const code = text.replace(/[\s\-－—]/g, '').toUpperCase()
  return QUERY_CODE.test(code) ? code : ''
}

/** @param {string} address */
function isOurs(address) {
  return Object.values(settings.township).some((base) => address.startsWith(`${base}/`))
}

/** @param {string} address @returns {Place | null} */
function ofLink(address) {
  if (!isOurs(address)) return null
  const [, kind, word] = address.split(/[?#]/)[0].replace(/^https?:\/\/[^/]+/, '').split('/')
  if (kind === 'c' && word && queryCode(word)) return { kind: 'progress', code: queryCode(word) }
  if (kind === 'items' && word && HEX_ID.test(word)) return { kind: 'item', id: word }
  if (kind === 'q' && word) return { kind: 'ticket', code: word }
  return null
}

/** @param {string} text what a scanner read @returns {Place | null} */
function read(text) {
  const trimmed = text.trim()
  if (/^https?:\/\//.test(trimmed)) return ofLink(trimmed)
  const code = queryCode(trimmed)
  return code ? { kind: 'progress', code } : null
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text)
  } catch (error) {
    return ''
  }
}

/**
 * Where `onLoad`'s options lead: `q` is a printed link (encoded), `scene` a mini-program code, `code` our own page's word.
 * @param {Record<string, string | undefined>} options
 * @returns {Place | null}
 */
function ofOptions(options) {
  const word = options.q || options.scene || options.code
  return word ? read(decoded(word)) : null
}

/** What a scanned mini-program code opens: `pages/progress/progress?scene=…`. @param {string} path @returns {Place | null} */
function ofPath(path) {
  const scene = /[?&]scene=([^&]*)/.exec(path)
  return scene ? read(decoded(scene[1])) : null
}

/** The page of a place. @param {Place} place */
function page(place) {
  switch (place.kind) {
    case 'progress':
      return `/pages/progress/progress?code=${place.code}`
    case 'item':
      return `/pages/item/item?id=${place.id}`
    case 'ticket':
      return `/pages/ticket/ticket?code=${encodeURIComponent(place.code)}`
  }
}

module.exports = { queryCode, read, ofOptions, ofPath, page }
