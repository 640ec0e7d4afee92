"""Where a stick may be: folders of removable drives, as far as the operating system tells. Reads only."""

import os
import shutil
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MOUNTS: Final = Path("/proc/self/mounts")
_PLACES: Final = ("/media/", "/run/media/", "/mnt/", "/Volumes/")
_ESCAPED: Final = {r"\040": " ", r"\011": "\t", r"\134": "\\"}
_DRIVE_REMOVABLE: Final = 2


@dataclass(frozen=True, slots=True)
class Stick:
    """A drive that can be taken out. `free` in bytes."""

    folder: Path
    free: int

    @property
    def free_words(self) -> str:
        mib = self.free // 1024**2
        return f"{mib / 1024:.1f} GB" if mib >= 1024 else f"{mib} MB"


def sticks() -> list[Stick]:
    """Every removable drive that is plugged in and can be written to."""
    return list(_usable(_folders()))


def mounted(table: str) -> list[Path]:
    """The folders of a Linux mount table where desktops put what is plugged in."""
    found = []
    for line in table.splitlines():
        fields = line.split(" ")
        if len(fields) > 1:
            place = fields[1]
            for escaped, plain in _ESCAPED.items():
                place = place.replace(escaped, plain)
            if place.startswith(_PLACES):
                found.append(Path(place))
    return found


def _folders() -> list[Path]:
    if sys.platform == "win32":
        import ctypes

        drive_type = ctypes.windll.kernel32.GetDriveTypeW
        drives = (f"{letter}:\\" for letter in string.ascii_uppercase)
        return [Path(drive) for drive in drives if drive_type(drive) == _DRIVE_REMOVABLE]
    if sys.platform == "darwin":
        return [each for each in Path("/Volumes").iterdir() if not each.is_symlink()]
    return mounted(_MOUNTS.read_text("utf-8", "replace")) if _MOUNTS.exists() else []


def _usable(folders: list[Path]) -> Iterator[Stick]:
    for folder in folders:
        try:
            if folder.is_dir() and os.access(folder, os.W_OK):
                yield Stick(folder, shutil.disk_usage(folder).free)
        except OSError:
            continue  # it was pulled out at this moment
