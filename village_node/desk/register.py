"""The village's own register: what a slip was handed out for, and the honest state of each.

Writing a case down is one commit: record, place in the chain, case number, tracking code and slip, or none of them.
"""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api_spec import receipt_qr, records
from api_spec.catalogue import Item
from api_spec.paper.slip import Slip
from api_spec.record_parts import Clerk as RecordClerk
from api_spec.record_parts import NodeTime
from api_spec.records import SCHEMA, CaseRecord
from village_node import journal
from village_node.access.clerks import Clerk
from village_node.access.enrolment import Enrolment
from village_node.desk import cash, drafts, numbers
from village_node.desk.drafts import Draft, Pairs
from village_node.desk.intake_form import Typed
from village_node.desk.slips import write_slip
from village_node.photos import photo_links
from village_node.storage.database import Database, Row, Writing
from village_node.sync import outbox

SHORTEST_PART: Final = 4
"""Characters of a case number that are worth looking for."""
SHORTEST_PHONE: Final = 7

_slip = msgspec.json.Decoder(Slip).decode
_pairs = msgspec.json.Decoder(Pairs).decode


class CaseRevised(RuntimeError):
    """Another tab wrote the next revision of this case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the register.

    Args:
        filed_ms: this computer's clock.
        prints: how often the slip was printed.
        pairs: the form as last typed; rev, h: the record's newest revision and its hash.
    """

    rid: str
    item_id: str
    item_name: str
    pack_sha: str
    applicant_name: str
    case_number: str
    tracking_code: str
    clerk_name: str
    filed_ms: int
    slip: Slip
    prints: int
    pairs: Pairs
    rev: int
    h: bytes | None


class FiledBefore(RuntimeError):
    """Somebody else filed this draft with other words; what was typed here is kept beside the case."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.rid)
        self.entry = entry


class DraftLost(RuntimeError):
    """Somebody else wrote in this draft since it was opened here, or has the turn: nothing was filed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """Everything the commit needs. `rid` was made when the form was first shown: sent twice, it is one case."""

    rid: str
    item: Item
    pack_sha: str
    typed: Typed
    clerk: Clerk
    made: NodeTime
    today: date
    pairs: Pairs = field(default_factory=list)


