// Opens the mini-program: newer builds take over, and WeChat's privacy question has somebody to answer it.

const privacy = require('./utils/privacy')

App({
  onLaunch() {
    privacy.listen()
    const updates = wx.getUpdateManager()
    updates.onUpdateReady(() => updates.applyUpdate())
  },
})
