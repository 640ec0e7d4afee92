"""Becoming a village service point: one code from the township, once. Afterwards the node can work without a line."""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import certificate, enrol_file, signature, sync
from api_spec.signature import BadSignature
from api_spec.sync import Certificate, EnrolAnswer, EnrolRequest, NumberBlock
from village_node import APP_VERSION
from village_node.access.keys import KeyFolder
from village_node.storage.database import Database, Writing
from village_node.sync import outbox, shadow
from village_node.sync.exchange import Failure
from village_node.sync.line import Send
from village_node.sync.packs import Packs
from village_node.sync.township import Failed, ask_to_enrol

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
    answer = await ask_to_enrol(send, await request_for(database, keys, token=token, fresh_epoch=fresh_epoch))
    return await keep_enrolment(database, keys, answer, now_ms=now_ms)


async def request_for(database: Database, keys: KeyFolder, *, token: str, fresh_epoch: str) -> EnrolRequest:
    """What to show the township, over the line or by hand; the same again with the same code.

    Raises:
        AlreadyEnrolled
    """
    if await find(database) is not None:
        raise AlreadyEnrolled
    own = keys.own_keys()
    return signed_request(
        own.signing, own.sealing_public, token=token, epoch=await _epoch(database, fresh_epoch)
    )


def signed_request(signing: Ed25519PrivateKey, seal_key: bytes, *, token: str, epoch: str) -> EnrolRequest:
    """A request with the proof that we hold what we show."""
    sign_key = signing.public_key().public_bytes_raw()
    message = certificate.enrol_message(token, epoch=epoch, sign_key=sign_key, seal_key=seal_key)
    return EnrolRequest(
        proto=sync.PROTO,
        app=APP_VERSION,
        alg=signature.ALG,
        token=token,
        epoch=epoch,
        sign_key=sign_key,
        seal_key=seal_key,
        proof=signing.sign(message),
    )


async def keep_enrolment(
    database: Database, keys: KeyFolder, answer: EnrolAnswer, *, now_ms: int
) -> Enrolment:
    """Check an answer and keep it.

    Raises:
        AlreadyEnrolled
        Failed: a certificate that is not the county's, or not for our key.
    """
    if await find(database) is not None:
        raise AlreadyEnrolled
    check(answer, keys.own_keys().signing_public)
    keys.keep_receipt_key(answer.receipt_key)

    async def keep(tx: Writing) -> None:
        await keep_answer(tx, answer, now_ms=now_ms)
        await keep_numbers(tx, answer.numbers)

    await database.write(keep)
    return Enrolment(answer)


async def enrol_again(
    database: Database, keys: KeyFolder, send: Send, *, token: str, fresh_epoch: str
) -> EnrolAnswer:
    """Become a service point under a new number, with a new signing key, after the old number was revoked.

    Everything retained goes up again under the new number; what the township has already, it knows by its content.
    Safe to repeat when the answer was lost. The station is to be opened anew.

    Raises:
        Failed: no line, or the code is wrong, used or expired.
    """
    signing, own = keys.next_signing(), keys.own_keys()
    request = signed_request(signing, own.sealing_public, token=token, epoch=fresh_epoch)
    answer = await ask_to_enrol(send, request)
    check(answer, signing.public_key().public_bytes_raw())
    keys.keep_next_receipt_key(answer.receipt_key)

    async def keep(tx: Writing) -> None:
        await keep_answer(tx, answer)
        await keep_numbers(tx, answer.numbers)
        await outbox.begin_as_another(tx, fresh_epoch)
        await shadow.forget_position(tx)
        await tx.run("UPDATE hand_over SET escrowed = 0")
        await tx.run("UPDATE signing_age SET since_ms = NULL, wanted = 0")
        await tx.run("UPDATE contact SET trouble = ''")

    await database.write(keep)
    finish_change(keys, answer.certificate)
    return answer


def finish_change(keys: KeyFolder, told: Certificate) -> None:
    """Put the next keys in their place if the certificate in force is theirs. Safe to repeat."""
    coming = keys.find_next_signing()
    if coming is not None and coming.public_key().public_bytes_raw() == told.sign_key:
        keys.take_next()


async def take_file(database: Database, keys: KeyFolder, data: bytes, *, now_ms: int) -> Enrolment:
    """Enrol with 登记答复.bmt, and use the catalogue in it: the first case can be taken at once, without a line.

    Raises:
        BadFile: cut short, changed, or for another computer.
        AlreadyEnrolled
        Failed: a certificate that is not the county's, or not for our key.
    """
    row = await database.row("SELECT epoch FROM stream")
    answer, pack = enrol_file.read_answer(
        data, key=keys.own_keys().sealing, epoch=str(row["epoch"]) if row else ""
    )
    enrolled = await keep_enrolment(database, keys, answer, now_ms=now_ms)
    manifest = answer.manifest
    if manifest is not None and sha256(pack).hexdigest() == manifest.pack:
        packs = Packs(database)
        await packs.open()
        with contextlib.suppress(BadSignature, msgspec.MsgspecError):  # it comes again over the line
            if packs.wants(manifest, answer.county_key):
                await packs.adopt(manifest, pack)
    return enrolled


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


def check(answer: EnrolAnswer, sign_key: bytes) -> None:
    """Raises Failed: a certificate that is not the county's, or not for our key."""
    try:
        certificate.verify_certificate(answer.certificate, answer.county_key)
    except BadSignature:
        raise Failed(Failure.REFUSED, "certificate") from None
    if answer.certificate.sign_key != sign_key or answer.certificate.node != answer.node:
        raise Failed(Failure.REFUSED, "certificate is not ours")
