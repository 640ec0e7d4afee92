// A document as it was issued, in large letters, and as the PDF to keep or to pass on.

const { call } = require('../../utils/api')
const { screen } = require('../../utils/screen')
const { date } = require('../../utils/clock')
const { openPdf } = require('../../following/documents')

// On a narrow screen a row is read downwards, each cell under its column's name.
/** @param {{title: string, columns: string[], rows: string[][]}} table */
function readable({ title, columns, rows }) {
  return {
    title,
    rows: rows.map((cells, line) => ({
      line,
      cells: cells.map((text, place) => ({ place, label: columns[place], text })).filter(({ text }) => text),
    })),
  }
}

screen({
  data: { paper: /** @type {any} */ (null), on: '', tables: /** @type {any[]} */ ([]) },
  asked: { id: '' },
  onLoad(/** @type {any} */ options) {
    this.asked = { id: options.id }
  },
  async load() {
    const paper = await call('show_document', { path: { document_id: this.asked.id } })
    this.setData({ paper, on: date(paper.issued_on), tables: paper.tables.map(readable) })
  },
  open() {
    return this.attempt(() => openPdf(this.asked.id))
  },
})
