"""Work on drives that may never answer: each piece in a thread of its own that nobody waits for at the end. Knows no page."""

import asyncio
import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, Final, TypeVar

PATIENCE_S: Final = 10.0
T = TypeVar("T")


async def patiently(work: Callable[[], T], *, within_s: float = PATIENCE_S) -> T:
    """What `work` gives, run beside everything else.

    Raises:
        TimeoutError: an OSError; the drive did not answer. Its thread ends when the drive does.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def tell(tell_it: Callable[[], None]) -> None:
        if not done.done():
            tell_it()

    def run() -> None:
        try:
            found = work()
        except BaseException as failed:  # noqa: BLE001 - it is raised where somebody waits
            said = failed
            answer = lambda: done.set_exception(said)  # noqa: E731
        else:
            answer = lambda: done.set_result(found)  # noqa: E731
        if not loop.is_closed():
            loop.call_soon_threadsafe(tell, answer)

    threading.Thread(target=run, name="drive", daemon=True).start()
    async with asyncio.timeout(within_s):
        return await done


def open_file(path: Path) -> BinaryIO:
    """Open a file to read; a pipe or a device, which may never end, is refused without waiting for it.

    Raises:
        OSError
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "no file")
    return os.fdopen(descriptor, "rb")
