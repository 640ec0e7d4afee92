"""A printed receipt proves itself, and nothing on it can be changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.receipt_qr import PREFIX, NoReceipt, Receipt, base45, read, unbase45, verify, write
from api_spec.signature import BadSignature
from tests.protocol.samples import CODE, NODE_KEY, OTHER_KEY

RECEIPT = Receipt(code=CODE, item="SD-049", record_head=bytes(range(8)), node_at_s=1_775_800_000, serial=12)
TEXT = write(RECEIPT, NODE_KEY)
KEY = NODE_KEY.public_key().public_bytes_raw()


def test_a_receipt_reads_back_and_is_genuine() -> None:
    receipt, signature = read(TEXT)
    assert receipt == RECEIPT
    verify(receipt, signature, KEY)


def test_it_fits_a_small_code() -> None:
    assert len(TEXT) < 180
    assert set(TEXT) <= set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@given(st.integers(0, len(TEXT) - 1), st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"))
def test_any_changed_character_is_found(place: int, wrong: str) -> None:
    changed = TEXT[:place] + wrong + TEXT[place + 1 :]
    if changed == TEXT:
        return
    with pytest.raises((NoReceipt, BadSignature)):
        verify(*read(changed), KEY)


def test_any_flipped_bit_behind_the_letters_is_found() -> None:
    packed = unbase45(TEXT.removeprefix(PREFIX))
    for bit in range(len(packed) * 8):
        changed = bytearray(packed)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises((NoReceipt, BadSignature)):
            verify(*read(PREFIX + base45(bytes(changed))), KEY)


def test_another_nodes_receipt_is_not_genuine() -> None:
    with pytest.raises(BadSignature):
        verify(*read(TEXT), OTHER_KEY.public_key().public_bytes_raw())


@pytest.mark.parametrize(
    "text",
    ["", "https://x/c/1", "GT2:00", "GT1:", "GT1:0", "GT1::::", "GT1:中", TEXT[:-1], "GT1:" + "0" * 999],
)
def test_another_qr_code_is_no_receipt(text: str) -> None:
    with pytest.raises(NoReceipt):
        read(text)


@given(st.binary(max_size=60))
def test_base45_reads_back(data: bytes) -> None:
    assert unbase45(base45(data)) == data


def test_base45_is_that_of_the_standard() -> None:
    assert base45(b"Hello!!") == "%69 VD92EX0"
    assert unbase45("QED8WEX0") == b"ietf!"
