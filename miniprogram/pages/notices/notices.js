// What the township told me, the newest first, and how many WeChat messages I still allow.

const { call } = require('../../utils/api')
const { time } = require('../../utils/clock')
const { screen } = require('../../utils/screen')

/** Where a notice leads, by what it is about. */
const PAGES = {
  case: '/pages/case/case?id=',
  errand: '/pages/errand/errand?id=',
  appointment: '/pages/appointment/appointment?id=',
  review: '/pages/reviews/reviews?id=',
}

screen({
  fresh: true,
  data: { lines: /** @type {any[]} */ ([]), loaded: false },

  async load() {
    const { items } = await call('list_own_notices')
    const lines = items.map((/** @type {any} */ notice, /** @type {number} */ key) => {
      const page = /** @type {Record<string, string>} */ (PAGES)[notice.about_kind]
      return { ...notice, key, time: time(notice.made_at), to: page ? page + notice.about_id : '' }
    })
    this.setData({ lines, loaded: true })
  },
})
