// HTML of the mini-program's pages over a running demonstration, to be looked at in a browser:
//   node tests/pictures.js http://127.0.0.1:8080 http://127.0.0.1:8070 build/pictures

const fs = require('node:fs')
const path = require('node:path')
const { realPhone } = require('./support/real')
const { picture } = require('./support/picture')

const [township, wechat, folder] = process.argv.slice(2)
const SIZES = { phone: 16, elder: 22 }

async function get(where) {
  return (await fetch(township + where)).json()
}

async function scenes(phone) {
  const found = await get('/v1/items/search?q=dibao')
  const [item] = found.items
  const list = [
    ['home', 'pages/home/home'], ['items', 'pages/items/items', { q: 'shuidian' }], ['items-none', 'pages/items/items', { q: '登月' }],
    ['items-window', 'pages/items/items', { window: 'household' }],
    ['item', 'pages/item/item', { id: item.id }], ['find', 'pages/find/find'], ['mine', 'pages/mine/mine'],
    ['identity', 'pages/identity/identity'], ['privacy', 'pages/privacy/privacy'], ['hall', 'pages/hall/hall'],
    ['notices', 'pages/notices/notices'], ['help', 'pages/help/help'], ['cases', 'pages/cases/cases'],
    ['appointments', 'pages/appointments/appointments'], ['times', 'pages/times/times', { item: item.id }],
    ['apply', 'pages/apply/apply', { item: item.id }], ['ask', 'pages/ask/ask'], ['complain', 'pages/complain/complain'],
    ['reviews', 'pages/reviews/reviews'], ['helping', 'pages/helping/helping'], ['book', 'pages/book/book'],
  ]
  const mine = await phone.open('pages/cases/cases')
  const [own] = mine.data.cases
  if (own) {
    list.push(['case', 'pages/case/case', { id: own.id }])
    if (own.tracking_code) list.push(['progress', 'pages/progress/progress', { code: own.tracking_code }])
  }
  const [errand] = mine.data.errands
  if (errand) list.push(['errand', 'pages/errand/errand', { id: errand.id }])
  list.push(['progress-unknown', 'pages/progress/progress', { code: '0'.repeat(20) }])
  return list
}

async function draw() {
  fs.mkdirSync(folder, { recursive: true })
  for (const [size, fontSize] of Object.entries(SIZES)) {
    const phone = realPhone({ township, wechat, openid: 'oMini-demo-wang-0001', fontSize })
    for (const [name, page, options] of await scenes(phone)) {
      const screen = await phone.open(page, options || {})
      fs.writeFileSync(path.join(folder, `${size}-${name}.html`), picture(screen, page))
    }
  }
}

draw()
