"""A process of its own that opens a restored copy with the township's own program and says what it found.

python -m backend.backup.checking   reads `Order` as JSON on standard input, writes `Found` on standard output.

It runs apart because one process works on one database, and because nothing a damaged copy does may hurt the township.
"""

import asyncio
import logging
import sys
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from backend import db
from backend.backup.values import BLOBS, Contained, Found, Order
from backend.blobs.files import Files
from backend.blobs.proving import damaged
from backend.office import open_office
from backend.settings import Settings


async def check(order: Order) -> Found:
    """Open the copy as a starting township would, recompute every stream, count every table."""
    settings = Settings(
        mode="test",
        data=Path(order.folder),
        database_url=order.database_url,
        vault_key=order.key,
        vault_suite=order.suite,
        pool_size=2,
    )
    async with open_office(settings, clock=lambda: datetime.now(UTC)) as office:
        proofs = await office.intake.prove()
        tables = await _count()
        blobs_damaged = await damaged(Files(settings.data / BLOBS, office.vault))
    return Found(
        streams=tuple(
            Contained(
                stream=proof.stream,
                node=proof.node,
                epoch=proof.epoch,
                upto=proof.head.upto,
                chain=proof.head.chain,
            )
            for proof in proofs
        ),
        tables=tables,
        blobs_damaged=blobs_damaged,
        wrong=tuple((proof.node, proof.epoch, proof.wrong) for proof in proofs if proof.wrong),
    )


async def _count() -> dict[str, int]:
    if db.current().dialect == "sqlite":
        names = (
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name"
        )
    else:
        names = "SELECT tablename AS name FROM pg_catalog.pg_tables WHERE schemaname = current_schema() ORDER BY 1"
    counted = {}
    for row in await db.rows(names):
        [line] = await db.rows(f'SELECT COUNT(*) AS lines FROM "{row["name"]}"')  # noqa: S608 - names of our own tables
        counted[row["name"]] = line["lines"]
    return counted


def main() -> None:
    logging.disable(logging.CRITICAL)
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(check(order))))


if __name__ == "__main__":
    main()
