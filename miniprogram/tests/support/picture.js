// A page as a browser can show it: the tree of the component engine as HTML under our own styles, to be looked at.

const easel = require('glass-easel')
const { ROOT, packaged, read } = require('./files')
const { attribute } = require('./screen')

const TAGS = { view: 'div', text: 'span', image: 'img', 'scroll-view': 'div', picker: 'div', 'radio-group': 'div', 'checkbox-group': 'div' }
const EMPTY = new Set(['input', 'img'])
// As WeChat shows its own controls before our styles.
const WECHAT = `*{box-sizing:border-box}body{margin:0}div{display:block}button{font:inherit;margin:0}input,textarea{font:inherit;border:0;background:none}
img{object-fit:contain}label{display:block}.wx-switch{width:3.25rem;height:2rem;border-radius:1rem;background:#ccc}.wx-switch.on{background:#0a7a4a}
.wx-component{display:block}radio,checkbox{appearance:auto}button{display:flex;width:100%}`

function escaped(text) {
  return String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;')
}

function attributes(node) {
  const found = (node.attributes || []).filter(({ name, value }) => value !== false && value !== undefined && /^[a-z-]+$/.test(name))
  return found.map(({ name, value }) => {
    const shown = name === 'src' ? `file://${ROOT}${value}` : value
    return ` ${name.replace(/^aria-role$/, 'role')}="${escaped(shown)}"`
  }).join('')
}

function html(node) {
  if (easel.TextNode.isTextNode(node)) return escaped(node.textContent)
  let inside = ''
  node.forEachComposedChild((child) => {
    inside += html(child)
  })
  if (/^(shadow|slot|wx:.*|page-meta|block)$/.test(node.is)) return inside
  if (node.is.includes('/')) return `<div class="wx-component ${node.class || ''}">${inside}</div>`
  const kind = node.is === 'radio' || node.is === 'checkbox' ? `<input type="${node.is}"` : null
  const own = ` class="${escaped(node.class || '')}"${attributes(node)}`
  if (kind) return `${kind}${own}>`
  if (node.is === 'switch') return `<div class="wx-switch ${attribute(node, 'checked') ? 'on' : ''}"></div>`
  if (node.is === 'textarea') return `<textarea${own}>${escaped(attribute(node, 'value') || '')}</textarea>`
  const tag = TAGS[node.is] || node.is
  return EMPTY.has(tag) ? `<${tag}${own}>` : `<${tag}${own}>${inside}</${tag}>`
}

/** @param {import('./screen').Screen} screen @param {string} name its path @returns {string} a whole document */
function picture(screen, name) {
  const sheets = ['app.wxss', ...packaged().filter((file) => file.startsWith('components/') && file.endsWith('.wxss'))]
  const page = `${name}.wxss`
  if (packaged().includes(page)) sheets.push(page)
  const styles = sheets.map(read).join('\n').replace(/(^|\n)page\{/g, '$1body{')
  return `<!doctype html><html lang="zh-CN" style="font-size:${screen.data.root}"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${name}</title><style>${WECHAT}${styles}</style><body>${html(screen.component)}</body></html>`
}

module.exports = { picture }
