// What the township told me, the newest first; whether it may at all, and how many WeChat messages I still allow.

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

// The page a message links to is this mini-program itself.
const LINK = /[^，。]*https?:\/\/\S+\s*。?/

screen({
  fresh: true,
  data: { lines: /** @type {any[]} */ ([]), reminder: /** @type {any} */ ({}), loaded: false },

  async load() {
    const [{ items }, consents, notices] = await Promise.all([
      call('list_own_notices'), call('list_consents'), call('list_notices'),
    ])
    const notice = notices.items.find((/** @type {any} */ one) => one.purpose === 'notices')
    const given = consents.items.some((/** @type {any} */ one) => one.purpose === 'notices' && !one.ended_at)
    const lines = items.map((/** @type {any} */ notice, /** @type {number} */ key) => {
      const page = /** @type {Record<string, string>} */ (PAGES)[notice.about_kind]
      return { ...notice, key, text: notice.text.replace(LINK, ''), time: time(notice.made_at), to: page ? page + notice.about_id : '' }
    })
    this.setData({ lines, reminder: given || !notice ? {} : notice, loaded: true })
  },

  agree() {
    return this.attempt(async () => {
      const { purpose, version } = this.data.reminder
      await call('give_consent', { body: { purpose, version } })
      this.setData({ reminder: {} })
    })
  },
})
