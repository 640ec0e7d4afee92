"""People the village has met before, from its own register: whom a clerk may choose instead of typing again.

Nobody is filled in by itself: the clerk asks by name or number and chooses.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from village_node.desk.drafts import Pairs
from village_node.storage.database import Database

CARRIED_OVER: Final = (
    "kind",
    "document",
    "name",
    "number",
    "phone",
    "address",
    "contact_name",
    "contact_phone",
)
"""What is the person's; what is the case's is asked anew."""
SHOWN: Final = 8
_SCANNED: Final = 200
_pairs = msgspec.json.Decoder(Pairs).decode


@dataclass(frozen=True, slots=True)
class Resident:
    """A person of an earlier case, with the newest telephone and address. `rid`: the case they are taken from."""

    rid: str
    name: str
    number: str
    phone: str
    address: str
    item_name: str
    filed_ms: int
    pairs: Pairs


class Residents:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, words: str) -> list[Resident]:
        """By whole document number or part of the name; each person once, last met first."""
        number = words.replace(" ", "").upper()
        like = "%" + words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        rows = await self._database.rows(
            "SELECT rid, applicant_key, item_name, filed_ms, pairs FROM register"
            " WHERE pairs IS NOT NULL AND (applicant_key = ?1 OR applicant_name LIKE ?2 ESCAPE '\\')"
            " ORDER BY filed_ms DESC LIMIT ?3",
            number,
            like,
            _SCANNED,
        )
        found: dict[str, Resident] = {}
        for row in rows:
            if row["applicant_key"] not in found:
                found[row["applicant_key"]] = _resident(
                    row["rid"], _pairs(row["pairs"]), item_name=row["item_name"], filed_ms=row["filed_ms"]
                )
        return list(found.values())[:SHOWN]

    async def of_case(self, rid: str) -> Resident | None:
        row = await self._database.row(
            "SELECT rid, item_name, filed_ms, pairs FROM register WHERE rid = ? AND pairs IS NOT NULL", rid
        )
        if row is None:
            return None
        return _resident(
            row["rid"], _pairs(row["pairs"]), item_name=row["item_name"], filed_ms=row["filed_ms"]
        )


def filled_in(pairs: Pairs, resident: Resident) -> Pairs:
    """The form with the chosen person in it; everything else stays as typed."""
    return carried_over(pairs, resident.pairs)


def carried_over(pairs: Pairs, earlier: Pairs) -> Pairs:
    """A form begun with the person of an earlier case, for another item."""
    return [(key, value) for key, value in pairs if key not in CARRIED_OVER] + [
        (key, value) for key, value in earlier if key in CARRIED_OVER
    ]


def _resident(rid: str, pairs: Pairs, *, item_name: str, filed_ms: int) -> Resident:
    own = [(key, value) for key, value in pairs if key in CARRIED_OVER]
    said = dict(own)
    return Resident(
        rid=rid,
        name=said.get("name", ""),
        number=said.get("number", ""),
        phone=said.get("phone", ""),
        address=said.get("address", ""),
        item_name=item_name,
        filed_ms=filed_ms,
        pairs=own,
    )
