"""All queries of staff accounts and posts. Uniqueness is the database's: a login name, a 组长, a 三员 post."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec

from api_spec.china_time import moment
from api_spec.vocabulary import Partner, Role
from backend import db
from backend.instants import from_ms, to_ms
from backend.people.posts import OFFICERS, Account, Post

_ACCOUNT = "id, tenant_id, login_name, name, must_change_password, created_at, disabled_at"
_POST = (
    "id, staff_id, role, department_id, window_ids, village_id, partner, item_ids, document,"
    " valid_from, valid_to, ended_at, paper"
)
_words = msgspec.json.Decoder(tuple[str, ...])


@dataclass(frozen=True, slots=True)
class Login:
    """An account with what its password is checked against."""

    account: Account
    password_hash: str = field(repr=False)


async def find_login(login_name: str) -> Login | None:
    found = await db.row(
        f"SELECT {_ACCOUNT}, password_hash FROM staff WHERE login_name = ?",  # noqa: S608
        [login_name],
    )
    return Login(_account(found), found["password_hash"]) if found else None


async def village_logins(tenant_id: str, village_id: str, day: date) -> list[Login]:
    """Village clerks whose post is held on `day`; not those who still have a first password."""
    found = await db.rows(
        f"SELECT {_ACCOUNT}, password_hash FROM staff WHERE tenant_id = ? AND disabled_at IS NULL"  # noqa: S608
        " AND NOT must_change_password AND id IN (SELECT staff_id FROM staff_post WHERE tenant_id = ? AND role = ?"
        " AND village_id = ? AND ended_at IS NULL AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?))"
        " ORDER BY id",
        [tenant_id, tenant_id, Role.VILLAGE_CLERK.value, village_id, day.isoformat(), day.isoformat()],
    )
    return [Login(_account(row), row["password_hash"]) for row in found]


async def find(staff_id: str) -> Account | None:
    found = await db.row(f"SELECT {_ACCOUNT} FROM staff WHERE id = ?", [staff_id])  # noqa: S608
    return _account(found) if found else None


async def find_in(tenant_id: str, staff_id: str) -> Account | None:
    """The account if it belongs to this township."""
    account = await find(staff_id)
    return account if account is not None and account.tenant_id == tenant_id else None


async def page(tenant_id: str, *, after: str, limit: int) -> list[Account]:
    """Accounts of a township by login name, from the one behind `after`."""
    found = await db.rows(
        f"SELECT {_ACCOUNT} FROM staff WHERE tenant_id = ? AND login_name > ?"  # noqa: S608
        " ORDER BY login_name LIMIT ?",
        [tenant_id, after, limit],
    )
    return [_account(row) for row in found]


async def names(tenant_id: str, staff_ids: Sequence[str]) -> dict[str, str]:
    if not staff_ids:
        return {}
    marks = ", ".join("?" * len(staff_ids))
    found = await db.rows(
        f"SELECT id, name FROM staff WHERE tenant_id = ? AND id IN ({marks})",  # noqa: S608
        [tenant_id, *staff_ids],
    )
    return {row["id"]: row["name"] for row in found}


async def add(account: Account, password_hash: str) -> bool:
    """Write a new account; False if the login name is taken."""
    added = await db.row(
        "INSERT INTO staff (id, tenant_id, login_name, name, password_hash, must_change_password,"
        " password_set_at, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (login_name) DO NOTHING RETURNING id",
        [
            account.id,
            account.tenant_id,
            account.login_name,
            account.name,
            password_hash,
            account.must_change_password,
            to_ms(account.created_at),
            to_ms(account.created_at),
        ],
    )
    return added is not None


async def change_password(
    staff_id: str, password_hash: str, *, was: str, must_change: bool, at: datetime
) -> bool:
    """Store a new hash unless the old one has been replaced in the meantime."""
    changed = await db.row(
        "UPDATE staff SET password_hash = ?, must_change_password = ?, password_set_at = ?"
        " WHERE id = ? AND password_hash = ? RETURNING id",
        [password_hash, must_change, to_ms(at), staff_id, was],
    )
    return changed is not None


async def reset_password(staff_id: str, password_hash: str, *, at: datetime) -> None:
    """Store a first password, whatever there was."""
    await db.rows(
        "UPDATE staff SET password_hash = ?, must_change_password = ?, password_set_at = ? WHERE id = ?",
        [password_hash, True, to_ms(at), staff_id],
    )


async def set_disabled(staff_id: str, disabled_at: datetime | None) -> None:
    await db.rows(
        "UPDATE staff SET disabled_at = ? WHERE id = ?",
        [to_ms(disabled_at) if disabled_at else None, staff_id],
    )


async def hold(staff_id: str) -> None:
    """Make others who want to change this person's posts wait until this transaction is over."""
    await db.rows("UPDATE staff SET created_at = created_at WHERE id = ?", [staff_id])


async def posts_of(staff_ids: Sequence[str]) -> list[Post]:
    """Every post of these people, also ended ones, oldest first."""
    if not staff_ids:
        return []
    marks = ", ".join("?" * len(staff_ids))
    found = await db.rows(
        f"SELECT {_POST} FROM staff_post WHERE staff_id IN ({marks}) ORDER BY given_at, id",  # noqa: S608
        list(staff_ids),
    )
    return [_post(row) for row in found]


