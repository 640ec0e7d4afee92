// The mini-program's own files, read once: what DevTools would upload, and its pages and components by path.

const fs = require('node:fs')
const path = require('node:path')

const ROOT = path.resolve(__dirname, '../..')

function json(file) {
  return JSON.parse(fs.readFileSync(path.join(ROOT, file), 'utf8'))
}

const app = json('app.json')
const project = json('project.config.json')

function isIgnored(file) {
  return project.packOptions.ignore.some(({ type, value }) =>
    type === 'folder' ? file.startsWith(`${value}/`) : file === value)
}

/** Every file of the package, relative to its root. */
function packaged(folder = '') {
  return fs.readdirSync(path.join(ROOT, folder), { withFileTypes: true })
    .map((entry) => ({ entry, file: path.posix.join(folder, entry.name) }))
    .filter(({ entry, file }) => !entry.name.startsWith('.') && !isIgnored(entry.isDirectory() ? `${file}/` : file))
    .flatMap(({ entry, file }) => (entry.isDirectory() ? packaged(file) : [file]))
}

function read(file) {
  return fs.readFileSync(path.join(ROOT, file), 'utf8')
}

/** Paths of everything with a template, without ending: pages and components. */
function templates() {
  return packaged().filter((file) => file.endsWith('.wxml')).map((file) => file.replace(/\.wxml$/, ''))
}

module.exports = { ROOT, app, project, json, packaged, read, templates }
