// Free times as a phone shows them: a strip of days, and the chosen day's times by morning and afternoon. Pure.

const PERIODS = [{ period: 'morning', title: '上午' }, { period: 'afternoon', title: '下午' }]

/** @typedef {{day: string, label: string, note: string, provisional: boolean, times: any[]}} FreeDay */

/** @param {FreeDay} one */
function left(one) {
  return one.times.reduce((sum, time) => sum + time.free, 0)
}

/**
 * The days in order; those without a time say why. Closed days at the end tell nobody anything and are left out.
 * @param {FreeDay[]} days
 */
function strip(days) {
  const last = days.reduce((found, one, index) => (one.times.length ? index : found), -1)
  return days.slice(0, last + 1).map((one) => ({
    day: one.day,
    label: one.label,
    open: one.times.length > 0,
    words: one.times.length ? `余${left(one)}个` : one.note || '约满',
  }))
}

/** @param {FreeDay | undefined} one */
function halves(one) {
  if (!one) return []
  return PERIODS
    .map(({ period, title }) => ({ title, times: one.times.filter((time) => time.period === period) }))
    .filter(({ times }) => times.length)
}

/** The day to begin with: the one asked for while it has times, else the first that has. @param {FreeDay[]} days @param {string} wanted */
function firstOpen(days, wanted) {
  const open = days.filter((one) => one.times.length)
  const found = open.find((one) => one.day === wanted) || open[0]
  return found ? found.day : ''
}

module.exports = { strip, halves, firstOpen }
