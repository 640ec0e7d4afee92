// How a case or an errand looks as a line of a list and as a page: tones, what happened and what is still to come.
// Pure; every word for people comes from the township.

const TONES = {
  need_fix: 'warn', suspended: 'warn', returned_up: 'warn',
  not_accepted: 'bad', overdue: 'bad',
  decided: 'good', to_collect: 'good', delivered: 'good', finished: 'good', done: 'good',
  accepted: 'info', reviewing: 'info', inspecting: 'info', special: 'info', collective: 'info', legal_sign: 'info',
  reported: 'info', taken: 'info', submitted_to_partner: 'info', consented: 'info',
}
// Moves that leave the state as it was, or are better told by what was done.
const TOLD_BY_ACTION = [
  'supplement', 'extend', 'hand_in_pledged', 'reopen', 'receive', 'register_paper', 'add_note', 'resume',
]

/** @param {string} state */
function tone(state) {
  return /** @type {Record<string, string>} */ (TONES)[state] || ''
}

/**
 * What happened, and the steps the public page names as still ahead.
 * @param {any[]} events
 * @param {any[]} ahead steps of the public progress
 */
function history(events, ahead) {
  const past = events.map((event) => ({
    label: TOLD_BY_ACTION.includes(event.action) ? event.action_label : event.state_label,
    at: event.at,
    note: [event.note, event.role_label].filter(Boolean).join(' · '),
    done: true,
  }))
  return [...past, ...ahead.filter((step) => !step.done).map(({ label }) => ({ label, at: null, note: '', done: false }))]
}

/** @param {any[]} actions @param {string} action */
function may(actions, action) {
  return actions.some((one) => one.action === action)
}

module.exports = { tone, history, may }
