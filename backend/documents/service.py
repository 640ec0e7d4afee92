"""Documents: issued with the moves of cases, read, verified by anyone, revoked and replaced."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from api_spec import paper_code
from api_spec.china_time import day_in_china
from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.cases.service import Cases
from backend.db import in_transaction
from backend.documents import document, rules, store
from backend.documents.document import Document, Entry
from backend.documents.issuing import PURPOSE, Issuing, Twice, about, written
from backend.documents.pdf import Press
from backend.faults import Fault, Wrong
from backend.instants import whole_ms
from backend.progress.guesses import Guesses
from backend.proxy.service import Proxy

__all__ = ["Document", "Documents", "Entry", "Issued", "Issuing", "Press", "Verified"]


@dataclass(frozen=True, slots=True)
class Issued:
    """A document with its standing."""

    entry: Entry
    document: Document


@dataclass(frozen=True, slots=True)
class Verified:
    """What whoever holds a verification code may know. `replaced_by`: number of the next one, "" for none."""

    entry: Entry
    document: Document
    replaced_by: str


class Documents:
    """Every document of the deployment; from the moment it is built, the moves of cases and errands have theirs."""

    def __init__(
        self,
        cases: Cases,
        proxy: Proxy,
        issuing: Issuing,
        audit: Audit,
        *,
        press: Press | None = None,
        guesses: Guesses | None = None,
    ) -> None:
        self._cases = cases
        self._proxy = proxy
        self._issuing = issuing
        self._audit = audit
        self._press = press or Press()
        self._guesses = guesses or Guesses()
        cases.on_move(issuing.with_moves)
        proxy.on_move(issuing.with_errand)

    async def of_case(self, case_id: str, *, actor: Actor) -> list[Entry]:
        """The documents of a case this person may read, in order.

        Raises:
            Fault: CASE_NOT_FOUND.
        """
        await self._cases.origin(case_id, actor=actor)
        return [entry for entry in await store.of_subject(case_id) if rules.may_read(actor, entry)]

    async def of_errand(self, errand_id: str, *, actor: Actor) -> list[Entry]:
        """The documents of an errand, in order.

        Raises:
            Fault: ERRAND_NOT_FOUND.
        """
        await self._proxy.filed_under(errand_id, actor=actor)
        return await store.of_subject(errand_id)

    async def load(self, document_id: str, *, actor: Actor) -> Issued:
        """One document, as issued.

        Raises:
            Fault: NOT_FOUND, also for what this person may not read.
        """
        entry = await self._entry(document_id, actor)
        return Issued(entry, (await self._issuing.opened([entry]))[0])

    async def pdf(self, issued: Issued) -> bytes:
        """A document on A4, as issued; one that holds no longer says so."""
        return await self._press.draw(issued.document, issued.entry)

    async def all_of(self, subject_id: str) -> list[Issued]:
        """Every document of a case, for its 案卷; who may have it is the caller's business."""
        entries = await store.of_subject(subject_id)
        opened = await self._issuing.opened(entries)
        return [Issued(entry, said) for entry, said in zip(entries, opened, strict=True)]

    async def issue(self, case_id: str, kind: DocumentKind, *, actor: Actor, at: datetime) -> Entry:
        """Write a 收件回执 or 授权委托书; asked for again, the one there is.

        Raises:
            Fault: CASE_NOT_FOUND, ACTION_NOT_ALLOWED another kind, or the applicant acts for themselves.
        """
        dossier = await self._cases.dossier(case_id, actor=actor)
        if kind not in rules.BY_HAND:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, kind=kind)
        there = await store.of_subject(case_id)
        if (entry := document.current(there, kind)) is not None:
            return entry
        draft = await self._issuing.by_hand(dossier, kind, by=actor.id)
        edition = 1 + sum(each.kind is kind for each in there)
        try:
            async with in_transaction():
                return await self._issuing.issue(
                    about(dossier), draft, event_seq=1, by=actor.id, at=at, edition=edition
                )
        except Twice:
            return next(each for each in await store.of_subject(case_id) if each.kind is kind)

    async def revoke(self, document_id: str, *, reason: str, actor: Actor, at: datetime) -> Entry:
        """Let a document hold no longer; whoever verifies it reads that and why.

        Raises:
            Fault: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED, CASE_MOVED it holds no longer already.
        """
        entry = await self._endable(document_id, reason, actor)
        async with in_transaction():
            await self._end(entry, DocumentState.REVOKED, reason=reason, actor=actor, at=at)
        return await self._entry(document_id, actor)

    async def replace(self, document_id: str, *, reason: str, actor: Actor, at: datetime) -> Entry:
        """Issue a document anew from the case as it is now, under the next number of its series; gives the new one.

        Raises:
            Fault: as `revoke`; ACTION_NOT_ALLOWED it cannot be written anew.
        """
        entry = await self._endable(document_id, reason, actor)
        if not rules.may_be_written_anew(entry):
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, kind=entry.kind)
        dossier = await self._cases.dossier(entry.subject_id, actor=actor)
        draft = await self._issuing.anew(dossier, entry)
        draft = msgspec.structs.replace(draft, issued_on=day_in_china(at))
        try:
            async with in_transaction():
                new = await self._issuing.issue(
                    about(dossier),
                    draft,
                    event_seq=entry.event_seq,
                    by=actor.id,
                    at=at,
                    edition=entry.edition + 1,
                    replaces=entry.number,
                )
                await self._end(
                    entry, DocumentState.REPLACED, reason=reason, actor=actor, at=at, next_id=new.id
                )
        except Twice:
            raise Fault(ErrorCode.CASE_MOVED) from None
        return new

    async def verify(self, code: str, *, address: str, at: datetime) -> Verified:
        """What stands behind a verification code, typed or scanned.

        Raises:
            Fault: CODE_INVALID a typing slip, CODE_UNKNOWN, TOO_MANY_REQUESTS too many wrong codes from here.
        """
        if wait_s := self._guesses.wait_s(address, at):
            raise Fault(ErrorCode.TOO_MANY_REQUESTS, retry_after_s=wait_s)
        entry = await self._by_code(code, address, at)
        [opened] = await self._issuing.opened([entry])
        following = await store.find(entry.standing.replaced_by) if entry.standing.replaced_by else None
        return Verified(entry, opened, following.number if following else "")

    async def _by_code(self, code: str, address: str, at: datetime) -> Entry:
        try:
            secret = paper_code.read(code, purpose=PURPOSE)
        except BadInput as bad:
            self._guesses.note_wrong(address, at)
            wrong = [Wrong("code", bad.problem, bad.sentence)]
            raise Fault(ErrorCode.CODE_INVALID, wrong=wrong) from None
        entry = await store.find_by_code(written(secret))
        if entry is None:
            self._guesses.note_wrong(address, at)
            raise Fault(ErrorCode.CODE_UNKNOWN)
        return entry

    async def _end(
        self,
        entry: Entry,
        state: DocumentState,
        *,
        reason: str,
        actor: Actor,
        at: datetime,
        next_id: str = "",
    ) -> None:
        """Inside the caller's transaction; raises Fault: CASE_MOVED somebody else was faster."""
        ended = await store.end(
            entry.id, state, by=actor.id, reason=reason, at=whole_ms(at), replaced_by=next_id
        )
        if not ended:
            raise Fault(ErrorCode.CASE_MOVED)
        await self._audit.record(
            AuditAction.END_DOCUMENT,
            actor=actor,
            at=at,
            subject_kind=entry.subject,
            subject_id=entry.subject_id,
            reason=reason,
            number=entry.number,
            state=state,
        )

    async def _endable(self, document_id: str, reason: str, actor: Actor) -> Entry:
        entry = await self._entry(document_id, actor)
        if not rules.may_end(actor, entry):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if not reason.strip():
            raise Fault(ErrorCode.REASON_REQUIRED)
        if entry.standing.state is not DocumentState.VALID:
            raise Fault(ErrorCode.CASE_MOVED)
        return entry

    async def _entry(self, document_id: str, actor: Actor) -> Entry:
        """Raises Fault: NOT_FOUND no such document, or none of a case this person may know of."""
        entry = await store.find(document_id)
        if entry is None or not rules.may_read(actor, entry):
            raise Fault(ErrorCode.NOT_FOUND)
        try:
            if entry.subject is DocumentSubject.ERRAND:
                await self._proxy.filed_under(entry.subject_id, actor=actor)
            else:
                await self._cases.origin(entry.subject_id, actor=actor)
        except Fault:
            raise Fault(ErrorCode.NOT_FOUND) from None
        return entry
