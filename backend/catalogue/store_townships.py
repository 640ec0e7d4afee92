"""All queries of townships: their names, departments, windows, partners, villages and everyday words."""

from collections.abc import Mapping, Sequence

import msgspec

from api_spec.catalogue import DepartmentCard, PartnerCard, Synonym, WindowCard
from api_spec.vocabulary import DivisionKind
from backend import db
from backend.catalogue.loader import Department, Township, Utility, Window
from backend.catalogue.tables import DepartmentRow, PartnerRow, SynonymRow, TenantRow, WindowRow
from backend.catalogue.values import Tenant, Village
from backend.ids import new_id

_VILLAGES = """
    SELECT division.id, division.kind, division_code.code, division_name.name, tenant.id AS tenant_id
    FROM tenant
    JOIN division ON division.parent_id = tenant.division_id
    JOIN division_code ON division_code.division_id = division.id AND division_code.code_system = 'nbs'
        AND division_code.valid_to = ''
    JOIN division_name ON division_name.division_id = division.id AND division_name.valid_to = ''
    WHERE tenant.id = ?
    ORDER BY division_code.code
"""


async def tenants() -> list[Tenant]:
    return [_tenant(row) for row in await TenantRow.all().order_by("case_prefix")]


async def find_tenant(tenant_id: str) -> Tenant | None:
    row = await TenantRow.get_or_none(id=tenant_id)
    return None if row is None else _tenant(row)


async def pack_shas() -> dict[str, str]:
    """The catalogue in force of every township, by tenant id."""
    return {row["id"]: row["pack_sha"] for row in await db.rows("SELECT id, pack_sha FROM tenant")}


async def villages(tenant_id: str) -> list[Village]:
    return [_village(row) for row in await db.rows(_VILLAGES, [tenant_id])]


async def add_tenant(township: Township, division_id: str) -> str:
    """The township's id, new or old; its names are brought up to date."""
    columns = (
        "id",
        "division_id",
        "name",
        "centre_name",
        "hall_name",
        "case_prefix",
        "complaint_phone",
        "pack_sha",
    )
    values = (
        new_id(),
        division_id,
        township.name,
        township.centre_name,
        township.hall_name,
        township.case_prefix,
        township.complaint_phone,
        "",
    )
    found = await db.insert_many(
        "tenant",
        columns,
        [values],
        conflict=_overwrite("division_id", columns[2:7]),
        returning="id",
    )
    return str(found[0]["id"])


async def add_departments(tenant_id: str, departments: Sequence[Department]) -> dict[str, str]:
    """Ids by the department's own code."""
    columns = ("id", "tenant_id", "code", "name", "kind")
    found = await db.insert_many(
        "department",
        columns,
        [(new_id(), tenant_id, each.code, each.name, each.kind.value) for each in departments],
        conflict=_overwrite("tenant_id, code", columns[3:]),
        returning="id, code",
    )
    return {row["code"]: row["id"] for row in found}


async def add_windows(tenant_id: str, windows: Sequence[Window], departments: Mapping[str, str]) -> None:
    columns = ("id", "tenant_id", "department_id", "number", "type", "phone", "scope")
    await db.insert_many(
        "service_window",
        columns,
        [
            (
                new_id(),
                tenant_id,
                departments[each.department],
                number,
                each.type.value,
                "",
                _json(each.scope),
            )
            for each in windows
            for number in each.numbers
        ],
        conflict=_overwrite("tenant_id, number", ("department_id", "type", "scope")),
    )


async def add_partners(tenant_id: str, partners: Sequence[Utility]) -> None:
    columns = ("id", "tenant_id", "partner", "name", "phone")
    await db.insert_many(
        "partner",
        columns,
        [(new_id(), tenant_id, each.partner.value, each.name, "") for each in partners],
        conflict=_overwrite("tenant_id, partner", ("name",)),
    )


async def add_synonyms(synonyms: Sequence[Synonym]) -> None:
    await db.insert_many(
        "synonym",
        ("word", "means", "pinyin"),
        [(each.word, _json(each.means), each.pinyin) for each in synonyms],
        conflict=_overwrite("word", ("means", "pinyin")),
    )


async def departments(tenant_id: str) -> list[DepartmentCard]:
    rows = await DepartmentRow.filter(tenant_id=tenant_id).order_by("id")
    return [DepartmentCard(id=row.id, name=row.name, kind=row.kind) for row in rows]


async def windows(tenant_id: str) -> list[WindowCard]:
    rows = await WindowRow.filter(tenant_id=tenant_id).order_by("number").select_related("department")
    return [
        WindowCard(
            id=row.id,
            number=row.number,
            name=row.type.zh,
            type=row.type,
            department=row.department.name,
            department_id=row.department.id,
            phone=row.phone,
            scope=tuple(row.scope),
        )
        for row in rows
    ]


async def partners(tenant_id: str) -> list[PartnerCard]:
    rows = await PartnerRow.filter(tenant_id=tenant_id).order_by("id")
    return [PartnerCard(id=row.id, partner=row.partner, name=row.name, phone=row.phone) for row in rows]


async def synonyms() -> list[Synonym]:
    rows = await SynonymRow.all().order_by("word")
    return [Synonym(word=row.word, means=tuple(row.means), pinyin=row.pinyin) for row in rows]


def _overwrite(key: str, columns: Sequence[str]) -> str:
    changes = ", ".join(f"{column} = excluded.{column}" for column in columns)
    return f"ON CONFLICT ({key}) DO UPDATE SET {changes}"


def _json(value: object) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()


def _tenant(row: TenantRow) -> Tenant:
    return Tenant(
        id=row.id,
        division_id=row.division_id,  # type: ignore[attr-defined]  # Tortoise adds it
        name=row.name,
        centre_name=row.centre_name,
        hall_name=row.hall_name,
        case_prefix=row.case_prefix,
        complaint_phone=row.complaint_phone,
        pack_sha=row.pack_sha,
    )


def _village(row: db.Row) -> Village:
    return Village(
        id=row["id"],
        tenant_id=row["tenant_id"],
        name=row["name"],
        code=row["code"],
        kind=DivisionKind(row["kind"]),
    )


async def county_name(tenant_id: str) -> str:
    """The county a township belongs to, "" where the division table has none."""
    row = await db.row(
        "SELECT division_name.name FROM tenant JOIN division ON division.id = tenant.division_id"
        " JOIN division_name ON division_name.division_id = division.parent_id AND division_name.valid_to = ''"
        " WHERE tenant.id = ?",
        [tenant_id],
    )
    return str(row["name"]) if row else ""
