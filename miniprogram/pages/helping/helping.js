// How to act for somebody else, and where to begin. What may be done for others each item's guide says.

const { screen } = require('../../utils/screen')

screen({
  start() {
    wx.navigateTo({ url: '/pages/book/book?for=other' })
  },
  errand() {
    wx.navigateTo({ url: '/pages/book/book?for=errand' })
  },
})
