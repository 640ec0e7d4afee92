// What went wrong, in the township's own sentence; only where the township was not reached does the phone speak for itself.

/** @typedef {{code: string, sentence: string, wrong: Record<string, string>, facts: Record<string, string>, passes: boolean}} Told */

const SILENT = {
  offline: '现在连不上网。请看看手机信号，再点“再试一次”。',
  slow: '网络太慢，没有等到回答。请换个信号好的地方，再试一次。',
  unreadable: '镇里的系统暂时没有回答，请过一会儿再试，也可以直接到大厅办。',
}

class Fault extends Error {
  /**
   * @param {string} code the township's error code, or `offline`, `slow`, `unreadable`
   * @param {string} sentence what to show
   * @param {{status?: number, facts?: Record<string, string>, wrong?: Record<string, string>}} [more]
   */
  constructor(code, sentence, more) {
    super(sentence)
    this.code = code
    this.sentence = sentence
    this.status = (more && more.status) || 0
    this.facts = (more && more.facts) || {}
    // A sentence for each field that is wrong.
    this.wrong = (more && more.wrong) || {}
    // Whether trying again may help: no line, or a township that has too much to do. A refusal stays one.
    this.passes = this.status < 400 || this.status === 429 || this.status >= 500
  }

  // The plain values a page can show: `setData` takes no class.
  /** @returns {Told} */
  told() {
    return { code: this.code, sentence: this.sentence, wrong: this.wrong, facts: this.facts, passes: this.passes }
  }
}

/**
 * The township did not answer.
 * @param {string} message `errMsg` of wx
 */
function unreached(message) {
  const code = /timeout/i.test(message) ? 'slow' : 'offline'
  return new Fault(code, SILENT[code])
}

/**
 * The township refused: problem+json, or whatever stands before it answered something else.
 * @param {number} status
 * @param {any} problem
 */
function refused(status, problem) {
  if (!problem || typeof problem.title !== 'string' || typeof problem.code !== 'string') {
    return new Fault('unreadable', SILENT.unreadable, { status })
  }
  /** @type {Record<string, string>} */
  const wrong = {}
  for (const error of problem.errors || []) {
    if (!(error.field in wrong)) wrong[error.field] = error.sentence
  }
  return new Fault(problem.code, problem.title, { status, facts: problem.facts, wrong })
}

module.exports = { Fault, unreached, refused }
