// A document of the office on the phone: opened as the PDF everybody else gets.

const api = require('../utils/api')
const { Fault } = require('../utils/fault')

/** @param {string} id */
async function openPdf(id) {
  const filePath = await api.download('show_document_pdf', { path: { document_id: id } })
  return new Promise((resolve, reject) => {
    wx.openDocument({
      filePath,
      fileType: 'pdf',
      showMenu: true,
      success: () => resolve(undefined),
      fail: () => reject(new Fault('not_opened', '手机没能打开这份文件。可以先看上面的文字，或者到窗口要一份纸的。')),
    })
  })
}

module.exports = { openPdf }
