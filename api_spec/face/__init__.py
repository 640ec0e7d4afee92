"""What all pages share, township and village alike: one stylesheet, one small script, the macros, tones of states.

Pages link assets by the hash of their content, so that a phone keeps them for ever and still sees a new version.
"""

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from api_spec.vocabulary import AppointmentState, CaseState, ErrandState, SyncState, Term

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
CACHE_CONTROL = "public, max-age=31536000, immutable"
"""For assets asked for under the right fingerprint."""


class Asset(NamedTuple):
    body: bytes
    gzipped: bytes
    content_type: str


@cache
def fingerprint() -> str:
    """Ten hex characters that change when any shared asset does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


@cache
def asset_url(name: str) -> str:
    """Where pages link `name`: `/static/<fingerprint>/base.css`."""
    return f"/static/{fingerprint()}/{name}"


@cache
def load_asset(name: str) -> Asset:
    """One asset, plain and compressed once.

    Raises:
        LookupError: there is no such asset.
    """
    names = {path.name: path for path in STATIC.iterdir()}
    path = names[name]
    body = path.read_bytes()
    return Asset(body, gzip.compress(body, mtime=0), CONTENT_TYPES[path.suffix])


def asset(name: str) -> tuple[bytes, str]:
    """Bytes and content type of one asset; raises LookupError as `load_asset`."""
    found = load_asset(name)
    return found.body, found.content_type


def tone_of(state: Term) -> str:
    """How a state looks: "good" done, "warn" somebody has to act, "bad" refused or lost, "info" under way, "" at rest."""
    return _TONES.get((type(state), state.value), "info")


_TONES: Final[dict[tuple[type[Term], str], str]] = {
    (type(state), state.value): tone
    for tone, states in {
        "good": (
            CaseState.DECIDED,
            CaseState.DELIVERED,
            CaseState.FINISHED,
            ErrandState.DONE,
            AppointmentState.BOOKED,
            AppointmentState.SERVED,
            SyncState.ACCEPTED,
        ),
        "warn": (
            CaseState.QUEUED,
            CaseState.NEED_FIX,
            CaseState.TO_COLLECT,
            CaseState.SPECIAL,
            CaseState.RETURNED_UP,
            ErrandState.REQUESTED,
            ErrandState.SUSPENDED,
            AppointmentState.HELD,
            AppointmentState.MISSED,
            AppointmentState.PARKED,
            SyncState.WAITING,
            SyncState.HELD,
        ),
        "bad": (CaseState.NOT_ACCEPTED, ErrandState.ENDED, AppointmentState.NO_SHOW, SyncState.RETURNED),
        "": (
            CaseState.DRAFT,
            CaseState.WITHDRAWN,
            CaseState.VOIDED,
            CaseState.ARCHIVED,
            AppointmentState.CANCELLED,
            AppointmentState.EXPIRED,
        ),
    }.items()
    for state in states
}

GLOBALS: Final[dict[str, Callable[..., str]]] = {"asset": asset_url, "tone_of": tone_of}
"""What the macros expect of a Jinja environment."""
