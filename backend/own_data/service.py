"""A citizen's rights over their own data: who looked, and what they ask to have corrected, deleted or explained.

Source: 个人信息保护法 art. 44 to 50. What the page can do at once (correct, withdraw, throw away) it does at once; the rest is a
matter the office must answer within its day, with reasons where something has to be kept by law.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Final, Protocol

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.own_data_terms import DataWish, WishOutcome, WishState
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.own_data import rules, store
from backend.own_data.rules import Look, Wish
from backend.vault import Vault

__all__ = ["Look", "OwnData", "Wish"]

SHOWN: Final = 100
READS: Final = frozenset(
    {
        AuditAction.READ_CASE,
        AuditAction.READ_PAPERS,
        AuditAction.READ_IDENTITY,
        AuditAction.READ_CONTACTS,
        AuditAction.READ_VOICE,
        AuditAction.EXPORT,
    }
)
CITIZEN_ROLE: Final = "citizen"


class Due(Protocol):
    @property
    def day(self) -> date: ...


class Days(Protocol):
    def add_working_days(self, start: date, n: int) -> Due: ...


class OwnData:
    """What citizens may know and ask of what is held about them."""

    def __init__(self, vault: Vault, audit: Audit, calendar: Callable[[], Days]) -> None:
        self._vault = vault
        self._audit = audit
        self._calendar = calendar

    async def looked(self, tenant_id: str, subjects: Sequence[tuple[str, str, str]]) -> list[Look]:
        """Who of the office opened these, the latest first.

        Args:
            subjects: kind and id as the log names them, and what the citizen calls it; theirs, as the caller has shown.
        """
        found: list[Look] = []
        for kind, subject_id, called in subjects:
            found.extend(
                Look(
                    at=entry.at,
                    post=rules.posts(entry.actor_roles),
                    what=entry.action.zh,
                    about=called,
                    reason=entry.reason,
                )
                for entry in await self._audit.about(tenant_id, kind, subject_id)
                if entry.action in READS and CITIZEN_ROLE not in entry.actor_roles.split(",")
            )
        return rules.latest_first(found, limit=SHOWN)

    async def ask(self, wish: DataWish, text: str, *, rid: str, actor: Actor, at: datetime) -> None:
        """Take a wish; the same again is the same.

        Raises:
            Fault: FORM_INVALID; TOO_MANY_REQUESTS, several wait already.
        """
        words = text.strip()
        if not rules.TEXT_MIN <= len(words) <= rules.TEXT_MAX:
            sentence = f"请写清楚是哪些信息、要怎么处理，{rules.TEXT_MIN} 到 {rules.TEXT_MAX} 个字。"
            raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("text", "required", sentence)])
        if await store.count_waiting(actor.id) >= rules.MOST_WAITING:
            raise Fault(ErrorCode.TOO_MANY_REQUESTS)
        wish_id, today = new_id(), day_in_china(at)
        promised = self._calendar().add_working_days(today, rules.ANSWER_DAYS).day
        taken = Wish(
            id=wish_id,
            tenant_id=actor.tenant_id,
            citizen_id=actor.id,
            wish=wish,
            state=WishState.WAITING,
            outcome=None,
            asked_at=at,
            due_on=rules.last_day(today, promised),
            answered_at=None,
        )
        sealed = self._vault.seal(words.encode(), context=_context(wish_id))
        await store.add(taken, rid=rid, sealed=sealed)

    async def own(self, citizen_id: str) -> list[Wish]:
        """A citizen's own, the latest first."""
        return [self._opened(each) for each in await store.of_citizen(citizen_id, limit=SHOWN)]

    async def listed(self, actor: Actor, *, state: WishState = WishState.WAITING) -> list[Wish]:
        """The township's, the nearest day first. Raises Fault(NOT_ALLOWED)."""
        _refuse(actor)
        return [self._opened(each) for each in await store.listed(actor.tenant_id, state, limit=SHOWN)]

    async def show(self, wish_id: str, *, actor: Actor, at: datetime) -> Wish:
        """One for whoever answers it; the look is written down.

        Raises:
            Fault: NOT_ALLOWED, NOT_FOUND.
        """
        found = await self._load(wish_id, actor)
        await self._audit.record(
            AuditAction.READ_VOICE,
            actor=actor,
            at=at,
            subject_kind="citizen",
            subject_id=found.wish.citizen_id,
            wish=wish_id,
        )
        return self._opened(found)

    async def answer(
        self, wish_id: str, outcome: WishOutcome, text: str, *, actor: Actor, at: datetime
    ) -> None:
        """Answer it once; what is kept and why stands in the answer (个人信息保护法 art. 47, 50).

        Raises:
            Fault: NOT_ALLOWED, NOT_FOUND; FORM_INVALID no reason; CASE_MOVED it was answered meanwhile.
        """
        found = await self._load(wish_id, actor)
        if len(text.strip()) < rules.TEXT_MIN:
            words = "请写明办了什么，不能办的写明理由和依据。"
            raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("text", "required", words)])
        sealed = self._vault.seal(
            text.strip()[: rules.TEXT_MAX].encode(), context=_answer_context(found.wish.id)
        )
        if not await store.answer(wish_id, outcome, sealed, by=actor.id, at=at):
            raise Fault(ErrorCode.CASE_MOVED)

    async def _load(self, wish_id: str, actor: Actor) -> store.Sealed:
        _refuse(actor)
        found = await store.find(actor.tenant_id, wish_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    def _opened(self, found: store.Sealed) -> Wish:
        wish = found.wish
        text = self._vault.open(found.text, context=_context(wish.id)).decode()
        answer = (
            self._vault.open(found.answer, context=_answer_context(wish.id)).decode() if found.answer else ""
        )
        return replace(wish, text=text, answer=answer)


def _refuse(actor: Actor) -> None:
    if not actor.has(rules.ANSWERERS):
        raise Fault(ErrorCode.NOT_ALLOWED)


def _context(wish_id: str) -> str:
    return f"wish:{wish_id}"


def _answer_context(wish_id: str) -> str:
    return f"wish.answer:{wish_id}"
