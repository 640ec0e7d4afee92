"""The bundle file: what was put in comes out; what is cut, bent, foreign or later is refused whole."""

import hashlib
import io
import secrets
from collections.abc import Iterator, Sequence

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from api_spec import bundle, bundle_reader
from api_spec.bundle import FRAME, BadBundle, BundleHeader, Item, Piece
from api_spec.bundle_writer import BundleWriter, item_size

SIGNER = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER_PUBLIC = SIGNER.public_key().public_bytes_raw()
READER = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
READER_PUBLIC = READER.public_key().public_bytes_raw()
HEADER = BundleHeader(
    way="up",
    county="430481",
    node=4711,
    bundle="0" * 32,
    epoch="9f3c" * 4,
    first=1,
    last=2,
    before=bytes(32),
    after=bytes(range(32)),
    records=2,
    sign_key=bundle.key_id(SIGNER_PUBLIC),
    seal_key=bundle.key_id(READER_PUBLIC),
)
Things = Sequence[tuple[Item, bytes]]


def write(things: Things, *, header: BundleHeader = HEADER, key: Ed25519PrivateKey = SIGNER) -> bytes:
    out = io.BytesIO()
    writer = BundleWriter(out, header, recipient=READER_PUBLIC, key=key, file_key=secrets.token_bytes(32))
    for kind, body in things:
        writer.add(kind, body)
    writer.finish()
    assert writer.size == len(out.getvalue())
    return out.getvalue()


def read(data: bytes, private: X25519PrivateKey = READER) -> list[tuple[int, bytes]]:
    file = io.BytesIO(data)
    bundle_reader.verify(file, SIGNER_PUBLIC)
    return list(bundle_reader.items(file, private))


THINGS: Things = [(Item.PUSH, b"one" * 30), (Item.PHOTO, bytes(100)), (Item.PUSH, b"")]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(Item),
            st.sampled_from([0, 1, 5, FRAME - 6, FRAME - 5, FRAME - 4, FRAME, FRAME + 1, 2 * FRAME - 5]),
        ),
        max_size=4,
    )
)
@settings(max_examples=40, deadline=None)
def test_items_of_any_length_come_out_as_they_went_in(lengths: list[tuple[Item, int]]) -> None:
    things = [(kind, bytes([place]) * length) for place, (kind, length) in enumerate(lengths)]
    data = write(things)
    assert read(data) == things
    assert len(data) <= sum(item_size(len(body)) for _, body in things) + 66_000


def test_the_digest_and_the_size_are_those_of_the_file() -> None:
    data = write(THINGS)
    verified = bundle_reader.verify(io.BytesIO(data), SIGNER_PUBLIC)
    assert (verified.digest.hex(), verified.size) == (_sha256(data), len(data))
    assert verified.head.header == HEADER


def test_two_files_of_the_same_things_share_no_byte_of_a_frame() -> None:
    assert write(THINGS)[-200:] != write(THINGS)[-200:]


def test_equal_frames_of_one_file_do_not_look_equal() -> None:
    data = write([(Item.PHOTO, bytes(FRAME)) for _ in range(3)])
    start, step = bundle_reader.read_head(io.BytesIO(data)).size, bundle.FRAME_HEAD.size + FRAME + bundle.TAG
    first, second = data[start : start + step], data[start + step : start + 2 * step]
    assert first[100:200] != second[100:200]


def test_a_file_cut_at_any_byte_is_refused() -> None:
    data = write(THINGS)
    for stop in range(len(data)):
        with pytest.raises(BadBundle):
            read(data[:stop])


def test_a_file_with_any_bit_turned_is_refused() -> None:
    data = write(THINGS)
    for place in range(len(data)):
        bent = bytearray(data)
        bent[place] ^= 1 << place % 8
        with pytest.raises(BadBundle):
            read(bytes(bent))


