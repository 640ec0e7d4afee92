"""A township for tests, small and in memory, written from the protocol alone: the rules of push and pull, nothing else."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from api_spec import certificate, chain, coding, feed, records, signature, sync
from api_spec.catalogue import CataloguePack
from api_spec.feed import CatalogueManifest, CatalogueRow, FeedRow
from api_spec.sync import (
    BlobAnswer,
    EnrolAnswer,
    EnrolRequest,
    ExchangeAnswer,
    ExchangeRequest,
    FeedEntry,
    Limits,
    NumberBlock,
    PullAnswer,
    PullAsk,
    PullStatus,
    PushAnswer,
    PushStatus,
)
from village_node.sync.line import LineDown, Reply, Send

COUNTY = "430481"
CODE = "one-time-code"
NODE = 4711
RECEIPT_KEY = b"r" * 32
NOON = "2026-04-10T04:00:00+00:00"


@dataclass
class Stream:
    upto: int = 0
    chain: bytes = chain.START
    heads: dict[int, bytes] = field(default_factory=lambda: {0: chain.START})
    safe: int = 0


@dataclass
class Township:
    """`records` and `held` are what a clerk there would see; tests change `time`, `safe` and the faults freely."""

    county_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    seal_key: X25519PrivateKey = field(default_factory=X25519PrivateKey.generate)
    node_key: Ed25519PublicKey | None = None
    streams: dict[str, Stream] = field(default_factory=dict)
    records: dict[tuple[str, int], bytes] = field(default_factory=dict)
    held: list[tuple[bytes, str]] = field(default_factory=list)
    rows: list[bytes] = field(default_factory=list)
    packs: dict[str, bytes] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    old_epochs: list[str | None] = field(default_factory=list)
    manifest: CatalogueManifest | None = None
    nonce: str = "n1"
    time: str = NOON
    page: int = 300
    blocks: int = 17
    poison: bytes = b"\x00never"
    largest: int = sync.RECORDS_MAX
    full: bool = False
    blobs: dict[str, bytes] = field(default_factory=dict)
    parts: dict[str, bytes] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    largest_chunk: int = 1024 * 1024
    knows_photos: bool = True

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.requests.append(f"{method} {path}")
        if path == sync.HELLO_PATH:
            told = {
                "sync-server": COUNTY,
                "sync-time": self.time,
                "sync-protos": "1-1",
                "sync-nonce": self.nonce,
            }
            return Reply(204, told)
        if path == sync.ENROL_PATH:
            return self._enrol(sync.decode(body, EnrolRequest))
        assert self.node_key is not None
        cased = {name: headers[name] for name in headers}
        signature.verify_request(method, path, body=body, headers=cased, key=self.node_key)
        if headers["Sync-Nonce"] != self.nonce:
            return _problem(409, "nonce_stale", {"sync-nonce": self.nonce})
        if path.startswith(sync.CATALOGUE_PATH):
            packed = coding.pack(self.packs[path.rpartition("/")[2]])
            return Reply(200, {"content-encoding": "zstd"}, packed)
        if path.startswith(sync.BLOBS_PATH):
            return self._append(path.rpartition("/")[2], headers, body)
        request = sync.decode(coding.unpack(body, headers["Content-Encoding"]), ExchangeRequest)
        return self._exchange(request)

    def publish(self, pack: CataloguePack, *, version: int = 1) -> None:
        """Make a pack current and announce it in the feed."""
        body = msgspec.json.encode(pack)
        sha = sha256(body).hexdigest()
        self.packs[sha] = body
        unsigned = CatalogueManifest(tenant=pack.tenant_id, version=version, pack=sha, size=len(body), alg="")
        self.manifest = certificate.sign_manifest(unsigned, self.county_key)
        self.tell(CatalogueRow(rid=feed.CATALOGUE_RID, srev=version, manifest=self.manifest))

    def tell(self, row: FeedRow) -> None:
        self.rows.append(feed.encode_row(row))

    def _enrol(self, request: EnrolRequest) -> Reply:
        if request.token != CODE:
            return _problem(403, "enrolment_invalid", {})
        certificate.verify_enrol_proof(
            request.proof,
            token=request.token,
            epoch=request.epoch,
            sign_key=request.sign_key,
            seal_key=request.seal_key,
        )
        self.node_key = Ed25519PublicKey.from_public_bytes(request.sign_key)
        answer = EnrolAnswer(
            node=NODE,
            county=COUNTY,
            tenant="t" * 32,
            tenant_name="三都镇",
            centre_name="三都镇便民服务中心",
            village="430481110200",
            village_name="群望村",
            public_base_url="https://bmt.example.cn",
            certificate=certificate.certify(
                NODE,
                "430481110200",
                serial=9,
                sign_key=request.sign_key,
                seal_key=request.seal_key,
                county=self.county_key,
            ),
            county_key=self.county_key.public_key().public_bytes_raw(),
            township_seal_key=self.seal_key.public_key().public_bytes_raw(),
            receipt_key=RECEIPT_KEY,
            numbers=NumberBlock(prefix="SD", block=self.blocks),
            manifest=self.manifest,
            time=self.time,
        )
        return Reply(200, {}, sync.encode(answer))

    def _exchange(self, request: ExchangeRequest) -> Reply:
        if len(request.recs) > self.largest:
            return _problem(413, "body_too_large", {})
        if any(entry.opaque is None and self.poison in entry.stored for entry in request.recs):
            return _problem(500, "internal", {})
        numbers = None
        if request.epoch not in self.streams:
            self.old_epochs.append(request.old_epoch)
            self.blocks += 1
            numbers = NumberBlock(prefix="SD", block=self.blocks) if request.old_epoch else None
        stream = self.streams.setdefault(request.epoch, Stream())
        answer = ExchangeAnswer(
            time=self.time,
            nonce=self.nonce,
            push=self._push(request, stream),
            pull=self.page_of_feed(request.pull) if request.pull else None,
            numbers=numbers,
            blobs=self._wanted(request) if self.knows_photos else BlobAnswer(),
            limits=Limits(chunk=self.largest_chunk),
        )
        return Reply(200, {}, sync.encode(answer))

    def _wanted(self, request: ExchangeRequest) -> BlobAnswer:
        offered = [sha for sha, _ in request.blobs]
        return BlobAnswer(
            need=tuple((sha, len(self.parts.get(sha, b""))) for sha in offered if sha not in self.blobs),
            have=tuple(sha for sha in offered if sha in self.blobs),
        )

    def _append(self, sha: str, headers: Mapping[str, str], body: bytes) -> Reply:
        if len(body) > self.largest_chunk:
            return _problem(413, "body_too_large", {})
        if sha in self.refused:
            return _problem(422, self.refused[sha], {})
        size, there = int(headers["Upload-Length"]), self.parts.get(sha, b"")
        if sha in self.blobs:
            return Reply(204, {"upload-offset": str(size)})
        if int(headers["Upload-Offset"]) != len(there):
            return _problem(409, "blob_offset", {"upload-offset": str(len(there))})
        there += body
        if len(there) == size:
            self.parts.pop(sha, None)
            if sha256(there).hexdigest() != sha:
                return _problem(422, "blob_mismatch", {"upload-offset": "0"})
            self.blobs[sha] = there
        else:
            self.parts[sha] = there
        return Reply(204, {"upload-offset": str(len(there))})

    def _push(self, request: ExchangeRequest, stream: Stream) -> PushAnswer:
        status = PushStatus.OK
        if self.full:
            status = PushStatus.FULL
        elif request.base > stream.upto:
            status = PushStatus.GAP
        elif stream.heads[request.base] != request.base_chain:
            status = PushStatus.FORK
        else:
            heads = chain.heads(request.base_chain, [(entry.seq, entry.stored) for entry in request.recs])
            run = {entry.seq: head for entry, head in zip(request.recs, heads, strict=True)}
            if stream.upto in run and run[stream.upto] != stream.chain:
                status = PushStatus.FORK
            else:
                for entry in request.recs:
                    if entry.seq == stream.upto + 1:
                        self._store(entry)
                        stream.upto, stream.chain = entry.seq, run[entry.seq]
                        stream.heads[entry.seq] = stream.chain
        return PushAnswer(
            status=status, epoch=request.epoch, upto=stream.upto, chain=stream.chain, safe=stream.safe
        )

    def _store(self, entry: sync.Entry) -> None:
        if entry.opaque is not None:
            self.held.append((entry.stored, records.HeldReason.UNREADABLE))
            return
        record = records.decode_record(entry.stored)
        known = self.records.setdefault((record.rid, record.rev), entry.stored)
        if known != entry.stored:
            self.held.append((entry.stored, records.HeldReason.SAME_REV_OTHER_CONTENT))

    def page_of_feed(self, ask: PullAsk) -> PullAnswer:
        digs = [chain.FEED_START]
        for row in self.rows:
            digs.append(chain.feed_digest(digs[-1], row))
        known = ask.pos < len(digs) and digs[ask.pos] == ask.dig
        start = ask.pos if known else 0
        end = min(len(self.rows), start + self.page)
        return PullAnswer(
            status=PullStatus.OK if known else PullStatus.REFETCH,
            rows=tuple(FeedEntry(pos=at + 1, row=msgspec.Raw(self.rows[at])) for at in range(start, end)),
            pos=end,
            dig=digs[end],
            more=end < len(self.rows),
        )


def _problem(status: int, code: str, headers: dict[str, str]) -> Reply:
    return Reply(status, headers, json.dumps({"code": code}).encode())


def losing_requests(send: Send, times: int) -> Send:
    """A line that is cut before the township hears anything."""
    return _failing(send, times, heard=False)


def losing_answers(send: Send, times: int) -> Send:
    """A line that is cut after the township acted: the worst moment."""
    return _failing(send, times, heard=True)


def _failing(send: Send, times: int, *, heard: bool) -> Send:
    left = times

    async def flaky(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        nonlocal left
        if path != sync.EXCHANGE_PATH or left == 0:
            return await send(method, path, headers, body)
        left -= 1
        if heard:
            await send(method, path, headers, body)
        raise LineDown("cut")

    return flaky
