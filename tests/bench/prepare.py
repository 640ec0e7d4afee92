"""A township with many cases stored, and the files the load generator reads its codes and bodies from."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import argon2
import msgspec

from api_spec.china_time import day_in_china
from api_spec.vocabulary import Channel, Role
from backend.actors import Actor
from backend.cases.service import FiledCase, Filing
from backend.db import in_transaction
from backend.demo import samples
from backend.demo.seed import seed
from backend.ids import new_id
from backend.office import Office, open_office
from backend.people.service import Hashing
from backend.settings import Settings
from tests.support.township import settings_for

ITEM = "SD-034"
BATCH = 500
KEPT_CODES = 20_000
HASHING = Hashing(argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def utc_now() -> datetime:
    return datetime.now(UTC)


def bench_settings(url: str, folder: Path) -> Settings:
    return replace(settings_for(url, folder), mode="test", public_url="https://sandu.test")


def prepare(url: str, folder: Path, *, cases: int) -> None:
    """Seed the township, store `cases` cases, write `codes.txt` into `folder`."""
    asyncio.run(_prepare(url, folder, cases))


async def _prepare(url: str, folder: Path, cases: int) -> None:
    async with open_office(bench_settings(url, folder), clock=utc_now, hashing=HASHING) as office:
        tenant_id = await seed(office, at=utc_now())
        clerk = await clerk_actor(office, tenant_id)
        codes: list[str] = []
        for filings in await _batches(office, clerk, cases):
            async with in_transaction():
                filed = await office.cases.file_many(filings, at=utc_now())
            codes += [one.tracking_code for one in filed if isinstance(one, FiledCase)]
    if len(codes) != cases:
        raise RuntimeError(f"only {len(codes)} of {cases} cases were stored")
    step = max(1, cases // KEPT_CODES)
    (folder / "codes.txt").write_text("\n".join(codes[::step]), encoding="ascii")


async def clerk_actor(office: Office, tenant_id: str) -> Actor:
    """The demo's tax and finance clerk, without going through a sign-in."""
    windows = [card for card in await office.catalogue.windows(tenant_id) if card.type == "finance"]
    return Actor(
        id=new_id(),
        roles=frozenset({Role.WINDOW}),
        tenant_id=tenant_id,
        department_id=windows[0].department_id,
        window_ids=tuple(card.id for card in windows),
        name="财税窗口",
    )


async def _batches(office: Office, clerk: Actor, cases: int) -> Iterator[list[Filing]]:
    items = await office.catalogue.items(clerk.tenant_id)
    item = next(item for item in items if item.code == ITEM)
    pack = await office.catalogue.pack(clerk.tenant_id)
    at = utc_now()
    filing = Filing(
        tenant_id=clerk.tenant_id,
        item=item,
        pack_sha=pack.sha,
        situation=samples.situation(item),
        applicant=samples.applicant(0),
        answers=samples.answers(item.form, today=day_in_china(at)),
        materials=samples.materials(item, samples.situation(item)),
        channel=Channel.WINDOW,
        filed_by=clerk,
        rid="",
        received_at=at,
    )
    return (
        [
            msgspec.structs.replace(filing, rid=new_id(), applicant=samples.applicant(number))
            for number in range(first, min(first + BATCH, cases))
        ]
        for first in range(0, cases, BATCH)
    )


def take_body(office: Office, tenant_id: str) -> bytes:
    """An application a clerk types in, as JSON, with `@RID@` where each request puts its own id."""
    item = next(item for item in office.catalogue.shelf(tenant_id).pack.items if item.code == ITEM)
    person = samples.applicant(1)
    situation = samples.situation(item)
    return msgspec.json.encode(
        {
            "rid": "@RID@",
            "item_id": item.id,
            "situation": situation,
            "applicant": {
                "name": person.name,
                "document_number": person.document_number,
                "phone": person.phone,
                "address": person.address,
            },
            "answers": samples.answers(item.form, today=day_in_china(utc_now())),
            "materials": samples.materials(item, situation),
        }
    )
