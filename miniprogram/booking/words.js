// What an appointment tells its owner to do now. The state's own label and every reason come from the township.

/**
 * @param {any} one an appointment
 * @param {number} now ms
 * @returns {{tone: string, title: string, text: string}}
 */
function advice(one, now) {
  switch (one.state) {
    case 'held':
      return Date.parse(one.held_until) > now
        ? { tone: 'warn', title: '还差一步：请确认', text: '这个时间先给您留着，过时会让给别人。' }
        : { tone: 'warn', title: '留的时间过了', text: '这个时间可能已经给了别人，请重新选。' }
    case 'booked':
      return { tone: 'good', title: '约好了', text: '早到或稍晚到都可以，到大厅先报到。' }
    case 'checked_in':
      return {
        tone: 'good',
        title: `已报到，您是${one.ticket}号`,
        text: one.ahead ? `前面还有${one.ahead}人，请留意叫号。` : '下一个就是您，请到窗口附近等。',
      }
    case 'parked':
      return { tone: 'warn', title: `${one.ticket}号，位置留着`, text: '到了大厅请扫码报到，或者告诉工作人员。' }
    case 'called':
      return { tone: 'good', title: `正在叫您，${one.ticket}号`, text: `请到${one.window_name}。` }
    case 'missed':
      return { tone: 'warn', title: '过号了', text: `请到${one.window_name}告诉工作人员，可以再叫一次。` }
    default:
      return { tone: '', title: one.state_label, text: '' }
  }
}

const WAITING = ['checked_in', 'parked', 'called', 'missed']
const COMING = ['held', 'booked', ...WAITING]

/** @param {any} one */
function isComing(one) {
  return COMING.includes(one.state)
}

/** Stands in a queue now, so its place changes by the minute. @param {any} one */
function isWaiting(one) {
  return WAITING.includes(one.state)
}

module.exports = { advice, isComing, isWaiting }
