// Days and times as people in China read them, whatever zone the phone is set to.

const CHINA_MS = 8 * 3600 * 1000
const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六']

/** @param {number} number */
function two(number) {
  return number < 10 ? `0${number}` : String(number)
}

/** @param {string} instant as the township writes it: 2026-04-10T01:30:00Z */
function inChina(instant) {
  return new Date(Date.parse(instant) + CHINA_MS)
}

/** 4月10日 09:30 @param {string | null} instant */
function time(instant) {
  if (!instant) return ''
  const at = inChina(instant)
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`
}

/** 2026年4月10日 @param {string | null} day 2026-04-10, or an instant */
function date(day) {
  if (!day) return ''
  const at = day.length > 10 ? inChina(day) : new Date(`${day}T00:00:00Z`)
  return `${at.getUTCFullYear()}年${at.getUTCMonth() + 1}月${at.getUTCDate()}日`
}

/** 4月10日 周五 @param {string | null} day 2026-04-10 */
function weekday(day) {
  if (!day) return ''
  const at = new Date(`${day}T00:00:00Z`)
  return `${at.getUTCMonth() + 1}月${at.getUTCDate()}日 ${WEEKDAYS[at.getUTCDay()]}`
}

module.exports = { time, date, weekday }
