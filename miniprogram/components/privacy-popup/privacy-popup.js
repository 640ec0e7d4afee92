// WeChat's privacy question, asked the moment something needs it, answered by the citizen's own tap.

const privacy = require('../../utils/privacy')

Component({
  properties: { elder: Boolean },
  data: { asked: false, contract: '用户隐私保护指引' },
  lifetimes: {
    attached() {
      const popup = /** @type {any} */ (this)
      popup.unwatch = privacy.watch((asked) => this.ask(asked))
    },
    detached() {
      /** @type {any} */ (this).unwatch()
    },
  },
  methods: {
    ask(/** @type {boolean} */ asked) {
      if (asked === this.data.asked) return
      this.setData({ asked })
      if (asked) {
        wx.getPrivacySetting({
          success: (/** @type {any} */ setting) => this.setData({ contract: setting.privacyContractName.replace(/[《》]/g, '') }),
        })
      }
    },
    read() {
      wx.openPrivacyContract({})
    },
    agree() {
      privacy.answer({ event: 'agree', buttonId: 'agree' })
    },
    refuse() {
      privacy.answer({ event: 'disagree' })
    },
    // The page behind does not scroll.
    stay() {},
  },
})
