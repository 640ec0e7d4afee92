// What a page shows while it waits for the township, and when that failed: the sentence and a way on.

Component({
  properties: {
    loading: Boolean,
    fault: Object,
    // Whether `bind:again` repeats what failed; a form is corrected or sent again by its own button instead.
    retry: { type: Boolean, value: true },
  },
  methods: {
    again() {
      this.triggerEvent('again')
    },
  },
})