def test_frames_taken_out_doubled_or_swapped_are_refused() -> None:
    data = write([(Item.PHOTO, bytes([n]) * FRAME) for n in range(3)])
    start = bundle_reader.read_head(io.BytesIO(data)).size
    step = bundle.FRAME_HEAD.size + FRAME + bundle.TAG
    first, second, rest = (
        data[start : start + step],
        data[start + step : start + 2 * step],
        data[start + 2 * step :],
    )
    head = data[:start]
    for bent in (head + second + first + rest, head + first + rest, head + first + first + second + rest):
        with pytest.raises(BadBundle):
            read(bent)


@pytest.mark.parametrize("more", [b"x", b"\0" * 70])
def test_nothing_may_follow_the_end(more: bytes) -> None:
    with pytest.raises(BadBundle, match="behind the end"):
        read(write(THINGS) + more)


def test_another_signer_is_found_out_by_the_head_alone() -> None:
    stranger = Ed25519PrivateKey.generate()
    head = bundle_reader.read_head(io.BytesIO(write(THINGS, key=stranger)))
    with pytest.raises(BadBundle, match="signature"):
        bundle_reader.verify_head(head, SIGNER_PUBLIC)


def test_a_file_for_another_is_verified_and_cannot_be_opened() -> None:
    with pytest.raises(BadBundle, match="not for this recipient"):
        read(write(THINGS), X25519PrivateKey.generate())


def test_a_later_version_is_named_as_such() -> None:
    data = bytearray(write(THINGS))
    data[9] = 2
    with pytest.raises(BadBundle, match="version"):
        read(bytes(data))


def test_a_head_that_claims_more_than_is_allowed_is_not_read() -> None:
    endless = bundle.PRELUDE.pack(bundle.MAGIC, bundle.VERSION, 2**32 - 1)
    with pytest.raises(BadBundle, match="header too long"):
        bundle_reader.read_head(io.BytesIO(endless))


def test_an_item_longer_than_any_reader_takes_is_not_written() -> None:
    with pytest.raises(ValueError, match="too long"):
        write([(Item.PUSH, bytes(bundle.ITEM_MAX + 1))])


def test_the_head_holds_numbers_and_hashes_only() -> None:
    fields = msgspec.json.decode(bundle.encode_header(HEADER))
    assert set(fields) <= {
        *("way", "alg", "county", "node", "bundle", "part", "parts", "epoch", "first", "last"),
        *("before", "after", "records", "photos", "sign_key", "seal_key"),
    }


class Slow(io.BytesIO):
    """A stick that gives a few bytes at a time, and counts the most that was asked for at once."""

    asked = 0

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0
        self.asked = max(self.asked, size)
        return super().read(min(size, 4096))


def test_a_long_file_is_read_frame_by_frame() -> None:
    file = Slow(write([(Item.PHOTO, bytes(FRAME)) for _ in range(8)]))
    bundle_reader.verify(file, SIGNER_PUBLIC)
    found: Iterator[tuple[int, bytes]] = bundle_reader.items(file, READER)
    assert sum(len(body) for _, body in found) == 8 * FRAME
    assert file.asked <= FRAME + bundle.TAG


@pytest.mark.parametrize("piece", [Piece(bytes(32), 0, 3, b""), Piece(bytes(32), 2, 3, b"ab")])
def test_a_piece_beyond_its_end_is_refused(piece: Piece) -> None:
    with pytest.raises(BadBundle, match="piece"):
        bundle.unpack_piece(piece.pack())


def test_a_piece_comes_out_as_it_went_in() -> None:
    piece = Piece(bytes(range(32)), 5, 9, b"abcd")
    assert bundle.unpack_piece(piece.pack()) == piece
    with pytest.raises(BadBundle, match="piece"):
        bundle.unpack_piece(piece.pack()[:20])


def test_a_digest_of_several_parts_depends_on_each_and_on_their_order() -> None:
    one, two = bytes(32), bytes(range(32))
    assert len({bundle.overall_digest(each) for each in ((one,), (two,), (one, two), (two, one))}) == 4
    assert bundle.digest_display(two) == "0001 0203 0405 0607"


def _sha256(data: bytes) -> str:

    return hashlib.sha256(data).hexdigest()
