// WeChat asks before the first use of a phone number, photos or the like: whoever shows the pop-up answers here.

/** @typedef {(answer: {event: string, buttonId?: string}) => void} Resolve */

/** @type {Resolve[]} calls that wait for the citizen */
let waiting = []
/** @type {Set<(asked: boolean) => void>} the pop-ups of the pages that are open */
const popups = new Set()

function tell() {
  for (const popup of popups) popup(waiting.length > 0)
}

// Called once, by app.js.
function listen() {
  wx.onNeedPrivacyAuthorization((/** @type {any} */ resolve) => {
    waiting.push(resolve)
    tell()
  })
}

/** @param {(asked: boolean) => void} popup @returns {() => void} ends it */
function watch(popup) {
  popups.add(popup)
  popup(waiting.length > 0)
  return () => popups.delete(popup)
}

/** @param {any} answer */
function answer(answer) {
  const asked = waiting
  waiting = []
  for (const resolve of asked) resolve(answer)
  tell()
}

module.exports = { listen, watch, answer }
