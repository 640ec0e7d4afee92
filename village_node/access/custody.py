"""Keys of this computer that change hands: the secret its township keeps for whoever takes over, and its next signing key.

What is asked of the township is said again until the answer has come; what the answer changes is finished at the next
opening if the power goes in between. It knows no page and no wire.
"""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import msgspec

from api_spec import certificate, paper_code, sealed_letter
from api_spec.signature import BadSignature
from api_spec.sync import ESCROW_PURPOSE, Certificate, EnrolAnswer, Escrow, ExchangeAnswer, NextKey
from village_node.access import cabinet as cabinets
from village_node.access import enrolment
from village_node.access.cabinet import KeyCabinet
from village_node.access.enrolment import Enrolment, finish_change, keep_answer
from village_node.access.keys import DataKey, KeyFolder
from village_node.storage.database import Database, Writing
from village_node.sync.line import Send

KEY_LIFE: Final = timedelta(days=365)
_LIFE_MS: Final = int(KEY_LIFE.total_seconds() * 1000)


@dataclass(frozen=True, slots=True)
class Words:
    """What this node has to say about its keys in an exchange."""

    escrow: Escrow | None = None
    next_key: NextKey | None = None


class Custody:
    """Open it before the keys are used.

    Args:
        renewed: called when the station has to be opened anew, with the keys that count from now on.
    """

    def __init__(
        self,
        database: Database,
        enrolled: Enrolment,
        *,
        key: DataKey,
        cabinet: KeyCabinet,
        folder: KeyFolder,
        send: Send,
        renewed: Callable[[], None],
    ) -> None:
        self._database = database
        self._answer: EnrolAnswer = enrolled.answer
        self._key = key
        self._cabinet = cabinet
        self._folder = folder
        self._send = send
        self._renewed = renewed
        self._silent = False

    async def open(self) -> None:
        """Finish what a power cut interrupted, and see that there is a hand-over secret."""
        finish_change(self._folder, self._answer.certificate)
        secret = await self._secret()
        if secret is None:
            fresh = secrets.token_bytes(paper_code.SECRET_BYTES)
            await self._database.write(
                lambda tx: tx.run(
                    "INSERT INTO hand_over (one, secret) VALUES (1, ?) ON CONFLICT DO NOTHING", fresh
                )
            )
            secret = await self._secret() or fresh
        if self._cabinet.hand_over_mark() != cabinets.mark_of(secret):
            await asyncio.to_thread(self._cabinet.keep_for_hand_over, secret, key=self._key)

    async def mark(self) -> tuple[str, bool]:
        """Which hand-over secret counts here, and whether the township has it."""
        row = await self._database.row("SELECT secret, escrowed FROM hand_over")
        return (cabinets.mark_of(row["secret"]), bool(row["escrowed"])) if row else ("", False)

    async def want_new_key(self) -> None:
        """Sign with another key as soon as the township has certified it."""
        await self._database.write(lambda tx: tx.run("UPDATE signing_age SET wanted = 1"))
        self._silent = False

    async def enrol_again(self, code: str, *, fresh_epoch: str) -> EnrolAnswer:
        """See `enrolment.enrol_again`.

        Raises:
            Failed
        """
        answer = await enrolment.enrol_again(
            self._database, self._folder, self._send, token=code, fresh_epoch=fresh_epoch
        )
        self._renewed()
        return answer

    def be_silent(self) -> None:
        """A township of an earlier version refuses what it does not know: ask again after the next start."""
        self._silent = True

    async def words(self, *, township_ms: int | None) -> Words:
        """Args: township_ms, what the township's clock said at the last meeting."""
        if self._silent:
            return Words()
        return Words(await self._escrow(), await self._next_key(township_ms))

    async def hear(self, answer: ExchangeAnswer, *, township_ms: int) -> None:
        if answer.escrowed:
            secret = await self._secret()
            if secret is not None and cabinets.mark_of(secret) == answer.escrowed:
                await self._database.write(
                    lambda tx: tx.run("UPDATE hand_over SET escrowed = 1 WHERE secret = ?", secret)
                )
        if await self._database.row("SELECT 1 FROM signing_age WHERE since_ms IS NULL"):
            await self._database.write(lambda tx: tx.run("UPDATE signing_age SET since_ms = ?", township_ms))
        if answer.certificate is not None and self._is_ours(answer.certificate):
            await self._change_to(answer.certificate, township_ms)

    async def _escrow(self) -> Escrow | None:
        row = await self._database.row("SELECT secret FROM hand_over WHERE escrowed = 0")
        if row is None:
            return None
        sealed = sealed_letter.seal(row["secret"], to=self._answer.township_seal_key, purpose=ESCROW_PURPOSE)
        return Escrow(mark=cabinets.mark_of(row["secret"]), sealed=sealed)

    async def _next_key(self, township_ms: int | None) -> NextKey | None:
        row = await self._database.row("SELECT since_ms, wanted FROM signing_age")
        if row is None:
            return None
        old = (
            township_ms is not None
            and row["since_ms"] is not None
            and township_ms - row["since_ms"] > _LIFE_MS
        )
        if not (row["wanted"] or old):
            return None
        coming = self._folder.next_signing()
        new = coming.public_key().public_bytes_raw()
        message = certificate.key_change_message(
            self._answer.node, old=self._folder.own_keys().signing_public, new=new
        )
        return NextKey(sign_key=new, proof=coming.sign(message))

    def _is_ours(self, told: Certificate) -> bool:
        try:
            certificate.verify_certificate(told, self._answer.county_key)
        except BadSignature:
            return False
        coming = self._folder.find_next_signing()
        return (
            coming is not None
            and told.node == self._answer.node
            and told.sign_key == coming.public_key().public_bytes_raw()
        )

    async def _change_to(self, told: Certificate, township_ms: int) -> None:
        """The certificate first: with it on disk, `open` knows that the next key is the one that counts."""
        answer = msgspec.structs.replace(self._answer, certificate=told)

        async def work(tx: Writing) -> None:
            await keep_answer(tx, answer)
            await tx.run("UPDATE signing_age SET since_ms = ?, wanted = 0", township_ms)

        await self._database.write(work)
        self._answer = answer
        finish_change(self._folder, told)
        self._renewed()

    async def _secret(self) -> bytes | None:
        row = await self._database.row("SELECT secret FROM hand_over")
        return bytes(row["secret"]) if row else None


async def new_secret(tx: Writing) -> bytes:
    """A hand-over secret in place of the one that was used; the township gets it at the next meeting."""
    fresh = secrets.token_bytes(paper_code.SECRET_BYTES)
    await tx.run(
        "INSERT INTO hand_over (one, secret) VALUES (1, ?)"
        " ON CONFLICT (one) DO UPDATE SET secret = excluded.secret, escrowed = 0",
        fresh,
    )
    return fresh
