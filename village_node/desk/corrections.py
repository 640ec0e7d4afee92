"""Putting right what was typed, until the township has accepted the case: a new revision that holds only what changed.

Whether it still counts the township decides; if somebody there touched the case meanwhile, it is held for a clerk.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from api_spec import records
from api_spec.catalogue import Item
from api_spec.record_parts import Clerk as RecordClerk
from api_spec.record_parts import NodeTime
from api_spec.records import SCHEMA, AmendBody, AmendRecord
from village_node import journal
from village_node.access.clerks import Clerk
from village_node.desk.drafts import Pairs
from village_node.desk.intake_form import Typed
from village_node.desk.register import Entry, keep_revision
from village_node.photos import photo_links
from village_node.storage.database import Database, Writing
from village_node.sync import outbox

_pairs = msgspec.json.Decoder(Pairs).decode


class CorrectionMoved(RuntimeError):
    """Another tab corrected this case since the form was opened."""


@dataclass(frozen=True, slots=True)
class Revision:
    """A form as it was written down under a revision of its record."""

    rev: int
    h: bytes
    pairs: Pairs


def changes(old: Typed, new: Typed) -> AmendBody:
    """What differs, and nothing else; equal to `AmendBody()` if nothing does."""
    return AmendBody(
        answers={name: answer for name, answer in new.answers.items() if old.answers.get(name) != answer},
        dropped=tuple(name for name in old.answers if name not in new.answers),
        applicant=new.applicant if new.applicant != old.applicant else None,
        contact=new.contact if new.contact != old.contact else None,
        materials=new.materials if new.materials != old.materials else None,
        mandate=new.mandate if new.mandate != old.mandate else None,
        consents=new.consents if new.consents != old.consents else (),
        note=new.note if new.note != old.note else "",
    )


def words(body: AmendBody, item: Item) -> str:
    """Which parts were put right, for the list under the case: labels only, no values."""
    labels = {field.name: field.label for field in item.form.fields}
    parts: Mapping[str, object] = {
        "申请人": body.applicant,
        "联系人": body.contact,
        "材料": body.materials,
        "委托": body.mandate,
        "备注": body.note,
    }
    named = [labels.get(name, name) for name in (*body.answers, *body.dropped)]
    return "更正：" + "、".join([*named, *(label for label, part in parts.items() if part)])


class Corrections:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def base(self, entry: Entry, *, applied: int) -> Revision | None:
        """The form a correction is made of: the last one the township took, where it set later ones aside.

        Args:
            applied: the revision the township has, 0 where nothing of the case is set aside.
        """
        if not applied:
            return Revision(entry.rev, entry.h, entry.pairs) if entry.h else None
        row = await self._database.row(
            "SELECT rev, h, pairs FROM revision WHERE rid = ? AND rev = ?", entry.rid, applied
        )
        return Revision(row["rev"], row["h"], _pairs(row["pairs"])) if row else None

    async def write(
        self,
        entry: Entry,
        body: AmendBody,
        *,
        base: Revision,
        item: Item,
        pairs: Pairs,
        pack_sha: str,
        clerk: Clerk,
        made: NodeTime,
    ) -> None:
        """Write the next revision of a case down for good.

        Args:
            entry: as the form was opened with; the record gets the revision after its `rev`.
            base: what `body` was made of.

        Raises:
            CorrectionMoved
            PhotoMissing
        """
        record = AmendRecord(
            rid=entry.rid,
            rev=entry.rev + 1,
            schema=SCHEMA,
            cat=pack_sha,
            parent=base.h,
            made=made,
            clerk=RecordClerk(id=clerk.id, name=clerk.name),
            body=body,
        )

        async def work(tx: Writing) -> None:
            moved = await tx.row(
                "UPDATE register SET rev = ? WHERE rid = ? AND rev = ? RETURNING rid",
                record.rev,
                entry.rid,
                entry.rev,
            )
            if moved is None:
                raise CorrectionMoved
            stored = records.encode_record(record)
            written = await outbox.append(
                tx, rid=entry.rid, rev=record.rev, kind="amend", body=stored, now_ms=made.at_ms
            )
            await tx.run(
                "UPDATE register SET h = ?, pairs = ?, applicant_name = coalesce(?, applicant_name),"
                " applicant_key = coalesce(?, applicant_key) WHERE rid = ?",
                written.h,
                msgspec.json.encode(pairs),
                body.applicant and body.applicant.name,
                body.applicant and body.applicant.number,
                entry.rid,
            )
            await keep_revision(tx, entry.rid, record.rev, h=written.h, pairs=pairs)
            await photo_links.refer(tx, record, case_rid=entry.rid)
            await _list(tx, record, words(body, item))

        await self._database.write(work)


async def _list(tx: Writing, record: AmendRecord, told: str) -> None:
    """The line under the case, and the one in the log."""
    await tx.run(
        "INSERT INTO follow_up (rid, case_rid, kind, words, clerk_name, made_ms, rev)"
        " VALUES (?, ?, 'amend', ?, ?, ?, ?)",
        f"{record.rid}:{record.rev}",
        record.rid,
        told,
        record.clerk.name,
        record.made.at_ms,
        record.rev,
    )
    await journal.note(
        tx,
        "amend",
        at_ms=record.made.at_ms,
        clerk_id=record.clerk.id,
        facts={"rid": record.rid, "rev": record.rev},
    )
