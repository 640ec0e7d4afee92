"""Operations of village nodes (sync/1) and of those who look after them."""

from typing import Final

from api_spec import bundle, sync
from api_spec.errors import ErrorCode
from api_spec.messages import intake as m
from api_spec.route import Door, Route
from api_spec.vocabulary import Role

TAG: Final = "intake"
KEEPERS: Final = frozenset({Role.SYSTEM_ADMIN, Role.DIRECTOR})
WATCHERS: Final = KEEPERS | {Role.CENTRE_STAFF}
SETTLERS: Final = frozenset({Role.CENTRE_STAFF, Role.DIRECTOR})
SMALL: Final = 4 * 1024

GREET_NODE: Final = Route(
    name="greet_node",
    method="GET",
    path=sync.HELLO_PATH,
    summary="Say which county this is, in headers: anything else is not our township.",
    tag=TAG,
    door=Door.OPEN,
    status=204,
)
ENROL_NODE: Final = Route(
    name="enrol_node",
    method="POST",
    path=sync.ENROL_PATH,
    summary="Make a village computer a node: one-time code and public keys against number, certificate and keys.",
    tag=TAG,
    door=Door.OPEN,
    raw_body="application/json",
    answer=sync.EnrolAnswer,
    errors=(
        ErrorCode.BODY_INVALID,
        ErrorCode.BODY_TOO_LARGE,
        ErrorCode.SIGNATURE_INVALID,
        ErrorCode.ENROLMENT_INVALID,
    ),
    max_bytes=16 * 1024,
)
EXCHANGE_WITH_NODE: Final = Route(
    name="exchange_with_node",
    method="POST",
    path=sync.EXCHANGE_PATH,
    summary="Push records and pull the feed in one round trip; zstd, gzip or plain JSON, signed.",
    tag=TAG,
    door=Door.NODE,
    raw_body="application/json",
    answer=sync.ExchangeAnswer,
    errors=(ErrorCode.BODY_INVALID,),
    max_bytes=sync.BODY_MAX,
)
FETCH_PACK: Final = Route(
    name="fetch_pack",
    method="GET",
    path=f"{sync.CATALOGUE_PATH}/{{sha}}",
    summary="A catalogue pack by its hash, never changing; zstd where accepted, parts by Range.",
    tag=TAG,
    door=Door.NODE,
    media="application/octet-stream",
)
FIND_BLOB: Final = Route(
    name="find_blob",
    method="HEAD",
    path=f"{sync.BLOBS_PATH}/{{sha}}",
    summary="How much of a photo is durable here, in Upload-Offset and Upload-Length.",
    tag=TAG,
    door=Door.NODE,
    media="application/octet-stream",
)
APPEND_TO_BLOB: Final = Route(
    name="append_to_blob",
    method="PATCH",
    path=f"{sync.BLOBS_PATH}/{{sha}}",
    summary="The next piece of a photo, at Upload-Offset of Upload-Length bytes; signed, answered when it is durable.",
    tag=TAG,
    door=Door.NODE,
    raw_body="application/octet-stream",
    status=204,
    errors=(
        ErrorCode.BODY_INVALID,
        ErrorCode.BLOB_OFFSET,
        ErrorCode.BLOB_MISMATCH,
        ErrorCode.BLOB_TOO_LARGE,
        ErrorCode.BLOB_TYPE,
        ErrorCode.BLOB_BROKEN,
        ErrorCode.BLOB_HUGE,
    ),
    max_bytes=sync.CHUNK_MAX,
)
BRING_BUNDLE: Final = Route(
    name="bring_bundle",
    method="POST",
    path=sync.BUNDLES_PATH,
    summary="Bring in one part of a bundle from a stick; whoever holds one may. The answer is the reply bundle.",
    tag=TAG,
    door=Door.OPEN,
    raw_body=bundle.MEDIA,
    media=bundle.MEDIA,
    errors=(
        ErrorCode.BUNDLE_INVALID,
        ErrorCode.BUNDLE_FOREIGN,
        ErrorCode.BODY_TOO_LARGE,
        ErrorCode.NODE_UNKNOWN,
        ErrorCode.NODE_REVOKED,
    ),
    max_bytes=bundle.PART_MAX,
)
MAKE_ENROLMENT_CODE: Final = Route(
    name="make_enrolment_code",
    method="POST",
    path="/v1/staff/villages/{village_id}/enrolment-codes",
    summary="Make a one-time code for a village's next computer; good for seven days.",
    tag=TAG,
    who=KEEPERS,
    answer=m.EnrolmentCode,
    status=201,
)
LIST_NODES: Final = Route(
    name="list_nodes",
    method="GET",
    path="/v1/staff/nodes",
    summary="The township's village computers with their health.",
    tag=TAG,
    who=WATCHERS,
    answer=m.NodeList,
)
REVOKE_NODE: Final = Route(
    name="revoke_node",
    method="POST",
    path="/v1/staff/nodes/{number}/revoke",
    summary="Stop serving a village computer; what it still sends is held.",
    tag=TAG,
    who=KEEPERS,
    body=m.RevokeNode,
    status=204,
    max_bytes=SMALL,
)
LIST_HELD: Final = Route(
    name="list_held",
    method="GET",
    path="/v1/staff/held",
    summary="Records that could not be applied, newest first.",
    tag=TAG,
    who=WATCHERS,
    query=m.HeldQuery,
    answer=m.HeldList,
)
REVEAL_HELD: Final = Route(
    name="reveal_held",
    method="POST",
    path="/v1/staff/held/{held_id}/reveal",
    summary="A held record in full; the reason is kept.",
    tag=TAG,
    who=SETTLERS,
    body=m.RevealHeld,
    answer=m.HeldDetail,
    errors=(ErrorCode.REASON_REQUIRED,),
    max_bytes=SMALL,
)
ACCEPT_HELD: Final = Route(
    name="accept_held",
    method="POST",
    path="/v1/staff/held/{held_id}/accept",
    summary="Take a held case in as a new one.",
    tag=TAG,
    who=SETTLERS,
    answer=m.AcceptedHeld,
    status=201,
    errors=(
        ErrorCode.ACTION_NOT_ALLOWED,
        ErrorCode.FORM_INVALID,
        ErrorCode.ITEM_NOT_OFFERED,
        ErrorCode.DELEGATION_ENDED,
        ErrorCode.IDEMPOTENCY_CONFLICT,
    ),
)
DISMISS_HELD: Final = Route(
    name="dismiss_held",
    method="POST",
    path="/v1/staff/held/{held_id}/dismiss",
    summary="Close a held record without effect; the village is told why.",
    tag=TAG,
    who=SETTLERS,
    body=m.DismissHeld,
    status=204,
    errors=(ErrorCode.ACTION_NOT_ALLOWED,),
    max_bytes=SMALL,
)
LIST_ORPHANS: Final = Route(
    name="list_orphans",
    method="GET",
    path="/v1/staff/orphan-receipts",
    summary="Genuine receipts somebody asked for whose case has not arrived.",
    tag=TAG,
    who=WATCHERS,
    answer=m.OrphanList,
)

ROUTES: tuple[Route, ...] = (
    GREET_NODE,
    ENROL_NODE,
    EXCHANGE_WITH_NODE,
    FETCH_PACK,
    FIND_BLOB,
    APPEND_TO_BLOB,
    BRING_BUNDLE,
    MAKE_ENROLMENT_CODE,
    LIST_NODES,
    REVOKE_NODE,
    LIST_HELD,
    REVEAL_HELD,
    ACCEPT_HELD,
    DISMISS_HELD,
    LIST_ORPHANS,
)
