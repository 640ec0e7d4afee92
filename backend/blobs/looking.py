"""What is in a blob, and how its pages look: asked of `looker.py` in a process of its own. Knows no table and no file."""

from pathlib import Path
from typing import Final

from backend.apart import Apart, Limits, Unfit
from backend.blobs import rules
from backend.blobs.values import Media, Refusal

PROGRAM: Final = Path(__file__).with_name("looker.py")
LIMITS: Final = Limits(memory_bytes=768 * 1024 * 1024, cpu_s=10, wall_s=60.0, answer_bytes=8 * 1024 * 1024)
AT_ONCE: Final = 2
SIDE: Final = 1600
"""Pixels on the longer side of a page as it is shown."""


class BadBlob(Exception):
    """A blob nobody could be shown; `refusal` says why."""

    def __init__(self, refusal: Refusal) -> None:
        self.refusal: Final = refusal
        super().__init__(refusal.value)


class Looking:
    """Eyes that may go blind without the township noticing."""

    def __init__(self, limits: Limits = LIMITS, *, at_once: int = AT_ONCE) -> None:
        self._apart = Apart(PROGRAM, limits, at_once=at_once)

    async def check(self, plain: bytes) -> tuple[Media, int]:
        """What it is, and how many of its pages can be shown.

        Raises:
            BadBlob: disguised, broken, cut off or a bomb.
            NotNow: from `backend.apart`; nothing is known.
        """
        media = rules.sniff(plain[:16])
        if media is None:
            raise BadBlob(Refusal.TYPE)
        try:
            return media, int(await self._apart.ask("check", media.value, given=plain))
        except Unfit as unfit:
            word = unfit.args[0]
            raise BadBlob(Refusal.BROKEN if word == Refusal.BROKEN.value else Refusal.HUGE) from None

    async def preview(self, plain: bytes, media: Media, page: int, *, side: int = SIDE) -> bytes | None:
        """A page as a JPEG of at most `side` pixels with nothing but its pixels; None if it cannot be shown.

        Raises:
            NotNow
        """
        try:
            return await self._apart.ask("preview", media.value, str(page), str(side), given=plain)
        except Unfit:
            return None
