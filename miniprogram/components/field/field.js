// One question of a form as the catalogue describes it (api_spec/forms.py), or one of our own: label, help, what is wrong.
// `bind:change` gives {name, value} as typed or picked: the township reads and checks it. Photos go into the slot.

const KEYBOARDS = { number: 'number', money_fen: 'digit', phone: 'number', id_number: 'idcard' }
const TYPED = ['text', 'address', 'number', 'money_fen', 'phone', 'id_number', 'long_text']
const PICKED = ['date', 'choice', 'multi_choice', 'yes_no']
const YES_NO = [{ code: 'yes', label: '是' }, { code: 'no', label: '否' }]

/** As the control shows it; checked values come as numbers and booleans. @param {string} kind @param {any} value */
function shown(kind, value) {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return String(kind === 'money_fen' ? value / 100 : value)
  return value
}

Component({
  properties: {
    // A field of a catalogue form; or `name`, `kind`, `label`, `help`, `must`, `choices` of our own.
    field: Object,
    name: String,
    kind: String,
    label: String,
    help: String,
    must: Boolean,
    choices: Array,
    placeholder: String,
    value: { type: null, value: '' },
    wrong: String,
  },
  data: { control: '', shown: '', options: [], keyboard: 'text', unit: '', spoken: '' },
  observers: {
    'field, kind, value, choices, label'(
      /** @type {any} */ field, /** @type {string} */ own, /** @type {any} */ given, /** @type {any[]} */ choices,
      /** @type {string} */ label,
    ) {
      const asked = field ? field.kind || 'text' : own
      const kind = [...TYPED, ...PICKED].includes(asked) ? asked : ''
      const options = kind === 'yes_no' ? YES_NO : (field && field.choices) || choices || []
      const picked = Array.isArray(given) ? given : []
      const now = {
        control: kind,
        shown: shown(kind, given),
        options: options.map((/** @type {any} */ option) => ({ ...option, on: picked.includes(option.code) })),
        keyboard: /** @type {any} */ (KEYBOARDS)[kind] || 'text',
        unit: kind === 'money_fen' ? '元' : (field && field.unit) || '',
        spoken: label || (field && field.label) || '',
      }
      if (field) Object.assign(now, { must: field.required !== false })
      this.setData(now)
    },
  },
  methods: {
    typed(/** @type {any} */ event) {
      const { field, name } = /** @type {any} */ (this.data)
      this.triggerEvent('change', { name: field ? field.name : name, value: event.detail.value })
    },
    confirm() {
      this.triggerEvent('confirm')
    },
  },
})
