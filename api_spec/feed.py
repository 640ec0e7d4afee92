"""What the township sends down to a node: rows of its feed (sync/1, 2.7).

A row is JSON bytes written once; the node stores it by `rid` and only if `srev` rises. A node reads what it knows and
keeps the rest raw: unknown kinds and unknown fields are no error.
"""

from typing import Final, TypeAlias

import msgspec
from msgspec import Struct


class Row(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="kind"):
    """Every row: whose view it replaces, and its revision there."""

    rid: str
    srev: int


class StepLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of a case's progress: when by the township's clock (milliseconds UTC), and the words for it."""

    at_ms: int
    label: str
    note: str = ""


class CaseRow(Row, tag="case", frozen=True, kw_only=True):
    """How far a case is, as the village may see it.

    Args:
        rev: last revision of the node's records the township has applied.
        state: a CaseState, or an ErrandState for proxy errands; `label` is its Chinese word.
        applicant: full name: the village took the case, and a restored PC has forgotten it.
        next_step: one sentence on what happens next, or what the applicant must do.
        missing: what the 一次性告知 asks for, line by line.
        due: promised day, YYYY-MM-DD, "" while no clock runs.
        open: whether anything is still to come.
        photos, photos_here: of papers, how many the records name and how many the township has. Told when the case
            moves and when one arrives, so `srev` counts both.
    """

    rev: int = 0
    code: str
    number: str
    item: str
    item_name: str
    state: str
    label: str
    applicant: str = ""
    received_ms: int
    due: str = ""
    next_step: str = ""
    missing: tuple[str, ...] = ()
    steps: tuple[StepLine, ...] = ()
    open: bool = True
    photos: int = 0
    photos_here: int = 0


class HeldRow(Row, tag="held", frozen=True, kw_only=True):
    """A record the township could not apply: `reason` is a HeldReason, `sentence` tells the clerk what follows.

    `settled` once a township clerk, or a later record of the village, has dealt with it.

    Args:
        rid: names the record set aside: one row for each, so that two of one case do not hide each other.
        about: the record's own `rid`, "" where it could not be read; older townships gave it as `rid`.
        what: its kind, as in `records.KINDS`.
        wrong: what validation found, as "field: code"; never a value.
    """

    seq: int
    reason: str
    sentence: str
    settled: bool = False
    about: str = ""
    what: str = ""
    wrong: tuple[str, ...] = ()


class ClerkRow(Row, tag="clerk", frozen=True, kw_only=True):
    """An account that may sign in on this node's local page; `password` is an argon2id hash. `rid` is its id."""

    login: str
    name: str
    password: str
    active: bool = True


class CatalogueRow(Row, tag="catalogue", frozen=True, kw_only=True):
    """The catalogue to use from now on; `manifest` is signed by the county key (`certificate.verify_manifest`)."""

    manifest: "CatalogueManifest"


class NoticeRow(Row, tag="notice", frozen=True, kw_only=True):
    """A line for the clerk: the hall is closed tomorrow, a form has changed.

    Args:
        until: the last day it is shown, YYYY-MM-DD in China; "" for no end.
    """

    title: str
    text: str = ""
    until: str = ""


class CatalogueManifest(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Which pack is current. Packs are fetched by hash and named by it; `previous` stays valid.

    Args:
        pack: SHA-256 hex of the uncompressed pack, `size` its bytes.
        schema_floor: the lowest schema any of its items needs: a node below it keeps the pack it has. Which of the
            items a node may not offer, each item says (`Item.record_schema`).
    """

    tenant: str
    version: int
    pack: str
    size: int
    previous: str = ""
    schema_floor: int = 1
    alg: str
    signature: bytes = b""


FeedRow: TypeAlias = CaseRow | HeldRow | ClerkRow | CatalogueRow | NoticeRow
CATALOGUE_RID: Final = "catalogue"

_ENCODER: Final = msgspec.json.Encoder()
_DECODER: Final = msgspec.json.Decoder(FeedRow)


def encode_row(row: FeedRow) -> bytes:
    """The row's bytes, written once; `chain.feed_digest` runs over them."""
    return _ENCODER.encode(row)


def find_row(stored: bytes) -> FeedRow | None:
    """The row, or None for a kind this version does not know: keep its bytes and go on."""
    try:
        row: FeedRow = _DECODER.decode(stored)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return row
