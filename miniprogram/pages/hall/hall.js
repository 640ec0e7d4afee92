// The hall now: how long each queue is, a ticket before setting out, and the sunshine board of who is on duty.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { hours } = require('../../utils/words')

/** @param {any} queue */
function waiting(queue) {
  if (queue.resumes) return `${queue.resumes} 再叫号，前面 ${queue.waiting} 人`
  if (!queue.taking) return '今天不再取号'
  const before = queue.waiting ? `前面 ${queue.waiting} 人` : '前面没有人'
  return `${queue.wait}，${before}，${queue.working} 个窗口在叫`
}

/** @param {any} window of the board @param {any} today the same window's hours and who is there */
function line(window, today) {
  const duty = today && today.on_duty
  return {
    ...window,
    hours: today ? hours(today.hours) : '',
    handles: window.scope.join('、'),
    who: duty && duty.name ? `${duty.name}（${duty.place_label}）` : '',
  }
}

screen({
  fresh: true,
  data: { loaded: false, queues: /** @type {any[]} */ ([]), windows: /** @type {any[]} */ ([]) },

  async load() {
    const [queues, board, today] = await Promise.all([
      call('show_queues'), call('show_board'), call('list_hall_windows'),
    ])
    this.setData({
      loaded: true,
      queues: queues.map((/** @type {any} */ queue) => ({ ...queue, words: waiting(queue) })),
      windows: board.map((/** @type {any} */ window) =>
        line(window, today.find((/** @type {any} */ one) => one.id === window.window_id))),
    })
  },

  take(/** @type {any} */ event) {
    const { queue, name } = event.currentTarget.dataset
    wx.showModal({
      title: `取${name}的号`,
      content: '一个人同时只能有一个号。到了大厅先报到，才会叫到您。',
      confirmText: '取号',
      success: (/** @type {any} */ answer) => {
        if (!answer.confirm) return
        this.attempt(async () => {
          const { code } = await call('take_ticket', { body: { queue } })
          wx.navigateTo({ url: `/pages/ticket/ticket?code=${encodeURIComponent(code)}` })
        })
      },
    })
  },
})
