"""Every refusal the township can give: a stable code and its HTTP status. The Chinese sentence is `backend.wording`'s."""

from enum import StrEnum


class ErrorCode(StrEnum):
    # requests
    BODY_INVALID = "body_invalid"
    BODY_NOT_JSON = "body_not_json"
    BODY_TOO_LARGE = "body_too_large"
    QUERY_INVALID = "query_invalid"
    MEDIA_TYPE = "media_type"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    TOO_MANY_REQUESTS = "too_many_requests"
    FOREIGN_ORIGIN = "foreign_origin"
    INTERNAL = "internal"
    BUSY = "busy"
    # people
    TOKEN_MISSING = "token_missing"
    TOKEN_INVALID = "token_invalid"
    TOKEN_EXPIRED = "token_expired"
    NOT_ALLOWED = "not_allowed"
    SIGN_IN_FAILED = "sign_in_failed"
    ACCOUNT_LOCKED = "account_locked"
    PASSWORD_CHANGE_REQUIRED = "password_change_required"
    PASSWORD_WEAK = "password_weak"
    WECHAT_CODE_INVALID = "wechat_code_invalid"
    WECHAT_BUSY = "wechat_busy"
    WECHAT_UNAVAILABLE = "wechat_unavailable"
    WECHAT_RISKY = "wechat_risky"
    IDENTITY_INVALID = "identity_invalid"
    IDENTITY_MISSING = "identity_missing"
    IDENTITY_TAKEN = "identity_taken"
    CONSENT_MISSING = "consent_missing"
    REASON_REQUIRED = "reason_required"
    NOTICE_OUTDATED = "notice_outdated"
    STAFF_NOT_FOUND = "staff_not_found"
    LOGIN_NAME_TAKEN = "login_name_taken"
    POST_NOT_FOUND = "post_not_found"
    POST_CONFLICT = "post_conflict"
    # catalogue
    ITEM_NOT_FOUND = "item_not_found"
    ITEM_NOT_OFFERED = "item_not_offered"
    ITEM_NOT_PUBLISHABLE = "item_not_publishable"
    IMPORT_INVALID = "import_invalid"
    # the hall and its organisation
    ROSTER_GAP = "roster_gap"
    ROSTER_CHANGED = "roster_changed"
    DELEGATION_ENDED = "delegation_ended"
    # appointments
    SLOT_NOT_FOUND = "slot_not_found"
    SLOT_FULL = "slot_full"
    SLOT_CLOSED = "slot_closed"
    BOOKING_LIMIT = "booking_limit"
    BOOKING_DUPLICATE = "booking_duplicate"
    TICKET_HELD = "ticket_held"
    APPOINTMENT_NOT_FOUND = "appointment_not_found"
    APPOINTMENT_STATE = "appointment_state"
    HOLD_EXPIRED = "hold_expired"
    WINDOW_BUSY = "window_busy"
    # cases
    CASE_NOT_FOUND = "case_not_found"
    CASE_MOVED = "case_moved"
    CASE_HELD = "case_held"
    CASES_LINKED = "cases_linked"
    ACTION_NOT_ALLOWED = "action_not_allowed"
    NOT_YOUR_ACTION = "not_your_action"
    NOTE_REQUIRED = "note_required"
    FORM_INVALID = "form_invalid"
    MATERIAL_MISSING = "material_missing"
    SAME_PERSON = "same_person"
    OUT_OF_SCOPE = "out_of_scope"
    CODE_UNKNOWN = "code_unknown"
    CODE_INVALID = "code_invalid"
    # reviews
    REVIEW_GIVEN = "review_given"
    # proxy
    ERRAND_NOT_FOUND = "errand_not_found"
    MANDATE_REQUIRED = "mandate_required"
    IN_PERSON_ONLY = "in_person_only"
    WET_INK_REQUIRED = "wet_ink_required"
    MONEY_NOT_BALANCED = "money_not_balanced"
    # supervision
    SUPERVISION_MOVED = "supervision_moved"
    SUPERVISION_STATE = "supervision_state"
    DRAWN_ALREADY = "drawn_already"
    # sync
    SIGNATURE_INVALID = "signature_invalid"
    NONCE_STALE = "nonce_stale"
    NODE_UNKNOWN = "node_unknown"
    NODE_REVOKED = "node_revoked"
    NO_HAND_OVER = "no_hand_over"
    ENROLMENT_FILE_INVALID = "enrolment_file_invalid"
    ENROLMENT_INVALID = "enrolment_invalid"
    IDEMPOTENCY_CONFLICT = "idempotency_conflict"
    BUNDLE_INVALID = "bundle_invalid"
    BUNDLE_FOREIGN = "bundle_foreign"
    # photos: `blob_offset` and `blob_mismatch` are sent again, the others never
    BLOB_OFFSET = "blob_offset"
    BLOB_MISMATCH = "blob_mismatch"
    BLOB_TOO_LARGE = "blob_too_large"
    BLOB_TYPE = "blob_type"
    BLOB_BROKEN = "blob_broken"
    BLOB_HUGE = "blob_huge"


