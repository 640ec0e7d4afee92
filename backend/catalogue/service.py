"""The catalogue: what a township offers, in memory for reading, in versions for the editors.

Reading never touches the database: `load` puts the published pack of a township on a shelf, and every
publication replaces that shelf after its commit.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

import msgspec

from api_spec.catalogue import CataloguePack, Item
from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.item_search import ItemIndex
from backend.actors import Actor
from backend.catalogue import (
    drafting,
    editing,
    publication,
    store,
    store_lists,
    store_townships,
    validator,
)
from backend.catalogue.imports import Imports
from backend.catalogue.sheets import Reading
from backend.catalogue.shelves import Shelves
from backend.catalogue.values import Draft, Imported, ListedEntry, PackBytes, Shelf, Tenant, Version, Village
from backend.db import in_transaction
from backend.faults import Fault

__all__ = ["Catalogue", "Draft", "Imported", "ListedEntry", "PackBytes", "Tenant", "Version", "Village"]

_DECODED_PACKS = 8

OnChange = Callable[[str], Awaitable[None]]
"""Told the id of an item that was put in force or taken off."""


class Catalogue(Shelves, Imports):
    """Items, windows, departments, partners and villages of every township, and what changes them.

    Args:
        public_base_url: leads the links printed on slips, "https://host".
        consent_version, consent_text: the notice nodes show before they take personal data.
    """

    def __init__(
        self, *, public_base_url: str = "", consent_version: str = "", consent_text: str = ""
    ) -> None:
        super().__init__()
        self._public_base_url = public_base_url
        self._consent = (consent_version, consent_text)
        self._decoded = lru_cache(_DECODED_PACKS)(_decode)

    async def load(self, tenant_id: str, *, at: datetime) -> None:
        """Put the township's published catalogue on the shelf, with the links and the notice of today.

        Raises:
            Fault: NOT_FOUND, no such township.
        """
        async with in_transaction():
            await store.hold(tenant_id)
            pack, packed = await self._pack_anew(tenant_id, at=at)
        await self._shelve(tenant_id, pack, packed)

    async def load_all(self, *, at: datetime) -> None:
        for tenant in await store_townships.tenants():
            await self.load(tenant.id, at=at)

    async def refresh(self, *, at: datetime) -> None:
        """Take up what another process published; cheap while nothing changed."""
        for tenant_id, sha in (await store_townships.pack_shas()).items():
            shelf = self._shelves.get(tenant_id)
            if shelf is None or shelf.packed.sha != sha:
                await self.load(tenant_id, at=at)

    async def tenant_by_prefix(self, prefix: str = "") -> str:
        """Id of the township whose case numbers begin so; the first one if none is named.

        Raises:
            Fault: NOT_FOUND.
        """
        for tenant in await store_townships.tenants():
            if prefix in ("", tenant.case_prefix):
                return tenant.id
        raise Fault(ErrorCode.NOT_FOUND, prefix=prefix)

    async def county_name(self, tenant_id: str) -> str:
        """The county a township belongs to, "" where the division table has none."""
        return await store_townships.county_name(tenant_id)

    async def find_pack(self, sha: str) -> PackBytes | None:
        """A pack, however old, exactly as it was sent out."""
        return await store.find_pack(sha)

    async def pack_by_sha(self, sha: str) -> CataloguePack:
        """The pack a case was filed with.

        Raises:
            Fault: NOT_FOUND.
        """
        for shelf in self._shelves.values():
            if shelf.packed.sha == sha:
                return shelf.pack
        found = await store.find_pack(sha)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND, pack=sha)
        return self._decoded(found.body)

    async def item_in(self, pack_sha: str, item_id: str) -> Item:
        """The item as that pack had it.

        Raises:
            Fault: NOT_FOUND, no such pack; ITEM_NOT_FOUND, not in it.
        """
        for shelf in self._shelves.values():
            if shelf.packed.sha == pack_sha and item_id in shelf.by_id:
                return shelf.by_id[item_id]
        pack = await self.pack_by_sha(pack_sha)
        found = next((item for item in pack.items if item.id == item_id), None)
        if found is None:
            raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
        return found

    async def listed(self) -> list[ListedEntry]:
        """Every line of every published list that was taken in, the newest edition first."""
        return await store_lists.listed()

    async def drafts(self, tenant_id: str) -> list[Draft]:
        """The latest version of every item, with what the validator says about it."""
        return [_judged(draft) for draft in await store.drafts(tenant_id)]

    async def draft(self, tenant_id: str, item_id: str) -> Draft:
        """Raises Fault(ITEM_NOT_FOUND)."""
        found = await store.find_draft(tenant_id, item_id)
        if found is None:
            raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
        return _judged(found)

    async def edit(
        self, tenant_id: str, item_id: str, cells: Mapping[str, str], *, version: int, by: Actor, at: datetime
    ) -> tuple[Draft, Reading]:
        """A new version as the editor's form says; what is in force stays in force, and cases keep theirs.

        Args:
            version: of the draft the form was drawn from.

        Returns:
            The draft as it stands then, and the reading: with anything wrong in it nothing was stored.

        Raises:
            Fault: ITEM_NOT_FOUND; NOT_ALLOWED, another department's item; BUSY, somebody else edited it meanwhile.
        """
        before = await self.draft(tenant_id, item_id)
        departments = {card.type: card.department_id for card in await store_townships.windows(tenant_id)}
        publication.refuse_editing(by, departments[before.item.window])
        if before.item.version != version:
            raise Fault(ErrorCode.BUSY, item_id=item_id)
        reading = editing.read(cells, before.item)
        if reading.wrong:
            return before, reading
        (said,) = reading.items
        publication.refuse_editing(by, departments[said.window])
        if publication.digest(said) != publication.digest(before.item):
            draft = msgspec.structs.replace(said, id=item_id, version=before.item.version + 1)
            spelled = await asyncio.to_thread(drafting.spelled, [draft])
            await store.add_versions(tenant_id, spelled, by=by.id, at=at)
        return await self.draft(tenant_id, item_id), reading

    async def versions(self, tenant_id: str, item_id: str) -> list[Version]:
        """Every version of an item, the newest first."""
        return await store.versions(tenant_id, item_id)

    async def in_force(self, tenant_id: str, item_id: str) -> Item | None:
        """The published version of an item, None while it is not offered."""
        return self.shelf(tenant_id).by_id.get(item_id)

    async def confirm(
        self, tenant_id: str, item_ids: Collection[str], *, by: Actor, at: datetime
    ) -> list[Draft]:
        """Vouch by name for the illustrative limits of drafts: all of them or none. What needs no word stays as it is.

        Raises:
            Fault: ITEM_NOT_FOUND, NOT_ALLOWED, ITEM_NOT_PUBLISHABLE; BUSY, a draft changed meanwhile.
        """
        departments = {card.type: card.department_id for card in await store_townships.windows(tenant_id)}
        drafts = [await self.draft(tenant_id, item_id) for item_id in item_ids]
        for draft in drafts:
            publication.refuse_confirmation(draft.item, by, departments[draft.item.window])
        async with in_transaction():
            for draft in (each for each in drafts if each.item.illustrative):
                item = publication.confirmed(draft.item)
                if not await store.confirm(item, by=by.id, name=by.name, at=at):
                    raise Fault(ErrorCode.BUSY, item_id=item.id)
        return [await self.draft(tenant_id, item_id) for item_id in item_ids]

    async def publish(
        self,
        tenant_id: str,
        item_ids: Collection[str] | None = None,
        *,
        by: Actor,
        at: datetime,
        note: OnChange | None = None,
    ) -> PackBytes:
        """Put the latest drafts in force, all of `item_ids` (or of the township) or none; gives the new pack.

        Args:
            note: told, in the transaction, of each item that is put in force: who keeps account of why.

        Raises:
            Fault: ITEM_NOT_FOUND; ITEM_NOT_PUBLISHABLE with every error of every item.
        """
        drafts = await store.drafts(tenant_id)
        if item_ids is not None:
            drafts = _chosen(drafts, item_ids)
        publication.refuse(finding for draft in drafts for finding in validator.blocking(draft.item))
        async with in_transaction():
            await store.hold(tenant_id)
            for draft in drafts:
                if await store.publish(draft.item, by=by.id, day=day_in_china(at), at=at) and note:
                    await note(draft.item.id)
            pack, packed = await self._pack_anew(tenant_id, at=at)
        await self._shelve(tenant_id, pack, packed)
        return packed

    async def withdraw(
        self, tenant_id: str, item_id: str, *, at: datetime, note: OnChange | None = None
    ) -> PackBytes:
        """Take an item off the catalogue; cases filed with it go on. `note` as in `publish`.

        Raises:
            Fault: ITEM_NOT_FOUND.
        """
        async with in_transaction():
            await store.hold(tenant_id)
            if not await store.withdraw(tenant_id, item_id, day=day_in_china(at)):
                raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
            if note:
                await note(item_id)
            pack, packed = await self._pack_anew(tenant_id, at=at)
        await self._shelve(tenant_id, pack, packed)
        return packed

    async def _pack_anew(self, tenant_id: str, *, at: datetime) -> tuple[CataloguePack, PackBytes]:
        tenant = await store_townships.find_tenant(tenant_id)
        if tenant is None:
            raise Fault(ErrorCode.NOT_FOUND, tenant_id=tenant_id)
        pack = CataloguePack(
            tenant_id=tenant.id,
            tenant_name=tenant.name,
            centre_name=tenant.centre_name,
            case_prefix=tenant.case_prefix,
            items=tuple(await store.published(tenant_id)),
            windows=tuple(await store_townships.windows(tenant_id)),
            departments=tuple(await store_townships.departments(tenant_id)),
            partners=tuple(await store_townships.partners(tenant_id)),
            synonyms=tuple(await store_townships.synonyms()),
            public_base_url=self._public_base_url,
            complaint_phone=tenant.complaint_phone,
            consent_version=self._consent[0],
            consent_text=self._consent[1],
        )
        body = msgspec.json.encode(pack)
        packed = PackBytes(hashlib.sha256(body).hexdigest(), body)
        if packed.sha != tenant.pack_sha:
            await store.put_pack(tenant_id, packed, at=at)
        return pack, packed

    async def _shelve(self, tenant_id: str, pack: CataloguePack, packed: PackBytes) -> None:
        tenant = await store_townships.find_tenant(tenant_id)
        if tenant is None:
            raise Fault(ErrorCode.NOT_FOUND, tenant_id=tenant_id)
        self._put(
            Shelf(
                tenant=tenant,
                pack=pack,
                packed=packed,
                index=ItemIndex(pack.items, pack.synonyms),
                villages=tuple(await store_townships.villages(tenant_id)),
                by_id={item.id: item for item in pack.items},
                departments={card.type: card.department_id for card in pack.windows},
            )
        )


def _chosen(drafts: Sequence[Draft], item_ids: Collection[str]) -> list[Draft]:
    by_id = {draft.item.id: draft for draft in drafts}
    for item_id in item_ids:
        if item_id not in by_id:
            raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
    return [by_id[item_id] for item_id in dict.fromkeys(item_ids)]


def _judged(draft: Draft) -> Draft:
    return replace(draft, findings=tuple(validator.check(draft.item)))


def _decode(body: bytes) -> CataloguePack:
    return msgspec.json.decode(body, type=CataloguePack)
