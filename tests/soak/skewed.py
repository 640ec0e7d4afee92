"""A village computer's program whose clock is years off and jumps back and forth: `run`, with a clock of its own."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from village_node.__main__ import HASHER
from village_node.clock import Clock
from village_node.serving import serve
from village_node.settings import Settings
from village_node.sync.line import over_http

STROBE_S = 5


def clock(days: int) -> Clock:
    """`days` off in every other stretch of five seconds, right in between."""

    def wall() -> datetime:
        now = datetime.now(UTC)
        return now + timedelta(days=days) if int(now.timestamp()) // STROBE_S % 2 else now

    return Clock(wall=wall)


def run(
    data: Annotated[Path, typer.Option()],
    township: Annotated[str, typer.Option()],
    port: Annotated[int, typer.Option()],
    days: Annotated[int, typer.Option()],
) -> None:
    asyncio.run(_run(Settings(data=data, township=township, port=port), days))


async def _run(settings: Settings, days: int) -> None:
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        await serve(
            settings,
            over_http(session, settings.township),
            stopped=asyncio.Event(),
            hasher=HASHER,
            chance=random.SystemRandom().random,
            clock=clock(days),
        )


if __name__ == "__main__":
    typer.run(run)
