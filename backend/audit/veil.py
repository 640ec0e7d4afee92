"""How the log names a complaint: so that whoever knows its id finds it, and nobody finds the complaint from it. Pure.

Whom a complaint is about must not learn that it exists, and may be an auditor.
"""

import hashlib
from typing import Final

VEILED: Final = frozenset({"complaint", "complaints"})
MARK_DIGITS: Final = 32


def named(kind: str, subject_id: str) -> str:
    """The subject of an entry: an id as it is, of a complaint the beginning of its SHA-256; ids are random."""
    if kind not in VEILED or not subject_id:
        return subject_id
    return hashlib.sha256(subject_id.encode()).hexdigest()[:MARK_DIGITS]
