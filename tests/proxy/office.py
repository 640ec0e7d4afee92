"""A small township for tests of errands: its errand items, calendar, people and requests."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import backend.hall
from api_spec.catalogue import DepartmentCard, Item, Limit, Material, PartnerCard, Situation, WindowCard
from api_spec.errors import ErrorCode
from api_spec.forms import Field, FieldKind, Form
from api_spec.record_parts import SigningMethod
from api_spec.vocabulary import (
    Channel,
    ConsentPurpose,
    DepartmentKind,
    DocumentType,
    ItemKind,
    MaterialStatus,
    MoneyMove,
    Partner,
    Relation,
    Role,
    VillageAvailability,
    WindowType,
)
from backend.actors import Actor
from backend.cases.filing import Applicant
from backend.faults import Fault
from backend.hall.calendar import Calendar, read_notices
from backend.proxy.errand import MandateTerms
from backend.proxy.service import ErrandRequest, Mandate, Move, Proxy, Sharing
from backend.vault import Vault

TENANT = "0" * 31 + "1"
OTHER_TENANT = "0" * 31 + "2"
CENTRE_DEPARTMENT = "0" * 31 + "a"
VILLAGE = "0" * 31 + "c"
CITIZEN = "0" * 31 + "d"
PACK = "f" * 64
NOON = datetime(2026, 4, 7, 4, tzinfo=UTC)
"""A Tuesday, 12:00 in China; the three working days after it end on 10 April."""
TODAY = date(2026, 4, 7)
NOTICE = "1"

_numbers = itertools.count(1)


def rid() -> str:
    return f"{next(_numbers):032x}"


def staff(
    *roles: Role,
    name: str = "",
    department: str = "",
    tenant: str = TENANT,
    village: str = "",
    partner: Partner | None = None,
) -> Actor:
    return Actor(
        id=name or "-".join(roles),
        roles=frozenset(roles),
        tenant_id=tenant,
        department_id=department,
        village_id=village,
        partner=partner,
    )


def citizen(citizen_id: str = CITIZEN) -> Actor:
    return Actor(id=citizen_id, roles=frozenset({Role.CITIZEN}), tenant_id=TENANT)


WINDOW = staff(Role.WINDOW, department=CENTRE_DEPARTMENT)
CENTRE = staff(Role.CENTRE_STAFF)
DIRECTOR = staff(Role.DIRECTOR)
CLERK = staff(Role.VILLAGE_CLERK, village=VILLAGE)
NODE = staff(Role.NODE, village=VILLAGE)
WATER = staff(Role.PARTNER, name="water", partner=Partner.WATER)
POWER = staff(Role.PARTNER, name="power", partner=Partner.POWER)


def item(partner: Partner = Partner.WATER, *, number: int = 49, **more: Any) -> Item:
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "code": f"SD-{number:03}",
        "version": 1,
        "name": f"{partner.zh}：立户",
        "window": WindowType.UTILITY,
        "kind": ItemKind.PROXY,
        "promise": Limit(days=3),
        "materials": (
            Material(code="id", name="身份证"),
            Material(code="deed", name="房产证", required=False),
        ),
        "form": Form(
            (
                Field(name="account", label="户号", personal=True),
                Field(name="address", label="用户地址", kind=FieldKind.ADDRESS, required=False),
            )
        ),
        "village": VillageAvailability.TAKES,
        "partner": partner,
        "errand": f"{partner.value}.open",
        "result_name": "立户凭证",
    }
    return Item(**(given | more))


STOP_WATER = item(
    number=51,
    name="水：报停、复水",
    errand="water.stop",
    wet_ink=True,
    situations=(Situation(code="stop", name="报停"), Situation(code="resume", name="复水")),
)
GAS_INSPECTION = item(
    Partner.GAS,
    number=56,
    errand="gas.stop",
    form=Form((Field(name="leak", label="现在有没有漏气的气味", kind=FieldKind.YES_NO),)),
    village=VillageAvailability.NO,
)

APPLICANT = Applicant(
    name="欧阳小妹",
    document_type=DocumentType.ID_CARD,
    document_number="430481190503070028",
    phone="13800000001",
    address="三都镇测试村1组",
)
WATER_SHARING = Sharing(Partner.WATER, NOTICE)


def mandate(method: SigningMethod = SigningMethod.ELECTRONIC, **more: Any) -> Mandate:
    given: dict[str, Any] = {
        "agent_name": "三都镇政务服务中心",
        "relation": Relation.ENTRUSTED,
        "scope": "代办水立户",
        "valid_from": TODAY,
        "valid_until": TODAY + timedelta(days=30),
        "method": method,
    }
    return Mandate(**(given | more))


def mandate_terms(method: SigningMethod = SigningMethod.ELECTRONIC, **more: Any) -> MandateTerms:
    return mandate(method, **more).terms


def request(what: Item | None = None, *, by: Actor | None = None, **more: Any) -> ErrandRequest:
    """A citizen's request on the phone, with both consents unless told otherwise."""
    what = what or item()
    assert what.partner is not None
    given: dict[str, Any] = {
        "tenant_id": TENANT,
        "item": what,
        "pack_sha": PACK,
        "applicant": APPLICANT,
        "mandate": mandate(),
        "sharing": Sharing(what.partner, NOTICE),
        "answers": {"account": "3021004567"} if what.form.fields[0].name == "account" else {},
        "channel": Channel.WEB,
        "filed_by": by or citizen(),
        "owner_citizen_id": CITIZEN,
        "rid": rid(),
        "received_at": NOON,
    }
    return ErrandRequest(**(given | more))


