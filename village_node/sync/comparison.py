"""The daily comparison with the township (sync/1, 2.7): is what we show what the township has told, and is all we gave there?

Counted in the township's days; this computer's clock may say anything.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from api_spec import comparison
from api_spec.feed import HeldRow
from api_spec.sync import CHECK_LACKING, CHECK_MONTHS, Check, CheckAnswer, CheckStatus
from village_node import journal
from village_node.storage.database import Database, Writing
from village_node.sync.exchange import Stream
from village_node.sync.shadow import Position, Shadow

EVERY_MS: Final = int(timedelta(days=1).total_seconds() * 1000)
_words = msgspec.json.Decoder(tuple[str, ...]).decode


@dataclass(frozen=True, slots=True)
class Compared:
    """The latest comparison.

    Args:
        township_ms: when, by the township's clock.
        differs: months that were not alike; lost: cases the township had confirmed and no longer knew.
    """

    township_ms: int
    differs: tuple[str, ...] = ()
    lost: bool = False

    @property
    def alike(self) -> bool:
        return not self.differs and not self.lost


def is_due(last: Compared | None, stream: Stream, position: Position, *, township_ms: int | None) -> bool:
    """Whether to compare with the next exchange: once a day, when nothing is under way in either direction.

    Args:
        township_ms: the township's clock at the latest meeting; None before the first.
    """
    if township_ms is None or stream.waiting or position.fetching:
        return False
    return last is None or abs(township_ms - last.township_ms) >= EVERY_MS


class Comparison:
    """Asks for the comparison, and keeps what came of it for the page."""

    def __init__(self, database: Database, shadow: Shadow) -> None:
        self._database = database
        self._shadow = shadow

    async def last(self) -> Compared | None:
        row = await self._database.row("SELECT township_ms, differs, lost FROM comparison")
        return Compared(row["township_ms"], _words(row["differs"]), bool(row["lost"])) if row else None

    async def ask(self, stream: Stream, position: Position, *, township_ms: int | None) -> Check | None:
        """What to send along, if a comparison is due."""
        if not is_due(await self.last(), stream, position, township_ms=township_ms):
            return None
        cases = await self._shadow.cases()
        months = comparison.month_sums((row.rid, row.srev, row.received_ms) for row in cases.values())
        told = {*cases, *(row.about or row.rid for row in await self._shadow.of_kind(HeldRow))}
        given = await self._database.rows(
            "SELECT rid FROM register WHERE rid NOT IN"
            " (SELECT rid FROM outbox WHERE seq > (SELECT acked FROM stream)) ORDER BY rid"
        )
        lacking = [row["rid"] for row in given if row["rid"] not in told]
        return Check(months=months[-CHECK_MONTHS:], lacking=tuple(lacking[:CHECK_LACKING]))

    async def heard(self, answer: CheckAnswer, *, township_ms: int, at_ms: int) -> None:
        """Note how it came out; not yet, if the township puts it off."""
        if answer.status is not CheckStatus.LATER:
            await self._note(Compared(township_ms, answer.differs, answer.resend), at_ms)

    async def put_off(self, *, township_ms: int, at_ms: int) -> None:
        """A township that cannot compare is asked again a day later, as if it had found nothing."""
        await self._note(Compared(township_ms), at_ms)

    async def _note(self, compared: Compared, at_ms: int) -> None:
        async def work(tx: Writing) -> None:
            await tx.run(
                "INSERT INTO comparison (one, township_ms, differs, lost) VALUES (1, ?, ?, ?) ON CONFLICT (one)"
                " DO UPDATE SET township_ms = excluded.township_ms, differs = excluded.differs, lost = excluded.lost",
                compared.township_ms,
                msgspec.json.encode(compared.differs).decode(),
                int(compared.lost),
            )
            if not compared.alike:
                months = ",".join(compared.differs)
                facts: dict[str, str | int] = {"months": months, "lost": int(compared.lost)}
                await journal.note(tx, "view_differs", at_ms=at_ms, facts=facts)

        await self._database.write(work)
