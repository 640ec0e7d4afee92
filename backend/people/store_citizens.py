"""All queries of citizens, their documents, sign-in names and consents; sealed bytes in, sealed bytes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tortoise.exceptions import IntegrityError

from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Partner
from backend import db
from backend.ids import new_id
from backend.instants import from_ms, to_ms
from backend.people.notices import Consent


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A citizen as stored: what identifies them is sealed bytes or None."""

    id: str
    created_at: datetime
    name: bytes | None
    phone: bytes | None
    phone_verified: bool
    address: bytes | None
    document_type: DocumentType | None
    document_number: bytes | None


@dataclass(frozen=True, slots=True)
class SealedDocument:
    """A document to be stored: its blind index and its sealed number."""

    index: str
    type: DocumentType
    number: bytes


async def find(citizen_id: str) -> Sealed | None:
    found = await db.row(
        "SELECT c.id, c.created_at, c.name_sealed, c.phone_sealed, c.phone_verified, c.address_sealed,"
        " d.document_type, d.number_sealed"
        " FROM citizen c LEFT JOIN citizen_document d ON d.citizen_id = c.id WHERE c.id = ?",
        [citizen_id],
    )
    if found is None:
        return None
    return Sealed(
        id=found["id"],
        created_at=from_ms(found["created_at"]),
        name=found["name_sealed"],
        phone=found["phone_sealed"],
        phone_verified=bool(found["phone_verified"]),
        address=found["address_sealed"],
        document_type=DocumentType(found["document_type"]) if found["document_type"] else None,
        document_number=found["number_sealed"],
    )


async def of_wechat(appid: str, openid: str, *, unionid: str | None, at: datetime) -> str:
    """The citizen who signs in under this openid, made now if there is none.

    A unionid leads to the citizen who came by the other account. Of two first sign-ins at once the second finds
    what the first wrote: both keys are unique, and the loser's empty citizen is removed again.
    """
    known = await _known(appid, openid, unionid)
    if known is not None:
        return known
    async with db.in_transaction():
        linked = await _linked(appid, openid)
        if linked is not None:
            if unionid:
                await _claim_union(unionid, linked)
            return linked
        fresh = new_id()
        await db.rows(
            "INSERT INTO citizen (id, created_at, phone_verified) VALUES (?, ?, ?)", [fresh, to_ms(at), False]
        )
        citizen_id = await _claim_union(unionid, fresh) if unionid else fresh
        made = await db.row(
            "INSERT INTO wechat_link (id, citizen_id, appid, openid, linked_at) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (appid, openid) DO NOTHING RETURNING citizen_id",
            [new_id(), citizen_id, appid, openid, to_ms(at)],
        )
        if made is None:
            citizen_id = await _linked(appid, openid) or citizen_id
            await db.rows("UPDATE wechat_union SET citizen_id = ? WHERE citizen_id = ?", [citizen_id, fresh])
        if citizen_id != fresh:
            await db.rows("DELETE FROM citizen WHERE id = ?", [fresh])
        return citizen_id


async def _known(appid: str, openid: str, unionid: str | None) -> str | None:
    """The citizen who came this way before: two reads and no transaction, as on every sign-in but the first."""
    linked = await db.point_read(
        "SELECT citizen_id FROM wechat_link WHERE appid = ? AND openid = ?", [appid, openid]
    )
    if linked is None or not unionid:
        return linked["citizen_id"] if linked else None
    joined = await db.point_read("SELECT citizen_id FROM wechat_union WHERE unionid = ?", [unionid])
    return linked["citizen_id"] if joined else None


async def _linked(appid: str, openid: str) -> str | None:
    found = await db.row("SELECT citizen_id FROM wechat_link WHERE appid = ? AND openid = ?", [appid, openid])
    return found["citizen_id"] if found else None


async def _claim_union(unionid: str, citizen_id: str) -> str:
    """The citizen the unionid belongs to, which is `citizen_id` unless somebody was first."""
    claimed = await db.row(
        "INSERT INTO wechat_union (unionid, citizen_id) VALUES (?, ?)"
        " ON CONFLICT (unionid) DO NOTHING RETURNING citizen_id",
        [unionid, citizen_id],
    )
    found = claimed or await db.row("SELECT citizen_id FROM wechat_union WHERE unionid = ?", [unionid])
    return str(found["citizen_id"]) if found else citizen_id


