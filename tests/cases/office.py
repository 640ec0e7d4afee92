"""A small township for tests of cases: its catalogue, calendar, people and applications."""
# ruff: noqa: ARG002 - stand-ins take arguments they do not need

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import backend.hall
from api_spec.catalogue import Item, Limit, Material, WindowCard
from api_spec.errors import ErrorCode
from api_spec.forms import Field, FieldKind, Form
from api_spec.vocabulary import (
    Channel,
    DecisionLevel,
    DocumentType,
    ItemKind,
    MaterialStatus,
    Role,
    VillageAvailability,
    WindowType,
)
from backend.actors import Actor
from backend.cases.filing import Applicant, Filing
from backend.cases.service import Cases
from backend.faults import Fault
from backend.hall.calendar import Calendar, read_notices
from backend.vault import Vault

TENANT = "0" * 31 + "1"
SOCIAL = "0" * 31 + "a"
LAND = "0" * 31 + "b"
VILLAGE = "0" * 31 + "c"
CITIZEN = "0" * 31 + "d"
PACK = "f" * 64
NOON = datetime(2026, 4, 7, 4, tzinfo=UTC)
"""A Tuesday, 12:00 in China; the five working days after it end on 14 April."""

_numbers = itertools.count(1)


def rid() -> str:
    return f"{next(_numbers):032x}"


def staff(role: Role, *, name: str = "", department: str = SOCIAL, tenant: str = TENANT) -> Actor:
    village = VILLAGE if role in {Role.VILLAGE_CLERK, Role.NODE} else ""
    return Actor(
        id=name or role.value,
        roles=frozenset({role}),
        tenant_id=tenant,
        department_id=department,
        village_id=village,
    )


def citizen(citizen_id: str = CITIZEN) -> Actor:
    return Actor(id=citizen_id, roles=frozenset({Role.CITIZEN}), tenant_id=TENANT)


WINDOW = staff(Role.WINDOW)
LEADER = staff(Role.GROUP_LEADER)
BACK = staff(Role.BACK_OFFICE)
HEAD = staff(Role.DEPARTMENT_HEAD)
CENTRE = staff(Role.CENTRE_STAFF, department="")
DIRECTOR = staff(Role.DIRECTOR, department="")
CLERK = staff(Role.VILLAGE_CLERK, department="")


def item(kind: ItemKind = ItemKind.PROMISED, *, number: int = 1, **more: Any) -> Item:
    level = DecisionLevel.WINDOW if kind is ItemKind.INSTANT else DecisionLevel.GROUP_LEADER
    given: dict[str, Any] = {
        "id": f"{number:032x}",
        "code": f"SD-{number:03}",
        "version": 1,
        "name": "临时救助",
        "window": WindowType.SOCIAL,
        "kind": kind,
        "promise": Limit(days=0 if kind is ItemKind.INSTANT else 10),
        "statutory": Limit(days=20),
        "materials": (
            Material(code="id", name="身份证"),
            Material(code="hukou", name="户口簿"),
            Material(code="photo", name="照片", required=False),
        ),
        "form": Form(
            (
                Field(name="reason", label="困难原因", kind=FieldKind.TEXT, required=False),
                Field(name="account", label="一卡通账号", required=False, personal=True),
            )
        ),
        "decision_level": level,
        "village": VillageAvailability.TAKES,
        "result_name": "救助决定书",
    }
    return Item(**(given | more))


def window(number: int, kind: WindowType, department_id: str) -> WindowCard:
    return WindowCard(
        id=f"{number:032x}",
        number=number,
        name=f"{number}号窗口",
        type=kind,
        department="部门",
        department_id=department_id,
        phone="0734-4331001",
    )


APPLICANT = Applicant(
    name="欧阳小妹",
    document_type=DocumentType.ID_CARD,
    document_number="430481190503070028",
    phone="13800000001",
    address="三都镇测试村1组",
)
BOTH_PAPERS: Mapping[str, MaterialStatus] = {
    "id": MaterialStatus.PRESENT,
    "hukou": MaterialStatus.PRESENT,
}


def filing(what: Item | None = None, *, by: Actor | None = None, **more: Any) -> Filing:
    """An application with all papers, made by the citizen on the phone unless told otherwise."""
    given: dict[str, Any] = {
        "tenant_id": TENANT,
        "item": what or item(),
        "pack_sha": PACK,
        "applicant": APPLICANT,
        "materials": dict(BOTH_PAPERS),
        "channel": Channel.WEB,
        "filed_by": by or citizen(),
        "owner_citizen_id": CITIZEN,
        "rid": rid(),
        "received_at": NOON,
    }
    return Filing(**(given | more))


NOTICES = Path(backend.hall.__file__).parent / "data" / "holidays.csv"
CALENDAR = Calendar(read_notices(NOTICES.read_text(encoding="utf-8").splitlines()))
VAULT = Vault({1: bytes(range(32))})


@dataclass
class Township:
    """The other features, as cases see them."""

    items: dict[str, Item] = field(default_factory=dict)
    covered: bool = True
    revealed: list[tuple[str, str]] = field(default_factory=list)
    case_prefix: str = "SD"
    hall_name: str = "三都政务服务办事大厅"
    complaint_phone: str = "0734-4331234"
    pack_sha: str = PACK
    days: Calendar = field(default_factory=lambda: CALENDAR)

    def calendar(self) -> Calendar:
        return self.days

    async def item_in(self, pack_sha: str, item_id: str) -> Item:
        try:
            return self.items[item_id]
        except KeyError:
            raise Fault(ErrorCode.ITEM_NOT_FOUND) from None

    async def tenant(self, tenant_id: str) -> "Township":
        return self

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]:
        return [
            window(1, WindowType.SOCIAL, SOCIAL),
            window(6, WindowType.LAND, LAND),
        ]

    async def covers(self, staff_id: str, item_id: str, *, role: Role, day: date) -> bool:
        return self.covered

    async def allow_full_number(
        self, actor: Actor, *, subject_kind: str, subject_id: str, reason: str, at: datetime
    ) -> None:
        self.revealed.append((subject_id, reason))


def cases_of(township: Township) -> Cases:
    return Cases(township, township, VAULT, township)
