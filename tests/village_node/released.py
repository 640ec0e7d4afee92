"""A data folder as version 0.1.0 left it when its power was cut: five cases, two of them confirmed, one account.

Made by that version's own code (its file, its log not yet folded in, its three key files); nobody's real data.
"""

import tarfile
from pathlib import Path

LOGIN, PASSWORD = "liang", "shan-lu-1"
ARCHIVE = Path(__file__).parent / "data" / "node-0.1.0.tar.xz"


def unpack_0_1_0(folder: Path) -> Path:
    with tarfile.open(ARCHIVE) as archive:
        archive.extractall(folder, filter="data")
    return folder / "node"