STATUS: dict[ErrorCode, int] = {
    ErrorCode.BODY_INVALID: 422,
    ErrorCode.BODY_NOT_JSON: 400,
    ErrorCode.BODY_TOO_LARGE: 413,
    ErrorCode.QUERY_INVALID: 422,
    ErrorCode.MEDIA_TYPE: 415,
    ErrorCode.NOT_FOUND: 404,
    ErrorCode.METHOD_NOT_ALLOWED: 405,
    ErrorCode.TOO_MANY_REQUESTS: 429,
    ErrorCode.FOREIGN_ORIGIN: 403,
    ErrorCode.INTERNAL: 500,
    ErrorCode.BUSY: 503,
    ErrorCode.TOKEN_MISSING: 401,
    ErrorCode.TOKEN_INVALID: 401,
    ErrorCode.TOKEN_EXPIRED: 401,
    ErrorCode.NOT_ALLOWED: 403,
    ErrorCode.SIGN_IN_FAILED: 401,
    ErrorCode.ACCOUNT_LOCKED: 423,
    ErrorCode.PASSWORD_CHANGE_REQUIRED: 403,
    ErrorCode.PASSWORD_WEAK: 422,
    ErrorCode.WECHAT_CODE_INVALID: 401,
    ErrorCode.WECHAT_BUSY: 503,
    ErrorCode.WECHAT_UNAVAILABLE: 503,
    ErrorCode.WECHAT_RISKY: 403,
    ErrorCode.IDENTITY_INVALID: 422,
    ErrorCode.IDENTITY_MISSING: 409,
    ErrorCode.IDENTITY_TAKEN: 409,
    ErrorCode.CONSENT_MISSING: 409,
    ErrorCode.REASON_REQUIRED: 422,
    ErrorCode.NOTICE_OUTDATED: 409,
    ErrorCode.STAFF_NOT_FOUND: 404,
    ErrorCode.LOGIN_NAME_TAKEN: 409,
    ErrorCode.POST_NOT_FOUND: 404,
    ErrorCode.POST_CONFLICT: 409,
    ErrorCode.ITEM_NOT_FOUND: 404,
    ErrorCode.ITEM_NOT_OFFERED: 409,
    ErrorCode.ITEM_NOT_PUBLISHABLE: 409,
    ErrorCode.IMPORT_INVALID: 422,
    ErrorCode.ROSTER_GAP: 409,
    ErrorCode.ROSTER_CHANGED: 409,
    ErrorCode.DELEGATION_ENDED: 409,
    ErrorCode.SLOT_NOT_FOUND: 404,
    ErrorCode.SLOT_FULL: 409,
    ErrorCode.SLOT_CLOSED: 409,
    ErrorCode.BOOKING_LIMIT: 409,
    ErrorCode.BOOKING_DUPLICATE: 409,
    ErrorCode.TICKET_HELD: 409,
    ErrorCode.APPOINTMENT_NOT_FOUND: 404,
    ErrorCode.APPOINTMENT_STATE: 409,
    ErrorCode.HOLD_EXPIRED: 409,
    ErrorCode.WINDOW_BUSY: 409,
    ErrorCode.CASE_NOT_FOUND: 404,
    ErrorCode.CASE_MOVED: 409,
    ErrorCode.CASE_HELD: 409,
    ErrorCode.CASES_LINKED: 409,
    ErrorCode.ACTION_NOT_ALLOWED: 409,
    ErrorCode.NOT_YOUR_ACTION: 403,
    ErrorCode.NOTE_REQUIRED: 422,
    ErrorCode.FORM_INVALID: 422,
    ErrorCode.MATERIAL_MISSING: 409,
    ErrorCode.SAME_PERSON: 409,
    ErrorCode.OUT_OF_SCOPE: 403,
    ErrorCode.CODE_UNKNOWN: 404,
    ErrorCode.CODE_INVALID: 422,
    ErrorCode.REVIEW_GIVEN: 409,
    ErrorCode.ERRAND_NOT_FOUND: 404,
    ErrorCode.MANDATE_REQUIRED: 409,
    ErrorCode.IN_PERSON_ONLY: 409,
    ErrorCode.WET_INK_REQUIRED: 409,
    ErrorCode.MONEY_NOT_BALANCED: 409,
    ErrorCode.SUPERVISION_MOVED: 409,
    ErrorCode.SUPERVISION_STATE: 409,
    ErrorCode.DRAWN_ALREADY: 409,
    ErrorCode.SIGNATURE_INVALID: 401,
    ErrorCode.NONCE_STALE: 409,
    ErrorCode.NODE_UNKNOWN: 401,
    ErrorCode.NODE_REVOKED: 403,
    ErrorCode.NO_HAND_OVER: 409,
    ErrorCode.ENROLMENT_FILE_INVALID: 422,
    ErrorCode.ENROLMENT_INVALID: 403,
    ErrorCode.IDEMPOTENCY_CONFLICT: 409,
    ErrorCode.BUNDLE_INVALID: 422,
    ErrorCode.BUNDLE_FOREIGN: 409,
    ErrorCode.BLOB_OFFSET: 409,
    ErrorCode.BLOB_MISMATCH: 422,
    ErrorCode.BLOB_TOO_LARGE: 422,
    ErrorCode.BLOB_TYPE: 422,
    ErrorCode.BLOB_BROKEN: 422,
    ErrorCode.BLOB_HUGE: 422,
}
