"""This computer's clocks. They are shown and sent along and never order anything: a village PC may believe it is 2016."""

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from api_spec.china_time import day_in_china
from api_spec.record_parts import NodeTime
from village_node.journal import NEVER, Contact

_LINUX_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def _this_boot() -> str:
    """The kernel's id of this boot; elsewhere one of this process."""
    try:
        return _LINUX_BOOT.read_text().strip()
    except OSError:
        return secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Clock:
    """`wall` is aware; `monotonic` in seconds."""

    wall: Callable[[], datetime] = lambda: datetime.now(UTC)
    monotonic: Callable[[], float] = time.monotonic
    boot: str = field(default_factory=_this_boot)

    def now_ms(self) -> int:
        """Milliseconds since 1970 UTC, by this computer."""
        return int(self.wall().timestamp() * 1000)

    def mono_ms(self) -> int:
        return int(self.monotonic() * 1000)

    def today(self, last: Contact = NEVER) -> date:
        """The day in China, as well as this computer can know it.

        Forms compare birth dates and terms with it, and a PC that wakes up in 2016 must still take a child's case. So
        what the township's clock said when they `last` met corrects ours, and it is never earlier than that.
        """
        best = self.wall() - timedelta(milliseconds=last.offset_ms or 0)
        if last.township_ms is not None:
            best = max(best, datetime.fromtimestamp(last.township_ms / 1000, UTC))
        return day_in_china(best)

    def stamp(self, offset_ms: int | None) -> NodeTime:
        """What goes into a record. `offset_ms`: how far this clock was ahead of the township's when they last met."""
        return NodeTime(at_ms=self.now_ms(), boot=self.boot, mono_ms=self.mono_ms(), offset_ms=offset_ms)
