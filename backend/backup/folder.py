"""The folder of backups on disk: what lies there, written and removed so that a crash leaves no half backup behind.

Blocking file work throughout; callers run it in a thread.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from backend.backup.values import BLOBS, DATABASE_FILE, KEYS, MANIFEST, BackupState, Manifest, Refused

_CHUNK: Final = 1024 * 1024
_UNFINISHED: Final = ".part"
_PREVIEWS: Final = "previews"
_REPLACED: Final = ".replaced"


def read_all(folder: Path) -> list[Manifest]:
    """Every backup in the folder, oldest first; what is no backup of ours is passed over."""
    if not folder.is_dir():
        return []
    found = [read(each) for each in sorted(folder.iterdir()) if (each / MANIFEST).is_file()]
    return [each for each in found if each is not None]


def read(backup: Path) -> Manifest | None:
    """What a backup says of itself; None if it says nothing that can be read."""
    try:
        manifest = msgspec.json.decode((backup / MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None
    return manifest if manifest.name == backup.name else None


def write(folder: Path, manifest: Manifest) -> None:
    """Say how far a backup is; whoever reads sees the old words or the new ones, never half of them."""
    place = folder / manifest.name
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = place / f"{MANIFEST}{_UNFINISHED}"
    unfinished.write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1))
    sync_file(unfinished)
    unfinished.replace(place / MANIFEST)
    sync_folder(place)


def remove(folder: Path, manifest: Manifest) -> None:
    """Delete a backup; its description goes first, so that a half-deleted one is no backup any more."""
    place = folder / manifest.name
    (place / MANIFEST).unlink(missing_ok=True)
    shutil.rmtree(place, ignore_errors=True)


def empty(folder: Path, manifest: Manifest) -> None:
    """Free the room a failed backup takes and keep its description."""
    place = folder / manifest.name
    (place / DATABASE_FILE[manifest.dialect]).unlink(missing_ok=True)
    (place / KEYS).unlink(missing_ok=True)
    shutil.rmtree(place / BLOBS, ignore_errors=True)


def mark_broken_off(folder: Path) -> None:
    """Backups that were running when their program ended have failed; ask only while holding the folder's lock."""
    for each in read_all(folder):
        if each.state == BackupState.RUNNING:
            empty(folder, each)
            write(
                folder,
                msgspec.structs.replace(
                    each, state=BackupState.FAILED.value, problem="备份做到一半，程序停了。"
                ),
            )


def copy_blobs(source: Path, target: Path) -> tuple[int, int]:
    """Bring every photo of `source` into `target` that is not there; gives how many lie in `target` now, and their bytes.

    Photos never change once they are complete, so on one disk a second name for the same bytes is enough. What is
    still being received (`.part`), and previews, which can be made again, are left out.
    """
    count = size = 0
    changed: set[Path] = set()
    for path in _photos_of(source):
        place = target / path.relative_to(source)
        if not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _link_or_copy(path, place)
            changed.add(place.parent)
        count, size = count + 1, size + place.stat().st_size
    for each in changed:
        sync_folder(each)
    return count, size


def put_back_blobs(source: Path, target: Path) -> None:
    """Bring every photo of a backup to where it belongs, also over one that is damaged there.

    What is replaced lies beside under another name: which of the two is the good one only their reader knows.
    """
    for path in _photos_of(source):
        place = target / path.relative_to(source)
        if place.exists() and not place.samefile(path) and digest(place) != digest(path):
            place.replace(place.with_name(place.name + _REPLACED))
    copy_blobs(source, target)


def _photos_of(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if (
            path.is_file()
            and not path.is_symlink()
            and not path.name.endswith(_UNFINISHED)
            and path.relative_to(folder).parts[0] != _PREVIEWS
        ):
            yield path


def _link_or_copy(path: Path, place: Path) -> None:
    try:
        place.hardlink_to(path)
    except OSError:
        unfinished = place.with_name(place.name + _UNFINISHED)
        shutil.copyfile(path, unfinished)
        sync_file(unfinished)
        unfinished.replace(place)


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 of a file in hexadecimal, and its bytes."""
    reading, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            reading.update(chunk)
            size += len(chunk)
    return reading.hexdigest(), size


def database_of(folder: Path, manifest: Manifest) -> Path:
    """The database file of a backup, found to be what was written.

    Raises:
        Refused: it is missing or was altered.
    """
    path = folder / manifest.name / DATABASE_FILE[manifest.dialect]
    if not path.is_file():
        raise Refused(f"备份 {manifest.name} 里没有数据库文件，不能用它恢复。")
    if digest(path) != (manifest.sha256, manifest.size):
        raise Refused(f"备份 {manifest.name} 的数据库文件和当初写下的不一样，可能已经损坏，请换一份备份。")
    return path


def sync_file(path: Path) -> None:
    """Raises OSError: the disk did not take it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def sync_folder(path: Path) -> None:
    """Make new names in a folder durable; Windows has no way to and needs none."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
