"""Writes the bundles of this version that later versions must still read: `python -m tests.bundles.make_fixture`.

Run it once for a release; files of a released version are never written again.
"""

import hashlib
import io
from pathlib import Path
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from api_spec import bundle, chain, coding, records, sync
from api_spec.bundle import BundleHeader, Item, Piece, Reply
from api_spec.bundle_writer import BundleWriter
from api_spec.record_parts import Clerk, NodeTime
from api_spec.records import SCHEMA, SupplementBody, SupplementRecord
from api_spec.sync import Entry, ExchangeAnswer, ExchangeRequest, PullAnswer, PullAsk, PullStatus, PushAnswer
from village_node import APP_VERSION

FOLDER: Final = Path(__file__).parents[1] / "fixtures" / "bundles"
SIGNER: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
READER: Final = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
EPOCH: Final = "0123456789abcdef"


class Expected(msgspec.Struct, frozen=True):
    """What stands in one fixture: kind and SHA-256 of each item, and of the whole file."""

    file: str
    digest: str
    items: list[tuple[int, str]]


def things_up() -> list[tuple[Item, bytes]]:
    """A push of one record, and a photo in two pieces."""
    record = SupplementRecord(
        rid="a" * 32,
        rev=1,
        schema=SCHEMA,
        made=NodeTime(at_ms=1_775_800_000_000, boot="boot", mono_ms=1),
        clerk=Clerk(id="c1", name="李代办"),
        body=SupplementBody(case="b" * 32, note="补交说明"),
    )
    push = ExchangeRequest(
        proto=sync.PROTO,
        app=APP_VERSION,
        schema=SCHEMA,
        node=4711,
        epoch=EPOCH,
        base=0,
        base_chain=chain.START,
        recs=(Entry(seq=1, rec=msgspec.Raw(records.encode_record(record))),),
        pull=PullAsk(),
    )
    picture = bytes(range(256)) * 3
    sha = hashlib.sha256(picture).digest()
    pieces = [Piece(sha, at, len(picture), picture[at : at + 512]) for at in (0, 512)]
    return [
        (Item.PUSH, coding.pack(sync.encode(push), level=bundle.ZSTD_LEVEL)),
        *((Item.PHOTO, piece.pack()) for piece in pieces),
    ]


def things_down() -> list[tuple[Item, bytes]]:
    """The answer to it."""
    answer = ExchangeAnswer(
        time="2026-04-10T04:00:00.000+00:00",
        nonce="n",
        push=PushAnswer(status=sync.PushStatus.OK, epoch=EPOCH, upto=1, chain=bytes(32), safe=0),
        pull=PullAnswer(status=PullStatus.OK),
    )
    reply = Reply(asked=PullAsk(), answer=answer)
    return [(Item.ANSWER, coding.pack(sync.encode(reply), level=bundle.ZSTD_LEVEL))]


def write(folder: Path) -> None:
    """Both bundles and what stands in them."""
    folder.mkdir(parents=True)
    expected = []
    for name, things in (("up", things_up()), ("down", things_down())):
        header = BundleHeader(
            way="up" if name == "up" else "down",
            county="430481",
            node=4711,
            bundle="c" * 32,
            epoch=EPOCH,
            first=1,
            last=1,
            before=chain.START,
            after=bytes(32),
            records=1,
            photos=1,
            sign_key=bundle.key_id(SIGNER.public_key().public_bytes_raw()),
            seal_key=bundle.key_id(READER.public_key().public_bytes_raw()),
        )
        out = io.BytesIO()
        writer = BundleWriter(
            out,
            header,
            recipient=READER.public_key().public_bytes_raw(),
            key=SIGNER,
            file_key=bytes(range(2, 34)),
        )
        for kind, body in things:
            writer.add(kind, body)
        writer.finish()
        (folder / f"{name}{bundle.SUFFIX}").write_bytes(out.getvalue())
        items = [(int(kind), hashlib.sha256(body).hexdigest()) for kind, body in things]
        expected.append(Expected(f"{name}{bundle.SUFFIX}", writer.digest.hex(), items))
    (folder / "expected.json").write_bytes(msgspec.json.format(msgspec.json.encode(expected)) + b"\n")


if __name__ == "__main__":
    write(FOLDER / APP_VERSION)
