"""Writes documents: who issues and from what, then number, code and seal. Who may ask for one is the service's business."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from api_spec import paper_code
from api_spec.catalogue import Item, WindowCard
from api_spec.document_terms import DocumentKind, DocumentState, DocumentSubject
from api_spec.errors import ErrorCode
from api_spec.vocabulary import CaseAction, WindowType
from backend.cases.case import Event
from backend.cases.service import CaseMoved
from backend.catalogue.values import Tenant
from backend.chance import chance
from backend.documents import composing, composing_errands, document, rules, store
from backend.documents.document import About, Document, Draft, Entry, Standing
from backend.documents.words import CaseFile, Desk
from backend.faults import Fault
from backend.ids import new_id
from backend.instants import whole_ms
from backend.proxy.moves import ErrandMoved
from backend.vault import Vault

PURPOSE: Final = "document"
SEALED: Final = "document"
TAKEN_UP_AGAIN: Final = "办件重新办理，另行出具新文书"
BEING_REDONE: Final = "正在重新办理，原决定暂停使用"
VOIDED: Final = "办件已作废"
"""Reasons anybody who verifies may read: the clerk's own words stay inside the case."""


class Office(Protocol):
    """The catalogue, as far as documents need it."""

    async def tenant(self, tenant_id: str) -> Tenant: ...
    async def windows(self, tenant_id: str) -> Sequence[WindowCard]: ...
    async def item_in(self, pack_sha: str, item_id: str) -> Item: ...
    async def county_name(self, tenant_id: str) -> str: ...


class Staff(Protocol):
    async def staff_names(self, tenant_id: str, staff_ids: Sequence[str]) -> dict[str, str]: ...


class Twice(Exception):
    """Somebody else issued the same document at the same moment; roll back, so that no number is lost."""


