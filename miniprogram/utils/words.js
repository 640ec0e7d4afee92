// Short forms of what the API says in full, for a phone's width. Makes up no terms of its own.

/** 公安综合窗口 as 公安. @param {string} label */
function shortWindow(label) {
  return label.replace(/综合窗口|窗口/g, '') || label
}

/** @param {{opens: string, closes: string}[]} spans */
function minutes(spans) {
  const clock = (/** @type {string} */ text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
  return spans.reduce((sum, span) => sum + clock(span.closes) - clock(span.opens), 0)
}

/** 08:30–12:00、14:30–17:30 @param {{opens: string, closes: string}[]} spans */
function hours(spans) {
  return spans.map((span) => `${span.opens}–${span.closes}`).join('、')
}

/**
 * Today's hours as most windows keep them; closed: why.
 * @param {{hours: {opens: string, closes: string}[], note: string}[]} windows
 */
function hoursToday(windows) {
  if (!windows.length) return ''
  const longest = windows.reduce((a, b) => (minutes(b.hours) > minutes(a.hours) ? b : a))
  if (longest.hours.length) return hours(longest.hours)
  return longest.note ? `休息（${longest.note}）` : '休息'
}

module.exports = { shortWindow, hours, hoursToday }
