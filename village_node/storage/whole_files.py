"""Files that are there whole or not at all, also when the power goes; and the end of files that must not be read again.

It knows paths and bytes, not what they mean.
"""

import contextlib
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

_WIPE_AT_ONCE: Final = 1024 * 1024


def replace(path: Path, body: bytes, *, make_room: Callable[[], bool] = lambda: False) -> None:
    """Put `body` in the place of `path`; readable by its owner alone.

    Args:
        make_room: called when the disk is full; True if it freed something, and the file is written once more.

    Raises:
        OSError: what was there is still there.
    """
    # Two processes may write the same file at once: each has its own coming one.
    coming = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        _write(coming, body)
    except OSError as refused:
        coming.unlink(missing_ok=True)
        if refused.errno != errno.ENOSPC or not make_room():
            raise
        _write(coming, body)
    coming.replace(path)
    settle(path.parent)


def _write(coming: Path, body: bytes) -> None:
    handle = os.open(coming, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o600)
    try:
        view = memoryview(body)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def sync(file: IO[bytes]) -> None:
    """Bring what was written to the disk itself."""
    file.flush()
    os.fsync(file.fileno())


def settle(folder: Path) -> None:
    """Make names in a folder durable, where the system can (Windows does it by itself)."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError:
        return
    finally:
        os.close(handle)


def plain_name(path: Path) -> Path:
    """Under which name a plain file waits for `wipe` while its sealed form takes its place."""
    return path.with_name(f"{path.name}.plain")


def set_aside(path: Path) -> None:
    """Give a plain file its second name, so that it can still be overwritten when another has taken its first.

    Where the disk knows no second names (FAT), nothing is set aside: the file is then unlinked without being wiped.
    """
    if path.exists() and not plain_name(path).exists():
        with contextlib.suppress(OSError):
            os.link(path, plain_name(path))


def wipe(path: Path) -> None:
    """Overwrite and unlink. A flash disk may keep old cells all the same: only encryption from the start helps there."""
    try:
        with path.open("r+b") as file:
            left = file.seek(0, os.SEEK_END)
            file.seek(0)
            while left > 0:
                left -= file.write(bytes(min(left, _WIPE_AT_ONCE)))
            sync(file)
    except FileNotFoundError:
        return
    path.unlink()
