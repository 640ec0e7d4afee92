"""The messages of `sync/1` between one village node and its township.

Requests are read strictly (`decode` refuses unknown keys), answers tolerantly, so that an old node understands a newer
township. Hashes and keys are bytes (base64 in JSON), ids and blob names hexadecimal text.

Deviation from the sketch of the protocol, on purpose: a record travels as `{"seq":…,"rec":{…}}`, not with `seq` among its
own keys. `rec` is then, byte for byte, what the node stored and the township stores; its hash covers exactly that, and a
new epoch can renumber records without touching them.
"""

from typing import Annotated, Final, TypeAlias, TypeVar

import msgspec
from msgspec import Meta, Raw, Struct

from api_spec.feed import CatalogueManifest
from api_spec.vocabulary import Term

PROTO: Final = 1
PROTOS: Final = "1-1"

HELLO_PATH: Final = "/sync/1/hello"
ENROL_PATH: Final = "/sync/1/enrol"
EXCHANGE_PATH: Final = "/sync/1/exchange"
BLOBS_PATH: Final = "/sync/1/blobs"
CATALOGUE_PATH: Final = "/sync/1/catalog"
BUNDLES_PATH: Final = "/sync/1/bundles"

# `hello` answers 204 with these four; anything else is a captive portal or a wrong server, and nothing is sent.
SERVER_HEADER: Final = "Sync-Server"
TIME_HEADER: Final = "Sync-Time"
PROTOS_HEADER: Final = "Sync-Protos"
NONCE_HEADER: Final = "Sync-Nonce"

# A photo's piece: where it begins, and how long the whole is. Every answer about a photo says what is durable.
UPLOAD_OFFSET: Final = "Upload-Offset"
UPLOAD_LENGTH: Final = "Upload-Length"

ESCROW_PURPOSE: Final = "hand-over"

RECORDS_MAX: Final = 500
ROWS_MAX: Final = 300
BODY_MAX: Final = 1024 * 1024
CHUNK_MAX: Final = 1024 * 1024
BLOB_MAX: Final = 10 * 1024 * 1024

CHECK_MONTHS: Final = 600
CHECK_LACKING: Final = 100

Count: TypeAlias = Annotated[int, Meta(ge=0, le=2**53)]
Epoch: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{16}$")]
Word: TypeAlias = Annotated[str, Meta(max_length=100, pattern=r"^[\x20-\x7e]*\Z")]
Hex64: TypeAlias = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Hash: TypeAlias = Annotated[bytes, Meta(min_length=32, max_length=32)]
RecordId: TypeAlias = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
Digest: TypeAlias = Annotated[bytes, Meta(min_length=16, max_length=16)]


class Ask(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Part of a request: unknown keys are refused."""


class Tell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Part of an answer: unknown keys are passed over."""


class Entry(Ask, frozen=True, kw_only=True):
    """One record in its place in the stream: `rec` as written by `records.encode_record`, or `opaque`.

    Opaque is the last resort for a record that makes the township fail: it is held without being parsed, and its
    bytes still count into the chain.
    """

    seq: Annotated[int, Meta(ge=1, le=2**53)]
    rec: Raw = Raw(b"")
    opaque: bytes | None = None

    @property
    def stored(self) -> bytes:
        """The record's bytes."""
        return bytes(self.rec) if self.opaque is None else self.opaque


class PullAsk(Ask, frozen=True, kw_only=True):
    """Where the node's view of its feed ends. A pair the township does not know makes it say `refetch`."""

    pos: Count = 0
    dig: Digest = bytes(16)
    max: Annotated[int, Meta(ge=0, le=ROWS_MAX)] = ROWS_MAX


class Machine(Ask, frozen=True, kw_only=True):
    """What the node says of itself; for the township's list of nodes, never for a decision.

    Args:
        now: the node's wall clock, ISO 8601. mono: monotonic milliseconds. boot: id of this boot.
        off_ms: wall clock minus the township's when they last met.
        waiting: records and photos not yet acknowledged; oldest_s: age of the oldest in seconds.
    """

    now: Word = ""
    mono: Count = 0
    boot: Word = ""
    off_ms: int | None = None
    disk_free_mb: Count | None = None
    waiting: tuple[Count, Count] = (0, 0)
    oldest_s: Count = 0


class Escrow(Ask, frozen=True, kw_only=True):
    """The node's hand-over secret for the township's keeping, so that a clerk who comes after one that left can open it.

    Args:
        mark: which secret; both sides can name it without telling it.
        sealed: `sealed_letter.seal(secret, to=<township_seal_key>, purpose=ESCROW_PURPOSE)`.
    """

    mark: Annotated[str, Meta(pattern="^[0-9a-f]{8}$")]
    sealed: Annotated[bytes, Meta(min_length=64, max_length=200)]


class NextKey(Ask, frozen=True, kw_only=True):
    """The node wants to sign with another key. The request around it is signed with the one in use.

    Args:
        sign_key: the new public key. proof: `certificate.key_change_message(...)` signed with the new private one.
    """

    sign_key: Annotated[bytes, Meta(min_length=32, max_length=200)]
    proof: Annotated[bytes, Meta(min_length=32, max_length=200)]


class MonthSum(Ask, frozen=True, kw_only=True):
    """What a view holds of one month, YYYY-MM: how many cases, and a digest of their ids and revisions."""

    month: Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}\Z")]
    count: Count
    digest: Digest


