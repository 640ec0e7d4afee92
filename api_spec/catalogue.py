"""A service item as the township publishes it and a village node carries it: the 办事指南 as structured fields.

One pack (all published items of a tenant with its windows, departments and partners) is written once as JSON
bytes and named by their SHA-256; a case names the pack it was filed with.
"""

import msgspec

from api_spec.forms import Form
from api_spec.vocabulary import (
    DecisionLevel,
    DepartmentKind,
    Evidence,
    ItemKind,
    ItemType,
    LimitUnit,
    MaterialForm,
    Partner,
    VillageAvailability,
    VillageMode,
    WindowType,
)

SITUATION = "situation"
"""Name of the form field that repeats the chosen 情形, in forms whose questions depend on it. Pages do not ask it
twice: they put the chosen code into the answers."""


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    """A law, rule or notice an item rests on; `article` may be empty."""

    title: str
    article: str = ""
    evidence: Evidence = Evidence.SOURCED


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A time limit: `days` 0 means on the spot."""

    days: int
    unit: LimitUnit = LimitUnit.WORKING_DAY
    evidence: Evidence = Evidence.ILLUSTRATIVE
    basis: str = ""


class Fee(msgspec.Struct, frozen=True, kw_only=True):
    """`amount_fen` None: free, or `by_partner`'s tariff. A fee above zero needs a named basis (行政许可法 58, 59)."""

    amount_fen: int | None = None
    by_partner: bool = False
    note: str = ""
    basis: str = ""
    evidence: Evidence = Evidence.ILLUSTRATIVE


class Material(msgspec.Struct, frozen=True, kw_only=True):
    """One paper to bring. `code` is stable within the item; there is never an "其他材料"."""

    code: str
    name: str
    form: MaterialForm = MaterialForm.ORIGINAL
    copies: int = 1
    required: bool = True
    hint: str = ""
    issued_by: str = ""
    evidence: Evidence = Evidence.ILLUSTRATIVE


class Situation(msgspec.Struct, frozen=True, kw_only=True):
    """One 情形 of an item with the materials it adds; `code` is stable within the item."""

    code: str
    name: str
    materials: tuple[Material, ...] = ()


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One service item (事项).

    Args:
        id: 32 hex, immutable; `code` is the office's own short code ("SD-017"), `national_code` the 31-character
            code when known.
        situations: empty, or at least two 情形 of which the applicant chooses one.
        illustrative: whether a limit or a price is only illustrative and not yet confirmed by a named person.
        stop_grounds: legal grounds on which this item's clock may stop (行政许可法 45), as words.
        confidential: nothing of a case is shown in public (社区矫正, 法律援助 …).
        errand: for ItemKind.PROXY: key of the errand form, e.g. "water.open".
        record_schema: the record schema this item's form needs; a node that writes an older one shows the item greyed.
        needs_no_material: said outright, so that an empty list is never an oversight.
        pinyin: of the name, then of each alias: syllables parted by spaces, "di bao". Made once by the township, so
            that nodes search by pinyin without a dictionary.
    """

    id: str
    code: str
    version: int
    name: str
    window: WindowType
    kind: ItemKind
    type: ItemType = ItemType.PUBLIC_SERVICE
    promise: Limit
    statutory: Limit | None = None
    plain_words: str = ""
    audience: str = ""
    conditions: tuple[str, ...] = ()
    basis: tuple[Basis, ...] = ()
    materials: tuple[Material, ...] = ()
    needs_no_material: bool = False
    situations: tuple[Situation, ...] = ()
    steps: tuple[str, ...] = ()
    result_name: str = ""
    deliverable: bool = True
    fee: Fee = Fee()
    form: Form
    aliases: tuple[str, ...] = ()
    pinyin: tuple[str, ...] = ()
    decision_level: DecisionLevel = DecisionLevel.GROUP_LEADER
    village: VillageAvailability = VillageAvailability.NO
    village_mode: VillageMode | None = None
    intake_delegated: bool = False
    in_person: bool = False
    wet_ink: bool = False
    confidential: bool = False
    joint_inspection: bool = False
    stop_grounds: tuple[str, ...] = ()
    partner: Partner | None = None
    errand: str = ""
    national_code: str = ""
    evidence: Evidence = Evidence.ILLUSTRATIVE
    illustrative: bool = False
    record_schema: int = 1

    def materials_for(self, situation: str) -> tuple[Material, ...]:
        """Everything to bring in `situation` ("" when the item has none).

        Raises:
            KeyError: the item has no such situation.
        """
        if not situation:
            return self.materials
        chosen = {s.code: s for s in self.situations}[situation]
        return self.materials + chosen.materials


class WindowCard(msgspec.Struct, frozen=True, kw_only=True):
    """A window as shown to people."""

    id: str
    number: int
    name: str
    type: WindowType
    department: str
    department_id: str = ""
    phone: str = ""
    scope: tuple[str, ...] = ()


class DepartmentCard(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    kind: DepartmentKind


class PartnerCard(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    partner: Partner
    name: str
    phone: str = ""


class Synonym(msgspec.Struct, frozen=True, kw_only=True):
    """An everyday word and what it means: any of these in an item's name or alias makes the item findable by it."""

    word: str
    means: tuple[str, ...]
    pinyin: str = ""


class CataloguePack(msgspec.Struct, frozen=True, kw_only=True):
    """What a node needs to take cases offline: items it may show, windows, partners, the consent text, the calendar version."""

    tenant_id: str
    tenant_name: str
    centre_name: str
    case_prefix: str
    items: tuple[Item, ...]
    windows: tuple[WindowCard, ...]
    departments: tuple[DepartmentCard, ...]
    partners: tuple[PartnerCard, ...]
    synonyms: tuple[Synonym, ...] = ()
    public_base_url: str = ""
    complaint_phone: str = ""
    consent_version: str = ""
    consent_text: str = ""
