// A phone that talks to a real township over HTTP, signed in by the WeChat stand-in: for the journey and for pictures.

const { Phone } = require('./phone')

/** Work the phone waits for, whatever becomes of it. */
function waited(phone, promise) {
  phone.pending += 1
  promise.catch((error) => phone.failed.push(error)).finally(() => {
    phone.pending -= 1
  })
}

async function request(base, { url, method = 'GET', data, header, success, fail }) {
  let answer
  try {
    answer = await fetch(base + url.replace(/^https?:\/\/[^/]+/, ''), {
      method, headers: header, body: data === undefined ? undefined : JSON.stringify(data),
    })
  } catch (error) {
    return fail({ errMsg: `request:fail ${error.message}` })
  }
  const text = await answer.text()
  const isJson = (answer.headers.get('content-type') || '').includes('json')
  return success({ statusCode: answer.status, data: isJson && text ? JSON.parse(text) : text })
}

async function code(wechat, openid, kind) {
  const answer = await fetch(`${wechat}/_standin/people/${openid}/${kind}-code`, { method: 'POST' })
  return (await answer.json()).code
}

/**
 * @param {{township: string, wechat: string, openid: string, fontSize?: number}} given addresses without a slash at the end
 * @returns {Phone & {phoneCode: () => Promise<string>}}
 */
function realPhone({ township, wechat, openid, fontSize }) {
  const phone = new Phone({ fontSize })
  phone.give('request', (options) => waited(phone, request(township, options)))
  phone.give('login', ({ success }) => waited(phone, code(wechat, openid, 'login').then((minted) => success({ code: minted }))))
  phone.phoneCode = () => code(wechat, openid, 'phone')
  return phone
}

module.exports = { realPhone }
