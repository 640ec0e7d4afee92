"""A power cut proper: what a program wrote and did not sync is gone, wholly or in part, in any order.

strace writes down every write and every sync of a running program; from that the disk is put together as it may lie
there after the current went at a chosen moment. So the programs are the real ones, SQLCipher's file included. What was
on the disk when the recording began counts as durable. The shared-memory file of a WAL is not on the disk at all.
"""

import random
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

SECTOR: Final = 512
_WORD: Final = r"(?P<pid>\d+)\s+(?P<at>\d+\.\d+)\s+"
_CALL: Final = re.compile(
    _WORD + r"(?P<call>pwrite64|fdatasync|fsync|ftruncate)\(\d+<(?P<path>[^>]*)>(?:, )?(?P<rest>.*)$"
)
_RESUMED: Final = re.compile(_WORD + r"<\.\.\. (?P<call>\w+) resumed>.*= (?P<result>-?\d+)")
_UNLINK: Final = re.compile(_WORD + r'unlink\("(?P<path>[^"]*)"\)\s*= 0')
_BYTES: Final = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?, (\d+), (\d+)')


def recording(log: Path) -> list[str]:
    """How to attach strace so that `read` understands what it writes."""
    calls = "pwrite64,fdatasync,fsync,ftruncate,unlink"
    return ["-ttt", "-y", "-xx", "-s", "1000000", "-o", str(log), "-e", f"trace={calls}"]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing done to a file at a moment; `data` None: a sync that came back; `size`: cut to so many bytes."""

    at: float
    path: Path
    offset: int = 0
    data: bytes | None = None
    size: int | None = None
    gone: bool = False


def read(log: Path) -> list[Change]:
    """What was done, in order. A sync counts from the moment it came back."""
    changes: list[Change] = []
    syncing: dict[str, Path] = {}
    for line in log.read_text().splitlines():
        if found := _UNLINK.match(line):
            changes.append(Change(float(found["at"]), _path(found["path"]), gone=True))
        elif found := _RESUMED.match(line):
            if (path := syncing.pop(found["pid"], None)) and found["result"] == "0":
                changes.append(Change(float(found["at"]), path))
        elif found := _CALL.match(line):
            changes += _started(found, syncing)
    return changes


def _started(found: re.Match[str], syncing: dict[str, Path]) -> Iterator[Change]:
    at, path, rest = float(found["at"]), _path(found["path"]), found["rest"]
    match found["call"]:
        case "pwrite64":
            written = _BYTES.match(rest)
            assert written, f"a write that cannot be read: {rest[-60:]}"
            assert not written[2], "a write that was not recorded whole"
            yield Change(at, path, int(written[4]), bytes.fromhex(written[1].replace("\\x", "")))
        case "ftruncate":
            yield Change(at, path, size=int(rest.split(")")[0].split(" ")[0]))
        case _ if "unfinished" in found[0]:
            syncing[found["pid"]] = path
        case _ if found[0].rstrip().endswith("= 0"):
            yield Change(at, path)


def _path(text: str) -> Path:
    """-xx writes names in hexadecimal, too."""
    return Path(bytes.fromhex(text.replace("\\x", "")).decode() if text.startswith("\\x") else text)


@dataclass
class _File:
    durable: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list)


def cut(before: Path, place: Path, changes: Iterable[Change], *, at: float, chance: random.Random) -> None:
    """Turn `place`, a folder a program runs in, into what the cut leaves: written over with the result.

    Args:
        before: the folder as it was when the recording began.
        place: where the result goes; the paths of `changes` are those of a folder of the program's.
        at: the moment, seconds since 1970.
        chance: which sectors of what was not synced made it all the same.
    """
    files: dict[Path, _File] = {}
    for change in changes:
        if change.at > at:
            break
        file = files.get(change.path)
        if file is None:
            old = before / change.path.name
            file = files[change.path] = _File(bytearray(old.read_bytes()) if old.exists() else bytearray())
        if change.gone or change.data is not None or change.size is not None:
            file.pending.append(change)
            continue
        for done in file.pending:
            _apply(file.durable, done)
        file.pending.clear()
    shutil.copytree(before, place, ignore=shutil.ignore_patterns("*-shm", "log"))
    for path, file in files.items():
        for done in file.pending:
            _apply_some(file.durable, done, chance)
        (place / path.name).write_bytes(file.durable)


def _apply(content: bytearray, change: Change) -> None:
    if change.gone:
        content.clear()
    elif change.size is not None:
        del content[change.size :]
        content.extend(bytes(change.size - len(content)))
    elif change.data is not None:
        end = change.offset + len(change.data)
        content.extend(bytes(max(0, end - len(content))))
        content[change.offset : end] = change.data


def _apply_some(content: bytearray, change: Change, chance: random.Random) -> None:
    """A disk writes sectors whole, and in the order it likes."""
    if change.data is None:
        if chance.random() < 0.5:
            _apply(content, change)
        return
    start = change.offset
    end = start + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        if chance.random() < 0.5:
            _apply(
                content,
                Change(0.0, change.path, start, change.data[start - change.offset : stop - change.offset]),
            )
        start = stop