class Issuing:
    """The writing desk.

    Args:
        base_url: leads the links printed on documents, "https://host".
    """

    def __init__(self, office: Office, staff: Staff, vault: Vault, *, base_url: str) -> None:
        self._office = office
        self._staff = staff
        self._vault = vault
        self._base_url = base_url
        self._counties: dict[str, str] = {}

    async def with_moves(self, moved: CaseMoved) -> None:
        """Issue what goes with the moves just made, inside their transaction."""
        for event in moved.new:
            if event.action is CaseAction.VOID:
                await _revoke_all(moved.entry.case_id, event)
            if event.action is CaseAction.REOPEN:
                await _suspend_decisions(moved.entry.case_id, event)
            if event.action not in composing.WITH_DOCUMENT:
                continue
            desk = await self._desk(moved, event.actor_id, event=event)
            draft = composing.compose(moved, event, desk, together=moved.new)
            if draft is None:
                continue
            before = await store.of_subject(moved.entry.case_id) if draft.kind in rules.SUPERSEDES else []
            new = await self.issue(about(moved), draft, event_seq=event.seq, by=event.actor_id, at=event.at)
            for old in rules.superseded(before, draft.kind):
                await store.end(
                    old.id,
                    DocumentState.REPLACED,
                    by=event.actor_id,
                    reason=TAKEN_UP_AGAIN,
                    at=event.at,
                    replaced_by=new.id,
                )

    async def with_errand(self, moved: ErrandMoved) -> None:
        """Issue what goes with a move of an errand, inside its transaction."""
        event, errand = moved.event, moved.errand
        if event.action not in composing_errands.WITH_DOCUMENT:
            return
        tenant = await self._office.tenant(moved.entry.tenant_id)
        desk = await self._desk_of(tenant, WindowType.UTILITY, event.actor_id)
        draft = composing_errands.compose(moved, desk)
        if draft is not None:
            subject = About(
                kind=DocumentSubject.ERRAND,
                id=errand.id,
                tenant_id=tenant.id,
                department_id=errand.department_id,
            )
            await self.issue(subject, draft, event_seq=event.seq, by=event.actor_id, at=event.at)

    async def anew(self, file: CaseFile, entry: Entry) -> Draft:
        """What a document would say now.

        Raises:
            Fault: ACTION_NOT_ALLOWED, nothing would be written any more.
        """
        if entry.kind in rules.BY_HAND:
            return await self.by_hand(file, entry.kind, by=entry.issued_by)
        event = file.events[entry.event_seq - 1]
        draft = composing.compose(file, event, await self._desk(file, entry.issued_by, event=event))
        if draft is None:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, kind=entry.kind)
        return draft

    async def by_hand(self, file: CaseFile, kind: DocumentKind, *, by: str) -> Draft:
        """A 收件回执 or 授权委托书.

        Raises:
            Fault: ACTION_NOT_ALLOWED, the applicant acts for themselves.
        """
        desk = await self._desk(file, by)
        write = composing.receipt if kind is DocumentKind.RECEIPT else composing.mandate
        draft = write(file, desk)
        if draft is None:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, kind=kind)
        return draft

    async def issue(
        self,
        subject: About,
        draft: Draft,
        *,
        event_seq: int,
        by: str,
        at: datetime,
        edition: int = 1,
        replaces: str = "",
    ) -> Entry:
        """Number, seal and keep a draft, inside the caller's transaction.

        Raises:
            Twice: somebody else issued it for this event.
        """
        tenant = await self._office.tenant(subject.tenant_id)
        year = draft.issued_on.year
        serial = await store.take_serial(tenant.id, draft.kind, year)
        code = written(chance.take(paper_code.SECRET_BYTES))
        issued = document.numbered(
            draft,
            number=document.number_of(tenant.name[0], draft.kind, year=year, serial=serial),
            code=code,
            link=f"{self._base_url}/d/{code}",
            replaces=replaces,
        )
        plain, document_id = document.write(issued), new_id()
        entry = Entry(
            id=document_id,
            tenant_id=tenant.id,
            subject=subject.kind,
            subject_id=subject.id,
            department_id=subject.department_id,
            kind=draft.kind,
            number=issued.number,
            code=code,
            event_seq=event_seq,
            edition=edition,
            confidential=subject.confidential,
            issued_at=whole_ms(at),
            issued_by=by,
            fingerprint=document.fingerprint(plain),
            standing=Standing(),
        )
        sealed = self._vault.seal(plain, context=f"{SEALED}/{document_id}")
        if not await store.add(entry, year=year, serial=serial, sealed=sealed):
            raise Twice
        return entry

    async def opened(self, entries: Sequence[Entry]) -> list[Document]:
        """What was issued, in the order of `entries`."""
        sealed = await store.sealed([entry.id for entry in entries])
        return [
            document.read(self._vault.open(sealed[entry.id], context=f"{SEALED}/{entry.id}"))
            for entry in entries
        ]

    async def _desk(self, file: CaseFile, staff_id: str, *, event: Event | None = None) -> Desk:
        tenant = await self._office.tenant(file.entry.tenant_id)
        delivers = event is not None and event.action is CaseAction.DELIVER
        return replace(
            await self._desk_of(tenant, file.case.terms.window, staff_id),
            item=await self._item(file),
            handed_over=await _decision(file.entry.case_id) if delivers else (),
        )

    async def _desk_of(self, tenant: Tenant, kind: WindowType, staff_id: str) -> Desk:
        window = next((w for w in await self._office.windows(tenant.id) if w.type is kind), None)
        names = await self._staff.staff_names(tenant.id, [staff_id])
        return Desk(
            organ=tenant.centre_name,
            hall=tenant.hall_name,
            county=await self._county(tenant.id),
            department=window.department if window else "",
            window=kind.zh,
            phone=(window.phone if window else "") or tenant.complaint_phone,
            complaint_phone=tenant.complaint_phone,
            clerk=names.get(staff_id, ""),
            item=None,
        )

    async def _county(self, tenant_id: str) -> str:
        if tenant_id not in self._counties:
            self._counties[tenant_id] = await self._office.county_name(tenant_id)
        return self._counties[tenant_id]

    async def _item(self, file: CaseFile) -> Item | None:
        try:
            return await self._office.item_in(file.entry.pack_sha, file.case.terms.item_id)
        except Fault:
            return None


def about(file: CaseFile) -> About:
    return About(
        kind=DocumentSubject.CASE,
        id=file.entry.case_id,
        tenant_id=file.entry.tenant_id,
        department_id=file.case.department_id,
        confidential=file.case.terms.confidential,
    )


async def _revoke_all(case_id: str, event: Event) -> None:
    """What was issued of a case that never should have been one holds no longer."""
    for entry in await store.of_subject(case_id):
        await store.end(entry.id, DocumentState.REVOKED, by=event.actor_id, reason=VOIDED, at=event.at)


async def _suspend_decisions(case_id: str, event: Event) -> None:
    """What ended a case that is taken up again does not hold while the case is open; a new one takes its place."""
    for entry in rules.ended_with(await store.of_subject(case_id)):
        await store.end(
            entry.id, DocumentState.SUSPENDED, by=event.actor_id, reason=BEING_REDONE, at=event.at
        )


async def _decision(case_id: str) -> list[tuple[str, str]]:
    """The decision that is handed over with the result: its name and number."""
    entries = await store.of_subject(case_id)
    found = (document.current(entries, kind) for kind in (DocumentKind.GRANT, DocumentKind.DENIAL))
    return [(entry.kind.zh, entry.number) for entry in found if entry]


def written(secret: bytes) -> str:
    """A verification code as it is kept and linked: 28 symbols without hyphens."""
    return paper_code.write(secret, purpose=PURPOSE).replace("-", "")
