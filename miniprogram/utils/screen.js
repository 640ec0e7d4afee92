// A page of this mini-program: letter size, waiting and failing are the same on every one.
//
//   screen({ data: {…}, async load() {…}, tap() {…} })
//
// `load` runs when the page opens, on pulling down and on “再试一次”; with `fresh: true` also whenever it is shown again.
// Around it and around `attempt` the page's data say `loading` and `fault` (shown by the component `waiting`).

const { look } = require('./look')
const { Fault } = require('./fault')

/** @typedef {import('./fault').Told} Told */

/** @type {{root: string, elder: boolean, loading: boolean, busy: boolean, fault: Told | null}} */
const SHARED = { root: '16px', elder: false, loading: false, busy: false, fault: null }

/**
 * Runs `work` and tells what went wrong; a fault of our own is thrown on.
 * @this {any}
 * @param {'loading' | 'busy'} flag
 * @param {() => Promise<any>} work
 * @returns {Promise<boolean>} whether it was done
 */
async function running(flag, work) {
  if (flag === 'busy' && this.data.busy) return false
  this.setData({ [flag]: true, fault: null })
  try {
    await work()
    return true
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    this.setData({ fault: fault.told() })
    return false
  } finally {
    this.setData({ [flag]: false })
  }
}

const OWN = {
  /** @this {any} */
  async again() {
    if (!this.load) return
    await running.call(this, 'loading', () => this.load())
  },
  // What the citizen set off by a tap: once at a time.
  /** @this {any} @param {() => Promise<any>} work */
  attempt(work) {
    return running.call(this, 'busy', work)
  },
  /** @this {any} */
  async onPullDownRefresh() {
    await this.again()
    wx.stopPullDownRefresh()
  },
  // A row or tile with data-to="/pages/…".
  /** @param {any} event */
  go(event) {
    const { to } = event.currentTarget.dataset
    if (/^\/pages\/(home|cases|appointments|mine)\//.test(to)) wx.switchTab({ url: to })
    else wx.navigateTo({ url: to })
  },
  /** @param {any} event data-phone */
  call(event) {
    wx.makePhoneCall({ phoneNumber: event.currentTarget.dataset.phone, fail: () => undefined })
  },
}

/**
 * @template {Record<string, any>} Data
 * @template {Record<string, any>} Own
 * @param {{data?: Data, fresh?: boolean} & Own &
 *   ThisType<{data: Data & typeof SHARED, setData(data: Record<string, any>): void} & Own & typeof OWN>} definition
 */
function screen(definition) {
  const { data, fresh, onLoad, onShow, ...rest } = /** @type {any} */ (definition)
  Page({
    data: { ...SHARED, ...data },
    ...OWN,
    ...rest,
    /** @this {any} @param {Record<string, string>} options */
    async onLoad(options) {
      this.setData({ ...look(), loading: Boolean(this.load) })
      if (onLoad) await onLoad.call(this, options)
      await this.again()
    },
    /** @this {any} */
    onShow() {
      this.setData(look())
      if (this.wasShown && fresh) this.again()
      this.wasShown = true
      if (onShow) onShow.call(this)
    },
  })
}

module.exports = { screen }
