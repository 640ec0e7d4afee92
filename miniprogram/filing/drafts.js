// Applications not sent yet. They stay on this phone alone, a month at most; the citizen may delete each of them.

const store = require('../utils/store')

const KEPT_MS = 30 * 24 * 3600 * 1000
const PREFIX = 'draft.'

/**
 * @typedef {object} Draft
 * @property {'case'|'errand'} kind
 * @property {string} itemId
 * @property {string} itemName
 * @property {string} rid the same for every try to send it, so that it is filed once
 * @property {number} step
 * @property {string} situation
 * @property {Record<string, any>} answers
 * @property {Record<string, string>} materials
 * @property {Record<string, {id: string, sha: string}[]>} photos by paper
 * @property {string} phone
 * @property {boolean} forOther
 * @property {Record<string, string>} other
 * @property {number} [savedAt]
 */

/** @param {string} itemId @param {number} now ms @returns {Draft | undefined} */
function find(itemId, now) {
  const draft = store.read(PREFIX + itemId)
  if (draft && now - draft.savedAt < KEPT_MS) return draft
  if (draft) drop(itemId)
  return undefined
}

/** @param {Draft} draft @param {number} now ms */
function keep(draft, now) {
  return store.keep(PREFIX + draft.itemId, { ...draft, savedAt: now })
}

/** @param {string} itemId */
function drop(itemId) {
  store.drop(PREFIX + itemId)
}

// Those still good, the latest first.
/** @param {number} now ms @returns {Draft[]} */
function all(now) {
  const found = store.names(PREFIX).map((name) => find(name.slice(PREFIX.length), now))
  return /** @type {Draft[]} */ (found.filter(Boolean)).sort((a, b) => (b.savedAt || 0) - (a.savedAt || 0))
}

module.exports = { find, keep, drop, all }
