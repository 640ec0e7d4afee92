"""One meeting after the other with the township: send what waits, take in what comes, believe what the chain proves.

Rules are `exchange`'s, the wire is `township`'s; this file only orders the steps. One meeting at a time.
"""

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, TypeVar

import msgspec

from api_spec import sync
from api_spec.bundle import Reply
from api_spec.feed import CatalogueManifest, CatalogueRow
from api_spec.records import SCHEMA
from api_spec.signature import BadSignature
from api_spec.sync import (
    Check,
    CheckAnswer,
    Entry,
    ExchangeAnswer,
    ExchangeRequest,
    Machine,
    PullAnswer,
    PullAsk,
    PullStatus,
    PushStatus,
)
from village_node import APP_VERSION
from village_node.access import enrolment
from village_node.access.custody import Custody
from village_node.clock import Clock
from village_node.journal import Journal
from village_node.photos.uploading import Uploading
from village_node.storage.database import Database
from village_node.sync import exchange
from village_node.sync.comparison import EVERY_MS, Comparison
from village_node.sync.exchange import Advance, Failure, Pace, StartOver, Stream
from village_node.sync.outbox import Outbox, Written
from village_node.sync.packs import Packs
from village_node.sync.shadow import Position, Shadow
from village_node.sync.township import Failed, Township

# Compressed, 4 MiB of records stay well under the township's 1 MiB body; inflated, under its 8 MiB.
LARGEST_BATCH_BYTES: Final = 4 * 1024 * 1024
EPOCHS_IN_A_ROW: Final = 3
LOST_THERE: Final = "cases lost at the township"
log = logging.getLogger("village_node.sync")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one exchange did. `again`: there is more to send or to fetch. `wait`: the township's wish."""

    sent: int = 0
    rows: int = 0
    again: bool = False
    wait: timedelta = timedelta(0)


