// An item's form on the phone: which questions are asked, how answers read before they are sent.
// The township alone judges the answers; this file knows no rule of what is right.

const { date } = require('../utils/clock')

/**
 * A question as the item's guide has it; what is left out there is the usual.
 * @typedef {{name: string, label: string, kind?: string, required?: boolean, help?: string, unit?: string,
 *   choices?: {code: string, label: string}[], min?: number, max?: number,
 *   when?: {field: string, any_of: string[]}}} Question
 * @typedef {Record<string, any>} Answers
 */

// Repeats the chosen situation in forms whose questions depend on it; it is never asked twice.
const SITUATION = 'situation'

/** @param {any} value */
function blank(value) {
  return value === undefined || value === null || (typeof value === 'string' && !value.trim()) ||
    (Array.isArray(value) && !value.length)
}

/** @param {any} value @param {string[]} anyOf */
function holds(value, anyOf) {
  if (typeof value === 'boolean') return anyOf.includes(value ? 'yes' : 'no')
  if (Array.isArray(value)) return value.some((code) => anyOf.includes(code))
  return anyOf.includes(String(value))
}

/**
 * The questions asked now, and the answers that count: what is no longer asked does not leave the phone.
 * @param {Question[]} questions
 * @param {Answers} answers
 * @param {string} situation
 * @returns {{asked: Question[], given: Answers}}
 */
function settle(questions, answers, situation) {
  /** @type {Question[]} */
  const asked = []
  /** @type {Answers} */
  const given = {}
  for (const question of questions) {
    const { name, when } = question
    if (when && (blank(given[when.field]) || !holds(given[when.field], when.any_of))) continue
    if (name === SITUATION) {
      if (situation) given[name] = situation
      continue
    }
    asked.push(question)
    if (!blank(answers[name])) given[name] = answers[name]
  }
  return { asked, given }
}

/**
 * Answers as they are read over before sending.
 * @param {Question[]} asked
 * @param {Answers} given
 * @returns {{name: string, label: string, value: string}[]}
 */
function readOver(asked, given) {
  return asked
    .filter(({ name }) => name in given)
    .map((question) => ({ name: question.name, label: question.label, value: words(question, given[question.name]) }))
}

/** @param {Question} question @param {any} value @returns {string} */
function words(question, value) {
  const chosen = Array.isArray(value) ? value : [value]
  switch (question.kind) {
    case 'yes_no':
      return value === true || value === 'yes' ? '是' : '否'
    case 'date':
      return date(value)
    case 'money_fen':
      return `${typeof value === 'number' ? value / 100 : value}元`
    case 'photo':
      return `${value.length} 张`
    case 'choice':
    case 'multi_choice':
      return (question.choices || []).filter(({ code }) => chosen.includes(code)).map(({ label }) => label).join('、')
    default:
      return `${value}${question.unit || ''}`
  }
}

/**
 * Everything to bring in a situation.
 * @param {any} item of the guide
 * @param {string} situation
 * @returns {any[]}
 */
function papersFor(item, situation) {
  const chosen = (item.situations || []).find((/** @type {any} */ one) => one.code === situation)
  return [...(item.materials || []), ...(chosen ? chosen.materials || [] : [])]
}

module.exports = { settle, readOver, papersFor }
