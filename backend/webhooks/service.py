"""Subscriptions of programs outside: written with the moves they tell, signed, tried again, and ended when dead."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from yarl import URL

from api_spec.errors import ErrorCode
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.cases.service import CaseMoved
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.outbox import rules, signing
from backend.outbox.http_line import HttpLine, Unreachable, checked_url, is_public
from backend.outbox.service import Line, Outbox, Outcome, Parcel, ParcelState, Stored
from backend.proxy.service import ErrandChange
from backend.vault import Vault
from backend.webhooks import events, store
from backend.webhooks.events import EventType
from backend.webhooks.store import Webhook

__all__ = ["EventType", "Webhook", "Webhooks"]

ENDED_AFTER: Final = timedelta(days=5)
"""Failing this long without one success, an address is taken for dead."""
MOST: Final = 20
SECRET_BYTES: Final = 32
SUBJECT: Final = "webhook"


class Webhooks:
    """Subscriptions of all townships.

    Args:
        line: in production one that reaches public addresses only.
        plain: http:// on this machine will do (demonstration, test).
        random: source of secrets.
    """

    def __init__(
        self,
        outbox: Outbox,
        vault: Vault,
        audit: Audit,
        line: HttpLine,
        *,
        base_url: str,
        plain: bool,
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._outbox = outbox
        self._vault = vault
        self._audit = audit
        self._line = line
        self._base_url = base_url
        self.plain = plain
        self._clock = clock
        self._random = random

    # Writing

    async def case_moved(self, moved: CaseMoved) -> None:
        """To be registered with `Cases.on_move`."""
        tenant_id = moved.entry.tenant_id
        if hooks := await self._asking(tenant_id, EventType.CASE_MOVED):
            written = events.of_case(moved, source=self._source(tenant_id))
            at = moved.new[-1].at
            await self._put(tenant_id, hooks, EventType.CASE_MOVED, written, at=at)

    async def errands_changed(self, changes: Sequence[ErrandChange]) -> None:
        """To be registered with `Proxy.on_change`."""
        at = self._clock()
        for tenant_id in {change.tenant_id for change in changes}:
            hooks = await self._asking(tenant_id, EventType.ERRAND_CHANGED)
            if not hooks:
                continue
            told = events.of_errands(changes, source=self._source(tenant_id), at=at)
            written = [event for tenant, event in told if tenant == tenant_id]
            await self._put(tenant_id, hooks, EventType.ERRAND_CHANGED, written, at=at)

    async def _asking(self, tenant_id: str, kind: EventType) -> list[Webhook]:
        return [hook for hook in await store.living(tenant_id) if kind.value in hook.types]

    async def _put(
        self,
        tenant_id: str,
        hooks: Sequence[Webhook],
        kind: EventType,
        written: Sequence[tuple[str, bytes]],
        *,
        at: datetime,
    ) -> None:
        await self._outbox.put(
            [
                Parcel(
                    tenant_id=tenant_id,
                    line=Line.WEBHOOK,
                    kind=kind.value,
                    key=f"{hook.id}:{event_id}",
                    made_at=whole_ms(at),
                    due_at=whole_ms(at),
                    about_kind=SUBJECT,
                    about_id=hook.id,
                    facts={"event": event_id},
                    secret=body,
                )
                for hook in hooks
                for event_id, body in written
            ]
        )

    def _source(self, tenant_id: str) -> str:
        return f"{self._base_url}/townships/{tenant_id}"

    # Sending

    async def send_round(self, at: datetime) -> int:
        """Try everything that is due; a receiver that is slow or out of order keeps no other waiting."""
        return await self._outbox.send_due(
            Line.WEBHOOK, self._send, at=at, receiver=lambda stored: stored.parcel.about_id
        )

    async def _send(self, stored: Stored, at: datetime) -> Outcome:
        hook = await store.find(stored.parcel.about_id)
        if hook is None or hook.ended_at is not None:
            return rules.ended(stored, ParcelState.CANCELLED, "subscription_ended")
        failure = await self._delivered(hook, stored, at)
        if not failure:
            await store.went_well(hook.id)
            return rules.sent(stored, channel="http")
        if failure == "http_410" or (hook.failing_since and at - hook.failing_since > ENDED_AFTER):
            await store.end(hook.tenant_id, hook.id, reason="failing", at=whole_ms(at))
            return rules.ended(stored, ParcelState.DEAD, failure)
        await store.failed(hook.id, at=whole_ms(at))
        return rules.again(stored, failure, at=at, chance=self._outbox.random(), channel="http")

    async def _delivered(self, hook: Webhook, stored: Stored, at: datetime) -> str:
        """What went wrong, as a word; "" for nothing."""
        body = stored.parcel.secret
        key = self._vault.open(hook.sealed_secret, context=_context(hook.id))
        headers = signing.headers(key, stored.parcel.facts["event"], body, at=at)
        try:
            said = await self._line.post(
                self._address(hook.url), body, {**headers, "Content-Type": events.MEDIA}
            )
        except Unreachable as gone:
            return f"unreachable:{gone}"
        except ValueError:
            return "address"
        return "" if said.is_good else f"http_{said.status}"

    # Subscriptions

    async def subscribe(
        self, url: str, types: Sequence[EventType], *, actor: Actor, at: datetime
    ) -> tuple[Webhook, str]:
        """A new subscription with its secret, which is shown this once.

        Raises:
            Fault: FORM_INVALID, the address is not https, nothing was chosen, or there are too many.
        """
        wrong = self._wrong(url, types)
        if len(await store.living(actor.tenant_id)) >= MOST:
            wrong.append(Wrong("url", "too_many", f"最多 {MOST} 个订阅，请先停用不用的。"))
        if wrong:
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        hook_id, key = new_id(), self._random(SECRET_BYTES)
        hook = Webhook(
            id=hook_id,
            tenant_id=actor.tenant_id,
            url=url,
            types=tuple(each.value for each in types),
            sealed_secret=self._vault.seal(key, context=_context(hook_id)),
            made_at=whole_ms(at),
            made_by=actor.id,
        )
        async with in_transaction():
            await store.add(hook)
            await self._put(
                actor.tenant_id,
                [hook],
                EventType.PING,
                [events.ping(hook_id, source=self._source(actor.tenant_id), at=at)],
                at=at,
            )
            await self._record(actor, at, hook_id, step="subscribed")
        return hook, signing.secret_text(key)

    def _wrong(self, url: str, types: Sequence[EventType]) -> list[Wrong]:
        wrong = []
        try:
            self._address(url)
        except ValueError:
            sentence = "请填写 https 开头、互联网上能访问的完整地址，不要带用户名和密码。"
            wrong.append(Wrong("url", "url", sentence))
        if not types:
            wrong.append(Wrong("types", "required", "请至少选一种事件。"))
        return wrong

    def _address(self, text: str) -> URL:
        """Raises ValueError."""
        url = checked_url(text, plain=self.plain)
        if not self.plain and not is_public(url.host or ""):
            raise ValueError("not a public address")
        return url

    async def end(self, webhook_id: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault: NOT_FOUND."""
        async with in_transaction():
            if not await store.end(actor.tenant_id, webhook_id, reason="by_hand", at=whole_ms(at)):
                raise Fault(ErrorCode.NOT_FOUND)
            await self._record(actor, at, webhook_id, step="ended")

    async def all(self, tenant_id: str) -> list[Webhook]:
        """The newest first, ended ones too."""
        return await store.of_tenant(tenant_id)

    async def failing(self, tenant_id: str) -> list[Webhook]:
        """Those an administrator should look at: failing now, or ended because they failed."""
        found = await store.of_tenant(tenant_id)
        return [each for each in found if each.failing_since is not None and each.end_reason != "by_hand"]

    async def _record(self, actor: Actor, at: datetime, webhook_id: str, *, step: str) -> None:
        await self._audit.record(
            AuditAction.CHANGE_SETTING,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=webhook_id,
            step=step,
        )


def _context(webhook_id: str) -> str:
    return f"webhook:{webhook_id}"