class Register:
    """Writes cases down, and finds them again.

    Args:
        signing: signs the receipt on the slip; receipt_key makes tracking codes genuine.
        random_bits: the operating system's random source; a test passes its own.
    """

    def __init__(
        self,
        database: Database,
        enrolment: Enrolment,
        *,
        signing: Ed25519PrivateKey,
        receipt_key: bytes,
        random_bits: Callable[[int], int] = secrets.randbits,
    ) -> None:
        self._database = database
        self._enrolment = enrolment
        self._signing = signing
        self._receipt_key = receipt_key
        self._random_bits = random_bits

    async def file(self, application: Application, *, over: Draft | None = None) -> Entry:
        """Write a case down for good. When this returns, the slip may be printed.

        The same `rid` again gives the first entry: nothing is written twice.

        Args:
            over: the draft it was typed into, as the tab that files it knows it.

        Raises:
            FiledBefore: somebody else filed this draft, with other words.
            DraftLost: somebody else wrote in the draft, or has the turn, by now.
            sqlite3.OperationalError: the disk refused; nothing was written.
            NoNumberLeft: see `numbers`.
            PhotoMissing
        """

        async def work(tx: Writing) -> Entry | FiledBefore | DraftLost:
            known = await tx.row("SELECT * FROM register WHERE rid = ?", application.rid)
            if known is not None:
                entry = _entry(known)
                if over is None or not entry.pairs or entry.pairs == over.pairs:
                    return entry
                await drafts.keep_beside_case(tx, over)
                return FiledBefore(entry)
            if over is not None and not await drafts.may_file(tx, over):
                return DraftLost()
            code = await numbers.fresh_code(
                tx, node=self._enrolment.node, key=self._receipt_key, random_bits=self._random_bits
            )
            number = await numbers.fresh_number(tx, application.today, random_bits=self._random_bits)
            return await self._write(tx, application, code=code, number=number)

        done = await self._database.write(work)
        if not isinstance(done, Entry):
            raise done
        return done

    async def revise(self, entry: Entry, application: Application) -> Entry:
        """Write a case the township could not take down once more, whole: same number, same code, next revision.

        Raises:
            CaseRevised: another tab did so since `entry` was read.
        """

        async def work(tx: Writing) -> Entry:
            moved = await tx.row(
                "UPDATE register SET rev = rev + 1 WHERE rid = ? AND rev = ? RETURNING rid",
                entry.rid,
                entry.rev,
            )
            if moved is None:
                raise CaseRevised
            record = msgspec.structs.replace(
                _record(application, code=entry.tracking_code, number=entry.case_number),
                rev=entry.rev + 1,
                parent=entry.h,
            )
            return await self._rewrite(tx, record, application)

        return await self._database.write(work)

    async def find(self, rid: str) -> Entry | None:
        row = await self._database.row("SELECT * FROM register WHERE rid = ?", rid)
        return _entry(row) if row else None

    async def count_print(self, rid: str, *, clerk: Clerk, at_ms: int) -> None:
        """Every print is logged; from the second on the slip says so."""

        async def work(tx: Writing) -> None:
            await tx.run("UPDATE register SET prints = prints + 1 WHERE rid = ?", rid)
            await journal.note(tx, "printed", at_ms=at_ms, clerk_id=clerk.id, facts={"rid": rid})

        await self._database.write(work)

    async def unsent(self) -> set[str]:
        """The `rid` of every record the township has not confirmed."""
        rows = await self._database.rows("SELECT rid FROM outbox WHERE seq > (SELECT acked FROM stream)")
        return {row["rid"] for row in rows}

    async def between(self, first_ms: int, last_ms: int) -> list[Entry]:
        """Entries filed in [first, last) by this computer's clock, newest first."""
        rows = await self._database.rows(
            "SELECT * FROM register WHERE filed_ms >= ? AND filed_ms < ? ORDER BY filed_ms DESC, rid LIMIT 1000",
            first_ms,
            last_ms,
        )
        return [_entry(row) for row in rows]

    async def typed(self, rids: Sequence[str]) -> dict[str, Pairs]:
        """The forms of these cases, as last typed, by `rid`; those this computer has forgotten are left out."""
        rows = await self._database.rows(
            "SELECT rid, pairs FROM register WHERE pairs IS NOT NULL AND rid IN (SELECT value FROM json_each(?))",
            msgspec.json.encode(rids).decode(),
        )
        return {row["rid"]: _pairs(row["pairs"]) for row in rows}

    async def of_applicant(self, number: str, item_id: str) -> list[Entry]:
        """What was taken for one person (whole document number) and item, newest first."""
        rows = await self._database.rows(
            "SELECT * FROM register WHERE applicant_key = ? AND item_id = ? ORDER BY filed_ms DESC, rid",
            number,
            item_id,
        )
        return [_entry(row) for row in rows]

    async def search(self, text: str, *, limit: int = 50) -> list[Entry]:
        """By name, item, tracking code, the applicant's whole document number, a telephone of the case, or a scanned
        slip; of the case number any part of `SHORTEST_PART` characters will do."""
        text = scanned(text)
        like = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        compact = text.replace("-", "").replace(" ", "").upper()
        rows = await self._database.rows(
            "SELECT * FROM register WHERE applicant_name LIKE ?1 ESCAPE '\\' OR item_name LIKE ?1 ESCAPE '\\'"
            " OR tracking_code = ?2 OR applicant_key = ?2"
            " OR (?3 AND instr(replace(case_number, '-', ''), ?2) > 0)"
            " OR (?4 AND instr(replace(replace(CAST(pairs AS TEXT), ' ', ''), '-', ''), 'phone\",\"' || ?2 || '\"') > 0)"
            " ORDER BY filed_ms DESC LIMIT ?5",
            like,
            compact,
            len(compact) >= SHORTEST_PART,
            len(compact) >= SHORTEST_PHONE and compact.isascii() and compact.isdecimal(),
            limit,
        )
        return [_entry(row) for row in rows]

    async def _write(self, tx: Writing, application: Application, *, code: str, number: str) -> Entry:
        record, clerk = _record(application, code=code, number=number), application.clerk
        at_ms = record.made.at_ms
        stored = records.encode_record(record)
        written = await outbox.append(
            tx, rid=record.rid, rev=record.rev, kind="case", body=stored, now_ms=at_ms
        )
        await photo_links.refer(tx, record, case_rid=record.rid)
        proof = self._proof(record, written.h)
        row = await tx.row(
            "INSERT INTO register (rid, item_id, item_name, pack_sha, applicant_name, applicant_key, case_number,"
            " tracking_code, clerk_id, clerk_name, filed_ms, slip, pairs, h)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING *",
            record.rid,
            application.item.id,
            application.item.name,
            application.pack_sha,
            record.body.applicant.name,
            record.body.applicant.number,
            number,
            code,
            clerk.id,
            clerk.name,
            at_ms,
            msgspec.json.encode(write_slip(record, application.item, self._enrolment.answer, proof=proof)),
            msgspec.json.encode(application.pairs),
            written.h,
        )
        await drafts.forget(tx, record.rid)
        await keep_revision(tx, record.rid, record.rev, h=written.h, pairs=application.pairs)
        await cash.take_down(
            tx,
            record.rid,
            record.body.money,
            rid=record.rid,
            clerk=clerk,
            at_ms=at_ms,
        )
        await journal.note(tx, "filed", at_ms=at_ms, clerk_id=clerk.id, facts={"rid": record.rid})
        assert row is not None, "INSERT … RETURNING gives its row"  # noqa: S101
        return _entry(row)

    async def _rewrite(self, tx: Writing, record: CaseRecord, application: Application) -> Entry:
        at_ms, clerk = record.made.at_ms, application.clerk
        stored = records.encode_record(record)
        written = await outbox.append(
            tx, rid=record.rid, rev=record.rev, kind="case", body=stored, now_ms=at_ms
        )
        await photo_links.refer(tx, record, case_rid=record.rid)
        slip = write_slip(
            record, application.item, self._enrolment.answer, proof=self._proof(record, written.h)
        )
        row = await tx.row(
            "UPDATE register SET h = ?, pairs = ?, pack_sha = ?, applicant_name = ?, applicant_key = ?, slip = ?"
            " WHERE rid = ? RETURNING *",
            written.h,
            msgspec.json.encode(application.pairs),
            application.pack_sha,
            record.body.applicant.name,
            record.body.applicant.number,
            msgspec.json.encode(slip),
            record.rid,
        )
        await keep_revision(tx, record.rid, record.rev, h=written.h, pairs=application.pairs)
        await cash.put_right(tx, record.rid, record.body.money, clerk=clerk, at_ms=at_ms)
        facts: dict[str, str | int] = {"rid": record.rid, "rev": record.rev}
        await journal.note(tx, "revised", at_ms=at_ms, clerk_id=clerk.id, facts=facts)
        assert row is not None, "UPDATE … RETURNING of a row that is there"  # noqa: S101
        return _entry(row)

    def _proof(self, record: CaseRecord, h: bytes) -> str:
        """The signed receipt that the slip carries as its second QR code."""
        receipt = receipt_qr.Receipt(
            code=record.body.code,
            item=record.body.item,
            record_head=h[:8],
            node_at_s=record.made.at_ms // 1000,
            serial=self._enrolment.serial,
        )
        return receipt_qr.write(receipt, self._signing)


