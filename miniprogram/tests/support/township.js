// A township for tests: answers by the contract only. Whatever it is asked that openapi.json does not know fails the test.

const { bodySchema, completed, faults, goodAnswer, named, operations } = require('./contract')
const settings = require('../../settings')

const SESSION = { access_token: 'access-1', refresh_token: 'r'.repeat(43) }

class Township {
  constructor() {
    this.answers = {}
    // What it was asked: {operation, path, query, body, token}.
    this.asked = []
    // Requests against the contract; a test that ends with some has failed.
    this.wrong = []
    this.offline = false
    this.answer('open_session', SESSION)
  }

  /**
   * @param {string} name of the operation
   * @param {object | ((asked: object) => object)} parts of the answer; the rest is filled in as the contract says
   */
  answer(name, parts) {
    if (!operations[name]) throw new Error(`openapi.json has no ${name}`)
    this.answers[name] = parts
    return this
  }

  refuse(name, status, code, title, errors = []) {
    return this.answer(name, () => refusal(status, code, title, errors))
  }

  /** The requests to one operation. */
  of(name) {
    return this.asked.filter((one) => one.operation === name)
  }

  /** @returns {{statusCode: number, data: any}} */
  take(method, url, { body, header = {} } = {}) {
    const [where, query] = url.split('?')
    const place = where.replace(/^https?:\/\/[^/]+/, '')
    if (!Object.values(settings.township).some((base) => where.startsWith(base))) this.wrong.push(`${where} is not ours`)
    const operation = named(method, place)
    const asked = {
      operation,
      path: place,
      query: Object.fromEntries(new URLSearchParams(query || '')),
      body,
      token: (header.Authorization || '').replace('Bearer ', ''),
    }
    this.asked.push(asked)
    this.judge(asked, method)
    return this.reply(asked)
  }

  judge({ operation, path, query, body, token }, method) {
    if (!operation) {
      this.wrong.push(`${method} ${path} is not in openapi.json`)
      return
    }
    const { parameters, open } = operations[operation]
    for (const name of Object.keys(query)) {
      if (!parameters.some((one) => one.in === 'query' && one.name === name)) this.wrong.push(`${operation}: query ${name}`)
    }
    if (!open && !token) this.wrong.push(`${operation} without a token`)
    const schema = bodySchema(operation)
    if (schema) this.wrong.push(...faults(schema, body, operation))
    else if (body !== undefined && !operations[operation].body) this.wrong.push(`${operation} takes no body`)
  }

  reply(asked) {
    const { operation } = asked
    const given = this.answers[operation]
    const parts = typeof given === 'function' ? given(asked) : given
    if (parts === undefined) throw new Error(`the test gives no answer to ${operation || asked.path}`)
    if (parts instanceof Refusal) return { statusCode: parts.status, data: parts.problem }
    const { status, schema } = goodAnswer(operation)
    if (!schema) return { statusCode: status, data: '' }
    const data = completed(schema, parts)
    const wrong = faults(schema, data, operation)
    if (wrong.length) throw new Error(`the township never answers so: ${wrong.join('; ')}`)
    return { statusCode: status, data }
  }
}

class Refusal {
  constructor(status, problem) {
    this.status = status
    this.problem = problem
  }
}

function refusal(status, code, title, errors = []) {
  return new Refusal(status, { type: 'about:blank', title, status, code, facts: {}, errors, request_id: '1' })
}

module.exports = { Township, refusal }
