// Nothing here yet: says so, and what to do next.

Component({
  properties: { text: String, action: String },
  methods: {
    tap() {
      this.triggerEvent('act')
    },
  },
})