class Synchroniser:
    def __init__(
        self,
        database: Database,
        *,
        node: int,
        county_key: bytes,
        first_manifest: CatalogueManifest | None,
        township: Township,
        packs: Packs,
        clock: Clock,
        fresh_epoch: Callable[[], str],
        uploading: Uploading | None = None,
        custody: Custody | None = None,
    ) -> None:
        self._database = database
        self._node = node
        self._county_key = county_key
        self._first_manifest = first_manifest
        self._township = township
        self._packs = packs
        self._clock = clock
        self._fresh_epoch = fresh_epoch
        self._uploading = uploading
        self._custody = custody
        self._outbox = Outbox(database)
        self._shadow = Shadow(database)
        self._journal = Journal(database)
        self.comparison = Comparison(database, self._shadow)
        self._turn = asyncio.Lock()
        self._over = False
        self.pace = Pace()

    async def until_quiet(self) -> Meeting:
        """Meet until nothing waits in either direction.

        Raises:
            Failed: the latest exchange did not succeed; what earlier ones did stays done.
        """
        async with self._turn:
            if self._over:
                raise Failed(Failure.BUSY, "opened anew")
            epochs = 0
            while True:
                before = (await self._outbox.stream()).epoch
                meeting = await self._meet()
                epochs += before != (await self._outbox.stream()).epoch
                if meeting.again and epochs < EPOCHS_IN_A_ROW:
                    continue
                if meeting.again or meeting.wait or not await self._send_photos():
                    break
            await self.catch_up_catalogue(self._first_manifest)
            return meeting

    async def at_last(self, work: Callable[[], Awaitable[T]]) -> T:
        """Do what ends this station's meetings, between two of them: no other follows unless `work` fails."""
        async with self._turn:
            done = await work()
            self._over = True
            return done

    async def catch_up_catalogue(self, manifest: CatalogueManifest | None = None) -> None:
        """Use the catalogue the township last announced, if we do not yet; otherwise the one given.

        Raises:
            Failed
        """
        told = await self._shadow.of_kind(CatalogueRow)
        announced = told[0].manifest if told else manifest
        if announced is not None:
            pack = announced.pack
            await self._adopt(announced, lambda: self._township.pack(pack))

    async def take_pack(self, manifest: CatalogueManifest, body: bytes) -> bool:
        """A catalogue that came on a stick; whether it is used from now on.

        Args:
            body: bytes whose SHA-256 is `manifest.pack`.
        """

        async def at_hand() -> bytes:
            return body

        async with self._turn:
            return await self._adopt(manifest, at_hand)

    async def _adopt(self, manifest: CatalogueManifest, fetch: Callable[[], Awaitable[bytes]]) -> bool:
        try:
            if not self._packs.wants(manifest, self._county_key):
                return False
            await self._packs.adopt(manifest, await fetch())
        except BadSignature:
            log.warning("catalogue manifest %s is not signed by our county", manifest.version)
            return False
        except msgspec.MsgspecError:
            log.warning("catalogue pack %s cannot be read by this version", manifest.pack)
            return False
        return True

    async def written_down(self, stream: Stream, first: int, *, upto: int) -> ExchangeRequest:
        """The push of the records from `first` to `upto`, as it would go over the line."""
        batch = await self._outbox.batch(first - 1, limit=upto - first + 1, max_bytes=LARGEST_BATCH_BYTES)
        plain = tuple(Entry(seq=record.seq, rec=msgspec.Raw(record.body)) for record in batch)
        before = replace(stream, acked=first - 1)
        request = await self._request(before, await self._shadow.position(), batch=batch)
        request = msgspec.structs.replace(request, recs=plain, check=None)
        if batch:
            return request
        # A bundle signed with the old key may still be on its way: keys change over the line alone.
        return msgspec.structs.replace(await self._with_words(request), next_key=None)

    async def hear(self, reply: Reply) -> bool:
        """Take in an answer that came on a stick; whether anything was new in it.

        It may be old, doubled or about an earlier epoch, and it says nothing of our clock.
        """
        async with self._turn:
            before = await self._outbox.stream(), await self._shadow.position()
            with contextlib.suppress(Failed):
                await self._hear_push(reply.answer, before[0])
            with contextlib.suppress(Failed):
                await self._hear_page(reply, before[1])
            if self._custody is not None and reply.answer.escrowed:
                kept = msgspec.structs.replace(reply.answer, certificate=None)
                await self._custody.hear(kept, township_ms=_milliseconds(reply.answer.time))
            return before != (await self._outbox.stream(), await self._shadow.position())

    async def _hear_push(self, answer: ExchangeAnswer, stream: Stream) -> None:
        township_ms = _milliseconds(answer.time)
        if answer.push.upto < stream.acked and (
            answer.push.status is PushStatus.OK
            or await self._outbox.has_confirmed_since(township_ms, above=answer.push.upto)
        ):
            return  # it is older than what we know
        await self._conclude(answer, stream, township_ms)

    async def _hear_page(self, reply: Reply, stand: Position) -> None:
        page = exchange.still_new(reply, pos=stand.pos, dig=stand.dig)
        if page is not None:
            await self._take_in(page, stand)

    async def _send_photos(self) -> bool:
        """Chunk by chunk until all that is wanted is there, or a record was written meanwhile: that goes first.

        Returns:
            whether another meeting is due, to hear what is there now.

        Raises:
            Failed
        """
        if self._uploading is None:
            return False
        due = self._uploading.more_to_tell
        try:
            while await self._uploading.step():
                due = True
                if (await self._outbox.stream()).waiting:
                    break
        except Failed as failed:
            self.pace = replace(self.pace, failures=self._uploading.failures)
            await self._journal.missed(failed.failure)
            raise
        return due

    async def _meet(self) -> Meeting:
        stream = await self._outbox.stream()
        position = await self._shadow.position()
        batch = await self._outbox.batch(
            stream.acked, limit=1 if self.pace.opaque else self.pace.batch, max_bytes=LARGEST_BATCH_BYTES
        )
        check: Check | None = None
        try:
            request = await self._request(stream, position, batch=batch)
            if not batch:
                request = await self._with_words(request)
            check = request.check
            answer = await self._township.exchange(request)
            await self._believe(answer, stream)
            if self._custody is not None:
                await self._custody.hear(answer, township_ms=_milliseconds(answer.time))
            if answer.revoked:
                await self._journal.missed(Failure.REVOKED)
            if answer.pull is not None:
                await self._take_in(answer.pull, position)
            if answer.check is not None:
                await self._compare(answer.check, stream, township_ms=_milliseconds(answer.time))
            elif check is not None:
                await self._put_comparison_off()
        except Failed as failed:
            if check is not None and failed.failure is Failure.BROKEN:
                await self._put_comparison_off()
            if self._custody is not None and not batch and failed.failure is Failure.BROKEN:
                self._custody.be_silent()
            self.pace = self.pace.after_failure(failed.failure, base=stream.acked, sent=len(batch))
            await self._journal.missed(failed.failure)
            raise
        self.pace = self.pace.after_success()
        now = await self._outbox.stream()
        more = now.waiting > 0 and (now.epoch != stream.epoch or now.acked != stream.acked)
        return Meeting(
            sent=len(batch),
            rows=len(answer.pull.rows) if answer.pull else 0,
            again=more
            or bool(answer.pull and answer.pull.more)
            or bool(answer.check and answer.check.differs),
            wait=timedelta(seconds=max(0, answer.wait_s)),
        )

    async def _request(self, stream: Stream, position: Position, *, batch: list[Written]) -> ExchangeRequest:
        base_chain = await self._outbox.chain_at(stream.acked)
        assert base_chain is not None, "the chain is kept wherever a push may begin"  # noqa: S101
        old_epoch = await self._outbox.old_epoch()
        township_ms = (await self._journal.contact()).township_ms
        check = None if batch else await self.comparison.ask(stream, position, township_ms=township_ms)
        day = None if check is None or township_ms is None else township_ms // EVERY_MS
        return ExchangeRequest(
            proto=sync.PROTO,
            app=APP_VERSION,
            schema=SCHEMA,
            node=self._node,
            epoch=stream.epoch,
            old_epoch=old_epoch or None,
            base=stream.acked,
            base_chain=base_chain,
            recs=tuple(self._entry(record) for record in batch),
            pull=PullAsk(pos=position.pos, dig=position.dig),
            catalog=self._packs.sha or None,
            blobs=await self._offered(day),
            machine=await self._machine(),
            check=check,
        )

    async def _offered(self, day: int | None) -> tuple[tuple[str, int], ...]:
        """The photos that wait; with the comparison of `day` also some that the township should have."""
        if self._uploading is None:
            return ()
        offered = await self._uploading.offered()
        return offered if day is None else (*offered, *await self._uploading.to_confirm(day))

    async def _with_words(self, request: ExchangeRequest) -> ExchangeRequest:
        """With what there is to say about keys; never beside records, which an earlier township must not refuse."""
        if self._custody is None:
            return request
        words = await self._custody.words(township_ms=(await self._journal.contact()).township_ms)
        return msgspec.structs.replace(request, escrow=words.escrow, next_key=words.next_key)

    def _entry(self, record: Written) -> Entry:
        if self.pace.opaque:
            return Entry(seq=record.seq, opaque=record.body)
        return Entry(seq=record.seq, rec=msgspec.Raw(record.body))

    async def _machine(self) -> Machine:
        waiting, oldest_ms = await self._outbox.waiting()
        now_ms = self._clock.now_ms()
        free = shutil.disk_usage(self._database.path.parent).free
        return Machine(
            now=self._clock.wall().isoformat(timespec="seconds"),
            mono=self._clock.mono_ms(),
            boot=self._clock.boot,
            off_ms=(await self._journal.contact()).offset_ms,
            disk_free_mb=free // (1024 * 1024),
            waiting=(waiting, await self._uploading.waiting() if self._uploading else 0),
            oldest_s=max(0, now_ms - oldest_ms) // 1000 if oldest_ms is not None else 0,
        )

    async def _believe(self, answer: ExchangeAnswer, sent: Stream) -> None:
        """What the answer says about our stream, and about the clock.

        Raises:
            Failed: the township is full, or says nothing that can be believed.
        """
        township_ms = _milliseconds(answer.time)
        await self._journal.met(at_ms=self._clock.now_ms(), township_ms=township_ms)
        await self._conclude(answer, sent, township_ms)

    async def _conclude(self, answer: ExchangeAnswer, sent: Stream, township_ms: int) -> None:
        verdict = exchange.judge(
            await self._outbox.stream(), answer.push, own_head=await self._outbox.chain_at(answer.push.upto)
        )
        match verdict:
            case Advance():
                await self._outbox.advance(verdict, epoch=sent.epoch, township_ms=township_ms)
                if verdict.rewound:
                    await self._offer_photos_again()
            case StartOver(reason):
                log.warning("stream of epoch %s starts over: %s", sent.epoch, reason)
                await self._start_over(sent.epoch, reason)
                await self._offer_photos_again()
            case exchange.Ignore(reason):
                wait = timedelta(seconds=max(0, answer.wait_s))
                raise Failed(Failure.BUSY, reason, wait=wait)
        if self._uploading:
            await self._uploading.told(answer.blobs, most=answer.limits.chunk, township_ms=township_ms)
        if answer.numbers is not None:
            block = answer.numbers
            await self._database.write(lambda tx: enrolment.keep_numbers(tx, block))

    async def _start_over(self, old_epoch: str, reason: str) -> None:
        if await self._outbox.start_over(self._fresh_epoch(), old_epoch=old_epoch):
            await self._journal.note(
                "start_over", at_ms=self._clock.now_ms(), old_epoch=old_epoch, reason=reason
            )

    async def _compare(self, answer: CheckAnswer, stream: Stream, *, township_ms: int) -> None:
        """What the daily comparison asks for: the view anew, or everything retained once more."""
        await self.comparison.heard(answer, township_ms=township_ms, at_ms=self._clock.now_ms())
        if answer.differs:
            log.warning("our view differs from the township's in %s", ", ".join(answer.differs))
            await self._shadow.forget_position()
        if answer.resend:
            log.warning("the township has no trace of cases it confirmed")
            await self._start_over(stream.epoch, LOST_THERE)
            await self._offer_photos_again()

    async def _put_comparison_off(self) -> None:
        """A township of an earlier version refuses what it does not know, or passes it over."""
        township_ms = (await self._journal.contact()).township_ms
        if township_ms is not None:
            await self.comparison.put_off(township_ms=township_ms, at_ms=self._clock.now_ms())

    async def _offer_photos_again(self) -> None:
        """A township that went back to an older state went back with its photos."""
        if self._uploading:
            await self._uploading.start_over()

    async def _take_in(self, page: PullAnswer, asked: Position) -> None:
        if page.status is PullStatus.OK and not asked.fetching:
            whole = [bytes(entry.row) for entry in page.rows]
            if exchange.page_digest(asked.dig, whole) != page.dig:
                await self._shadow.forget_position()
                raise Failed(Failure.LINE, "feed page does not follow ours")
        await self._shadow.apply(page, asked=asked)
        if page.status is PullStatus.REFETCH and not asked.fetching:
            await self._offer_photos_again()


def _milliseconds(time: str) -> int:
    """Raises Failed: a township that cannot tell its time is not believed in anything else."""
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        raise Failed(Failure.LINE, "township time") from None
    if at.tzinfo is None:
        raise Failed(Failure.LINE, "township time")
    return int(at.timestamp() * 1000)