def scanned(text: str) -> str:
    """What was typed or scanned, as what is searched for: of a slip's link the code, of its proof the code in it."""
    text = text.strip()
    if "/c/" in text:
        return text.rpartition("/c/")[2].partition("?")[0]
    try:
        return receipt_qr.read(text)[0].code
    except ValueError:
        return text


async def keep_revision(tx: Writing, rid: str, rev: int, *, h: bytes, pairs: Pairs) -> None:
    """The form behind a revision, in the transaction that writes it."""
    await tx.run(
        "INSERT INTO revision (rid, rev, h, pairs) VALUES (?, ?, ?, ?)",
        rid,
        rev,
        h,
        msgspec.json.encode(pairs),
    )


def _record(application: Application, *, code: str, number: str) -> CaseRecord:
    return CaseRecord(
        rid=application.rid,
        rev=1,
        schema=SCHEMA,
        cat=application.pack_sha,
        made=application.made,
        clerk=RecordClerk(id=application.clerk.id, name=application.clerk.name),
        body=application.typed.body(application.item, code=code, number=number),
    )


def _entry(row: Row) -> Entry:
    return Entry(
        rid=row["rid"],
        item_id=row["item_id"],
        item_name=row["item_name"],
        pack_sha=row["pack_sha"],
        applicant_name=row["applicant_name"],
        case_number=row["case_number"],
        tracking_code=row["tracking_code"],
        clerk_name=row["clerk_name"],
        filed_ms=row["filed_ms"],
        slip=_slip(row["slip"]),
        prints=row["prints"],
        pairs=_pairs(row["pairs"]) if row["pairs"] is not None else [],
        rev=row["rev"],
        h=row["h"],
    )
