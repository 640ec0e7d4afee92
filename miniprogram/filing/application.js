// An application from its first screen to what is sent: the screens in order, the message, and which screen an error is on.
// Pure: it knows neither pages nor the network.

const { papersFor, settle } = require('./form')

/**
 * @typedef {import('./drafts').Draft} Draft
 * @typedef {'who' | 'questions' | 'papers' | 'mandate' | 'send'} Screen
 */

const DAY_MS = 24 * 3600 * 1000
const CHINA_MS = 8 * 3600 * 1000
// What a mandate is offered with; whoever signs may choose another day.
const MANDATE_DAYS = 30

/** @type {Record<Screen, string>} */
const TITLES = { who: '给谁办', questions: '填一填', papers: '材料', mandate: '委托书', send: '核对提交' }

/** @param {any} item */
function isErrand(item) {
  return item.kind === 'proxy'
}

/**
 * A new application.
 * @param {any} item
 * @param {{rid: string, forOther?: boolean, situation?: string}} start
 * @returns {Draft}
 */
function begin(item, { rid, forOther, situation }) {
  const codes = (item.situations || []).map((/** @type {any} */ one) => one.code)
  return {
    kind: isErrand(item) ? 'errand' : 'case',
    itemId: item.id,
    itemName: item.name,
    rid,
    step: 0,
    situation: situation && codes.includes(situation) ? situation : codes[0] || '',
    answers: {},
    materials: {},
    photos: {},
    phone: '',
    forOther: Boolean(forOther),
    other: {},
  }
}

/**
 * The screens of this application in order; one that would be empty is left out.
 * @param {any} item
 * @param {Draft} draft
 * @returns {{name: Screen, title: string}[]}
 */
function screens(item, draft) {
  const { asked } = settle(item.form.fields || [], draft.answers, draft.situation)
  /** @type {Screen[]} */
  const names = ['who']
  if (asked.length) names.push('questions')
  if (papersFor(item, draft.situation).some(({ code }) => code !== 'mandate')) names.push('papers')
  if (isErrand(item)) names.push('mandate')
  names.push('send')
  return names.map((name) => ({ name, title: TITLES[name] }))
}

/** The day a mandate is offered to end on. @param {number} now ms @returns {string} YYYY-MM-DD in China */
function usualEnd(now) {
  return new Date(now + CHINA_MS + MANDATE_DAYS * DAY_MS).toISOString().slice(0, 10)
}

/** @param {Record<string, any>} values what is empty is not sent */
function filled(values) {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '' && value !== undefined))
}

/**
 * Who else it is for, as the township takes it.
 * @param {Draft} draft
 */
function onBehalf(draft) {
  const { name = '', document_type, document_number = '', phone = '', address, ...between } = draft.other
  return {
    applicant: { name, document_number, phone, ...filled({ document_type, address }) },
    photos: (draft.photos[''] || []).map(({ id }) => id),
    ...between,
  }
}

/** @param {any} item @param {Draft} draft */
function caseMessage(item, draft) {
  const codes = papersFor(item, draft.situation).map(({ code }) => code)
  const { given } = settle(item.form.fields || [], draft.answers, draft.situation)
  return {
    rid: draft.rid,
    item_id: item.id,
    situation: draft.situation,
    answers: given,
    materials: Object.fromEntries(codes.filter((code) => draft.materials[code]).map((code) => [code, draft.materials[code]])),
    photos: photosOf(codes, draft),
    ...filled({ phone: draft.phone }),
    ...(draft.forOther ? { on_behalf: onBehalf(draft) } : {}),
  }
}

/** @param {string[]} codes @param {Draft} draft */
function photosOf(codes, draft) {
  const taken = codes.filter((code) => draft.photos[code] && draft.photos[code].length)
  return Object.fromEntries(taken.map((code) => [code, draft.photos[code].map(({ id }) => id)]))
}

/**
 * @param {any} item
 * @param {Draft} draft
 * @param {{mandateUntil?: string, sharingVersion?: number}} agreed what was ticked; both may also be signed later
 */
function errandMessage(item, draft, agreed) {
  const { given } = settle(item.form.fields || [], draft.answers, draft.situation)
  return {
    rid: draft.rid,
    item_id: item.id,
    situation: draft.situation,
    answers: given,
    ...filled({ phone: draft.phone }),
    ...(agreed.mandateUntil ? { mandate: { valid_until: agreed.mandateUntil } } : {}),
    ...(agreed.sharingVersion ? { sharing: { partner: item.partner, version: agreed.sharingVersion } } : {}),
  }
}

/** The screen on which a field of the township's answer is put right. @param {string} field @returns {Screen} */
function screenOf(field) {
  if (field.startsWith('answers.')) return 'questions'
  if (/^(materials|photos)\b/.test(field)) return 'papers'
  if (/^(sharing|mandate\.valid_until)/.test(field)) return 'mandate'
  return 'who'
}

/**
 * Sentences by the name of the control they belong to; the other person's come under several names.
 * @param {Record<string, string>} wrong
 * @param {boolean} forOther
 */
function byControl(wrong, forOther) {
  /** @type {Record<string, string>} */
  const told = {}
  for (const [field, sentence] of Object.entries(wrong)) {
    const own = field.replace(/^on_behalf\.applicant\.|^on_behalf\.|^applicant\.|^mandate\./, '')
    told[own === field || !forOther ? own : `other.${own}`] = sentence
  }
  return told
}

/**
 * The first screen with something to put right; the last one when nothing names a field.
 * @param {{name: Screen}[]} order
 * @param {Record<string, string>} wrong
 * @param {boolean} forOther
 */
function firstWrong(order, wrong, forOther) {
  const places = Object.keys(wrong).map((field) => {
    const screen = forOther && field.startsWith('mandate.') ? 'who' : screenOf(field)
    return order.findIndex(({ name }) => name === screen)
  })
  const found = places.filter((place) => place >= 0)
  return found.length ? Math.min(...found) : order.length - 1
}

module.exports = {
  begin, screens, usualEnd, caseMessage, errandMessage, byControl, firstWrong, isErrand,
}
