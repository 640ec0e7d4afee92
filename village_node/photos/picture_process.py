"""Runs `pictures.prepare` in a process of its own: a bomb or a broken file ends that process, not the node.

As a module run by Python (`python -m village_node.photos.picture_process`) it is that process: a file on standard input, the
photo on standard output.
"""

import asyncio
import contextlib
import os
import sys
from pathlib import Path
from typing import Final

from PIL import Image

from village_node.photos.pictures import LARGEST_RAW_BYTES, Picture, PictureRefused, Refused, prepare

TIMEOUT_S: Final = 40
_MEMORY_BYTES: Final = 1024 * 1024 * 1024
_CPU_S: Final = 30
_REFUSED: Final = b"!"
_HOME: Final = Path(__file__).parents[2]
_KEPT: Final = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH")
"""Of the environment; whatever else is there may be a secret, and a stranger's file is opened there."""


async def prepare_apart(raw: bytes, *, timeout_s: float = TIMEOUT_S) -> Picture:
    """As `pictures.prepare`, at the cost of about a fifth of a second.

    Raises:
        PictureRefused
    """
    if len(raw) > LARGEST_RAW_BYTES:
        raise PictureRefused(Refused.TOO_LARGE)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        __name__,
        cwd=_HOME,
        env={name: os.environ[name] for name in _KEPT if name in os.environ},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(timeout_s):
            answer, _ = await process.communicate(raw)
    except TimeoutError:
        raise PictureRefused(Refused.BROKEN) from None
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    head, found, content = answer.partition(b"\n")
    if process.returncode != 0 or not found:
        raise PictureRefused(Refused.BROKEN)
    if head.startswith(_REFUSED):
        raise PictureRefused(Refused(head[1:].decode()))
    return Picture(head.decode(), content)


def _limit_ourselves() -> None:
    """Memory, time and files; Windows has no such limits, there the time limit from outside must do."""
    if sys.platform == "win32":
        return
    import resource

    for what, most in (
        (resource.RLIMIT_AS, _MEMORY_BYTES),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main() -> None:
    _limit_ourselves()
    Image.MAX_IMAGE_PIXELS = None  # `prepare` counts them by what each format costs to decode
    raw = sys.stdin.buffer.read(LARGEST_RAW_BYTES + 1)
    try:
        picture = prepare(raw)
        answer = picture.media_type.encode() + b"\n" + picture.content
    except PictureRefused as refused:
        answer = _REFUSED + refused.why.value.encode() + b"\n"
    sys.stdout.buffer.write(answer)


if __name__ == "__main__":
    _main()
