// The package as DevTools would upload it: small, whole, and every request it can make is in the contract.

const assert = require('node:assert/strict')
const fs = require('node:fs')
const path = require('node:path')
const { test } = require('node:test')
const { TmplGroup } = require('glass-easel-template-compiler')
const { operations: contract, bodySchema } = require('./support/contract')
const { ROOT, app, json, packaged, project, read, templates } = require('./support/files')
const { uploaded } = require('./support/upload')
const operations = require('../utils/operations')

// WeChat's own components we do not use: none of ours may be called so.
const TAKEN = ['icon', 'progress', 'swiper', 'rich-text', 'navigator', 'audio', 'video', 'map', 'camera', 'slider', 'editor', 'cover-view']
const MOST_BYTES = 200 * 1000
const exists = (file) => fs.existsSync(path.join(ROOT, file))

test('the package is under 200 KB and holds nothing of the tests', async () => {
  const bytes = await uploaded()
  assert.ok(bytes < MOST_BYTES, `${bytes} bytes`)
  assert.deepEqual(packaged().filter((file) => /^(node_modules|tests)\/|package.*json|tsconfig|README/.test(file)), [])
})

test('the package needs no other package and no real appid to be opened', () => {
  assert.equal(json('package.json').dependencies, undefined)
  assert.equal(project.appid, 'touristappid')
  for (const file of packaged().filter((name) => name.endsWith('.js'))) {
    for (const [, module] of read(file).matchAll(/require\('([^']+)'\)/g)) {
      assert.match(module, /^\.\.?\//, `${file} requires ${module}`)
      assert.ok(exists(`${path.posix.join(path.posix.dirname(file), module)}.js`), `${file} requires ${module}`)
    }
  }
})

test('every page and component is whole, and every page folder is a page', () => {
  for (const name of [...app.pages, ...Object.values(app.usingComponents).map((one) => one.slice(1))]) {
    for (const ending of ['js', 'json', 'wxml']) assert.ok(exists(`${name}.${ending}`), `${name}.${ending}`)
  }
  for (const page of templates().filter((name) => name.startsWith('pages/'))) assert.ok(app.pages.includes(page), page)
  for (const tab of app.tabBar.list) {
    assert.ok(app.pages.includes(tab.pagePath), tab.pagePath)
    assert.ok(exists(tab.iconPath) && exists(tab.selectedIconPath), tab.text)
  }
})

test('every template compiles, follows the letter size and uses known tags and drawings only', () => {
  const known = new Set([
    'view', 'text', 'button', 'input', 'textarea', 'image', 'label', 'radio', 'radio-group', 'checkbox', 'checkbox-group', 'picker',
    'switch', 'progress', 'scroll-view', 'block', 'slot', 'page-meta', 'template', 'import', 'wxs', 'form', 'canvas', 'picker-view',
  ])
  for (const name of Object.keys(app.usingComponents)) assert.ok(!known.has(name) && !TAKEN.includes(name), name)
  for (const name of templates()) {
    const source = read(`${name}.wxml`)
    const wrong = new TmplGroup().addTmpl(name, source).filter((one) => one.isError || one.level === 'Warn')
    assert.deepEqual(wrong, [], name)
    const own = { ...app.usingComponents, ...json(`${name}.json`).usingComponents }
    for (const [, tag] of source.matchAll(/<([a-z][a-z-]*)/g)) assert.ok(known.has(tag) || own[tag], `${name}: <${tag}>`)
    for (const [, drawing] of source.matchAll(/<drawing[^>]* name="([a-z-]+)"/g)) assert.ok(exists(`assets/${drawing}.svg`), drawing)
    if (name.startsWith('pages/')) assert.ok(source.startsWith('<page-meta root-font-size="{{root}}"/>'), name)
  }
})

test('no size is fixed: everything grows with the letters', () => {
  for (const file of packaged().filter((name) => name.endsWith('.wxss'))) {
    const fixed = read(file).match(/font-size:[\d.]+(px|rpx)/g)
    assert.equal(fixed, null, file)
  }
})

test('every way on leads to a page', () => {
  for (const file of packaged().filter((name) => /\.(js|wxml)$/.test(name))) {
    for (const [, page] of read(file).matchAll(/['"`]\/(pages\/[a-z-]+\/[a-z-]+)/g)) assert.ok(app.pages.includes(page), `${file}: ${page}`)
  }
})

test('every handler a template names exists', () => {
  for (const name of templates()) {
    const code = read(`${name}.js`)
    const shared = name.startsWith('pages/') ? read('utils/screen.js') : ''
    for (const [, handler] of read(`${name}.wxml`).matchAll(/(?:bind|catch):?[a-z]+="([A-Za-z]+)"/g)) {
      assert.match(code + shared, new RegExp(`\\b${handler}\\b\\s*[(:,=]`), `${name}: ${handler}`)
    }
  }
})

test('every operation of the table is in openapi.json with its method, path, query and body', () => {
  for (const [name, own] of Object.entries(operations)) {
    const theirs = contract[name]
    assert.ok(theirs, `openapi.json has no ${name}`)
    assert.equal(own.method, theirs.method, name)
    assert.equal(own.path, theirs.path, name)
    assert.equal(Boolean(own.open), theirs.open, `${name}: who may call`)
    const asked = theirs.parameters.filter((one) => one.in === 'query').map((one) => one.name)
    for (const field of own.query || []) assert.ok(asked.includes(field), `${name}: query ${field}`)
    const schema = bodySchema(name)
    for (const field of own.body || []) assert.ok(schema.properties[field], `${name}: body ${field}`)
    for (const field of (schema && schema.required) || []) assert.ok(own.body.includes(field), `${name} lacks ${field}`)
  }
})

test('every call names an operation of the table, and none is left that nothing calls', () => {
  const called = new Set()
  for (const file of packaged().filter((name) => name.endsWith('.js') && name !== 'utils/operations.js')) {
    const source = read(file)
    assert.ok(file === 'utils/wire.js' || !/wx\.(request|uploadFile|downloadFile)\b/.test(source), `${file} goes past the table`)
    for (const [word] of source.matchAll(/'[a-z]+(_[a-z]+)+'/g)) if (operations[word.slice(1, -1)]) called.add(word.slice(1, -1))
    for (const [, name] of source.matchAll(/\b(?:call|upload|download|send)\(\s*'([a-z_]+)'/g)) assert.ok(operations[name], `${file}: ${name}`)
  }
  assert.deepEqual(Object.keys(operations).filter((name) => !called.has(name)), [])
})