class Check(Ask, frozen=True, kw_only=True):
    """The daily comparison (2.7): the node's view at the position it pulls from, month by month.

    Args:
        lacking: ids of cases the township confirmed and has told nothing of; at most some.
    """

    months: Annotated[tuple[MonthSum, ...], Meta(max_length=CHECK_MONTHS)] = ()
    lacking: Annotated[tuple[RecordId, ...], Meta(max_length=CHECK_LACKING)] = ()


class ExchangeRequest(Ask, frozen=True, kw_only=True):
    """Push, pull and photo needs in one round trip. With no records it is the idle check.

    Args:
        base: sequence number before the first record; base_chain the stream's head there.
        old_epoch: after a fork, the epoch this stream replaces.
        catalog: SHA-256 of the catalogue pack in use, "" for none.
        blobs: photos the node could send, as (SHA-256, bytes).
    """

    proto: int
    app: Word
    schema: Count
    node: Count
    epoch: Epoch
    old_epoch: Epoch | None = None
    base: Count
    base_chain: Hash
    recs: Annotated[tuple[Entry, ...], Meta(max_length=RECORDS_MAX)] = ()
    pull: PullAsk | None = None
    catalog: Hex64 | None = None
    blobs: Annotated[tuple[tuple[Hex64, Count], ...], Meta(max_length=1000)] = ()
    machine: Machine = msgspec.field(name="self", default=Machine())
    escrow: Escrow | None = None
    next_key: NextKey | None = None
    check: Check | None = None


class PushStatus(Term):
    OK = "ok", "已收到"
    GAP = "gap", "中间缺记录"
    FORK = "fork", "记录分叉"
    FULL = "full", "镇里存储已满"


class PullStatus(Term):
    OK = "ok", "正常"
    REFETCH = "refetch", "重新取全部"


class PushAnswer(Tell, frozen=True, kw_only=True):
    """How far the township has this epoch's stream. `held`: (seq, HeldReason value) of records set aside.

    Args:
        upto: highest contiguous sequence number stored, `chain` the head there.
        safe: highest one in a backup that was restored and opened; 0 for none yet.
    """

    status: PushStatus
    epoch: str
    upto: int
    chain: bytes
    safe: int = 0
    held: tuple[tuple[int, str], ...] = ()


class FeedEntry(Tell, frozen=True, kw_only=True):
    """One feed row at its position; `row` as written by `feed.encode_row`."""

    pos: int
    row: Raw


class PullAnswer(Tell, frozen=True, kw_only=True):
    """A page of the feed. After REFETCH the rows begin at the feed's start: build them up beside the old view and swap
    when `more` is false, so that the clerk never sees an empty list."""

    status: PullStatus
    rows: tuple[FeedEntry, ...] = ()
    pos: int = 0
    dig: bytes = bytes(16)
    more: bool = False


class BlobAnswer(Tell, frozen=True, kw_only=True):
    """Photos wanted from an offset, and those the township has already.

    What it will never take is wanted, too: the next piece is answered by the reason.
    """

    need: tuple[tuple[str, int], ...] = ()
    have: tuple[str, ...] = ()


