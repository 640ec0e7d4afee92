// How large everything is: the citizen's own switch, or else the letter size set in WeChat. All sizes are in rem.

const store = require('./store')

const STANDARD_PX = 16
const ELDER_PX = 24
// WeChat's own steps: 16 or 17 is the standard one; from here on somebody needs large print.
const LARGE_FROM_PX = 20

/** @returns {number} px of the letter size set in WeChat */
function ofWeChat() {
  const size = Number(wx.getAppBaseInfo().fontSizeSetting)
  return size > 0 ? size : STANDARD_PX
}

// What every page shows by: `root` for page-meta, `elder` for one action a screen.
/** @returns {{root: string, elder: boolean}} */
function look() {
  const chosen = store.read('elder')
  const size = ofWeChat()
  const elder = chosen === undefined ? size >= LARGE_FROM_PX : chosen === true
  return { elder, root: `${elder ? ELDER_PX : Math.max(STANDARD_PX, Math.min(size, LARGE_FROM_PX))}px` }
}

/** @param {boolean} elder */
function choose(elder) {
  store.keep('elder', elder)
}

module.exports = { look, choose }
