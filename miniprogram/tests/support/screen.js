// One page on a phone for tests: what it shows, and what somebody does with it.

const easel = require('glass-easel')

const VIRTUAL = /^(shadow|slot|wx:.*)$/

class Screen {
  constructor(phone, component, page) {
    this.phone = phone
    this.component = component
    this.page = page
  }

  get data() {
    return this.page.data
  }

  /** Every element in the order of the page. */
  elements(from = this.component) {
    const found = []
    const visit = (node) => {
      if (easel.TextNode.isTextNode(node)) return
      found.push(node)
      node.forEachComposedChild(visit)
    }
    visit(from)
    return found.filter((one) => !VIRTUAL.test(one.is))
  }

  /** What can be read, without blanks between the parts. */
  text(from = this.component) {
    if (easel.TextNode.isTextNode(from)) return from.textContent
    let words = ''
    from.forEachComposedChild((child) => {
      words += this.text(child)
    })
    return words
  }

  shows(words) {
    return this.text().includes(words)
  }

  /** The innermost element that says exactly `words` or is labelled so; else one that says more. */
  find(words) {
    const saying = this.elements().filter((one) => this.text(one).includes(words) || label(one) === words)
    const found = saying.filter((one) => this.text(one) === words || label(one) === words).pop() || saying.pop()
    if (!found) throw new Error(`the page does not show “${words}”: ${this.text()}`)
    return found
  }

  all(tag) {
    return this.elements().filter((one) => one.is === tag)
  }

  /** @param {string} words */
  async tap(words) {
    return this.emit(words, 'tap')
  }

  /** Whatever the control labelled `words` tells the page: `getphonenumber`, `input`, `change`. */
  async emit(words, type, detail = {}) {
    const target = this.find(words)
    for (let one = target; one; one = one.getComposedParent()) {
      if (one.is === 'button' && attribute(one, 'disabled')) throw new Error(`“${words}” is disabled`)
    }
    return this.dispatch(target, type, detail)
  }

  async dispatch(target, type, detail) {
    // Of what a control tells, only a tap goes up the page.
    const bubbles = type === 'tap'
    easel.triggerEvent(target, type, detail, { bubbles, composed: bubbles })
    await this.phone.settle()
  }

  /** Types into the field labelled `words`. */
  async type(words, value) {
    const input = this.elements().find((one) => ['input', 'textarea'].includes(one.is) && label(one) === words)
    if (!input) throw new Error(`no field “${words}”: ${this.text()}`)
    await this.dispatch(input, 'input', { value })
  }

  /** Picks an option of a choice. */
  async choose(words) {
    const option = this.elements().filter((one) => one.is === 'label' && this.text(one) === words).pop()
    if (!option) throw new Error(`no choice “${words}”: ${this.text()}`)
    const control = this.elements(option).find((one) => ['radio', 'checkbox'].includes(one.is))
    const value = attribute(control, 'value')
    let group = option
    while (!/-group$/.test(group.is)) group = group.getComposedParent()
    if (group.is === 'radio-group') return this.dispatch(group, 'change', { value })
    const boxes = this.elements(group).filter((one) => one.is === 'checkbox')
    const on = boxes.filter((one) => (one === control) !== Boolean(attribute(one, 'checked')))
    return this.dispatch(group, 'change', { value: on.map((one) => attribute(one, 'value')) })
  }

  async show() {
    this.page.onShow.call(this.page)
    await this.phone.settle()
  }
}

function attribute(element, name) {
  const found = (element.attributes || []).find((one) => one.name === name)
  return found && found.value
}

function label(element) {
  return attribute(element, 'aria-label')
}

module.exports = { Screen, attribute }
