"""Bundles of every released version are still read: a stick may lie in a drawer for a year."""

import hashlib
from pathlib import Path

import msgspec
import pytest

from api_spec import bundle, bundle_reader, coding, sync
from api_spec.bundle import Item, Reply
from api_spec.sync import ExchangeRequest
from tests.bundles.make_fixture import FOLDER, READER, SIGNER, Expected, write
from village_node import APP_VERSION

_expected = msgspec.json.Decoder(list[Expected])
FIXTURES = [
    (path.parent, each)
    for path in sorted(FOLDER.glob("*/expected.json"))
    for each in _expected.decode(path.read_bytes())
]


def test_this_version_left_its_bundles_here() -> None:
    assert (FOLDER / APP_VERSION / "expected.json").is_file(), "run `python -m tests.bundles.make_fixture`"


@pytest.mark.parametrize(
    ("folder", "expected"), FIXTURES, ids=lambda each: each.name if isinstance(each, Path) else each.file
)
def test_a_bundle_of_a_released_version_is_read(folder: Path, expected: Expected) -> None:
    with (folder / expected.file).open("rb") as file:
        verified = bundle_reader.verify(file, SIGNER.public_key().public_bytes_raw())
        items = list(bundle_reader.items(file, READER))
    assert verified.digest.hex() == expected.digest
    assert [(kind, hashlib.sha256(body).hexdigest()) for kind, body in items] == expected.items
    for kind, body in items:
        if kind == Item.PUSH:
            assert sync.decode(coding.unpack(body, "zstd"), ExchangeRequest).recs
        elif kind == Item.ANSWER:
            assert sync.decode(coding.unpack(body, "zstd"), Reply).answer.push.upto == 1
        else:
            assert bundle.unpack_piece(body).data


def test_what_the_maker_writes_can_be_read(tmp_path: Path) -> None:
    write(tmp_path / "new")
    with (tmp_path / "new" / "up.gtb").open("rb") as file:
        assert bundle_reader.verify(file, SIGNER.public_key().public_bytes_raw()).head.header.node == 4711
