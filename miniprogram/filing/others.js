// The questions about somebody one files for, in the shape of a form's questions; the words to choose from are the township's.

/**
 * @typedef {{value: string, label: string}} Choice
 * @typedef {import('./form').Question} Question
 */

/** @param {Choice[]} choices */
function coded(choices) {
  return choices.map(({ value, label }) => ({ code: value, label }))
}

/**
 * @param {{document_types: Choice[], relations: Choice[]}} choices
 * @returns {Question[]}
 */
function questions(choices) {
  return [
    { name: 'name', label: '对方的姓名' },
    { name: 'document_type', label: '对方的证件', kind: 'choice', choices: coded(choices.document_types) },
    { name: 'document_number', label: '对方的证件号码' },
    { name: 'phone', label: '对方的电话', kind: 'phone' },
    { name: 'relation', label: '您和对方的关系', kind: 'choice', choices: coded(choices.relations) },
    { name: 'scope', label: '委托您办什么' },
    { name: 'valid_until', label: '委托到哪天', kind: 'date', help: '够办完这件事就行。' },
    { name: 'method', label: '委托书怎么签的', help: '例如：亲笔签名、按手印。' },
  ]
}

/**
 * What most people would answer.
 * @param {string} matter
 * @param {string} until
 */
function usual(matter, until) {
  return { document_type: 'id_card', relation: 'relative', scope: matter, valid_until: until, method: '亲笔签名' }
}

module.exports = { questions, usual }
