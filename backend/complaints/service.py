"""Complaints: taken by any way, kept from whom they are about, answered in time, read with the code.

Nothing of a complaint goes into the audit log, which others read: its own history keeps every move.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from api_spec import query_code
from api_spec.china_time import day_in_china
from api_spec.complaint_terms import ComplaintAction, ComplaintRoute, ComplaintState
from api_spec.errors import ErrorCode
from api_spec.phones import parse_phone
from api_spec.problems import BadInput
from api_spec.supervision_terms import RuleCode, SubjectKind
from backend.actors import Actor
from backend.complaints import machine, store
from backend.complaints.box import ComplaintBox
from backend.complaints.complaint import Answered, Complaint, Filed, Filing, Opened, Told, Words
from backend.complaints.machine import Command, Person, Standing
from backend.complaints.staff_book import Accounts, StaffBook
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.hall.calendar import Calendar
from backend.ids import new_id
from backend.people.lockout import Lockout
from backend.people.tries import Tries
from backend.register import store_moves
from backend.register.store_moves import Author
from backend.supervision.watching import Finding
from backend.vault import Vault

__all__ = ["Complaints", "Filing", "StaffBook", "Told", "Words"]

OnAnswered = Callable[[Told], Awaitable[None]]

SHOWN: Final = 200
OWN_SHOWN: Final = 50
FLOOD: Final = Lockout(free_tries=10, first_wait=timedelta(minutes=1), forgotten_after=timedelta(hours=1))
"""Ten complaints from one place in an hour; then each waits longer. Nobody is shut out for good."""
TOLD: Final = frozenset({ComplaintState.REVIEWED, ComplaintState.CLOSED, ComplaintState.REFUSED})
"""When the complainer may read the answer."""
HEARD: Final = frozenset({ComplaintAction.REVIEW, ComplaintAction.REFUSE, ComplaintAction.EXTEND})
"""Moves whoever complained is told of."""
OnRead = Callable[[str, Actor, datetime], Awaitable[None]]
"""Told the id of the complaint, who reads it and when."""
_words = msgspec.json.Decoder(Words)


class Complaints:
    """All complaints.

    Args:
        days: working days until one is answered.
    """

    name = "complaints"

    def __init__(
        self, calendar: Callable[[], Calendar], accounts: Accounts, vault: Vault, *, days: int = 5
    ) -> None:
        self._calendar = calendar
        self._vault = vault
        self._days = days
        self.staff = StaffBook(accounts)
        self.box = ComplaintBox(self.staff)
        self._on_answered: list[OnAnswered] = []
        self._filed = Tries(vault, FLOOD, kind="complaint", refusal=ErrorCode.TOO_MANY_REQUESTS)
        self._asked = Tries(vault, Lockout(), kind="complaint_code", refusal=ErrorCode.TOO_MANY_REQUESTS)
        self._on_read: list[OnRead] = []

    def on_read(self, callback: OnRead) -> None:
        """`callback` is awaited before somebody is shown one complaint."""
        self._on_read.append(callback)

    def on_answered(self, callback: OnAnswered) -> None:
        """`callback` is awaited inside the transaction in which an answer can first be read, or its day moves, where
        the complainer left an account or a telephone number; it may only touch the database.
        """
        self._on_answered.append(callback)

    async def file_from(self, source: str, filing: Filing, *, at: datetime) -> Filed:
        """As `file`, from somebody who is not staff.

        Args:
            source: whom to count against when complaints come in floods; kept as a keyed mark only.

        Raises:
            Fault: TOO_MANY_REQUESTS, FORM_INVALID.
        """
        if await store.find_by_rid(filing.rid) is None:
            await self._filed.begin(source, at)
        return await self.file(filing, at=at)

    async def take_down(self, filing: Filing, *, actor: Actor, at: datetime) -> Filed:
        """As `file`, by a member of staff who was told it.

        Raises:
            Fault: SAME_PERSON it is about them, or may be; FORM_INVALID.
        """
        standing = Standing(
            state=ComplaintState.RECEIVED,
            route=filing.route or ComplaintRoute.DESK,
            about=filing.about,
            department_id=filing.department_id,
            subjects=frozenset(filing.subject_ids),
        )
        if not machine.may_take_down(standing, actor):
            raise Fault(ErrorCode.SAME_PERSON)
        return await self.file(filing, at=at)

    async def file(self, filing: Filing, *, at: datetime) -> Filed:
        """Take a complaint; the same `rid` again is the same complaint.

        Raises:
            Fault: FORM_INVALID.
        """
        words = replace_phone(filing.words)
        subjects = [
            await self.staff.person(filing.tenant_id, staff_id, at=at) for staff_id in filing.subject_ids
        ]
        due = self._calendar().add_working_days(day_in_china(at), self._days).day
        standing = Standing(
            state=ComplaintState.RECEIVED,
            route=_route(filing, subjects),
            about=filing.about,
            department_id=filing.department_id,
            subjects=frozenset(filing.subject_ids),
            due_on=due,
        )
        code, complaint_id = self._code(filing.rid), new_id()
        async with in_transaction():
            number = await store.next_number(filing.tenant_id, day_in_china(at))
            complaint = Complaint(
                id=complaint_id,
                tenant_id=filing.tenant_id,
                number=number,
                version=1,
                channel=filing.channel,
                standing=standing,
                citizen_id=filing.citizen_id,
                received_at=at,
                sealed=self._vault.seal(msgspec.json.encode(words), context=_context(complaint_id)),
            )
            added = await store.add(
                complaint,
                rid=filing.rid,
                code_mark=self._mark(code),
                box_opening_id=filing.box_opening_id,
                received_by=filing.taken_by,
                anonymous=not (words.name or words.phone or filing.citizen_id),
            )
            if added:
                await store_moves.begin(
                    store.BOOK,
                    complaint_id,
                    action=ComplaintAction.RECEIVE,
                    state=standing.state,
                    by=Author(
                        tenant_id=filing.tenant_id,
                        actor_id=filing.taken_by or "public",
                        role=filing.taken_role,
                        at=at,
                    ),
                    words={},
                    vault=self._vault,
                )
        if not added:
            there = await store.find_by_rid(filing.rid)
            if there is None or there.tenant_id != filing.tenant_id:
                raise Fault(ErrorCode.IDEMPOTENCY_CONFLICT)
            return Filed(complaint_id=there.id, number=there.number, code=code, due_on=there.due_on)
        return Filed(complaint_id=complaint_id, number=number, code=code, due_on=due)

    async def read_answer(self, code: str, *, source: str, at: datetime) -> Answered:
        """What became of a complaint, for whoever holds its code.

        Raises:
            Fault: CODE_UNKNOWN, TOO_MANY_REQUESTS after several wrong ones from one place.
        """
        tried = await self._asked.begin(source, at)
        written = query_code.read(code)
        found = await store.find_by_mark(self._mark(written)) if written else None
        if found is None:
            raise Fault(ErrorCode.CODE_UNKNOWN)
        await self._asked.succeeded(tried)
        return self._answered(found)

    async def own(self, citizen_id: str) -> list[Answered]:
        """A citizen's own, the latest first."""
        return [self._answered(each) for each in await store.of_citizen(citizen_id, limit=OWN_SHOWN)]

    async def listed(self, actor: Actor, *, is_open: bool = True, number: str = "") -> list[Complaint]:
        """Those that exist for this person, the nearest day first."""
        found = await store.listed(actor, is_open=is_open, number=number, limit=SHOWN)
        return [each for each in found if machine.may_know(each.standing, actor)]

    async def count(self, actor: Actor, *, today: date) -> tuple[int, int]:
        """Open and overdue ones that exist for this person, for the number in the menu."""
        return await store.count(actor, today=today)

    async def show(self, complaint_id: str, *, actor: Actor, at: datetime) -> Opened:
        """Raises Fault(NOT_FOUND), also for what is kept from this person."""
        complaint = await self._load(complaint_id, actor)
        for callback in self._on_read:
            await callback(complaint_id, actor, at)
        return Opened(
            complaint=complaint,
            words=self._opened(complaint),
            answer=self._answer(complaint),
            history=await store_moves.history(store.BOOK, complaint.id, vault=self._vault),
            actions=machine.can(complaint.standing, actor=actor, at=at),
        )

    async def act(
        self, complaint_id: str, command: Command, *, version: int, actor: Actor, at: datetime
    ) -> None:
        """Raises Fault: as `machine.decide`; NOT_FOUND; CASE_MOVED: moved since `version`."""
        complaint = await self._load(complaint_id, actor)
        if complaint.version != version:
            raise Fault(ErrorCode.CASE_MOVED)
        step, standing = machine.decide(complaint.standing, command, actor=actor, at=at)
        if command.action is ComplaintAction.EXTEND:
            due = self._calendar().add_working_days(complaint.due_on, self._days).day
            standing = replace(standing, due_on=due)
        changes = dict(store.changes_of(standing))
        if command.action in (ComplaintAction.ANSWER, ComplaintAction.REFUSE):
            changes["answer"] = self._vault.seal(
                command.note.strip().encode(), context=_answer_context(complaint.id)
            )
        async with in_transaction():
            await store_moves.record(
                store.BOOK,
                complaint.id,
                version=version,
                step=step,
                changes=changes,
                by=Author(tenant_id=actor.tenant_id, actor_id=actor.id, role=step.by, at=at),
                words=_written(command),
                vault=self._vault,
            )
            if command.action is ComplaintAction.NAME:
                await store.name(actor.tenant_id, complaint.id, standing.subjects)
            if command.action in HEARD and (told := self._told(complaint, standing, command, at=at)):
                for callback in self._on_answered:
                    await callback(told)

    async def findings(self, tenant_id: str, at: datetime) -> Sequence[Finding]:
        """Overdue complaints for supervision; none that is about somebody, because cards are read by many."""
        late = await store.overdue(tenant_id, today=day_in_china(at), limit=SHOWN)
        return [
            Finding(
                rule=RuleCode.COMPLAINT_LATE,
                subject_kind=SubjectKind.COMPLAINT,
                subject_id=each.id,
                occurrence=each.due_on.isoformat(),
                on=each.due_on + timedelta(days=1),
                subject_number=each.number,
                staff_id=each.standing.assignee_id,
                href=f"/staff/complaints/{each.id}",
            )
            for each in late
        ]

    async def _load(self, complaint_id: str, actor: Actor) -> Complaint:
        found = await store.find(actor, complaint_id)
        if found is None or not machine.may_know(found.standing, actor):
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    def _opened(self, complaint: Complaint) -> Words:
        return _words.decode(self._vault.open(complaint.sealed, context=_context(complaint.id)))

    def _told(
        self, complaint: Complaint, standing: Standing, command: Command, *, at: datetime
    ) -> Told | None:
        """None for whoever cannot be reached."""
        phone = self._opened(complaint).phone
        if not (phone or complaint.citizen_id):
            return None
        return Told(
            tenant_id=complaint.tenant_id,
            complaint_id=complaint.id,
            number=complaint.number,
            version=complaint.version + 1,
            is_extended=command.action is ComplaintAction.EXTEND,
            due_on=standing.due_on,
            citizen_id=complaint.citizen_id,
            phone=phone,
            at=at,
        )

    def _answered(self, complaint: Complaint) -> Answered:
        return Answered(
            number=complaint.number,
            about=complaint.about,
            state=complaint.state,
            received_at=complaint.received_at,
            due_on=complaint.due_on,
            answer=self._answer(complaint) if complaint.state in TOLD else "",
        )

    def _answer(self, complaint: Complaint) -> str:
        if complaint.answer is None:
            return ""
        return self._vault.open(complaint.answer, context=_answer_context(complaint.id)).decode()

    def _code(self, rid: str) -> str:
        """Reckoned from the complaint's own id, so that asking again after a lost answer gives the same."""
        return query_code.write(int(self._vault.blind_index("complaint-code", rid), 16))

    def _mark(self, code: str) -> str:
        return self._vault.blind_index("complaint-mark", code)


def replace_phone(words: Words) -> Words:
    """Raises Fault(FORM_INVALID): the phone is none."""
    if not words.phone.strip():
        return words
    try:
        return msgspec.structs.replace(words, phone=parse_phone(words.phone))
    except BadInput as bad:
        raise Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("phone", bad.problem, bad.sentence)]) from None


def _route(filing: Filing, subjects: Sequence[Person]) -> ComplaintRoute:
    """The farther of what the names say and what the complainer asked for."""
    order = list(ComplaintRoute)
    routes = [machine.route_of(tuple(subjects)), filing.route or ComplaintRoute.DESK]
    return max(routes, key=order.index)


def _written(command: Command) -> dict[str, str]:
    return {
        "note": command.note.strip(),
        "assignee": command.assignee.name if command.assignee else "",
        "subjects": "、".join(person.name for person in command.subjects),
    }


def _context(complaint_id: str) -> str:
    return f"complaint:{complaint_id}"


def _answer_context(complaint_id: str) -> str:
    return f"complaint.answer:{complaint_id}"
