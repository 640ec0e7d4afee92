// The photos of one paper: taken or chosen, sent with progress, sent again, taken away.
// `bind:change` gives {photos} once one is here or gone; `bind:sending` says whether some are still on their way.

const api = require('../../utils/api')
const { Fault } = require('../../utils/fault')
const { choose, send } = require('../../filing/photos')

/**
 * @typedef {{id: string, sha: string}} Photo
 * @typedef {{key: string, id: string, sha: string, path: string, percent: number, state: string, sentence: string}} Shown
 */

let made = 0

/** @param {Partial<Shown>} known @returns {Shown} */
function one(known) {
  made += 1
  return { key: `photo${made}`, id: '', sha: '', path: '', percent: 0, state: 'here', sentence: '', ...known }
}

Component({
  properties: {
    label: String,
    photos: { type: Array, value: [] },
    most: { type: Number, value: 9 },
  },
  data: { shown: /** @type {Shown[]} */ ([]), fault: '' },
  observers: {
    // Photos of a draft that is taken up again: they are at the township, the phone only lacks their pictures.
    photos(/** @type {Photo[]} */ photos) {
      const known = this.data.shown.map(({ id }) => id)
      const kept = (photos || []).filter(({ id }) => !known.includes(id)).map((photo) => one(photo))
      if (!kept.length) return
      this.setData({ shown: [...this.data.shown, ...kept] })
      for (const { key, id } of kept) this.fetch(key, id)
    },
  },
  methods: {
    async add() {
      /** @type {string[]} */
      let paths = []
      try {
        paths = await choose(this.data.most - this.data.shown.length)
      } catch (error) {
        this.setData({ fault: '没有打开相机或相册。请在手机设置里允许微信使用，再点一次。' })
        return
      }
      const added = paths.map((path) => one({ path, state: 'sending' }))
      this.setData({ fault: '', shown: [...this.data.shown, ...added] })
      this.tell()
      for (const { key } of added) await this.send(key)
    },
    again(/** @type {any} */ event) {
      return this.send(event.currentTarget.dataset.key)
    },
    async send(/** @type {string} */ key) {
      const shown = this.data.shown.find((photo) => photo.key === key)
      if (!shown) return
      this.put(key, { state: 'sending', percent: 0, sentence: '' })
      try {
        const sent = await send(shown.path, (percent) => this.put(key, { percent }))
        this.put(key, { ...sent, state: 'here' })
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
        this.put(key, { state: 'failed', sentence: fault.sentence })
      }
      this.tell()
    },
    remove(/** @type {any} */ event) {
      const { key } = event.currentTarget.dataset
      const gone = this.data.shown.find((photo) => photo.key === key)
      this.setData({ shown: this.data.shown.filter((photo) => photo.key !== key) })
      this.tell()
      if (gone && gone.id) this.takeBack(gone.id)
    },
    // What the township cannot be told now it forgets by itself: a photo no application names is not kept.
    async takeBack(/** @type {string} */ id) {
      try {
        await api.call('take_back_photo', { path: { photo_id: id } })
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
      }
    },
    async fetch(/** @type {string} */ key, /** @type {string} */ id) {
      try {
        this.put(key, { path: await api.download('show_photo', { path: { photo_id: id } }) })
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
        if (fault.status !== 404) return
        this.setData({ shown: this.data.shown.filter((photo) => photo.key !== key) })
        this.tell()
      }
    },
    look(/** @type {any} */ event) {
      const urls = this.data.shown.map(({ path }) => path).filter(Boolean)
      wx.previewImage({ urls, current: event.currentTarget.dataset.path })
    },
    put(/** @type {string} */ key, /** @type {Partial<Shown>} */ now) {
      this.setData({ shown: this.data.shown.map((photo) => (photo.key === key ? { ...photo, ...now } : photo)) })
    },
    tell() {
      const { shown } = this.data
      this.triggerEvent('sending', { sending: shown.some(({ state }) => state === 'sending') })
      this.triggerEvent('change', {
        photos: shown.filter(({ id }) => id).map(({ id, sha }) => ({ id, sha })),
      })
    },
  },
})
