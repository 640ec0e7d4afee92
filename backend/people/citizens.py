"""Citizens: their own data and their consents. Sealed in the database, masked on screens, opened for themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from api_spec import identity_number, phones
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.vocabulary import Channel, ConsentPurpose, DocumentType, Partner
from backend import db
from backend.actors import Actor
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.faults import Fault
from backend.ids import new_id
from backend.people import identity, notices, posts
from backend.people import store_citizens as store
from backend.people.identity import Citizen, OwnDetails
from backend.people.notices import Consent, Notice
from backend.people.tries import Tries
from backend.people.wechat_door import WeChatPerson
from backend.vault import Vault

SUBJECT = "citizen"


class Citizens:
    """All citizens of the county.

    Args:
        taken: counts how often somebody asked for a document that is not theirs to take.
    """

    def __init__(self, vault: Vault, audit: Audit, *, taken: Tries) -> None:
        self._vault = vault
        self._audit = audit
        self._taken = taken

    async def of_wechat(self, person: WeChatPerson, *, at: datetime) -> str:
        """The citizen behind a WeChat sign-in, new if there is none."""
        return await store.of_wechat(person.appid, person.openid, unionid=person.unionid, at=at)

    async def openids(self, citizen_id: str) -> list[tuple[str, str]]:
        """Where to send notices: (appid, openid), oldest first."""
        return await store.openids(citizen_id)

    async def view(self, citizen_id: str) -> Citizen:
        """Raises Fault(NOT_FOUND)."""
        sealed = await self._load(citizen_id)
        own = self._opened(sealed)
        return Citizen(
            id=citizen_id,
            masked_name=identity.mask_name(own.name),
            document_type=own.document_type,
            masked_document=identity_number.mask(own.document_number) if own.document_number else "",
            masked_phone=phones.mask(own.phone) if own.phone else "",
            phone_verified=sealed.phone_verified,
            has_address=bool(own.address),
            created_at=sealed.created_at,
        )

    async def own(self, citizen_id: str) -> OwnDetails:
        """A citizen's own data in full, for themselves only.

        Raises:
            Fault: NOT_FOUND.
        """
        return self._opened(await self._load(citizen_id))

    async def export(self, actor: Actor, *, at: datetime) -> tuple[OwnDetails, list[Consent]]:
        """Everything the account itself holds (个人信息保护法 art. 45), leaving an audit row."""
        details, given = await self.own(actor.id), await store.consents(actor.id)
        await self._audit.record(
            AuditAction.EXPORT, actor=actor, at=at, subject_kind=SUBJECT, subject_id=actor.id
        )
        return details, given

    async def set_verified_phone(self, citizen_id: str, phone: str) -> None:
        """Keep a number that WeChat has verified."""
        await self._store_phone(citizen_id, phone, verified=True)

    async def set_contact(self, citizen_id: str, *, phone: str | None, address: str | None) -> None:
        """Keep what the citizen typed; None leaves a thing as it is, an empty address removes it.

        Raises:
            Fault: FORM_INVALID.
        """
        if phone is not None:
            typed = identity.checked_phone(phone)
            if typed != (await self.own(citizen_id)).phone:
                await self._store_phone(citizen_id, typed, verified=False)
        if address is not None:
            context = _context("address", citizen_id)
            sealed = self._vault.seal(address.encode(), context=context) if address else None
            await store.set_address(citizen_id, sealed)

    async def set_identity(
        self,
        actor: Actor,
        *,
        name: str,
        document_type: DocumentType,
        document_number: str,
        at: datetime,
        agreeing: int | None = None,
    ) -> None:
        """Keep who the citizen is; one document belongs to one citizen of the county.

        Args:
            agreeing: version of the notice ticked on the same form of the web page; the consent is written down
                with the document or not at all.

        Raises:
            Fault: CONSENT_MISSING; NOTICE_OUTDATED; IDENTITY_INVALID with every fault by field; IDENTITY_TAKEN, which says nothing
                of the other account; TOO_MANY_REQUESTS after several taken ones, so that nobody can ask for whom
                the township has an account.
        """
        agreed = agreeing and _agreed(
            ConsentPurpose.SENSITIVE, agreeing, partner=None, channel=Channel.WEB, at=at
        )
        if not agreed:
            await self.require_consent(actor.id, ConsentPurpose.SENSITIVE, at=at)
        checked = identity.check(name, document_type, document_number, today=day_in_china(at))
        number, kind = checked.document.number, checked.document.kind
        document = store.SealedDocument(
            index=self._vault.blind_index("document", identity.document_key(kind, number)),
            type=kind,
            number=self._vault.seal(number.encode(), context=_context("document", actor.id)),
        )
        sealed_name = self._vault.seal(checked.name.encode(), context=_context("name", actor.id))
        tried = await self._taken.begin(actor.id, at)
        async with db.in_transaction():
            if agreed:
                await store.add_consent(actor.id, agreed)
            if not await store.set_identity(actor.id, sealed_name, document, at=at):
                raise Fault(ErrorCode.IDENTITY_TAKEN)
            await self._audit.record(
                AuditAction.CHANGE_ACCOUNT,
                actor=actor,
                at=at,
                subject_kind=SUBJECT,
                subject_id=actor.id,
                change="identity",
            )
        await self._taken.succeeded(tried)

    async def allow_full_number(
        self, actor: Actor, *, subject_kind: str, subject_id: str, reason: str, at: datetime
    ) -> None:
        """Let a full identity number be read, with a reason, and write down who read whose.

        Args:
            subject_kind, subject_id: the citizen, case or errand whose number is read; that the actor may reach
                it has been shown by the caller.

        Raises:
            Fault: NOT_ALLOWED for a post that never needs full numbers; REASON_REQUIRED.
        """
        if not actor.has(posts.READS_FULL_NUMBERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        await self._audit.record(
            AuditAction.READ_IDENTITY,
            actor=actor,
            at=at,
            subject_kind=subject_kind,
            subject_id=subject_id,
            reason=posts.checked_reason(reason),
        )

    async def reveal(self, citizen_id: str, *, actor: Actor, reason: str, at: datetime) -> str:
        """A citizen's full document number; see `allow_full_number`.

        Raises:
            Fault: also NOT_FOUND, IDENTITY_MISSING.
        """
        own = await self.own(citizen_id)
        if not own.document_number:
            raise Fault(ErrorCode.IDENTITY_MISSING)
        await self.allow_full_number(actor, subject_kind=SUBJECT, subject_id=citizen_id, reason=reason, at=at)
        return own.document_number

    async def consents(self, citizen_id: str) -> list[Consent]:
        """All consents with their ends, newest first."""
        return await store.consents(citizen_id)

    async def give_consent(
        self,
        citizen_id: str,
        purpose: ConsentPurpose,
        *,
        version: int,
        partner: Partner | None,
        channel: Channel,
        at: datetime,
    ) -> Consent:
        """Write down that the citizen agreed to the notice now in force.

        Raises:
            Fault: NOTICE_OUTDATED, FORM_INVALID.
        """
        given = _agreed(purpose, version, partner=partner, channel=channel, at=at)
        return await store.add_consent(citizen_id, given)

    async def still_to_agree(self, citizen_id: str, *, at: datetime) -> list[Notice]:
        """The notices this citizen has yet to agree to before they can apply for anything."""
        return notices.still_to_agree(await store.consents(citizen_id), day=day_in_china(at))

    async def agree(self, citizen_id: str, form: Mapping[str, Any], *, at: datetime) -> None:
        """Write down the consents ticked on the form of an application.

        Raises:
            Fault: FORM_INVALID, a needed one was not ticked; then none is written.
        """
        asked = await self.still_to_agree(citizen_id, at=at)
        if wrong := notices.unticked(asked, form):
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        for notice in asked:
            await self.give_consent(
                citizen_id,
                notice.purpose,
                version=notice.version,
                partner=None,
                channel=Channel.WEB,
                at=at,
            )

    async def withdraw_consent(self, citizen_id: str, consent_id: str, *, at: datetime) -> None:
        """End a consent; without the one for sensitive data the document is deleted (个人信息保护法 art. 15, 47).

        Raises:
            Fault: NOT_FOUND: no such consent in force.
        """
        async with db.in_transaction():
            purpose = await store.end_consent(citizen_id, consent_id, at=at)
            if purpose is ConsentPurpose.SENSITIVE:
                await store.forget_document(citizen_id)
        if purpose is None:
            raise Fault(ErrorCode.NOT_FOUND)

    async def require_consent(
        self, citizen_id: str, purpose: ConsentPurpose, *, at: datetime, partner: Partner | None = None
    ) -> None:
        """Raises Fault(CONSENT_MISSING): none in force covers the purpose."""
        given = await store.consents(citizen_id)
        if not notices.is_covered(given, purpose, partner=partner, day=day_in_china(at)):
            raise Fault(ErrorCode.CONSENT_MISSING, purpose=purpose.value)

    async def _load(self, citizen_id: str) -> store.Sealed:
        sealed = await store.find(citizen_id)
        if sealed is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return sealed

    def _opened(self, sealed: store.Sealed) -> OwnDetails:
        def text(part: bytes | None, name: str) -> str:
            return self._vault.open(part, context=_context(name, sealed.id)).decode() if part else ""

        return OwnDetails(
            name=text(sealed.name, "name"),
            document_type=sealed.document_type,
            document_number=text(sealed.document_number, "document"),
            phone=text(sealed.phone, "phone"),
            address=text(sealed.address, "address"),
        )

    async def _store_phone(self, citizen_id: str, phone: str, *, verified: bool) -> None:
        await store.set_phone(
            citizen_id,
            self._vault.seal(phone.encode(), context=_context("phone", citizen_id)),
            index=self._vault.blind_index("phone", phone),
            verified=verified,
        )


def _agreed(
    purpose: ConsentPurpose, version: int, *, partner: Partner | None, channel: Channel, at: datetime
) -> Consent:
    """Agreement to the notice now in force. Raises Fault: NOTICE_OUTDATED, FORM_INVALID."""
    notices.check(purpose, version, partner, day=day_in_china(at))
    return Consent(
        id=new_id(), purpose=purpose, partner=partner, version=version, channel=channel, given_at=at
    )


def _context(part: str, citizen_id: str) -> str:
    return f"citizen.{part}:{citizen_id}"
