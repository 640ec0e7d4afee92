// “Tell me by WeChat”: asks on the tap for the messages of `purposes`, and shows how many are still allowed.

const { grants, ask } = require('../../utils/subscribe')
const { Fault } = require('../../utils/fault')

/** @param {import('../../utils/subscribe').Grant[]} all @param {string[]} purposes */
function wanted(all, purposes) {
  return all
    .filter((grant) => !purposes.length || purposes.includes(grant.purpose))
    .map((grant) => ({ ...grant, words: `${grant.label}：还可以收 ${grant.left} 次` }))
}

Component({
  properties: { purposes: { type: Array, value: [] } },
  data: { wanted: /** @type {any[]} */ ([]), busy: false, fault: '' },
  lifetimes: {
    attached() {
      this.show(grants())
    },
  },
  methods: {
    // The pop-up comes first, before any waiting: WeChat allows it only inside the tap.
    ask() {
      if (this.data.busy) return
      this.setData({ busy: true, fault: '' })
      this.show(ask(this.data.wanted))
    },
    async show(/** @type {Promise<any[]>} */ coming) {
      try {
        this.setData({ wanted: wanted(await coming, this.data.purposes) })
      } catch (fault) {
        if (!(fault instanceof Fault)) throw fault
        this.setData({ fault: fault.sentence })
      } finally {
        this.setData({ busy: false })
      }
    },
  },
})
