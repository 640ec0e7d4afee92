// A phone for tests: runs the mini-program's own files on WeChat's component engine, with a `wx` of the test's.

const fs = require('node:fs')
const path = require('node:path')
const easel = require('glass-easel')
const { MiniProgramEnv } = require('glass-easel-miniprogram-adapter')
const { TmplGroup } = require('glass-easel-template-compiler')
const { ROOT, app, json, read, templates } = require('./files')
const { Screen } = require('./screen')
const { Township } = require('./township')
const { wechat } = require('./wechat')

const ARGUMENTS = ['module', 'exports', 'require', 'wx', 'App', 'Page', 'Component', 'getApp', 'getCurrentPages', 'setTimeout']
// A wait this long is not sat through: the test says when it is over (`wait`).
const LONG_MS = 5000
const compiled = new Map()

function source(file) {
  if (!compiled.has(file)) compiled.set(file, new Function(...ARGUMENTS, `${fs.readFileSync(file, 'utf8')}\n//# sourceURL=${file}`))
  return compiled.get(file)
}

let templatesOnce
function allTemplates() {
  if (!templatesOnce) {
    const group = new TmplGroup()
    for (const name of templates()) {
      const errors = group.addTmpl(name, read(`${name}.wxml`)).filter((one) => one.isError)
      if (errors.length) throw new Error(`${name}.wxml: ${JSON.stringify(errors)}`)
    }
    templatesOnce = new Function(`return ${group.getTmplGenObjectGroups()}`)()
  }
  return templatesOnce
}

// What the engine only warns of on a phone (a wrong type, two rows of one key) is a fault here.
const warned = []
easel.addGlobalWarningListener((warning) => {
  warned.push(new Error(String(warning)))
  return false
})

class Phone {
  /** @param {{township?: Township, fontSize?: number}} [given] */
  constructor({ township = new Township(), fontSize = 16 } = {}) {
    this.township = township
    this.fontSize = fontSize
    this.stored = new Map()
    this.went = []
    this.told = []
    this.called = []
    this.copied = []
    this.logins = 0
    this.agrees = true
    this.pending = 0
    this.timers = []
    this.failed = []
    this.wx = wechat(this)
    this.modules = new Map()
    this.space = this.install()
    this.require('app.js')
  }

  // A piece of WeChat's or the network's work, soon but not at once.
  soon(work) {
    this.pending += 1
    setImmediate(() => {
      this.pending -= 1
      try {
        work()
      } catch (error) {
        this.failed.push(error)
      }
    })
  }

  async settle() {
    let quiet = 0
    while (quiet < 3) {
      await new Promise((resolve) => setImmediate(resolve))
      quiet = this.pending ? 0 : quiet + 1
    }
    this.failed.push(...warned.splice(0))
    if (this.failed.length) throw this.failed[0]
    if (this.township.wrong.length) throw new Error(this.township.wrong.join('; '))
  }

  // Everything that was put off for later happens now.
  async wait() {
    for (const work of this.timers.splice(0)) work()
    await this.settle()
  }

  install() {
    this.environment = new MiniProgramEnv()
    const space = this.environment.createCodeSpace('', true)
    const groupList = allTemplates()
    for (const name of templates()) {
      const config = json(`${name}.json`)
      space.addComponentStaticConfig(name, { ...config, usingComponents: { ...app.usingComponents, ...config.usingComponents } })
      space.addCompiledTemplate(name, { groupList, content: groupList[name] })
    }
    this.space = space
    for (const name of templates()) {
      space.componentEnv(name, ({ Page, Component }) => {
        this.making = { Page, Component }
        this.require(`${name}.js`)
      })
    }
    return space
  }

  require(file) {
    const whole = path.resolve(ROOT, file.endsWith('.js') ? file : `${file}.js`)
    const made = this.modules.get(whole)
    if (made) return made.exports
    const module = { exports: {} }
    this.modules.set(whole, module)
    source(whole)(
      module, module.exports, (other) => this.require(path.resolve(path.dirname(whole), other)), this.wx,
      (definition) => definition.onLaunch && definition.onLaunch({}),
      (definition) => this.making.Page(definition),
      (definition) => this.making.Component(definition),
      () => ({}), () => [],
      (work, ms = 0) => (ms < LONG_MS ? this.soon(work) : this.timers.push(work)),
    )
    return module.exports
  }

  /**
   * A page as it stands once everything it asked for has come.
   * @param {string} name `pages/home/home`
   * @param {Record<string, string>} [options]
   */
  async open(name, options = {}) {
    const backend = (this.engine ||= this.associate())
    const root = backend.createRoot('body', this.space, name)
    const component = root.getComponent()
    easel.Element.pretendAttached(component)
    const screen = new Screen(this, component, root.get())
    const { onLoad, onShow } = screen.page
    const loading = onLoad && onLoad.call(screen.page, options)
    if (onShow) onShow.call(screen.page)
    await this.settle()
    await loading
    await this.settle()
    return screen
  }

  associate() {
    return this.environment.associateBackend(new easel.EmptyBackendContext())
  }
}

module.exports = { Phone }
