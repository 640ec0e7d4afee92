"""Enquiries: taken down with whoever was asked first, handed over only to who accepts, watched while they lie idle."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Protocol

import msgspec

from api_spec import query_code
from api_spec.china_time import day_in_china
from api_spec.complaint_terms import EnquiryAction, EnquiryState
from api_spec.errors import ErrorCode
from api_spec.phones import parse_phone
from api_spec.problems import BadInput
from api_spec.routes.enquiries import CLERKS, KEEPERS, OVERSEERS
from api_spec.supervision_terms import RuleCode, SubjectKind
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.db import in_transaction
from backend.enquiries import machine, store
from backend.enquiries.enquiry import Asking, Enquiry, Line, Opened, OwnEnquiry, Question
from backend.enquiries.machine import Command, Standing
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.people.lockout import Lockout
from backend.people.tries import Tries
from backend.register import store_moves
from backend.register.store_moves import Author
from backend.supervision.watching import Finding
from backend.vault import Vault

__all__ = ["Asking", "Enquiries", "Question"]

SHOWN: Final = 200
OWN_SHOWN: Final = 50
FLOOD: Final = Lockout(free_tries=10, first_wait=timedelta(minutes=1), forgotten_after=timedelta(hours=1))
TOO_LONG_DAYS: Final = 5
"""Working days after which the director hears of it: what a national inspection found wanting."""
_question = msgspec.json.Decoder(Question)

OnRead = Callable[[str, Actor], Awaitable[None]]
"""Told the id of the enquiry and who reads it."""


class WorkingDays(Protocol):
    def working_days_between(self, start: date, end: date) -> int: ...


class Enquiries:
    """All enquiries.

    Args:
        idle_days: working days without a move after which one counts as idle.
    """

    name = "enquiries"

    def __init__(self, calendar: Callable[[], WorkingDays], vault: Vault, *, idle_days: int = 2) -> None:
        self._calendar = calendar
        self._vault = vault
        self._idle_days = idle_days
        self._tries = Tries(vault, FLOOD, kind="enquiry", refusal=ErrorCode.TOO_MANY_REQUESTS)
        self._on_read: list[OnRead] = []

    def on_read(self, callback: OnRead) -> None:
        """`callback` is awaited before somebody is shown one enquiry."""
        self._on_read.append(callback)

    async def ask(self, source: str, asking: Asking, *, at: datetime) -> str:
        """Take a question nobody of the staff was asked; gives the code that reads the answer.

        Args:
            source: whom to count against when questions come in floods; kept as a keyed mark only.

        Raises:
            Fault: TOO_MANY_REQUESTS, FORM_INVALID.
        """
        if await store.find_by_rid(asking.rid) is None:
            await self._tries.begin(source, at)
        author = Author(tenant_id=asking.tenant_id, actor_id="public", role=Role.CITIZEN, at=at)
        await self._add(asking, Standing(state=EnquiryState.WAITING), author)
        return self._code(asking.rid)

    async def take_down(self, asking: Asking, *, actor: Actor, at: datetime) -> str:
        """Somebody asked at the window or on the phone: whoever takes it down is the first receiver. Gives the code.

        Raises:
            Fault: NOT_ALLOWED, FORM_INVALID.
        """
        if not actor.has(CLERKS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        state = EnquiryState.ANSWERED if asking.answer.strip() else EnquiryState.HELD
        role = next(role for role in Role if role in actor.roles and role in CLERKS)
        author = Author(tenant_id=asking.tenant_id, actor_id=actor.id, role=role, at=at)
        await self._add(asking, Standing(state=state, first_id=actor.id, holder_id=actor.id), author)
        return self._code(asking.rid)

    async def listed(self, actor: Actor, *, at: datetime, is_open: bool = True) -> list[Line]:
        """What concerns this person, the longest unmoved first."""
        found = await store.listed(actor.tenant_id, staff_id=_whose(actor), is_open=is_open, limit=SHOWN)
        return [
            Line(enquiry=each, question=self._opened(each), late=is_open and self._is_idle(each, at))
            for each in found
        ]

    async def count(self, actor: Actor, *, at: datetime) -> tuple[int, int]:
        """Open and idle ones that concern this person, for the number in the menu."""
        before = at - timedelta(days=self._idle_days + 2)
        return await store.count(actor.tenant_id, staff_id=_whose(actor), before=before)

    async def show(self, enquiry_id: str, *, actor: Actor) -> Opened:
        """Raises Fault(NOT_FOUND), also for what does not concern this person."""
        found = await self._load(enquiry_id, actor)
        for callback in self._on_read:
            await callback(enquiry_id, actor)
        return Opened(
            enquiry=found,
            question=self._opened(found),
            answer=self._answer(found),
            history=await store_moves.history(store.BOOK, found.id, vault=self._vault),
            actions=machine.can(found.standing, actor=actor),
        )

    async def act(
        self, enquiry_id: str, command: Command, *, version: int, actor: Actor, at: datetime
    ) -> None:
        """Raises Fault: as `machine.decide`; NOT_FOUND; CASE_MOVED: moved since `version`."""
        found = await self._load(enquiry_id, actor)
        if found.version != version:
            raise Fault(ErrorCode.CASE_MOVED)
        step, standing = machine.decide(found.standing, command, actor=actor)
        changes = dict(store.changes_of(standing))
        if command.action is EnquiryAction.ANSWER:
            changes["answer"] = self._sealed_answer(command.note, found.id)
        async with in_transaction():
            await store_moves.record(
                store.BOOK,
                found.id,
                version=version,
                step=step,
                changes=changes,
                by=Author(tenant_id=actor.tenant_id, actor_id=actor.id, role=step.by, at=at),
                words={"note": command.note.strip(), "to": command.to_name},
                vault=self._vault,
            )

    async def own(self, citizen_id: str) -> list[OwnEnquiry]:
        """A citizen's own, the latest first."""
        return [self._own(each) for each in await store.of_citizen(citizen_id, limit=OWN_SHOWN)]

    async def find_by_code(self, code: str) -> OwnEnquiry | None:
        """For whoever holds the code; whoever asks is counted elsewhere."""
        written = query_code.read(code)
        found = await store.find_by_mark(self._mark(written)) if written else None
        return self._own(found) if found else None

    async def templates(self, actor: Actor) -> list[tuple[str, str, str]]:
        """Id, title and text of the replies the office gives often."""
        return await store.templates(actor.tenant_id)

    async def put_template(self, title: str, text: str, *, actor: Actor, at: datetime) -> None:
        """Raises Fault(NOT_ALLOWED)."""
        if not actor.has(KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        await store.put_template(actor.tenant_id, title, text, by=actor.id, at=at)

    async def drop_template(self, template_id: str, *, actor: Actor) -> None:
        """Raises Fault(NOT_ALLOWED)."""
        if not actor.has(KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        await store.drop_template(actor.tenant_id, template_id)

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        """Enquiries nobody moved for too long (plan, clause 37)."""
        found = await store.listed(tenant_id, staff_id=None, is_open=True, limit=SHOWN)
        return [
            Finding(
                rule=RuleCode.ENQUIRY_IDLE,
                subject_kind=SubjectKind.ENQUIRY,
                subject_id=each.id,
                occurrence=day_in_china(each.changed_at).isoformat(),
                on=day_in_china(at),
                staff_id=each.standing.holder_id,
                href=f"/staff/enquiries/{each.id}",
                stage=2 if self._idle_for(each, at) > TOO_LONG_DAYS else 0,
            )
            for each in found
            if self._is_idle(each, at)
        ]

    async def _add(self, asking: Asking, standing: Standing, author: Author) -> None:
        enquiry_id = new_id()
        answer = asking.answer.strip()
        enquiry = Enquiry(
            id=enquiry_id,
            tenant_id=asking.tenant_id,
            version=1,
            channel=asking.channel,
            standing=standing,
            citizen_id=asking.citizen_id,
            asked_at=author.at,
            changed_at=author.at,
            sealed=self._vault.seal(
                msgspec.json.encode(_checked(asking.question)), context=_context(enquiry_id)
            ),
            answer=self._sealed_answer(answer, enquiry_id) if answer else None,
        )
        async with in_transaction():
            added = await store.add(enquiry, rid=asking.rid, code_mark=self._mark(self._code(asking.rid)))
            if added:
                await store_moves.begin(
                    store.BOOK,
                    enquiry_id,
                    action=EnquiryAction.ASK,
                    state=standing.state,
                    by=author,
                    words={"note": answer},
                    vault=self._vault,
                )

    async def _load(self, enquiry_id: str, actor: Actor) -> Enquiry:
        found = await store.find(actor.tenant_id, enquiry_id)
        oversees = actor.has(OVERSEERS)
        if found is None or not machine.may_know(found.standing, actor, oversees=oversees):
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    def _idle_for(self, enquiry: Enquiry, at: datetime) -> int:
        return self._calendar().working_days_between(day_in_china(enquiry.changed_at), day_in_china(at))

    def _is_idle(self, enquiry: Enquiry, at: datetime) -> bool:
        return self._idle_for(enquiry, at) > self._idle_days

    def _own(self, enquiry: Enquiry) -> OwnEnquiry:
        return OwnEnquiry(
            state=enquiry.state,
            asked_at=enquiry.asked_at,
            question=self._opened(enquiry).text,
            answer=self._answer(enquiry),
        )

    def _opened(self, enquiry: Enquiry) -> Question:
        return _question.decode(self._vault.open(enquiry.sealed, context=_context(enquiry.id)))

    def _answer(self, enquiry: Enquiry) -> str:
        if enquiry.answer is None:
            return ""
        return self._vault.open(enquiry.answer, context=_answer_context(enquiry.id)).decode()

    def _sealed_answer(self, text: str, enquiry_id: str) -> bytes:
        return self._vault.seal(text.strip().encode(), context=_answer_context(enquiry_id))

    def _code(self, rid: str) -> str:
        return query_code.write(int(self._vault.blind_index("enquiry-code", rid), 16))

    def _mark(self, code: str) -> str:
        return self._vault.blind_index("enquiry-mark", code)


def _whose(actor: Actor) -> str | None:
    return None if actor.has(OVERSEERS) else actor.id


def _checked(question: Question) -> Question:
    """Raises Fault(FORM_INVALID): the phone is none."""
    if not question.phone.strip():
        return question
    try:
        return msgspec.structs.replace(question, phone=parse_phone(question.phone))
    except BadInput as bad:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("phone", bad.problem, bad.sentence)]) from None


def _context(enquiry_id: str) -> str:
    return f"enquiry:{enquiry_id}"


def _answer_context(enquiry_id: str) -> str:
    return f"enquiry.answer:{enquiry_id}"
