"""Enrolment without a network: 登记申请.bmt and 登记答复.bmt, the two messages of an enrolment carried by hand.

The request is one line of text, small enough for a QR code and for a scanner that types: a prefix and base45 of the
message with a checksum. It carries the one-time code, so it is as secret as the code. The answer holds the key of the
node's tracking codes and the whole catalogue, and only the computer that asked can open it.
"""

from hashlib import sha256
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from msgspec import Struct

from api_spec import coding, sealed_letter, sync
from api_spec.coding import BadBody
from api_spec.receipt_qr import base45, unbase45
from api_spec.sealed_letter import NotForUs
from api_spec.sync import BadMessage, EnrolAnswer, EnrolRequest

REQUEST_NAME: Final = "登记申请.bmt"
ANSWER_NAME: Final = "登记答复.bmt"
PREFIX: Final = "BMTA1:"
MAGIC: Final = b"BMT-ENROL-ANSWER-1\n"
REQUEST_MAX: Final = 8 * 1024
ANSWER_MAX: Final = 32 * 1024 * 1024
_CHECKSUM: Final = 8


class BadFile(ValueError):
    """Not this kind of file, cut short, changed, or for another computer; `args[0]` says which, for the log."""


class _Inside(Struct, frozen=True, kw_only=True):
    answer: bytes
    pack: bytes = b""


def write_request(request: EnrolRequest) -> str:
    """What 登记申请.bmt holds and its QR code shows."""
    message = sync.encode(request)
    return PREFIX + base45(sha256(message).digest()[:_CHECKSUM] + message)


def read_request(text: str) -> EnrolRequest:
    """The request, as read from the file or scanned.

    Raises:
        BadFile
    """
    line = text.strip()
    if not line.startswith(PREFIX):
        raise BadFile("no request")
    try:
        packed = unbase45(line.removeprefix(PREFIX))
    except ValueError:
        raise BadFile("changed") from None
    checksum, message = packed[:_CHECKSUM], packed[_CHECKSUM:]
    if sha256(message).digest()[:_CHECKSUM] != checksum:
        raise BadFile("changed")
    try:
        return sync.decode(message, EnrolRequest)
    except BadMessage as bad:
        raise BadFile(f"message: {bad}") from None


def write_answer(answer: EnrolAnswer, *, pack: bytes, request: EnrolRequest) -> bytes:
    """What 登记答复.bmt holds.

    Args:
        pack: the catalogue pack that `answer.manifest` names; b"" if it names none.
    """
    inside = msgspec.msgpack.encode(_Inside(answer=sync.encode(answer), pack=pack))
    return MAGIC + sealed_letter.seal(
        coding.pack(inside), to=request.seal_key, purpose=_purpose(request.epoch)
    )


def read_answer(data: bytes, *, key: X25519PrivateKey, epoch: str) -> tuple[EnrolAnswer, bytes]:
    """The answer and the catalogue pack.

    Args:
        key: the node's private sealing key. epoch: the one its request named.

    Raises:
        BadFile
    """
    if not data.startswith(MAGIC):
        raise BadFile("no answer")
    try:
        packed = sealed_letter.open_letter(data.removeprefix(MAGIC), key=key, purpose=_purpose(epoch))
        inside = msgspec.msgpack.decode(
            coding.unpack(packed, coding.Coding.ZSTD.value, limit=ANSWER_MAX), type=_Inside
        )
        return sync.decode(inside.answer, EnrolAnswer), inside.pack
    except NotForUs:
        raise BadFile("not for this computer, or changed") from None
    except (BadBody, BadMessage, msgspec.MsgspecError) as bad:
        raise BadFile(f"message: {bad}") from None


def _purpose(epoch: str) -> str:
    return f"enrol-answer/{epoch}"
