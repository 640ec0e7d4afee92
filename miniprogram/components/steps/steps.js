// What has happened and what comes next, as a vertical line.

const { time } = require('../../utils/clock')

/** @typedef {{label: string, at?: string | null, done: boolean, note?: string}} Step */

const SPOKEN = { done: '已完成：', now: '现在：', todo: '还没到：' }

/** @param {Step[]} steps */
function lines(steps) {
  const now = steps.findIndex((step) => !step.done)
  return steps.map((step, index) => {
    const mark = step.done ? 'done' : index === now ? 'now' : 'todo'
    return {
      label: step.label, note: step.note || '', time: time(step.at || null), mark, spoken: SPOKEN[mark] + step.label,
    }
  })
}

Component({
  properties: { steps: Array },
  data: { lines: [] },
  observers: {
    steps(/** @type {Step[]} */ steps) {
      this.setData({ lines: lines(steps || []) })
    },
  },
})
