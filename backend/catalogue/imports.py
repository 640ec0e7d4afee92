"""Taking in what offices keep in files: divisions, townships, everyday words, items and published lists.

Every import is whole or not at all, may be repeated, and says everything that is wrong at once.
"""

import asyncio
import hashlib
from collections.abc import Sequence
from datetime import datetime

import msgspec

from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from backend.actors import Actor
from backend.catalogue import (
    county_list,
    drafting,
    loader,
    sheet_files,
    sheets,
    store,
    store_divisions,
    store_lists,
    store_townships,
)
from backend.catalogue.pinyin import spelled
from backend.catalogue.sheet_files import UnreadableFile
from backend.catalogue.values import FileFormat, Imported, ListImported
from backend.db import in_transaction
from backend.faults import Fault, Wrong

MOST_WRONG = 500
"""Faults told of one file; whoever has more has the wrong file."""


class Imports:
    """The half of the catalogue that files go through."""

    async def import_divisions(
        self, divisions: Sequence[loader.Division], codes: Sequence[loader.DivisionCode], *, as_of: str
    ) -> int:
        """Take in an edition of the division table; gives the number of new divisions.

        Args:
            as_of: the edition's cut-off day, "2023-06-30".
        """
        async with in_transaction():
            added = await store_divisions.take_in(divisions, as_of=as_of)
            await store_divisions.add_codes(codes)
        return added

    async def import_township(
        self,
        township: loader.Township,
        departments: Sequence[loader.Department],
        windows: Sequence[loader.Window],
        partners: Sequence[loader.Utility],
    ) -> str:
        """Set up a township or bring it up to date; gives its id.

        Raises:
            Fault: IMPORT_INVALID, its division is not known.
        """
        async with in_transaction():
            division_id = await store_divisions.find("nbs", township.division)
            if division_id is None:
                raise Fault(ErrorCode.IMPORT_INVALID, division=township.division)
            tenant_id = await store_townships.add_tenant(township, division_id)
            ids = await store_townships.add_departments(tenant_id, departments)
            await store_townships.add_windows(tenant_id, windows, ids)
            await store_townships.add_partners(tenant_id, partners)
        return tenant_id

    async def import_synonyms(self, words: dict[str, tuple[str, ...]]) -> None:
        await store_townships.add_synonyms(await asyncio.to_thread(spelled, words))

    async def import_data(self, *, by: Actor, at: datetime) -> str:
        """Everything in the data folder, as drafts: the first township with all its items. Gives its id."""
        as_of = loader.sources()["nbs2023"]["as_of"]
        await self.import_divisions(loader.divisions(), loader.division_codes(), as_of=as_of)
        tenant_id = await self.import_township(
            loader.township(), loader.departments(), loader.windows(), loader.partners()
        )
        await self.import_synonyms(dict(loader.synonyms()))
        await self.import_items(tenant_id, loader.items(), by=by, at=at)
        return tenant_id

    async def import_items(
        self, tenant_id: str, items: Sequence[Item], *, by: Actor, at: datetime
    ) -> Imported:
        """Store what is new as drafts. All or nothing; importing the same again changes nothing.

        Raises:
            Fault: IMPORT_INVALID, a code occurs twice; BUSY, somebody imported at the same time.
        """
        drafting.refuse_repeated_codes(items)
        known = await store.digests(tenant_id)
        sorter = drafting.Sorter(known)
        for item in items:
            sorter.take(item)
        drafts = await asyncio.to_thread(drafting.spelled, sorter.drafts)
        await store.add_versions(tenant_id, drafts, by=by.id, at=at)
        return sorter.result()

    async def import_file(
        self, tenant_id: str, content: bytes, *, name: str, by: Actor, at: datetime
    ) -> Imported | ListImported:
        """Items as exported (CSV or xlsx), or a county's list of items, told apart by their headers.

        Args:
            name: what to call a list; items need none.

        Raises:
            Fault: IMPORT_INVALID with every fault by table, line and column.
        """
        try:
            reading = await asyncio.to_thread(read_file, content)
        except UnreadableFile as unreadable:
            raise Fault(
                ErrorCode.IMPORT_INVALID, wrong=[Wrong("file", "unreadable", str(unreadable))]
            ) from unreadable
        if reading.wrong:
            raise Fault(ErrorCode.IMPORT_INVALID, wrong=reading.wrong[:MOST_WRONG], faults=len(reading.wrong))
        if isinstance(reading, sheets.Reading):
            return await self.import_items(tenant_id, reading.items, by=by, at=at)
        return await self.import_list(name, reading.entries, by=by, at=at)

    async def import_list(
        self, name: str, entries: Sequence[county_list.Entry], *, by: Actor, at: datetime
    ) -> ListImported:
        """Keep a published list as printed. The same list again adds nothing.

        Raises:
            Fault: IMPORT_INVALID, no name, or another list has it already: name each edition.
        """
        if not name.strip():
            wrong = Wrong(
                "name", "required", "请写明这份清单的名称和版本，例如“耒阳市乡镇权责清单 2025 年版”。"
            )
            raise Fault(ErrorCode.IMPORT_INVALID, wrong=[wrong])
        digest = hashlib.sha256(msgspec.json.encode(entries)).hexdigest()
        added = await store_lists.add(name.strip(), entries, digest=digest, by=by.id, at=at)
        return ListImported(name=name.strip(), added=added, entries=tuple(entries))

    async def export_file(self, tenant_id: str, file_format: FileFormat) -> bytes:
        """The latest version of every item, to be edited and imported again."""
        items = [draft.item for draft in await store.drafts(tenant_id)]
        return await asyncio.to_thread(write_file, items, file_format)


def read_file(content: bytes) -> sheets.Reading | county_list.ListReading:
    """Raises UnreadableFile."""
    if content.startswith(b"PK"):
        tables = sheet_files.from_xlsx(content)
        rows: sheets.Table = next(iter(tables.values()), [])
    else:
        rows = sheet_files.csv_rows(content)
        tables = {} if county_list.is_county_list(rows) else sheet_files.by_table(rows)
    return county_list.read(rows) if county_list.is_county_list(rows) else sheets.read(tables)


def write_file(items: Sequence[Item], file_format: FileFormat) -> bytes:
    tables = sheets.write(items)
    return sheet_files.to_xlsx(tables) if file_format is FileFormat.XLSX else sheet_files.to_csv(tables)
