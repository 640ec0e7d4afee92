"""Verifies a 案卷 file, alone: this one module, Python and `cryptography` are all it takes.

    python verifying.py SD-260410-0007-K.zip

A 案卷 is a zip whose members are stored uncompressed, in the order of its manifest, all with one date: so it can be
packed again from its members, and every single byte of it counts. Its manifest names each member with its SHA-256 and
is signed with Ed25519; its history is a chain in which every event carries the hash of the one before it.
"""

import hashlib
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT: Final = "bmt-archive/1"
PURPOSE: Final = b"bmt-archive/1\n"
MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
HISTORY: Final = "history.json"
DATE: Final = (1980, 1, 1, 0, 0, 0)
PIECE_BYTES: Final = 1 << 20
MOST_LIST_BYTES: Final = 32 << 20
"""The largest manifest or history that is read; a case of a thousand steps has under one megabyte."""
MOST_MEMBERS: Final = 10_000
NOT_ONE: Final = "打不开，不是有效的案卷"


@dataclass(slots=True)
class Verdict:
    """What came of it. `problems` empty: whole and genuine; `key`: who signed, for comparing with the centre's key."""

    number: str = ""
    files: int = 0
    events: int = 0
    key: str = ""
    problems: list[str] = field(default_factory=list)


def add(archive: zipfile.ZipFile, name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Put one member into a 案卷, the only way there is; gives its SHA-256 and its size."""
    entry = zipfile.ZipInfo(name, DATE)
    entry.create_system, entry.external_attr = 3, 0o644 << 16
    digest, size = hashlib.sha256(), 0
    with archive.open(entry, "w") as member:
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            member.write(piece)
    return digest.hexdigest(), size


def verify(path: Path, *, key: str = "") -> Verdict:
    """Look at everything; whatever is wrong is told at once.

    Args:
        key: the centre's public key in hex, where it is known; else the one in the file is believed.
    """
    verdict = Verdict()
    try:
        with zipfile.ZipFile(path) as archive:
            if not _can_be_one(archive.infolist(), path.stat().st_size):
                verdict.problems.append(NOT_ONE)
                return verdict
            _look(archive, verdict, key)
            if not _packed_alike(archive, path):
                verdict.problems.append("文件有改动：按原样重新打包，结果和这个文件不一样")
    except Exception:  # noqa: BLE001  # whatever shape a file has, it gets a verdict
        verdict.problems.append(NOT_ONE)
    return verdict


def _can_be_one(members: list[zipfile.ZipInfo], size: int) -> bool:
    """Whether nothing in it is packed or encrypted, and all of it together no larger than the file."""
    return (
        len(members) <= MOST_MEMBERS
        and all(one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 for one in members)
        and sum(one.file_size for one in members) <= size
    )


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Raises ValueError: larger than any 案卷 has it."""
    if archive.getinfo(name).file_size > MOST_LIST_BYTES:
        raise ValueError(name)
    return archive.read(name)


def _look(archive: zipfile.ZipFile, verdict: Verdict, key: str) -> None:
    raw = _read(archive, MANIFEST)
    manifest = json.loads(raw)
    verdict.number, verdict.key = manifest["case_number"], manifest["key"]
    if not isinstance(verdict.number, str) or not isinstance(verdict.key, str):
        raise TypeError("a number and a key are text")
    if manifest["format"] != FORMAT:
        verdict.problems.append("不认识的案卷格式")
    if key and key.lower() != verdict.key:
        verdict.problems.append("不是这个中心签的：公钥不一样")
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(verdict.key))
        public.verify(bytes.fromhex(_read(archive, SIGNATURE).decode("ascii")), PURPOSE + raw)
    except InvalidSignature:
        verdict.problems.append("目录的签名不对")
    listed = [entry["path"] for entry in manifest["files"]]
    if archive.namelist() != [*listed, MANIFEST, SIGNATURE]:
        verdict.problems.append("卷内文件和目录不一致，有多出、缺少或换了次序的")
    for entry in manifest["files"]:
        verdict.files += 1
        if _digest(archive, entry["path"]) != (entry["sha256"], entry["size"]):
            verdict.problems.append(f"{entry['path']} 被改动过")
    verdict.events = _follow(json.loads(_read(archive, HISTORY)), manifest["chain"], verdict)


def _digest(archive: zipfile.ZipFile, name: str) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    try:
        for piece in _pieces(archive, name):
            digest.update(piece)
            size += len(piece)
    except (KeyError, zipfile.BadZipFile):
        return "", -1
    return digest.hexdigest(), size


def _follow(events: list[dict[str, str]], chain: dict[str, Any], verdict: Verdict) -> int:
    """Reckon the chain of the history again, event by event."""
    before = ""
    for place, event in enumerate(events, 1):
        said = json.loads(event["said"])
        whole = hashlib.sha256(event["said"].encode()).hexdigest() == event["hash"]
        if not whole or said[0] != before or said[2] != place:
            verdict.problems.append(f"办理经过第 {place} 步接不上，被改动过")
            return place
        before = event["hash"]
    if (len(events), before) != (chain["events"], chain["last"]):
        verdict.problems.append("办理经过不完整")
    return len(events)


def _packed_alike(archive: zipfile.ZipFile, path: Path) -> bool:
    """Whether packing the members again gives the same file, to the last byte."""
    with tempfile.TemporaryFile() as again:
        with zipfile.ZipFile(again, "w") as copy:
            for name in archive.namelist():
                add(copy, name, _pieces(archive, name))
        again.seek(0)
        with path.open("rb") as given:
            return all(one == other for one, other in _side_by_side(given, again))


def _side_by_side(one: IO[bytes], other: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    while True:
        pair = one.read(PIECE_BYTES), other.read(PIECE_BYTES)
        yield pair
        if pair == (b"", b""):
            return


def _pieces(archive: zipfile.ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        while piece := member.read(PIECE_BYTES):
            yield piece


def report(verdict: Verdict) -> str:
    """The verdict as people read it."""
    if verdict.problems:
        return "\n".join(["案卷有问题：", *verdict.problems])
    return (
        f"案卷 {verdict.number} 完整，没有改动：卷内文件 {verdict.files} 个，办理经过 {verdict.events} 步。\n"
        f"签名公钥 {verdict.key}，请和中心公布的公钥核对。"
    )


if __name__ == "__main__":
    outcome = verify(Path(sys.argv[1]), key=sys.argv[2] if len(sys.argv) > 2 else "")
    sys.stdout.write(report(outcome) + "\n")
    sys.exit(1 if outcome.problems else 0)
