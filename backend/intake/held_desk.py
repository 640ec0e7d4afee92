"""Records set aside, for a clerk of the township: looked at in full, taken as a new case, or dismissed with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from api_spec.errors import ErrorCode
from api_spec.records import AmendRecord, CaseRecord, DiagRecord, HeldReason, Record, RecordRefused
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.service import Blobs
from backend.cases.masking import masked_name
from backend.cases.service import Cases, FiledCase, Filing
from backend.cases.views import HIDDEN
from backend.db import in_transaction
from backend.faults import Fault
from backend.ids import new_id
from backend.intake import filings, photos, rows, store_held, store_nodes
from backend.intake.applying import Applying
from backend.intake.feeds import Feeds
from backend.intake.pushing import Pushing
from backend.intake.values import Held, Resolution
from backend.people.service import People
from backend.proxy.service import ErrandRequest, FiledErrand, Proxy

SUBJECT = "held_record"
NAMES_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class HeldPage:
    """Held records, newest first; `next` continues the list, "" at its end."""

    held: list[Held]
    next: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a held record is about, as a list may show it: the applicant masked, of changes only what they touch.

    Args:
        link: to the case or errand, "" where it is not here.
    """

    item_name: str
    number: str
    applicant: str
    changed: Sequence[str] = ()
    link: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """The case or errand a held record became."""

    id: str
    number: str
    tracking_code: str


