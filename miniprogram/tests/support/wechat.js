// WeChat's side of a phone for tests: `wx` as far as this mini-program uses it. Any other call fails the test.

/** @param {import('./phone').Phone} phone */
function wechat(phone) {
  const { township, stored, went, told } = phone
  const later = (work) => phone.soon(work)

  const exchange = (method, url, options, taken) => {
    later(() => {
      if (township.offline) options.fail({ errMsg: 'request:fail net::ERR_INTERNET_DISCONNECTED' })
      else options.success(taken(township.take(method, url, options)))
    })
    return { onProgressUpdate: (told) => told({ progress: 50 }), abort() {} }
  }
  const go = (how) => (options) => {
    went.push({ how, url: options.url || '' })
    if (options.success) options.success({})
  }

  const known = {
    request: (options) => exchange(options.method || 'GET', options.url, {
      ...options, body: options.data === undefined ? undefined : JSON.parse(JSON.stringify(options.data)),
    }, (answer) => answer),
    uploadFile: (options) => exchange('POST', options.url, options, (answer) => ({
      statusCode: answer.statusCode, data: JSON.stringify(answer.data),
    })),
    downloadFile: (options) => exchange('GET', options.url, options, (answer) => ({
      statusCode: answer.statusCode, tempFilePath: 'wxfile://tmp/1.pdf',
    })),
    login: ({ success }) => later(() => success({ code: `login-${++phone.logins}` })),
    getStorageSync: (key) => (stored.has(key) ? JSON.parse(stored.get(key)) : ''),
    setStorageSync: (key, value) => void stored.set(key, JSON.stringify(value)),
    removeStorageSync: (key) => void stored.delete(key),
    getStorageInfoSync: () => ({ keys: [...stored.keys()] }),
    getAppBaseInfo: () => ({ fontSizeSetting: phone.fontSize, SDKVersion: '3.4.0' }),
    getAccountInfoSync: () => ({ miniProgram: { envVersion: 'release' } }),
    getUpdateManager: () => ({ onUpdateReady() {}, applyUpdate() {} }),
    navigateTo: go('navigateTo'),
    redirectTo: go('redirectTo'),
    switchTab: go('switchTab'),
    reLaunch: go('reLaunch'),
    navigateBack: go('navigateBack'),
    setNavigationBarTitle() {},
    stopPullDownRefresh() {},
    pageScrollTo() {},
    nextTick: (work) => later(work),
    showToast: ({ title }) => void told.push(title),
    showLoading() {},
    hideLoading() {},
    // Says yes unless the test says otherwise.
    showModal: ({ title, content, success }) => {
      told.push([title, content].filter(Boolean).join('：'))
      later(() => success({ confirm: phone.agrees, cancel: !phone.agrees }))
    },
    makePhoneCall: ({ phoneNumber }) => void phone.called.push(phoneNumber),
    setClipboardData: ({ data, success }) => {
      phone.copied.push(data)
      if (success) success({})
    },
    onNeedPrivacyAuthorization: (listener) => {
      phone.askPrivacy = listener
    },
    openPrivacyContract() {
      phone.readContract = true
    },
    getPrivacySetting: ({ success }) => success({ needAuthorization: true, privacyContractName: '《便民通隐私保护指引》' }),
  }

  phone.give = (name, answer) => {
    known[name] = answer
  }
  return new Proxy(known, {
    get: (all, name) => {
      if (!(name in all)) throw new Error(`this phone has no wx.${String(name)}: let the test give it`)
      return all[name]
    },
  })
}

module.exports = { wechat }
