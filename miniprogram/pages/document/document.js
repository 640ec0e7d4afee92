// A document as it was issued, in large letters, and as the PDF to keep or to pass on.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')
const { openPdf } = require('../../following/documents')

screen({
  data: { paper: /** @type {any} */ (null), on: '' },
  asked: { id: '' },
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
  },
  async load() {
    const paper = await call('show_document', { path: { document_id: this.asked.id } })
    this.setData({ paper, on: date(paper.issued_on) })
  },
  open() {
    return this.attempt(() => openPdf(this.asked.id))
  },
})
