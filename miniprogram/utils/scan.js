// The camera: what was read leads to its page, or a sentence says why not.

const codes = require('./codes')

/** @returns {Promise<string>} a sentence where nothing was opened; empty otherwise */
function scan() {
  return new Promise((resolve) => {
    wx.scanCode({
      scanType: ['qrCode', 'barCode'],
      success: (found) => {
        // A mini-program code gives its page and scene instead of text.
        const place = codes.read(found.result || '') || codes.ofPath(found.path || '')
        if (place) wx.navigateTo({ url: codes.page(place) })
        resolve(place ? '' : '这个码不是本镇回执、排队号或办事指南上的码，请换一个再扫，也可以手工输入查询码。')
      },
      // Closing the camera is no failure.
      fail: (error) => resolve(/cancel/.test(error.errMsg) ? '' : '没能打开相机。请在微信的设置里允许使用相机，或者手工输入查询码。'),
    })
  })
}

module.exports = { scan }
