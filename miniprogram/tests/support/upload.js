// How large the package is as DevTools uploads it: project.config.json asks for small scripts, templates and styles.

const fs = require('node:fs')
const path = require('node:path')
const { minify } = require('terser')
const { ROOT, packaged, read } = require('./files')

const SMALL = {
  js: async (source) => (await minify(source, { compress: false, mangle: true })).code,
  wxml: (source) => source.replace(/>\s+</g, '><').trim(),
  wxss: (source) => source.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\n\s*/g, ''),
  json: (source) => JSON.stringify(JSON.parse(source)),
}

/** @returns {Promise<number>} bytes, before any compression on the way */
async function uploaded() {
  let bytes = 0
  for (const file of packaged()) {
    const small = SMALL[path.extname(file).slice(1)]
    bytes += small ? Buffer.byteLength(await small(read(file))) : fs.statSync(path.join(ROOT, file)).size
  }
  return bytes
}

module.exports = { uploaded }
