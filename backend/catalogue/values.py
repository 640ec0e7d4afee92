"""What other features get from the catalogue besides items and cards. Values only; pure."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from api_spec.catalogue import CataloguePack, Item
from api_spec.item_search import ItemIndex
from api_spec.vocabulary import DivisionKind, Term, WindowType
from backend.catalogue.county_list import Entry
from backend.catalogue.validator import Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A township hall.

    Args:
        centre_name, hall_name: the two plates at the door (plan, clause 2).
        case_prefix: leads the case numbers, "SD".
        pack_sha: the catalogue in force, "" before the first one.
    """

    id: str
    division_id: str
    name: str
    centre_name: str
    hall_name: str
    case_prefix: str
    complaint_phone: str
    pack_sha: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A village or community; `code` is its twelve-digit statistics code."""

    id: str
    tenant_id: str
    name: str
    code: str
    kind: DivisionKind


@dataclass(frozen=True, slots=True)
class PackBytes:
    """A catalogue pack as it goes to nodes; `sha` is the SHA-256 of `body` in hex."""

    sha: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The latest version of an item with where it stands."""

    item: Item
    published_version: int | None
    drafted_at: datetime
    confirmed_name: str
    findings: Sequence[Finding] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of an item: who wrote, confirmed and published it, and from when to when it was in force.

    Args:
        drafted_by, published_by: ids of staff; "" where nobody did.
        effective_to: the day another took its place or it was taken off; None while it is in force.
    """

    item: Item
    drafted_at: datetime
    drafted_by: str
    confirmed_name: str
    published_at: datetime | None
    published_by: str
    effective_from: date | None
    effective_to: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, by item code."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImported:
    """A list taken in; `added` is 0 if it was there already. `entries` carry their warnings."""

    name: str
    added: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    """A line of a list as it was taken in, with the edition it stands in (plan, clause 10)."""

    id: str
    list_name: str
    imported_at: datetime
    entry: Entry


class FileFormat(Term):
    CSV = "csv", "CSV 文件"
    XLSX = "xlsx", "电子表格"


MOST_ENCODED = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """One township's published catalogue in memory. Replaced as a whole by the next one, never changed.

    Args:
        departments: which department serves the windows of a type.
        encoded: answers already encoded, by what was asked; bounded by `MOST_ENCODED`.
    """

    tenant: Tenant
    pack: CataloguePack
    packed: PackBytes
    index: ItemIndex
    villages: tuple[Village, ...]
    by_id: dict[str, Item]
    departments: dict[WindowType, str]
    encoded: dict[Hashable, bytes] = field(default_factory=dict)

    def once(self, asked: Hashable, encode: Callable[[], bytes]) -> bytes:
        """The encoded answer to a question, made when it is asked first."""
        found = self.encoded.get(asked)
        if found is None:
            found = encode()
            if len(self.encoded) < MOST_ENCODED:
                self.encoded[asked] = found
        return found
