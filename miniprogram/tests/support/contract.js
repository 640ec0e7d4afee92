// openapi.json as a judge: is this request one the township takes, is this answer one it may give? And a maker of answers.

const path = require('node:path')
const { ROOT } = require('./files')

const document = require(path.join(ROOT, '../api_spec/openapi.json'))

function follow(schema) {
  return schema && schema.$ref ? follow(document.components.schemas[schema.$ref.split('/').pop()]) : schema
}

const TYPES = {
  string: (value) => typeof value === 'string',
  integer: (value) => Number.isInteger(value),
  number: (value) => typeof value === 'number',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: (value) => Array.isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
}

function wrongParts(schema, value, at) {
  const wrong = []
  if (TYPES.object(value) && schema.properties) {
    for (const name of schema.required || []) if (!(name in value)) wrong.push(`${at}.${name} is missing`)
    for (const [name, part] of Object.entries(value)) {
      if (schema.properties[name]) wrong.push(...faults(schema.properties[name], part, `${at}.${name}`))
      else if (!TYPES.object(schema.additionalProperties)) wrong.push(`${at}.${name} is unknown`)
    }
  } else if (TYPES.object(value) && TYPES.object(schema.additionalProperties)) {
    for (const [name, part] of Object.entries(value)) wrong.push(...faults(schema.additionalProperties, part, `${at}.${name}`))
  }
  if (TYPES.array(value) && schema.items) value.forEach((part, i) => wrong.push(...faults(schema.items, part, `${at}[${i}]`)))
  return wrong
}

/** What is wrong with `value`, as sentences. */
function faults(given, value, at = 'value') {
  const schema = follow(given)
  const choices = schema.anyOf || schema.oneOf
  if (choices) {
    const tries = choices.map((choice) => faults(choice, value, at))
    return tries.some((wrong) => !wrong.length) ? [] : tries.sort((a, b) => a.length - b.length)[0]
  }
  const types = [schema.type].flat().filter(Boolean)
  if (types.length && !types.some((type) => TYPES[type](value))) return [`${at} is no ${types.join('/')}`]
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is not offered`]
  if ('const' in schema && schema.const !== value) return [`${at} is not ${schema.const}`]
  if (schema.pattern && TYPES.string(value) && !new RegExp(schema.pattern).test(value)) return [`${at} does not match`]
  return wrongParts(schema, value, at)
}

function example(given) {
  const schema = follow(given)
  if ('default' in schema) return structuredClone(schema.default)
  const choices = schema.anyOf || schema.oneOf
  if (choices) return choices.some((choice) => follow(choice).type === 'null') ? null : example(choices[0])
  if (schema.enum) return schema.enum[0]
  if ('const' in schema) return schema.const
  switch ([schema.type].flat()[0]) {
    case 'object':
      return Object.fromEntries(Object.entries(schema.properties || {}).map(([name, part]) => [name, example(part)]))
    case 'array':
      return []
    case 'integer':
    case 'number':
      return schema.minimum || 0
    case 'boolean':
      return false
    case 'null':
      return null
    default:
      if (schema.format === 'date') return '2026-04-10'
      return schema.format === 'date-time' ? '2026-04-10T01:30:00Z' : ''
  }
}

/** `parts` completed to a whole answer of the schema. */
function completed(given, parts) {
  const schema = follow(given)
  if (parts === undefined) return example(schema)
  const choices = schema.anyOf || schema.oneOf
  if (choices) {
    if (parts === null) return null
    const fitting = choices.map(follow).filter((choice) => choice.type !== 'null')
    const made = fitting.map((choice) => completed(choice, parts))
    return made.find((value, i) => !faults(fitting[i], value).length) || made[0]
  }
  if (TYPES.array(parts) && schema.items) return parts.map((part) => completed(schema.items, part))
  if (!TYPES.object(parts) || !schema.properties) return parts
  const whole = example(schema)
  for (const [name, part] of Object.entries(parts)) {
    whole[name] = schema.properties[name] ? completed(schema.properties[name], part) : part
  }
  return whole
}

/** Every operation by its name: {method, path, parameters, body, answers}. */
const operations = Object.fromEntries(
  Object.entries(document.paths).flatMap(([where, methods]) =>
    Object.entries(methods).filter(([, operation]) => operation.operationId).map(([method, operation]) => [
      operation.operationId,
      {
        method: method.toUpperCase(),
        path: where,
        open: !(operation.security || []).length,
        parameters: operation.parameters || [],
        body: operation.requestBody && operation.requestBody.content,
        answers: operation.responses,
        pattern: new RegExp(`^${where.replace(/\{\w+\}/g, '([^/]+)')}$`),
      },
    ])),
)

/** Which operation a request is. */
function named(method, where) {
  const found = Object.entries(operations).filter(([, one]) => one.method === method && one.pattern.test(where))
  const exact = found.find(([, one]) => !one.path.includes('{')) || found[0]
  return exact ? exact[0] : ''
}

/** The body's schema, or null where there is none or it is a file. */
function bodySchema(name) {
  const { body } = operations[name]
  return body && body['application/json'] ? follow(body['application/json'].schema) : null
}

/** {status, schema} of the good answer. */
function goodAnswer(name) {
  const [status, answer] = Object.entries(operations[name].answers).find(([code]) => code.startsWith('2'))
  const content = answer.content && answer.content['application/json']
  return { status: Number(status), schema: content ? content.schema : null }
}

module.exports = { operations, named, faults, completed, bodySchema, goodAnswer }
