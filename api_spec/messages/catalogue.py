"""What is said about the catalogue: guides for everybody, drafts and findings for editors."""

from typing import Annotated

from pydantic import Field

from api_spec.catalogue import DepartmentCard, Item, PartnerCard, WindowCard
from api_spec.messages.base import Answer, HexId, Message, OptionalLine, ShortLine
from api_spec.vocabulary import ItemKind, VillageAvailability, WindowType

Limit = Annotated[int, Field(ge=1, le=200)]
ItemIds = Annotated[list[HexId], Field(min_length=1, max_length=500)]


class TownshipQuery(Message):
    """Which township; the caller's own, or the first one, if it is not named."""

    tenant_id: HexId | None = None


class ItemsQuery(TownshipQuery):
    """Items by where and how they are handled, by code; `cursor` is the last answer's `next`."""

    window: WindowType | None = None
    kind: ItemKind | None = None
    village: VillageAvailability | None = None
    limit: Limit = 100
    cursor: OptionalLine = ""


class SearchQuery(TownshipQuery):
    """Official or everyday words, pinyin or its initials."""

    q: ShortLine
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class ItemCard(Answer, frozen=True, kw_only=True):
    """An item in a list. Codes are for programs, the words beside them for people."""

    id: str
    code: str
    name: str
    plain_words: str
    window: str
    window_word: str
    kind: str
    kind_word: str
    promise: str
    fee: str
    village: str
    village_word: str


class ItemPage(Answer, frozen=True, kw_only=True):
    items: list[ItemCard]
    next: str | None


class ItemGuide(Answer, frozen=True, kw_only=True):
    """The whole guide of an item. `windows` are the numbers on the plates."""

    item: Item
    card: ItemCard
    statutory: str
    windows: list[int]
    in_person_word: str


class VillageCard(Answer, frozen=True, kw_only=True):
    id: str
    code: str
    name: str
    kind_word: str


class TownshipCard(Answer, frozen=True, kw_only=True):
    """A township hall with everything a caller can choose from. `pack` names the catalogue in force."""

    id: str
    name: str
    centre_name: str
    hall_name: str
    complaint_phone: str
    pack: str
    windows: tuple[WindowCard, ...]
    departments: tuple[DepartmentCard, ...]
    partners: tuple[PartnerCard, ...]
    villages: list[VillageCard]


class FindingNote(Answer, frozen=True, kw_only=True):
    """What the validator says about an item; an "error" keeps it from being published."""

    item_code: str
    rule: str
    severity: str
    field: str
    sentence: str


class DraftCard(Answer, frozen=True, kw_only=True):
    """The latest version of an item. `published_version` is null while it is not offered."""

    id: str
    code: str
    name: str
    version: int
    published_version: int | None
    needs_confirmation: bool
    confirmed_by: str
    findings: list[FindingNote]


class DraftView(Answer, frozen=True, kw_only=True):
    item: Item
    card: DraftCard


class ConfirmBody(Message):
    """Vouch by name for the illustrative limits of these items."""

    item_ids: ItemIds


class PublishBody(Message):
    """Items whose latest version takes effect now; all of them if none is named."""

    item_ids: ItemIds | None = None


class Published(Answer, frozen=True, kw_only=True):
    """`pack` names the catalogue now in force."""

    pack: str
    items: int


class ImportQuery(Message):
    """`name` is what a published list is called; items need none."""

    name: OptionalLine = ""


class ListWarning(Answer, frozen=True, kw_only=True):
    """A line of a list whose code is not clean."""

    line: int
    code: str
    warnings: list[str]


class ImportResult(Answer, frozen=True, kw_only=True):
    """What an import did: item codes, or the lines of a list with their warnings."""

    added: list[str]
    changed: list[str]
    unchanged: list[str]
    list_name: str
    list_lines: int
    list_lines_added: int
    list_warnings: list[ListWarning]


class ExportQuery(Message):
    format: Annotated[str, Field(pattern="^(csv|xlsx)$")] = "xlsx"