async def openids(citizen_id: str) -> list[tuple[str, str]]:
    """Every (appid, openid) a citizen signs in with, oldest first."""
    found = await db.rows(
        "SELECT appid, openid FROM wechat_link WHERE citizen_id = ? ORDER BY linked_at", [citizen_id]
    )
    return [(row["appid"], row["openid"]) for row in found]


async def set_phone(citizen_id: str, sealed: bytes, *, index: str, verified: bool) -> None:
    await db.rows(
        "UPDATE citizen SET phone_sealed = ?, phone_index = ?, phone_verified = ? WHERE id = ?",
        [sealed, index, verified, citizen_id],
    )


async def set_address(citizen_id: str, sealed: bytes | None) -> None:
    await db.rows("UPDATE citizen SET address_sealed = ? WHERE id = ?", [sealed, citizen_id])


async def set_identity(citizen_id: str, name: bytes, document: SealedDocument, *, at: datetime) -> bool:
    """Write name and document. False, and nothing written, if another citizen has this document."""
    values = [document.type.value, document.number, to_ms(at), citizen_id]
    async with db.in_transaction():
        holder = await db.row(
            "INSERT INTO citizen_document (document_index, document_type, number_sealed, added_at, citizen_id)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING citizen_id",
            [document.index, *values],
        )
        if holder is None and not await _replace_document(document.index, values):
            return False
        await db.rows("UPDATE citizen SET name_sealed = ? WHERE id = ?", [name, citizen_id])
    return True


async def _replace_document(index: str, values: Sequence[object]) -> bool:
    """Give a citizen who has a document another one; False if they have none or the other one is taken."""
    try:
        async with db.in_transaction():
            replaced = await db.row(
                "UPDATE citizen_document SET document_index = ?, document_type = ?, number_sealed = ?,"
                " added_at = ? WHERE citizen_id = ? RETURNING citizen_id",
                [index, *values],
            )
    except IntegrityError:
        return False
    return replaced is not None


async def forget_document(citizen_id: str) -> None:
    await db.rows("DELETE FROM citizen_document WHERE citizen_id = ?", [citizen_id])


async def consents(citizen_id: str) -> list[Consent]:
    """Every consent, also ended ones, newest first."""
    found = await db.rows(
        "SELECT id, purpose, partner, version, channel, given_at, ended_at FROM consent"
        " WHERE citizen_id = ? ORDER BY given_at DESC, id DESC",
        [citizen_id],
    )
    return [_consent(row) for row in found]


async def add_consent(citizen_id: str, consent: Consent) -> Consent:
    """Write a consent down; an older version's ends with it, the same version's stands as it is."""
    key = f"{citizen_id}:{consent.purpose.value}:{consent.partner.value if consent.partner else ''}"
    async with db.in_transaction():
        await db.rows(
            "UPDATE consent SET ended_at = ?, in_force = NULL WHERE in_force = ? AND version <> ?",
            [to_ms(consent.given_at), key, consent.version],
        )
        await db.rows(
            "INSERT INTO consent (id, citizen_id, purpose, partner, version, channel, given_at, in_force)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (in_force) DO NOTHING",
            [
                consent.id,
                citizen_id,
                consent.purpose.value,
                consent.partner.value if consent.partner else None,
                consent.version,
                consent.channel.value,
                to_ms(consent.given_at),
                key,
            ],
        )
        found = await db.row(
            "SELECT id, purpose, partner, version, channel, given_at, ended_at FROM consent WHERE in_force = ?",
            [key],
        )
    return _consent(found) if found else consent


async def end_consent(citizen_id: str, consent_id: str, *, at: datetime) -> ConsentPurpose | None:
    """End one consent of this citizen; its purpose, or None if there is none to end."""
    ended = await db.row(
        "UPDATE consent SET ended_at = ?, in_force = NULL"
        " WHERE id = ? AND citizen_id = ? AND ended_at IS NULL RETURNING purpose",
        [to_ms(at), consent_id, citizen_id],
    )
    return ConsentPurpose(ended["purpose"]) if ended else None


def _consent(row: db.Row) -> Consent:
    return Consent(
        id=row["id"],
        purpose=ConsentPurpose(row["purpose"]),
        partner=Partner(row["partner"]) if row["partner"] else None,
        version=row["version"],
        channel=Channel(row["channel"]),
        given_at=from_ms(row["given_at"]),
        ended_at=from_ms(row["ended_at"]) if row["ended_at"] is not None else None,
    )
