"""The signed receipt in a QR code, `GT1:` and base45: proof on paper that this village took this case.

It holds the tracking code, the item's code, the first eight bytes of the record's hash, the node's own time (unverified),
the certificate's serial and an Ed25519 signature: no name and no identity number. The township verifies it even if the
record never arrives because the PC burned; the case is then entered again under the same code.
"""

from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from api_spec import tracking_code
from api_spec.problems import BadInput
from api_spec.signature import BadSignature

PREFIX: Final = "GT1:"
_PURPOSE: Final = b"bmt-receipt/1\n"
_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUE: Final = {digit: value for value, digit in enumerate(_DIGITS)}
_LONGEST: Final = 400
_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(tuple[bytes, str, bytes, int, int, bytes])


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the paper proves. `node_at_s`: seconds since 1970 by the node's clock; `record_head`: 8 bytes of `h`."""

    code: str
    item: str
    record_head: bytes
    node_at_s: int
    serial: int


class NoReceipt(ValueError):
    """Text that is no receipt of this version at all."""


def write(receipt: Receipt, key: Ed25519PrivateKey) -> str:
    """The text of the QR code, all in its alphanumeric set."""
    return _write(receipt, key.sign(_PURPOSE + _ENCODER.encode(_parts(receipt))))


def read(text: str) -> tuple[Receipt, bytes]:
    """The claims and the signature, not verified yet: `Receipt.serial` tells with which key to do that.

    Raises:
        NoReceipt: another kind of QR code, cut short, or malformed.
    """
    if not text.startswith(PREFIX) or len(text) > _LONGEST:
        raise NoReceipt("not a receipt")
    try:
        code, item, head, at_s, serial, signature = _DECODER.decode(unbase45(text.removeprefix(PREFIX)))
        receipt = Receipt(code=_text_of(code), item=item, record_head=head, node_at_s=at_s, serial=serial)
    except (msgspec.MsgspecError, UnicodeDecodeError, BadInput, ValueError):
        raise NoReceipt("malformed") from None
    if _write(receipt, signature) != text:
        raise NoReceipt("not in its one written form")
    return receipt, signature


def verify(receipt: Receipt, signature: bytes, key: bytes) -> None:
    """Raises BadSignature: the holder of `key` (raw Ed25519) did not sign exactly this receipt."""
    try:
        public = Ed25519PublicKey.from_public_bytes(key)
        public.verify(signature, _PURPOSE + _ENCODER.encode(_parts(receipt)))
    except (InvalidSignature, ValueError):
        raise BadSignature("receipt") from None


def base45(data: bytes) -> str:
    """RFC 9285: two bytes become three characters of the QR alphanumeric set."""
    pairs = (data[start : start + 2] for start in range(0, len(data), 2))
    return "".join(_digits(int.from_bytes(pair), 3 if len(pair) == 2 else 2) for pair in pairs)


def unbase45(text: str) -> bytes:
    """Raises ValueError: a foreign character, an impossible length or an impossible group."""
    out = bytearray()
    for start in range(0, len(text), 3):
        group = text[start : start + 3]
        size = len(group) - 1
        if size == 0 or not _VALUE.keys() >= set(group):
            raise ValueError("not base45")
        value = sum(_VALUE[digit] * 45**place for place, digit in enumerate(group))
        if value >= 256**size:
            raise ValueError("not base45")
        out += value.to_bytes(size)
    return bytes(out)


def _write(receipt: Receipt, signature: bytes) -> str:
    return PREFIX + base45(_ENCODER.encode((*_parts(receipt), signature)))


def _digits(value: int, count: int) -> str:
    return "".join(_DIGITS[value // 45**place % 45] for place in range(count))


def _parts(receipt: Receipt) -> tuple[bytes, str, bytes, int, int]:
    code = tracking_code.pack(receipt.code)
    return code, receipt.item, receipt.record_head, receipt.node_at_s, receipt.serial


def _text_of(packed: bytes) -> str:
    return tracking_code.parse(tracking_code.unpack(packed)).text
