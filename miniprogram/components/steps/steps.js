// What has happened and what comes next, as a vertical line.

const { time } = require('../../utils/clock')

/** @typedef {{label: string, at?: string | null, done: boolean, note?: string}} Step */

const SPOKEN = { done: '已完成：', now: '现在：', todo: '还没到：' }

/** @param {Step[]} steps @param {boolean} plain */
function lines(steps, plain) {
  const now = plain ? -1 : steps.findIndex((step) => !step.done)
  return steps.map((step, index) => {
    const mark = step.done ? 'done' : index === now ? 'now' : 'todo'
    return {
      key: index, label: step.label, note: step.note || '', time: time(step.at || null), mark,
      spoken: (plain ? '' : SPOKEN[mark]) + step.label,
    }
  })
}

Component({
  properties: {
    steps: Array,
    // Steps nobody has begun yet: none is “now”.
    plain: Boolean,
  },
  data: { lines: /** @type {any[]} */ ([]) },
  observers: {
    'steps, plain'(/** @type {Step[]} */ steps, /** @type {boolean} */ plain) {
      this.setData({ lines: lines(steps || [], plain) })
    },
  },
})
