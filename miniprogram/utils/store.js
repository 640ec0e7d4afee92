// What stays on the phone between two visits. Never more than a page needs; `forget` leaves nothing behind.

const PREFIX = 'bmt.'

/** @param {string} name */
function read(name) {
  const value = wx.getStorageSync(PREFIX + name)
  return value === '' ? undefined : value
}

/**
 * A full store loses what it was told, never the page.
 * @param {string} name
 * @param {any} value
 * @returns {boolean} whether it was kept
 */
function keep(name, value) {
  try {
    wx.setStorageSync(PREFIX + name, value)
    return true
  } catch (error) {
    return false
  }
}

/** @param {string} name */
function drop(name) {
  wx.removeStorageSync(PREFIX + name)
}

// The names kept under `prefix`, "draft." for instance.
/** @param {string} prefix */
function names(prefix) {
  return wx.getStorageInfoSync().keys
    .filter((key) => key.startsWith(PREFIX + prefix))
    .map((key) => key.slice(PREFIX.length))
}

// Everything of this mini-program but the choice of letter size.
function forget() {
  for (const name of names('')) if (name !== 'elder') drop(name)
}

module.exports = { read, keep, drop, names, forget }