class CheckStatus(Term):
    """How the daily comparison came out."""

    ALIKE = "alike", "一致"
    DIFFERS = "differs", "有差异"
    LATER = "later", "下次再核对"


class CheckAnswer(Tell, frozen=True, kw_only=True):
    """What the comparison found.

    Args:
        differs: months that are not alike: fetch the view anew.
        resend: the township has no trace of cases it confirmed: send everything retained again.
    """

    status: CheckStatus
    differs: tuple[str, ...] = ()
    resend: bool = False


class Limits(Tell, frozen=True, kw_only=True):
    """What the township takes at once: records, bytes of a body, bytes of a photo chunk."""

    recs: int = RECORDS_MAX
    bytes: int = BODY_MAX
    chunk: int = 262_144


class NumberBlock(Tell, frozen=True, kw_only=True):
    """The right to make case numbers offline: `case_number.village_number(prefix, day, block=…, pick=…)`.

    Granted to one node and one epoch, at enrolment and again with the first answer to a new epoch, so that after a
    detected fork the two copies of a PC number apart. A block is never granted to two epochs; the township's unique
    key on the number is the last guard (see `case_number` for what happens when it strikes).
    """

    prefix: str
    block: int


class ExchangeAnswer(Tell, frozen=True, kw_only=True):
    """Everything of one round trip. `time` is the township's clock, ISO 8601 UTC; `wait_s` says when to come again.

    Args:
        escrowed: the mark of the hand-over secret the township now keeps.
        certificate: for the key that was asked for; the old one is taken until the new one was seen.
        revoked: what this node still sends is held for a clerk; it is served nothing.
    """

    time: str
    nonce: str
    push: PushAnswer
    pull: PullAnswer | None = None
    blobs: BlobAnswer = BlobAnswer()
    limits: Limits = Limits()
    numbers: NumberBlock | None = None
    wait_s: int = 0
    check: CheckAnswer | None = None
    escrowed: str = ""
    certificate: "Certificate | None" = None
    revoked: bool = False


class EnrolRequest(Ask, frozen=True, kw_only=True):
    """A new village PC shows its one-time code.

    Args:
        token: the code from the township's page, as printed.
        sign_key, seal_key: raw public keys, Ed25519 and X25519; the private ones never leave the PC.
        proof: signature of `certificate.enrol_message(...)` with the signing key: the sender holds it.
    """

    proto: int
    app: Word
    alg: Word
    token: Word
    epoch: Epoch
    sign_key: Annotated[bytes, Meta(min_length=32, max_length=200)]
    seal_key: Annotated[bytes, Meta(min_length=32, max_length=200)]
    proof: Annotated[bytes, Meta(min_length=32, max_length=200)]


class Certificate(Tell, frozen=True, kw_only=True):
    """The county's word that a signing key belongs to a node; `serial` never repeats within the county."""

    node: int
    village: str
    serial: int
    sign_key: bytes
    seal_key: bytes
    alg: str
    signature: bytes = b""


class EnrolAnswer(Tell, frozen=True, kw_only=True):
    """Everything a node needs before it can take its first case offline.

    Args:
        county: id repeated by `hello`; the node sends nothing to a server that says another.
        village: 12-digit division code; village_name and centre_name go on slips.
        receipt_key: key of this node's tracking codes, 32 bytes; it stays on the PC.
        public_base_url: `https://<host>` of the link in the slip's QR code.
    """

    node: int
    county: str
    tenant: str
    tenant_name: str
    centre_name: str
    village: str
    village_name: str
    public_base_url: str
    certificate: Certificate
    county_key: bytes
    township_seal_key: bytes
    receipt_key: bytes
    numbers: NumberBlock
    manifest: CatalogueManifest | None = None
    time: str
    nonce: str = ""


class BadMessage(ValueError):
    """Bytes that are no message of the expected type; `args[0]` says where, without repeating values."""


T = TypeVar("T")


def encode(message: Ask | Tell) -> bytes:
    """One message as JSON bytes, not yet compressed (`coding.pack`)."""
    return msgspec.json.encode(message)


def decode(data: bytes, kind: type[T]) -> T:
    """Read one message.

    Raises:
        BadMessage: not UTF-8, not JSON, nested too deep, a wrong type, or (in requests) an unknown key.
    """
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.ValidationError as refused:
        raise BadMessage(str(refused)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadMessage("not JSON") from None
