// My account: who I am to the office, my telephone, and the way to everything of mine. Opening it signs in, silently.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const session = require('../../utils/session')
const store = require('../../utils/store')
const { look, choose } = require('../../utils/look')

const PLACES = [
  { name: '给我的消息', to: '/pages/notices/notices' },
  { name: '我的评价', to: '/pages/reviews/reviews' },
  { name: '我的投诉和咨询', to: '/pages/ask/ask' },
  { name: '提意见、投诉', to: '/pages/complain/complain' },
  { name: '替别人办', to: '/pages/helping/helping' },
  { name: '我的个人信息', to: '/pages/privacy/privacy' },
  { name: '怎么用', to: '/pages/help/help' },
]

screen({
  fresh: true,
  data: { me: /** @type {any} */ ({}), places: PLACES, phoneWords: '' },

  async load() {
    this.setData({ me: await call('show_me') })
  },

  // The code of the button, not the number: the township asks WeChat itself.
  bindPhone(/** @type {any} */ event) {
    const { code, errno } = event.detail
    if (!code) {
      this.setData({ phoneWords: errno === 1400001 ? '微信这个月的验证次数用完了，请在“身份信息和联系方式”里手工填写。' : '没有取得手机号。您也可以在“身份信息和联系方式”里手工填写。' })
      return undefined
    }
    return this.attempt(async () => {
      this.setData({ me: await call('bind_phone', { body: { code } }), phoneWords: '手机号已存好。' })
    })
  },

  turnElder(/** @type {any} */ event) {
    choose(event.detail.value)
    this.setData(look())
  },

  leave() {
    wx.showModal({
      title: '退出登录',
      content: '这部手机上没交的草稿也会删掉。',
      confirmText: '退出',
      success: (/** @type {any} */ answer) => {
        if (answer.confirm) this.attempt(() => this.forget())
      },
    })
  },

  async forget() {
    await session.signOut()
    store.forget()
    this.setData({ me: {} })
    wx.switchTab({ url: '/pages/home/home' })
  },
})