def at_the_window(what: Item | None = None, **more: Any) -> ErrandRequest:
    """Taken by the window with a signed paper."""
    given: dict[str, Any] = {
        "mandate": mandate(SigningMethod.WET_INK),
        "paper": "WT-001",
        "channel": Channel.WINDOW,
        "owner_citizen_id": "",
        "materials": {"id": MaterialStatus.PRESENT},
    }
    return request(what, by=WINDOW, **(given | more))


def taken(amount_fen: int, **more: Any) -> Move:
    return _money(MoneyMove.TAKEN, amount_fen, more)


def paid(amount_fen: int, **more: Any) -> Move:
    return _money(MoneyMove.PAID, amount_fen, {"partner_receipt": "水-889", **more})


def returned(amount_fen: int, **more: Any) -> Move:
    return _money(MoneyMove.RETURNED, amount_fen, more)


def _money(move: MoneyMove, amount_fen: int, more: dict[str, Any]) -> Move:
    given: dict[str, Any] = {"rid": rid(), "move": move, "amount_fen": amount_fen, **more}
    return Move(**given)


NOTICES = Path(backend.hall.__file__).parent / "data" / "holidays.csv"
CALENDAR = Calendar(read_notices(NOTICES.read_text(encoding="utf-8").splitlines()))
VAULT = Vault({1: bytes(range(32))})


@dataclass
class Township:
    """The other features, as errands see them."""

    items: dict[str, Item] = field(default_factory=dict)
    given: list[tuple[str, Partner | None]] = field(default_factory=list)
    withdrawn: bool = False
    revealed: list[tuple[str, str]] = field(default_factory=list)
    case_prefix: str = "SD"
    centre_name: str = "三都镇政务服务中心"
    hall_name: str = "三都政务服务办事大厅"
    complaint_phone: str = "0734-4331234"
    days: Calendar = field(default_factory=lambda: CALENDAR)

    def calendar(self) -> Calendar:
        return self.days

    async def item_in(self, pack_sha: str, item_id: str) -> Item:  # noqa: ARG002
        try:
            return self.items[item_id]
        except KeyError:
            raise Fault(ErrorCode.ITEM_NOT_FOUND) from None

    async def tenant(self, tenant_id: str) -> "Township":  # noqa: ARG002
        return self

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]:  # noqa: ARG002
        name = "政务服务中心"
        return [WindowCard(id="1" * 32, number=11, name="11号", type=WindowType.UTILITY, department=name)]

    async def departments(self, tenant_id: str) -> Sequence[DepartmentCard]:  # noqa: ARG002
        return [DepartmentCard(id=CENTRE_DEPARTMENT, name="政务服务中心", kind=DepartmentKind.CENTRE)]

    async def partners(self, tenant_id: str) -> Sequence[PartnerCard]:  # noqa: ARG002
        return [PartnerCard(id="3" * 32, partner=Partner.WATER, name="供水", phone="0734-4330001")]

    async def give_consent(
        self,
        citizen_id: str,
        purpose: ConsentPurpose,  # noqa: ARG002
        *,
        version: int,  # noqa: ARG002
        partner: Partner | None,
        channel: Channel,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> object:
        self.given.append((citizen_id, partner))
        return None

    async def require_consent(
        self,
        citizen_id: str,
        purpose: ConsentPurpose,  # noqa: ARG002
        *,
        at: datetime,  # noqa: ARG002
        partner: Partner | None = None,
    ) -> None:
        if self.withdrawn or (citizen_id, partner) not in self.given:
            raise Fault(ErrorCode.CONSENT_MISSING)

    async def allow_full_number(
        self,
        actor: Actor,  # noqa: ARG002
        *,
        subject_kind: str,  # noqa: ARG002
        subject_id: str,
        reason: str,
        at: datetime,  # noqa: ARG002
    ) -> None:
        self.revealed.append((subject_id, reason))


def proxy_of(township: Township) -> Proxy:
    return Proxy(township, township, VAULT, township)
