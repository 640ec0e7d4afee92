// The way to the progress page: scan the slip, or type its code.

const codes = require('../../utils/codes')
const { scan } = require('../../utils/scan')
const { screen } = require('../../utils/screen')

screen({
  data: { typed: '', wrong: '' },

  change(/** @type {any} */ event) {
    this.setData({ typed: event.detail.value, wrong: '' })
  },

  find() {
    const code = codes.queryCode(this.data.typed)
    if (code) wx.navigateTo({ url: codes.page({ kind: 'progress', code }) })
    else this.setData({ wrong: '查询码是 20 位字母和数字，请对着回执再看一看。' })
  },

  async scan() {
    this.setData({ wrong: await scan() })
  },
})
