"""The intake: what a village node sends is taken in, what it may know is told, and who may send is kept."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from types import TracebackType
from typing import Final, Self

import msgspec

from api_spec import enrol_file, sync, tracking_code
from api_spec.enrol_file import BadFile
from api_spec.errors import ErrorCode
from api_spec.sync import (
    CHUNK_MAX,
    BlobAnswer,
    CheckAnswer,
    EnrolAnswer,
    EnrolRequest,
    ExchangeAnswer,
    ExchangeRequest,
    Limits,
    NumberBlock,
    PushAnswer,
    PushStatus,
)
from api_spec.tracking_code import TrackingCode
from backend.actors import Actor
from backend.audit.service import Audit
from backend.blobs.service import Blobs
from backend.cases.service import Cases
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.faults import Fault
from backend.intake import rules, store_feed, store_nodes
from backend.intake.announcing import Announcing
from backend.intake.applying import Applying
from backend.intake.arrivals import seal_context
from backend.intake.comparing import Comparing
from backend.intake.county import County
from backend.intake.feeds import Feeds
from backend.intake.health import Behind, behind
from backend.intake.held_desk import HeldDesk, HeldPage
from backend.intake.key_desk import KeyDesk
from backend.intake.nodes import Nodes
from backend.intake.pushing import Pushing
from backend.intake.receipts import Checked, Receipts, Verdict
from backend.intake.rejudging import Rejudging
from backend.intake.rows import Change
from backend.intake.rules import Head
from backend.intake.safety import Proof, Safety
from backend.intake.values import NewCode, Node, NodeCard, OrphanReceipt, Stream
from backend.intake.village_notices import VillageNotices
from backend.intake.visits import Visits
from backend.people.service import People
from backend.progress.service import Genuine
from backend.proxy.service import Proxy
from backend.vault import Vault

__all__ = [
    "Behind",
    "Checked",
    "Genuine",
    "Head",
    "HeldPage",
    "Intake",
    "NewCode",
    "Node",
    "NodeCard",
    "OrphanReceipt",
    "Proof",
    "Verdict",
]

log = logging.getLogger(__name__)
REPORT_EVERY: Final = timedelta(seconds=15)
FULL_WAIT: Final = timedelta(minutes=10)
ORPHANS_SHOWN: Final = 200


class Intake:
    """Everything about village nodes. Open it (`async with`) while the database is open: pushes share commits.

    Args:
        clock: the township's.
        free_bytes: what is left on the disk of the database; floor_bytes: with less, no records are taken in.
    """

    def __init__(
        self,
        cases: Cases,
        proxy: Proxy,
        catalogue: Catalogue,
        people: People,
        vault: Vault,
        audit: Audit,
        *,
        blobs: Blobs,
        clock: Callable[[], datetime],
        free_bytes: Callable[[], int],
        floor_bytes: int,
    ) -> None:
        county = County(vault)
        feeds = Feeds(vault, blobs)
        self.visits = Visits(vault)
        self.notices = VillageNotices(catalogue, audit)
        applying = Applying(
            cases,
            proxy,
            catalogue,
            county,
            visits=self.visits,
            open_record=lambda sealed, h: vault.open(sealed, context=seal_context(h)),
        )
        self._blobs = blobs
        self._cases = cases
        self._proxy = proxy
        self._catalogue = catalogue
        self._county = county
        self._feeds = feeds
        self._clock = clock
        self._free_bytes = free_bytes
        self._floor_bytes = floor_bytes
        self._reported: dict[int, tuple[datetime, int]] = {}
        self._alarmed: datetime | None = None
        self._announcing = Announcing(catalogue, people, feeds, county, self.notices)
        self._pushing = Pushing(cases, proxy, applying, feeds, vault, blobs=blobs)
        self.nodes = Nodes(
            catalogue, audit, county, self._announcing, key_desk=KeyDesk(catalogue, audit, county, vault)
        )
        self.held = HeldDesk(
            cases, proxy, people, audit, applying=applying, pushing=self._pushing, feeds=feeds, blobs=blobs
        )
        self._rejudging = Rejudging(
            cases, proxy, audit, applying=applying, pushing=self._pushing, feeds=feeds, blobs=blobs
        )
        self.receipts = Receipts(cases, proxy, catalogue)
        self._safety = Safety(vault)
        self._comparing = Comparing(feeds)
        blobs.on_arrival(self._photos_arrived)
        cases.on_change(feeds.tell_changes)
        proxy.on_change(feeds.tell_changes)

    async def __aenter__(self) -> Self:
        await self._pushing.__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._pushing.__aexit__(exc_type, exc_val, exc_tb)

    def hello(self, *, at: datetime) -> dict[str, str]:
        """The headers by which a node knows that it has reached its own county.

        Raises:
            Fault: BUSY, no township is set up yet.
        """
        return {
            sync.SERVER_HEADER: self.nodes.county_id(),
            sync.TIME_HEADER: at.isoformat(timespec="milliseconds"),
            sync.PROTOS_HEADER: sync.PROTOS,
            sync.NONCE_HEADER: self._county.nonce(at),
        }

    async def make_code(self, village_id: str, *, actor: Actor, at: datetime) -> NewCode:
        """See `Nodes.make_code`."""
        return await self.nodes.make_code(village_id, actor=actor, at=at)

    async def enrol(self, request: EnrolRequest, *, at: datetime) -> EnrolAnswer:
        """See `Nodes.enrol`."""
        return await self.nodes.enrol(request, at=at)

    async def enrol_by_hand(self, text: str, *, actor: Actor, at: datetime) -> bytes:
        """登记答复.bmt for what 登记申请.bmt holds: everything of an enrolment, with the catalogue.

        Raises:
            Fault: ENROLMENT_FILE_INVALID no whole request; and as `Nodes.enrol`.
        """
        try:
            request = enrol_file.read_request(text)
        except BadFile as bad:
            raise Fault(ErrorCode.ENROLMENT_FILE_INVALID, reason=str(bad)[:200]) from None
        answer = await self.nodes.enrol(request, at=at, tenant_id=actor.tenant_id)
        found = await self._catalogue.find_pack(answer.manifest.pack) if answer.manifest else None
        return enrol_file.write_answer(answer, pack=found.body if found else b"", request=request)

    async def admit(
        self, method: str, path: str, *, headers: Mapping[str, str], body: bytes, at: datetime
    ) -> Node:
        """See `Nodes.admit`."""
        return await self.nodes.admit(method, path, headers=headers, body=body, at=at)

    async def exchange(self, node: Node, request: ExchangeRequest, *, at: datetime) -> ExchangeAnswer:
        """Push, then pull, so that what was pushed comes back at once.

        Raises:
            Fault: SIGNATURE_INVALID it speaks for another node; BODY_INVALID another protocol, or records out of
                order; NODE_REVOKED when it brings nothing: what it brings is held.
        """
        self._refuse_malformed(node, request)
        stream = await self.nodes.stream(node, request.epoch, old_epoch=request.old_epoch or "", at=at)
        push = await self._push(node, stream, request, at=at)
        check: CheckAnswer | None = None
        pull, blobs, escrowed, certificate = None, BlobAnswer(), "", None
        desk = self.nodes.key_desk
        if node.revoked_at is None:
            if request.escrow is not None:
                escrowed = await desk.keep(node, request.escrow, at=at)
            if request.next_key is not None:
                certificate = await desk.certify(node, request.next_key, at=at)
            await self._announcing.bring_up(node, at=at)
            blobs = await self._blobs.wanted(node.sender, request.blobs, at=at)
            pull = await self._feeds.page(node.number, request.pull) if request.pull else None
            if request.check is not None:
                check = await self._comparing.compare(node, request.check, request.pull, at=at)
        await self._report(node, request, push, at)
        return ExchangeAnswer(
            time=at.isoformat(timespec="milliseconds"),
            nonce=self._county.nonce(at),
            push=push,
            pull=pull,
            blobs=blobs,
            limits=Limits(chunk=CHUNK_MAX),
            numbers=await self._numbers(node, stream, request),
            wait_s=int(FULL_WAIT.total_seconds()) if push.status is PushStatus.FULL else 0,
            check=check,
            escrowed=escrowed,
            certificate=certificate,
            revoked=node.revoked_at is not None,
        )

    async def pack(self, node: Node, sha: str) -> bytes:
        """A catalogue pack by its hash.

        Raises:
            Fault: NODE_REVOKED, NOT_FOUND.
        """
        if node.revoked_at is not None:
            raise Fault(ErrorCode.NODE_REVOKED)
        found = await self._catalogue.find_pack(sha)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND, pack=sha)
        return found.body

    async def genuine(self, code: TrackingCode) -> Genuine | None:
        """Which village's computer made a tracking code whose case is not here; None if none of ours did.

        The tag is checked before any table is read. That somebody asked is noted: the case may be on its way, or
        its computer may be gone, and the paper is then the only proof.
        """
        if not tracking_code.verify(code, self._county.receipt_key(code.node)):
            return None
        node = await store_nodes.find(code.node)
        if node is None:
            return None
        village = await self._catalogue.village(node.village_id)
        tenant = await self._catalogue.tenant(node.tenant_id)
        await store_feed.ask_orphan(code.text, tenant_id=node.tenant_id, node=node.number, at=self._clock())
        return Genuine(village_name=village.name, phone=tenant.complaint_phone)

    async def rejudge(self, *, at: datetime) -> int:
        """See `Rejudging.look`."""
        return await self._rejudging.look(at=at)

    async def prove(self) -> list[Proof]:
        """See `Safety.prove`."""
        return await self._safety.prove()

    async def vouch(self, backups: Sequence[Mapping[str, Head]]) -> dict[str, int]:
        """See `Safety.vouch`."""
        return await self._safety.vouch(backups)

    async def behind(self, tenant_id: str, *, at: datetime) -> list[Behind]:
        """The villages whose cases a sum made now does not surely hold."""
        return behind(await self.nodes.cards(tenant_id), at)

    async def orphans(self, actor: Actor, *, at: datetime) -> list[OrphanReceipt]:
        """Receipts somebody asked for whose case is still not here, the latest asked first."""
        asked = await store_feed.orphans(actor.tenant_id, limit=ORPHANS_SHOWN)
        return [each for each in asked if not await self._is_here(each.tracking_code, at)]

    async def _photos_arrived(self, tenant_id: str, rids: Sequence[str]) -> None:
        """Tell the villages and the public pages of these cases, some of which may not be here yet."""
        cases = [each for rid in rids if (each := await self._cases.change_now(tenant_id, rid))]
        errands = [one for rid in rids if (one := await self._proxy.change_now(tenant_id, rid))]
        async with in_transaction():
            await self._feeds.tell_arrived([*cases, *errands])
        self._cases.committed([each.tracking_code for each in cases])
        self._proxy.committed([each.tracking_code for each in errands])

    async def tell_again(self, changes: Sequence[Change]) -> None:
        """Tell the villages of cases and errands that changed though nobody moved them."""
        async with in_transaction():
            await self._feeds.tell_arrived(changes)

    async def _is_here(self, code: str, at: datetime) -> bool:
        return bool(await self._cases.progress(code, at=at) or await self._proxy.progress(code, at=at))

    async def _push(
        self, node: Node, stream: Stream, request: ExchangeRequest, *, at: datetime
    ) -> PushAnswer:
        if request.recs and self.is_full:
            self._alarm(at)
            return PushAnswer(
                status=PushStatus.FULL,
                epoch=stream.epoch,
                upto=stream.head.upto,
                chain=stream.head.chain,
                safe=stream.safe,
            )
        return await self._pushing.push(node, stream, request, at=at)

    @property
    def is_full(self) -> bool:
        """Whether the disk is under its floor: records are not taken in, everything else is served."""
        return self._free_bytes() < self._floor_bytes

    def _alarm(self, at: datetime) -> None:
        if self._alarmed is None or abs(at - self._alarmed) >= FULL_WAIT:
            self._alarmed = at
            log.error("disk under %d MiB: no records are taken in", self._floor_bytes // 2**20)

    def _refuse_malformed(self, node: Node, request: ExchangeRequest) -> None:
        if request.node != node.number:
            raise Fault(ErrorCode.SIGNATURE_INVALID, part="node")
        if request.proto != sync.PROTO:
            raise Fault(ErrorCode.BODY_INVALID, proto=sync.PROTOS)
        if not rules.is_contiguous(request.base, (entry.seq for entry in request.recs)):
            raise Fault(ErrorCode.BODY_INVALID, reason="sequence")
        if node.revoked_at is not None and not request.recs:
            raise Fault(ErrorCode.NODE_REVOKED)

    async def _numbers(self, node: Node, stream: Stream, request: ExchangeRequest) -> NumberBlock | None:
        """The number block, as long as the node has no record of this epoch confirmed: an answer may get lost."""
        if request.base or not stream.block:
            return None
        tenant = await self._catalogue.tenant(node.tenant_id)
        return NumberBlock(prefix=tenant.case_prefix, block=stream.block)

    async def _report(self, node: Node, request: ExchangeRequest, push: PushAnswer, at: datetime) -> None:
        """Keep what the node says of itself, at most every quarter of a minute: the idle check should not write.

        That nothing waits there any more is kept at once.
        """
        said = request.machine
        arrived = rules.arrived(request.base, len(request.recs), upto=push.upto)
        waiting = max(0, said.waiting[0] - arrived)
        machine = msgspec.structs.replace(
            said, waiting=(waiting, said.waiting[1]), oldest_s=said.oldest_s if waiting else 0
        )
        last = self._reported.get(node.number)
        if last and abs(at - last[0]) < REPORT_EVERY and not (last[1] and not waiting):
            return
        self._reported[node.number] = (at, waiting)
        await store_nodes.seen(node.number, app=request.app, schema=request.schema, machine=machine, at=at)
