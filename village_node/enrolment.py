"""Becoming a village service point: one code from the township, once. Afterwards the node can work without a line."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from api_spec import certificate, signature, sync
from api_spec.signature import BadSignature
from api_spec.sync import EnrolAnswer, EnrolRequest, NumberBlock
from village_node import APP_VERSION, outbox
from village_node.database import Database, Writing
from village_node.exchange import Failure
from village_node.keys import KeyFolder
from village_node.line import Send
from village_node.township import Failed, ask_to_enrol

FAILED: Final[Mapping[Failure, str]] = {
    Failure.LINE: "连不上镇级平台，请检查网络和地址，然后再试；登记码还能用。",
    Failure.REFUSED: "登记码不对、已用过或已过期，请让镇政务服务中心重新发一个。",
    Failure.BUSY: "镇级平台正忙，请过几分钟再试；登记码还能用。",
}
FAILED_OTHERWISE: Final = "镇级平台没有办成，请稍后再试。"

_encode = msgspec.json.encode
_decode = msgspec.json.Decoder(EnrolAnswer).decode


class AlreadyEnrolled(RuntimeError):
    """This data folder belongs to a service point already."""


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What the township told this node about itself. The receipt key is not in here but in the key folder."""

    answer: EnrolAnswer

    @property
    def node(self) -> int:
        return self.answer.node

    @property
    def serial(self) -> int:
        """The certificate's, for signed receipts."""
        return self.answer.certificate.serial


async def find(database: Database) -> Enrolment | None:
    row = await database.row("SELECT body FROM enrolment")
    return Enrolment(_decode(row["body"])) if row else None


async def enrol(
    database: Database, keys: KeyFolder, send: Send, *, token: str, fresh_epoch: str, now_ms: int
) -> Enrolment:
    """Show the code, check what comes back, and keep it.

    Safe to repeat when the answer was lost: keys and epoch are made once and shown again.

    Raises:
        AlreadyEnrolled
        Failed: no line, or the code is wrong, used or expired.
    """
    if await find(database) is not None:
        raise AlreadyEnrolled
    own = keys.own_keys()
    epoch = await _epoch(database, fresh_epoch)
    message = certificate.enrol_message(
        token, epoch=epoch, sign_key=own.signing_public, seal_key=own.sealing_public
    )
    answer = await ask_to_enrol(
        send,
        EnrolRequest(
            proto=sync.PROTO,
            app=APP_VERSION,
            alg=signature.ALG,
            token=token,
            epoch=epoch,
            sign_key=own.signing_public,
            seal_key=own.sealing_public,
            proof=own.signing.sign(message),
        ),
    )
    _check(answer, own.signing_public)
    keys.keep_receipt_key(answer.receipt_key)

    async def keep(tx: Writing) -> None:
        await keep_answer(tx, answer, now_ms=now_ms)
        await keep_numbers(tx, answer.numbers)

    await database.write(keep)
    return Enrolment(answer)


async def keep_answer(tx: Writing, answer: EnrolAnswer, *, now_ms: int = 0) -> None:
    """What the township says this node is, in place of what it said before.

    Args:
        now_ms: when it was enrolled, by this computer's clock; what is written once stays.
    """
    await tx.run(
        "INSERT INTO enrolment VALUES (1, ?, ?, ?)"
        " ON CONFLICT (one) DO UPDATE SET node = excluded.node, body = excluded.body",
        answer.node,
        _encode(msgspec.structs.replace(answer, receipt_key=b"")),
        now_ms,
    )


async def keep_numbers(tx: Writing, block: NumberBlock) -> None:
    """The township's latest grant replaces the one before."""
    await tx.run(
        "INSERT INTO number_block VALUES (1, ?, ?)"
        " ON CONFLICT (one) DO UPDATE SET prefix = excluded.prefix, block = excluded.block",
        block.prefix,
        block.block,
    )


async def _epoch(database: Database, fresh: str) -> str:
    async def work(tx: Writing) -> str:
        await outbox.begin(tx, fresh)
        row = await tx.row("SELECT epoch FROM stream")
        return str(row["epoch"]) if row else fresh

    return await database.write(work)


def _check(answer: EnrolAnswer, sign_key: bytes) -> None:
    """Raises Failed: a certificate that is not the county's, or not for our key."""
    try:
        certificate.verify_certificate(answer.certificate, answer.county_key)
    except BadSignature:
        raise Failed(Failure.REFUSED, "certificate") from None
    if answer.certificate.sign_key != sign_key or answer.certificate.node != answer.node:
        raise Failed(Failure.REFUSED, "certificate is not ours")