async def held_in(tenant_id: str, role: Role, day: date) -> list[Post]:
    """Everybody's posts in a role that are held on `day`."""
    found = await db.rows(
        f"SELECT {_POST} FROM staff_post WHERE tenant_id = ? AND role = ? AND ended_at IS NULL"  # noqa: S608
        " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) ORDER BY given_at, id",
        [tenant_id, role.value, day.isoformat(), day.isoformat()],
    )
    return [_post(row) for row in found]


async def to_look_after(tenant_id: str, day: date, *, until: date, limit: int) -> list[Post]:
    """Posts held on `day` that end by `until`, or still wait for the scan they rest on; the nearest end first."""
    found = await db.rows(
        f"SELECT {_POST} FROM staff_post WHERE tenant_id = ? AND ended_at IS NULL"  # noqa: S608
        " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?) AND (valid_to <= ? OR paper = '')"
        " ORDER BY valid_to, id LIMIT ?",
        [tenant_id, day.isoformat(), day.isoformat(), until.isoformat(), limit],
    )
    return [_post(row) for row in found]


async def holders(tenant_id: str, day: date) -> set[str]:
    """Who holds any post on `day`."""
    found = await db.rows(
        "SELECT DISTINCT staff_id FROM staff_post WHERE tenant_id = ? AND ended_at IS NULL"
        " AND valid_from <= ? AND (valid_to IS NULL OR valid_to >= ?)",
        [tenant_id, day.isoformat(), day.isoformat()],
    )
    return {row["staff_id"] for row in found}


async def over_before(tenant_id: str, day: date) -> list[str]:
    """Posts that were over before `day`, by their last day or because they were ended."""
    found = await db.rows(
        "SELECT id FROM staff_post WHERE tenant_id = ? AND (valid_to < ? OR ended_at < ?)",
        [tenant_id, day.isoformat(), to_ms(moment(day, 0))],
    )
    return [row["id"] for row in found]


async def add_post(tenant_id: str, post: Post, *, given_by: str, at: datetime) -> bool:
    """Write an appointment down; False if the department has a 组长, or the person another 三员 post."""
    leads = f"{tenant_id}:{post.department_id}" if post.role is Role.GROUP_LEADER else None
    officer = post.staff_id if post.role in OFFICERS else None
    added = await db.row(
        "INSERT INTO staff_post (id, tenant_id, staff_id, role, department_id, window_ids, village_id, partner,"
        " item_ids, document, valid_from, valid_to, given_at, given_by, ended_by, leader_of, officer, paper)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '', ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id",
        [
            post.id,
            tenant_id,
            post.staff_id,
            post.role.value,
            post.department_id,
            msgspec.json.encode(post.window_ids).decode(),
            post.village_id,
            post.partner.value if post.partner else None,
            msgspec.json.encode(post.item_ids).decode(),
            post.document,
            post.valid_from.isoformat(),
            post.valid_to.isoformat() if post.valid_to else None,
            to_ms(at),
            given_by,
            leads,
            officer,
            post.paper,
        ],
    )
    return added is not None


async def rest_on(tenant_id: str, post_id: str, paper_id: str) -> Post | None:
    """Name the scan an appointment rests on; None if there is no such appointment still running."""
    resting = await db.row(
        f"UPDATE staff_post SET paper = ? WHERE id = ? AND tenant_id = ? AND ended_at IS NULL RETURNING {_POST}",  # noqa: S608
        [paper_id, post_id, tenant_id],
    )
    return _post(resting) if resting else None


async def release_lapsed(tenant_id: str, day: date) -> None:
    """Let go of the unique places of appointments whose last day is over."""
    await db.rows(
        "UPDATE staff_post SET leader_of = NULL, officer = NULL WHERE tenant_id = ? AND valid_to < ?"
        " AND (leader_of IS NOT NULL OR officer IS NOT NULL)",
        [tenant_id, day.isoformat()],
    )


async def end_post(tenant_id: str, post_id: str, *, by: str, at: datetime) -> Post | None:
    """End an appointment; None if there is none to end in this township."""
    ended = await db.row(
        "UPDATE staff_post SET ended_at = ?, ended_by = ?, leader_of = NULL, officer = NULL"  # noqa: S608
        f" WHERE id = ? AND tenant_id = ? AND ended_at IS NULL RETURNING {_POST}",
        [to_ms(at), by, post_id, tenant_id],
    )
    return _post(ended) if ended else None


def _account(row: db.Row) -> Account:
    return Account(
        id=row["id"],
        tenant_id=row["tenant_id"],
        login_name=row["login_name"],
        name=row["name"],
        must_change_password=bool(row["must_change_password"]),
        created_at=from_ms(row["created_at"]),
        disabled_at=from_ms(row["disabled_at"]) if row["disabled_at"] is not None else None,
    )


def _post(row: db.Row) -> Post:
    return Post(
        id=row["id"],
        staff_id=row["staff_id"],
        role=Role(row["role"]),
        department_id=row["department_id"],
        window_ids=_words.decode(row["window_ids"]),
        village_id=row["village_id"],
        partner=Partner(row["partner"]) if row["partner"] else None,
        item_ids=_words.decode(row["item_ids"]),
        document=row["document"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        ended_at=from_ms(row["ended_at"]) if row["ended_at"] is not None else None,
        paper=row["paper"],
    )
