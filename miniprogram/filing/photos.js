// A photo's way from the camera to the township: chosen, made smaller, sent with progress. Knows no paper and no case.

const api = require('../utils/api')

const QUALITY = 80
// Wide enough to read an identity card's small print.
const WIDTH_PX = 2000

/** @param {number} most @returns {Promise<string[]>} paths on the phone; none when the citizen turned back */
function choose(most) {
  return new Promise((resolve, reject) => {
    wx.chooseMedia({
      count: Math.min(most, 9),
      mediaType: ['image'],
      sizeType: ['compressed'],
      sourceType: ['camera', 'album'],
      success: ({ tempFiles }) => resolve(tempFiles.map((file) => file.tempFilePath)),
      fail: ({ errMsg }) => (/cancel/.test(errMsg) ? resolve([]) : reject(new Error(errMsg))),
    })
  })
}

/** @param {string} src @returns {Promise<string>} the same picture, smaller where the phone can */
function smaller(src) {
  return new Promise((resolve) => {
    wx.compressImage({
      src,
      quality: QUALITY,
      compressedWidth: WIDTH_PX,
      success: ({ tempFilePath }) => resolve(tempFilePath),
      fail: () => resolve(src),
    })
  })
}

/**
 * @param {string} path
 * @param {(percent: number) => void} progress
 * @returns {Promise<{id: string, sha: string}>} the names the township knows it by
 */
async function send(path, progress) {
  const sent = await api.upload('send_photo', await smaller(path), { progress })
  return { id: sent.id, sha: sent.sha }
}

module.exports = { choose, send }
