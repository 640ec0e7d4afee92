"""Makes the 案卷 of a finished case, for those who may have it and say why."""

import asyncio
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from typing import IO, Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import case_number
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from backend.actors import Actor, system
from backend.archive import rules, volume
from backend.archive.volume import Binder
from backend.audit.chain import AuditAction
from backend.audit.service import Audit
from backend.blobs.service import MANDATE, Blobs
from backend.cases.dossier import Dossier
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.documents.service import Documents
from backend.faults import Fault, Wrong
from backend.people.service import People
from backend.vault import Vault

MANDATE_NAME: Final = "委托书"


@dataclass(frozen=True, slots=True)
class Volume:
    """A 案卷 as a file nobody else can open; whoever takes it closes it. `name` holds the case number only."""

    name: str
    file: IO[bytes]
    size: int
    sha256: str


class Archive:
    """The archive of a deployment. `public_key`: in hex, for publishing where people verify."""

    def __init__(
        self,
        cases: Cases,
        documents: Documents,
        blobs: Blobs,
        catalogue: Catalogue,
        people: People,
        *,
        vault: Vault,
        audit: Audit,
    ) -> None:
        self._cases = cases
        self._documents = documents
        self._blobs = blobs
        self._catalogue = catalogue
        self._people = people
        self._audit = audit
        self._key = Ed25519PrivateKey.from_private_bytes(vault.derive("archive/signing"))
        self.public_key: Final = self._key.public_key().public_bytes_raw().hex()

    async def make(self, number: str, *, reason: str, actor: Actor, at: datetime) -> Volume:
        """The 案卷 of a case, by its number as typed.

        Raises:
            Fault: FORM_INVALID no case number; CASE_NOT_FOUND, NOT_ALLOWED, REASON_REQUIRED;
                ACTION_NOT_ALLOWED something is still to be decided.
        """
        dossier = await self._cases.dossier_of(_read(number), actor=system(actor.tenant_id))
        case = dossier.case
        allowed = rules.may_have(
            actor,
            tenant_id=case.tenant_id,
            department_id=case.department_id,
            confidential=case.terms.confidential,
        )
        if not allowed:
            raise Fault(ErrorCode.NOT_ALLOWED)
        if not reason.strip():
            raise Fault(ErrorCode.REASON_REQUIRED)
        if case.state not in rules.CLOSED:
            raise Fault(ErrorCode.ACTION_NOT_ALLOWED, state=case.state)
        made = await self._bound(dossier)
        await self._audit.record(
            AuditAction.EXPORT,
            actor=actor,
            at=at,
            subject_kind="case",
            subject_id=case.id,
            reason=reason,
            what="archive",
            sha256=made.sha256,
        )
        return made

    async def _bound(self, dossier: Dossier) -> Volume:
        # Anonymous: it has no name on the disk, and is gone with whoever holds it.
        file = tempfile.TemporaryFile()  # noqa: SIM115 - handed on to the caller
        try:
            await self._bind(dossier, Binder(file))
            return await asyncio.to_thread(_measured, file, f"{dossier.entry.case_number}.zip")
        except BaseException:
            file.close()
            raise

    async def _bind(self, dossier: Dossier, binder: Binder) -> None:
        entry, case = dossier.entry, dossier.case
        tenant = await self._catalogue.tenant(entry.tenant_id)
        names = await self._people.staff_names(entry.tenant_id, [one.actor_id for one in dossier.events])
        application = msgspec.json.format(
            msgspec.json.encode([entry, case.terms, dossier.contents]), indent=1
        )
        binder.add("application.json", application, title="申请登记内容")
        binder.add("history.json", volume.history_leaf(dossier.events), title="办理经过（校验用）")
        said = volume.page("history.html", dossier=dossier, names=names, organ=tenant.centre_name)
        binder.add("history.html", said, title="办理经过")
        await self._bind_documents(case.id, binder)
        missing = await self._bind_photos(dossier, binder)
        facts = {"case_number": entry.case_number, "organ": tenant.centre_name, "item": case.terms.item_name}
        index = volume.page("index.html", leaves=binder.leaves, missing=missing, **facts)
        binder.add(volume.INDEX, index, title="卷内目录")
        await asyncio.to_thread(binder.close, facts, dossier.events, self._key)

    async def _bind_documents(self, case_id: str, binder: Binder) -> None:
        for place, issued in enumerate(await self._documents.all_of(case_id), 1):
            entry = issued.entry
            stem = f"documents/{place:02}-{entry.kind.value}"
            about = f"{entry.number}（{entry.standing.state.zh}）"
            binder.add(f"{stem}.pdf", await self._documents.pdf(issued), title=entry.kind.zh, about=about)
            said = msgspec.json.format(msgspec.json.encode([entry, issued.document]), indent=1)
            binder.add(f"{stem}.json", said, title=f"{entry.kind.zh}（原文）", about=about)

    async def _bind_photos(self, dossier: Dossier, binder: Binder) -> list[str]:
        """Put the photos in; gives the papers of which one has not arrived."""
        names: Mapping[str, str] = {
            MANDATE: MANDATE_NAME,
            **{paper.code: paper.name for paper in dossier.case.terms.papers},
        }
        missing = []
        photos = await self._blobs.photos(dossier.entry.tenant_id, dossier.entry.rid)
        for place, photo in enumerate(photos, 1):
            name = names.get(photo.link.material, photo.link.material)
            if photo.blob is None:
                missing.append(name)
                continue
            data = b"".join([piece async for piece in self._blobs.original(photo.blob)])
            path = f"photos/{place:02}-{photo.blob.sha[:12]}.{photo.blob.media.suffix}"
            await asyncio.to_thread(binder.add, path, data, title="材料照片", about=name)
        return missing


def _read(number: str) -> str:
    try:
        return case_number.parse(number).text
    except BadInput as bad:
        wrong = [Wrong("number", bad.problem, bad.sentence)]
        raise Fault(ErrorCode.FORM_INVALID, wrong=wrong) from None


def _measured(file: IO[bytes], name: str) -> Volume:
    file.seek(0)
    sha256 = file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type] # reads and seeks, as it must
    size = file.seek(0, 2)
    file.seek(0)
    return Volume(name, file, size, sha256)
