"""All queries of notices besides the outbox: what WeChat allows, templates, pushed events, replies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from api_spec.messages.notices import TemplatePurpose
from backend.db import row, rows
from backend.instants import from_ms

_names = msgspec.json.Decoder(list[str])


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A WeChat template a township was given. `names`: of its fields, in the order of `fields.SLOTS`."""

    purpose: TemplatePurpose
    template_id: str
    names: tuple[str, ...]


async def templates(tenant_id: str) -> dict[TemplatePurpose, Template]:
    found = await rows(
        "SELECT purpose, template_id, names FROM notice_template WHERE tenant_id = ?", [tenant_id]
    )
    known = set(TemplatePurpose)
    return {
        TemplatePurpose(each["purpose"]): Template(
            purpose=TemplatePurpose(each["purpose"]),
            template_id=each["template_id"],
            names=tuple(_names.decode(each["names"])),
        )
        for each in found
        if each["purpose"] in known
    }


async def set_template(tenant_id: str, template: Template, *, by: str, at: datetime) -> None:
    await rows(
        "INSERT INTO notice_template (tenant_id, purpose, template_id, names, changed_at, changed_by)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (tenant_id, purpose) DO UPDATE SET"
        " template_id = excluded.template_id, names = excluded.names, changed_at = excluded.changed_at,"
        " changed_by = excluded.changed_by",
        [
            tenant_id,
            template.purpose,
            template.template_id,
            msgspec.json.encode(list(template.names)).decode(),
            at,
            by,
        ],
    )


async def drop_template(tenant_id: str, purpose: TemplatePurpose) -> None:
    await rows("DELETE FROM notice_template WHERE tenant_id = ? AND purpose = ?", [tenant_id, purpose])


async def grant(openid: str, template_id: str, *, at: datetime) -> None:
    """One more message is allowed."""
    await rows(
        "INSERT INTO wechat_grant (openid, template_id, grants_left, changed_at) VALUES (?, ?, 1, ?)"
        " ON CONFLICT (openid, template_id) DO UPDATE SET grants_left = wechat_grant.grants_left + 1,"
        " changed_at = excluded.changed_at",
        [openid, template_id, at],
    )


async def spend(openid: str, template_id: str, *, at: datetime) -> bool:
    """Use up one; False if none is left. Two senders never use the same one."""
    spent = await row(
        "UPDATE wechat_grant SET grants_left = grants_left - 1, changed_at = ?"
        " WHERE openid = ? AND template_id = ? AND grants_left > 0 RETURNING openid",
        [at, openid, template_id],
    )
    return spent is not None


async def revoke(openid: str, template_id: str, *, at: datetime) -> None:
    """Nothing more is allowed."""
    await rows(
        "UPDATE wechat_grant SET grants_left = 0, changed_at = ? WHERE openid = ? AND template_id = ?",
        [at, openid, template_id],
    )


async def grants(openids: Sequence[str]) -> dict[str, int]:
    """How many messages of each template these sign-in names allow together."""
    if not openids:
        return {}
    marks = ", ".join("?" * len(openids))
    found = await rows(
        f"SELECT template_id, SUM(grants_left) AS allowed FROM wechat_grant WHERE openid IN ({marks})"  # noqa: S608
        " GROUP BY template_id",
        list(openids),
    )
    return {each["template_id"]: int(each["allowed"]) for each in found}


async def is_new_event(fingerprint: str, *, at: datetime) -> bool:
    """Remember a pushed event; False if it came before."""
    added = await row(
        "INSERT INTO wechat_push_seen (id, seen_at) VALUES (?, ?) ON CONFLICT DO NOTHING RETURNING id",
        [fingerprint, at],
    )
    return added is not None


async def forget_events(*, before: datetime) -> None:
    await rows("DELETE FROM wechat_push_seen WHERE seen_at < ?", [before])


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReply:
    """A reply as stored; `sealed` opens only in the vault."""

    id: str
    gateway_id: str
    tenant_id: str
    about_kind: str
    about_id: str
    from_index: str
    sealed: bytes
    received_at: datetime


async def add_reply(reply: KeptReply) -> bool:
    """False if the gateway passed it on before."""
    added = await row(
        "INSERT INTO sms_reply (id, gateway_id, tenant_id, about_kind, about_id, from_index, sealed, received_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (gateway_id) DO NOTHING RETURNING id",
        [
            reply.id,
            reply.gateway_id,
            reply.tenant_id,
            reply.about_kind,
            reply.about_id,
            reply.from_index,
            reply.sealed,
            reply.received_at,
        ],
    )
    return added is not None


async def replies(tenant_id: str, *, limit: int) -> list[KeptReply]:
    """The latest."""
    found = await rows(
        "SELECT id, gateway_id, tenant_id, about_kind, about_id, from_index, sealed, received_at FROM sms_reply"
        " WHERE tenant_id = ? ORDER BY received_at DESC, id DESC LIMIT ?",
        [tenant_id, limit],
    )
    return [KeptReply(**{**each, "received_at": from_ms(each["received_at"])}) for each in found]
