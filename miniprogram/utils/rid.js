// A name for one request of the citizen's, made once and kept with it: sent twice, it has one effect.

/** @returns {string} 32 hex digits; not a secret, so the phone's ordinary dice do */
function rid() {
  let text = ''
  while (text.length < 32) text += Math.floor(Math.random() * 16).toString(16)
  return text
}

module.exports = { rid }
