"""A village computer with its side of the stick, and a township that takes sticks in; no page in between."""

import io
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestClient

from api_spec import bundle
from api_spec.sync import RECORDS_MAX
from backend import db
from backend.vault import Vault
from tests.support.township import Answer, Caller, Town
from tests.sync.conftest import LI, VillagePc
from village_node.journal import Journal
from village_node.photos.photos import Photos
from village_node.sticks.bundles import Bundles, HandedOver
from village_node.sticks.part_file import Create, create
from village_node.sticks.replies import Heard, Replies

TINY: int = 1
"""A limit no push fits in: every record and photo gets a part of its own."""


@dataclass
class Desk:
    """One village computer at whose desk sticks are filled and read."""

    pc: VillagePc
    folder: Path
    photos: Photos | None = None

    def bundles(self, *, part_max: int = bundle.PART_MAX, create: Create = create) -> Bundles:
        return Bundles(
            self.pc.database,
            self.pc.enrolment,
            self.pc.keys.own_keys(),
            sync=self.pc.sync,
            photos=self.photos,
            clock=self.pc.time.clock,
            part_max=part_max,
            push_max=1 if part_max == TINY else RECORDS_MAX,
            create=create,
        )

    def stick(self) -> Path:
        """An empty stick."""
        return Path(tempfile.mkdtemp(prefix="stick-", dir=self.folder))

    async def export(self, *, part_max: int = bundle.PART_MAX) -> HandedOver:
        """Onto a new stick; `paths` says where."""
        self.last_stick = self.stick()
        return await self.bundles(part_max=part_max).export(self.last_stick, handed_to="欧阳会计", clerk=LI)

    async def parts(self, *, part_max: int = bundle.PART_MAX) -> list[bytes]:
        """The files of a fresh export, in order."""
        over = await self.export(part_max=part_max)
        return [(self.last_stick / part.name).read_bytes() for part in over.parts]

    async def take_reply(self, reply: bytes) -> Heard:
        path = self.stick() / f"{secrets.token_hex(4)}{bundle.SUFFIX}"
        path.write_bytes(reply)
        replies = Replies(
            self.pc.enrolment,
            self.pc.keys.own_keys(),
            sync=self.pc.sync,
            clock=self.pc.time.clock,
            journal=Journal(self.pc.database),
        )
        return await replies.take(path, clerk_id=LI.id)


async def bring(town: Town, part: bytes) -> Answer:
    """Bring one part to the township as anyone may."""
    return await bring_to(town.client, part)


async def bring_to(client: TestClient[Any, Any], part: bytes) -> Answer:
    return await Caller(client).call("POST", "/sync/1/bundles", data=io.BytesIO(part))


async def bring_all(town: Town, parts: Sequence[bytes]) -> list[bytes]:
    """The replies. Raises AssertionError: one was refused."""
    replies = []
    for part in parts:
        answer = await bring(town, part)
        assert answer.status == 200, answer.text
        replies.append(answer.body)
    return replies


async def state(vault: Vault) -> dict[str, list[tuple[Any, ...]]]:
    """Everything a push leaves behind, without ids drawn by the township: of the database that is open now."""
    streams = await db.rows("SELECT id, node_id, epoch, upto, chain, safe FROM node_stream ORDER BY epoch")
    names = {row["id"]: row["epoch"] for row in streams}
    records = await db.rows("SELECT * FROM node_record ORDER BY stream_id, seq")
    held = await db.rows(
        "SELECT node_number, seq, rid, kind, h, reason FROM held_record ORDER BY node_number, h"
    )
    feed = await db.rows("SELECT node_number, pos, kind, dig FROM node_feed ORDER BY node_number, pos")
    cases = await db.rows("SELECT rid, case_number, tracking_code, state FROM cases ORDER BY rid")
    return {
        "streams": [tuple(map(_plain, list(row.values())[1:])) for row in map(dict, streams)],
        "records": sorted(
            (
                names[row["stream_id"]],
                row["seq"],
                _plain(row["h"]),
                row["outcome"],
                row["rid"],
                row["rev"],
                _opened(vault, row),
            )
            for row in records
        ),
        "held": [tuple(map(_plain, dict(row).values())) for row in held],
        "feed": [tuple(map(_plain, dict(row).values())) for row in feed],
        "cases": [tuple(map(_plain, dict(row).values())) for row in cases],
    }


def _opened(vault: Vault, row: db.Row) -> str:
    if row["body"] is None:
        return ""
    return vault.open(bytes(row["body"]), context=f"record/{bytes(row['h']).hex()}").hex()


def _plain(value: Any) -> Any:
    return bytes(value).hex() if isinstance(value, (bytes, memoryview)) else value
