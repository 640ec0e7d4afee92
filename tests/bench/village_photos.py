"""What photos cost a village's computer, and how many bytes a line that is cut every ten seconds carries twice."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.village_node.conftest import Time
from tests.village_node.photo_node import BadLine, keep_trying, open_node, open_township
from tests.village_node.pictures import page_of_text, phone_photo
from village_node.photos.chunk_pace import KIB
from village_node.photos.picture_process import prepare_apart

PHOTOS = 60
PHOTO_BYTES = 200 * KIB
TAKEN = (4000, 3000)
ROUNDS = 3
MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class Carried:
    """Milliseconds to make a photo of a file, megabytes a second sealed and durable, and what the bad line carried."""

    photo_ms: float
    page_kb: float
    kept_mb_s: float
    cuts: int
    twice: float
    line_used: float

    def __str__(self) -> str:
        return (
            f"village photos: {self.photo_ms:,.0f} ms to shrink and strip one of 12 million pixels in a process of"
            f" its own, a page of text becomes {self.page_kb:,.0f} KB; {self.kept_mb_s:,.0f} MB/s sealed and on the"
            f" disk; 64 KiB/s cut every 10 s ({self.cuts} cuts): {self.twice:.1%} of the bytes twice (goal 10%),"
            f" {self.line_used:.0%} of the line's time carries something new"
        )


async def measure_village_photos() -> Carried:
    """The line's clock is its own: nothing waits."""
    raw = phone_photo(*TAKEN)
    began = time.perf_counter()
    for _ in range(ROUNDS):
        await prepare_apart(raw)
    photo_ms = (time.perf_counter() - began) * 1000 / ROUNDS
    page = await prepare_apart(page_of_text())
    with tempfile.TemporaryDirectory(prefix="bmt-bench-") as folder:
        clock = Time()
        line = BadLine(open_township(), clock)
        node = await open_node(Path(folder), line, time=clock)
        took_s = 0.0
        for seed in range(PHOTOS):
            began = time.perf_counter()
            photo = await node.photograph(PHOTO_BYTES, seed=seed)
            took_s += time.perf_counter() - began
            await node.hand_in([photo], case=f"{seed:032x}")
        began_s = clock.mono
        await keep_trying(node)
        await node.close()
    whole = PHOTOS * PHOTO_BYTES
    return Carried(
        photo_ms=photo_ms,
        page_kb=len(page.content) / 1000,
        kept_mb_s=whole / MEGABYTE / took_s,
        cuts=line.cuts,
        twice=line.photo_bytes / whole - 1,
        line_used=whole / line.rate / (clock.mono - began_s),
    )
