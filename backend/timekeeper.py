"""What happens by itself: the clock's own decisions, and taking up what another process published."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from functools import partial

import structlog

from backend.office import Office, Round

CLOCK_EVERY_S = 300.0
REFRESH_EVERY_S = 2.0
COLLECT_AFTER_S = 600.0
COLLECT_EVERY_S = 86_400.0

log = structlog.get_logger("township")


@asynccontextmanager
async def keeping_time(office: Office) -> AsyncIterator[None]:
    """Run the township's own tasks while the block lasts."""
    tasks = [asyncio.create_task(_every(CLOCK_EVERY_S, lambda: _clock(office)), name="clock")]
    if office.settings.is_production:
        tasks.append(asyncio.create_task(_every(CLOCK_EVERY_S, lambda: _back_up(office)), name="backups"))
    tasks.append(asyncio.create_task(_collecting(office), name="photos"))
    tasks.extend(
        asyncio.create_task(_every(each.every_s, partial(_round, office, each)), name=each.name)
        for each in office.rounds
    )
    if office.settings.processes > 1:
        tasks.append(asyncio.create_task(_every(REFRESH_EVERY_S, lambda: _refresh(office)), name="refresh"))
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def _every(seconds: float, work: Callable[[], Awaitable[object]]) -> None:
    """A failed round is logged and tried again: one bad case must not stop the clock of all others."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a task of the township failed")
        await asyncio.sleep(seconds)


async def _round(office: Office, each: Round) -> None:
    await each.run(office.clock())


async def _clock(office: Office) -> None:
    """Deemed acceptance and withdrawal (行政许可法 32), archiving, and what only an upgrade made readable, for every township."""
    at = office.clock()
    for tenant_id in office.catalogue.tenant_ids:
        await office.cases.run_clock(tenant_id, at=at)
        await office.cases.archive(tenant_id, quiet_for=timedelta(days=office.settings.archive_days), at=at)
    await office.intake.rejudge(at=at)


async def _back_up(office: Office) -> None:
    """A backup a day, and what villages may forget because of it; also of backups made on the command line."""
    made = await office.backups.tend(office.intake.vouch, at=office.clock())
    if made is not None and made.blobs_damaged:
        await office.blobs.set_aside_damaged()


async def _collecting(office: Office) -> None:
    """Photos begun and left, or named by nothing (sync/1, 2.11): not at once, a start has better things to do."""
    await asyncio.sleep(COLLECT_AFTER_S)
    await _every(
        COLLECT_EVERY_S,
        lambda: office.blobs.collect(at=office.clock(), named=office.intake.held.names),
    )


async def _refresh(office: Office) -> None:
    await office.catalogue.refresh(at=office.clock())
