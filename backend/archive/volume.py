"""What lies in a 案卷 and in which order: leaves of text, documents, photos, the list of them, the signature.

The same case gives the same bytes: nothing of the moment of making goes in.
"""

import zipfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any, Final

import jinja2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from backend.archive import verifying
from backend.cases import history
from backend.cases.case import Event
from backend.pages_env import TEMPLATES, day, moment

INDEX: Final = "index.html"


@dataclass(frozen=True, slots=True)
class Leaf:
    """One member of a 案卷. `sha256` in hex; `about`: the number of a document, the name of a paper."""

    path: str
    title: str
    about: str
    size: int
    sha256: str


class Binder:
    """Binds a 案卷 leaf by leaf into a file that can be sought in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._archive = zipfile.ZipFile(file, "w")
        self.leaves: list[Leaf] = []

    def add(self, path: str, data: bytes, *, title: str, about: str = "") -> None:
        sha256, size = verifying.add(self._archive, path, [data])
        self.leaves.append(Leaf(path, title, about, size, sha256))

    def close(self, facts: dict[str, Any], events: Iterable[Event], key: Ed25519PrivateKey) -> None:
        """Put the list, the manifest and its signature behind everything else."""
        last = [one.hash for one in events]
        manifest = {
            "format": verifying.FORMAT,
            **facts,
            "chain": {"events": len(last), "last": last[-1] if last else ""},
            "key": key.public_key().public_bytes_raw().hex(),
            "files": [asdict(leaf) for leaf in self.leaves],
        }
        raw = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
        verifying.add(self._archive, verifying.MANIFEST, [raw])
        signed = key.sign(verifying.PURPOSE + raw).hex().encode()
        verifying.add(self._archive, verifying.SIGNATURE, [signed])
        self._archive.close()


def history_leaf(events: Iterable[Event]) -> bytes:
    """Every event exactly as it was hashed, beside its hash."""
    lines = [{"said": history.hashed_text(one).decode(), "hash": one.hash} for one in events]
    return msgspec.json.format(msgspec.json.encode(lines), indent=1)


def page(template: str, **context: Any) -> bytes:
    """A leaf for people to read; it stands alone, without stylesheet or script."""
    return _environment().get_template(f"archive/{template}").render(**context).encode()


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(TEMPLATES)),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
    )
    environment.filters.update(moment=moment, day=day)
    return environment
