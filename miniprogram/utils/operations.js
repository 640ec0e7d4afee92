// Every operation of the township this mini-program calls, by the name it has in openapi.json; a test compares the two.
// `open`: without signing in. `query` and `body`: the fields that are ever sent.

/**
 * @typedef {{method: 'GET'|'POST'|'PUT'|'DELETE', path: string, open?: boolean, query?: string[], body?: string[]}} Operation
 */

/** @type {Record<string, Operation>} */
const operations = {
  // people
  open_session: { method: 'POST', path: '/v1/session', open: true, body: ['code', 'tenant_id'] },
  refresh_session: { method: 'POST', path: '/v1/session/refresh', open: true, body: ['refresh_token'] },
  end_session: { method: 'DELETE', path: '/v1/session' },
  show_me: { method: 'GET', path: '/v1/me' },
  bind_phone: { method: 'POST', path: '/v1/me/phone', body: ['code'] },
  set_identity: { method: 'PUT', path: '/v1/me/identity', body: ['name', 'document_type', 'document_number'] },
  set_contact: { method: 'PUT', path: '/v1/me/contact', body: ['phone', 'address'] },
  list_consents: { method: 'GET', path: '/v1/me/consents' },
  give_consent: { method: 'POST', path: '/v1/me/consents', body: ['purpose', 'version', 'partner'] },
  withdraw_consent: { method: 'DELETE', path: '/v1/me/consents/{consent_id}' },
  export_me: { method: 'GET', path: '/v1/me/export' },
  list_looks: { method: 'GET', path: '/v1/me/looks' },
  list_wishes: { method: 'GET', path: '/v1/me/wishes' },
  make_wish: { method: 'POST', path: '/v1/me/wishes', body: ['rid', 'wish', 'text'] },

  // notices
  list_notices: { method: 'GET', path: '/v1/notices', open: true },
  list_own_notices: { method: 'GET', path: '/v1/me/notices' },
  list_grants: { method: 'GET', path: '/v1/notices/grants' },
  report_grants: { method: 'POST', path: '/v1/notices/grants', body: ['results'] },

  // the township, its items and its hall
  show_township: { method: 'GET', path: '/v1/township', open: true, query: ['tenant_id'] },
  list_choices: { method: 'GET', path: '/v1/choices', open: true },
  show_help: { method: 'GET', path: '/v1/help', open: true },
  list_items: {
    method: 'GET', path: '/v1/items', open: true, query: ['tenant_id', 'window', 'kind', 'village', 'limit', 'cursor'],
  },
  search_items: { method: 'GET', path: '/v1/items/search', open: true, query: ['tenant_id', 'q', 'limit'] },
  show_item: { method: 'GET', path: '/v1/items/{item_id}', open: true, query: ['tenant_id'] },
  show_board: { method: 'GET', path: '/v1/hall/board', open: true, query: ['tenant_id'] },
  show_queues: { method: 'GET', path: '/v1/hall/queues', open: true, query: ['tenant_id'] },
  list_hall_windows: { method: 'GET', path: '/v1/hall/windows', open: true, query: ['tenant_id'] },
  take_ticket: { method: 'POST', path: '/v1/tickets', body: ['queue'] },
  show_ticket: { method: 'GET', path: '/v1/hall/tickets/{code}', open: true },
  show_progress: { method: 'GET', path: '/v1/progress/{code}', open: true },

  // booking
  list_free_times: {
    method: 'GET', path: '/v1/free-times', open: true, query: ['item_id', 'window_id', 'tenant_id', 'from', 'days'],
  },
  book_appointment: { method: 'POST', path: '/v1/appointments', body: ['item_id', 'window_id', 'day', 'start', 'hold'] },
  list_my_appointments: { method: 'GET', path: '/v1/appointments', query: ['limit', 'cursor'] },
  show_appointment: { method: 'GET', path: '/v1/appointments/{appointment_id}' },
  confirm_appointment: { method: 'POST', path: '/v1/appointments/{appointment_id}/confirm', body: ['version'] },
  cancel_appointment: { method: 'POST', path: '/v1/appointments/{appointment_id}/cancel', body: ['version'] },
  reschedule_appointment: {
    method: 'POST', path: '/v1/appointments/{appointment_id}/reschedule', body: ['window_id', 'day', 'start', 'version'],
  },

  // photos of papers
  send_photo: { method: 'POST', path: '/v1/photos' },
  show_photo: { method: 'GET', path: '/v1/photos/{photo_id}' },
  take_back_photo: { method: 'DELETE', path: '/v1/photos/{photo_id}' },

  // cases and their documents
  file_case: {
    method: 'POST', path: '/v1/cases',
    body: ['rid', 'item_id', 'situation', 'answers', 'materials', 'phone', 'address', 'photos', 'on_behalf'],
  },
  my_cases: { method: 'GET', path: '/v1/cases', query: ['cursor', 'limit'] },
  show_case: { method: 'GET', path: '/v1/cases/{case_id}' },
  supplement_case: { method: 'POST', path: '/v1/cases/{case_id}/supplement', body: ['version', 'materials', 'photos', 'note'] },
  withdraw_case: { method: 'POST', path: '/v1/cases/{case_id}/withdraw', body: ['version', 'note'] },
  case_documents: { method: 'GET', path: '/v1/cases/{case_id}/documents' },
  show_document: { method: 'GET', path: '/v1/documents/{document_id}' },
  show_document_pdf: { method: 'GET', path: '/v1/documents/{document_id}/pdf' },

  // errands
  request_errand: {
    method: 'POST', path: '/v1/errands',
    body: ['rid', 'item_id', 'situation', 'answers', 'phone', 'address', 'mandate', 'sharing'],
  },
  my_errands: { method: 'GET', path: '/v1/errands', query: ['cursor', 'limit'] },
  show_errand: { method: 'GET', path: '/v1/errands/{errand_id}' },
  sign_errand: { method: 'POST', path: '/v1/errands/{errand_id}/consent', body: ['version', 'mandate', 'sharing'] },
  end_errand: { method: 'POST', path: '/v1/errands/{errand_id}/end', body: ['version', 'note'] },
  errand_documents: { method: 'GET', path: '/v1/errands/{errand_id}/documents' },

  // what people think and ask
  list_own_reviews: { method: 'GET', path: '/v1/me/reviews' },
  give_review: { method: 'POST', path: '/v1/me/reviews/{occasion_id}', body: ['level', 'reasons', 'words', 'callback'] },
  file_complaint: {
    method: 'POST', path: '/v1/complaints', open: true,
    body: ['rid', 'about', 'text', 'window_id', 'whom', 'name', 'phone', 'tenant_id'],
  },
  read_complaint_answer: { method: 'POST', path: '/v1/complaints/answer', open: true, body: ['code'] },
  list_own_complaints: { method: 'GET', path: '/v1/me/complaints' },
  ask_enquiry: { method: 'POST', path: '/v1/me/enquiries', body: ['rid', 'text', 'name', 'phone'] },
  list_own_enquiries: { method: 'GET', path: '/v1/me/enquiries' },
}

module.exports = operations