class HeldDesk:
    """What the machine could not decide."""

    def __init__(
        self,
        cases: Cases,
        proxy: Proxy,
        people: People,
        audit: Audit,
        *,
        applying: Applying,
        pushing: Pushing,
        feeds: Feeds,
        blobs: Blobs,
    ) -> None:
        self._cases = cases
        self._proxy = proxy
        self._people = people
        self._audit = audit
        self._applying = applying
        self._pushing = pushing
        self._feeds = feeds
        self._blobs = blobs

    async def page(self, actor: Actor, *, settled: bool, before: str = "", limit: int = 20) -> HeldPage:
        """Held records of the actor's township."""
        found = await store_held.page(actor.tenant_id, settled=settled, before=before, limit=limit + 1)
        shown = found[:limit]
        return HeldPage(shown, shown[-1].id if len(found) > limit else "")

    async def subjects(self, held: Sequence[Held], *, actor: Actor, at: datetime) -> dict[str, Subject]:
        """What these records are about, by id; one that cannot be read, or whose case is not here, is left out."""
        sealed = await store_held.sealed([each.id for each in held])
        found = {each.id: await self._subject(each, sealed[each.id], actor, at) for each in held}
        return {held_id: subject for held_id, subject in found.items() if subject}

    async def _subject(self, held: Held, sealed: bytes, actor: Actor, at: datetime) -> Subject | None:
        record = filings.read(self._pushing.open(sealed, held.h))
        match record:
            case HeldReason() | DiagRecord():
                return None
            case CaseRecord(body=body):
                item = await self._applying.find_item(held.tenant_id, record.cat, body.item)
                masked = masked_name(filings.applicant_of(body.applicant, body.contact))
                return Subject(
                    item.name if item else body.item,
                    body.number,
                    HIDDEN if item and item.confidential else masked,
                )
            case AmendRecord():
                return await self._about(record.rid, record, actor, at)
        return await self._about(record.body.case, record, actor, at) if record.body.case else None

    async def _about(self, rid: str, record: Record, actor: Actor, at: datetime) -> Subject | None:
        """The case a record names, as this person may see it."""
        try:
            if case_id := await self._cases.find_id(actor.tenant_id, rid):
                view = await self._cases.show(case_id, actor=actor, at=at)
                labels = {line.name: line.label for line in view.answers}
                changed = filings.changed_by(record, labels)
                link = f"/staff/cases/{case_id}"
                return Subject(view.item_name, view.case_number, view.applicant.name, changed, link)
            if errand_id := await self._proxy.find_id(actor.tenant_id, rid):
                errand = await self._proxy.show(errand_id, actor=actor, at=at)
                link = f"/staff/errands/{errand_id}"
                return Subject(errand.item_name, errand.number, errand.applicant.name, (), link)
        except Fault:
            return None  # not for this person to see
        return None

    async def reveal(
        self, held_id: str, *, reason: str, actor: Actor, at: datetime
    ) -> tuple[Held, Record | None]:
        """A held record in full, for a reason that is written down; None if it cannot be read.

        Raises:
            Fault: NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED.
        """
        held, record = await self._load(held_id, actor)
        await self._people.allow_full_number(
            actor, subject_kind=SUBJECT, subject_id=held_id, reason=reason, at=at
        )
        return held, record

    async def accept(self, held_id: str, *, actor: Actor, at: datetime) -> Taken:
        """Take a held case in after all: under an id, code and number of its own where the old ones are taken.

        Raises:
            Fault: NOT_FOUND; ACTION_NOT_ALLOWED: settled, no case, or its item cannot be found; FORM_INVALID and
                ITEM_NOT_OFFERED while what is written is not in order.
        """
        held, record = await self._load(held_id, actor)
        if held.resolution is not None or not isinstance(record, CaseRecord):
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, held=held_id)
        node = await store_nodes.find(held.node)
        if node is None:
            raise Fault(ErrorCode.NOT_FOUND)
        try:
            application = await self._applying.application(node, record, at=at)
        except RecordRefused as refused:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, reason=refused.reason) from None
        if held.reason is HeldReason.KEY_REVOKED and await self._is_here(held.tenant_id, record.rid):
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, reason="here already")
        if held.reason in {HeldReason.SAME_REV_OTHER_CONTENT, HeldReason.CODE_TAKEN}:
            application = _with_own_numbers(application)
        async with in_transaction():
            taken = await self._file(application, at)
            links = photos.links(record, tenant_id=held.tenant_id, rid=application.rid)
            await self._blobs.refer(links, at=at)
            await self._settle(
                held, Resolution.ACCEPTED, note=f"办件编号 {taken.number}。", actor=actor, at=at
            )
        self._cases.committed([taken.tracking_code])
        self._proxy.committed([taken.tracking_code])
        return taken

    async def _is_here(self, tenant_id: str, rid: str) -> bool:
        """A revoked computer that goes on under a new number brings again what was set aside."""
        return bool(await self._cases.find_id(tenant_id, rid) or await self._proxy.find_id(tenant_id, rid))

    async def _file(self, application: Filing | ErrandRequest, at: datetime) -> Taken:
        filed: FiledCase | FiledErrand | Fault
        if isinstance(application, Filing):
            [filed] = await self._cases.file_many([application], at=at)
        else:
            [filed] = await self._proxy.file_many([application], at=at)
        match filed:
            case FiledCase():
                return Taken(filed.case_id, filed.case_number, filed.tracking_code)
            case FiledErrand():
                return Taken(filed.errand_id, filed.number, filed.tracking_code)
            case refused:
                raise refused

    async def names(self, tenant_id: str) -> set[str]:
        """What records still set aside in a township may name as photos: those must stay."""
        found: set[str] = set()
        after = ""
        while some := await store_held.bodies(tenant_id, after=after, limit=NAMES_AT_ONCE):
            after = some[-1][0]
            for _, h, sealed in some:
                found |= photos.named_in(self._pushing.open(sealed, h))
        return found

    async def dismiss(self, held_id: str, *, reason: str, actor: Actor, at: datetime) -> None:
        """Close a held record without effect; its bytes stay.

        Raises:
            Fault: NOT_FOUND; ACTION_NOT_ALLOWED: settled already.
        """
        held, _ = await self._load(held_id, actor)
        async with in_transaction():
            await self._settle(held, Resolution.DISMISSED, note=reason, actor=actor, at=at)

    async def _settle(
        self, held: Held, resolution: Resolution, *, note: str, actor: Actor, at: datetime
    ) -> None:
        if not await store_held.settle(held.id, resolution, by=actor.id, note=note, at=at):
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, held=held.id)
        await self._audit.record(
            AuditAction.SETTLE_HELD,
            actor=actor,
            at=at,
            subject_kind=SUBJECT,
            subject_id=held.id,
            reason=note,
            resolution=resolution,
        )
        settled = replace(held, resolution=resolution, resolved_at=at, note=note)
        await self._feeds.append({held.node: [rows.held_row(settled)]})

    async def _load(self, held_id: str, actor: Actor) -> tuple[Held, Record | None]:
        found = await store_held.find(actor.tenant_id, held_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        held, sealed = found
        reading = filings.read(self._pushing.open(sealed, held.h))
        return held, None if isinstance(reading, HeldReason) else reading


def _with_own_numbers(application: Filing | ErrandRequest) -> Filing | ErrandRequest:
    """The same application under an id of its own, for the township to number."""
    if isinstance(application, Filing):
        return msgspec.structs.replace(application, rid=new_id(), tracking_code=None, case_number=None)
    return replace(application, rid=new_id(), tracking_code=None, case_number=None)
