"""Records about a case that was filed before: papers handed in later, and the wish to withdraw. The township decides."""

from dataclasses import dataclass

from api_spec import records
from api_spec.record_parts import Clerk as RecordClerk
from api_spec.record_parts import MaterialLine, NodeTime
from api_spec.records import SCHEMA, SupplementBody, SupplementRecord, WithdrawBody, WithdrawRecord
from api_spec.vocabulary import Relation
from village_node import journal, outbox, photo_links
from village_node.clerks import Clerk
from village_node.database import Database, Writing


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One line under a case: `words` say what was handed in or asked. `unsent`: not confirmed yet."""

    kind: str
    words: str
    clerk_name: str
    made_ms: int
    unsent: bool


class FollowUps:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def supplement(
        self,
        case_rid: str,
        materials: tuple[MaterialLine, ...],
        *,
        rid: str,
        note: str,
        words: str,
        clerk: Clerk,
        made: NodeTime,
    ) -> None:
        """Papers handed in for a case; they add to what is there.

        Args:
            rid: made with the page, so that a form sent twice is one record.
            words: the same for this page's own list.

        Raises:
            PhotoMissing
        """
        record = SupplementRecord(
            rid=rid,
            rev=1,
            schema=SCHEMA,
            made=made,
            clerk=RecordClerk(id=clerk.id, name=clerk.name),
            body=SupplementBody(case=case_rid, materials=materials, note=note),
        )
        await self._write(record, case_rid, kind="supplement", words=words, clerk=clerk)

    async def withdraw(
        self, case_rid: str, *, rid: str, by: Relation, reason: str, clerk: Clerk, made: NodeTime
    ) -> None:
        """The applicant asks to withdraw."""
        record = WithdrawRecord(
            rid=rid,
            rev=1,
            schema=SCHEMA,
            made=made,
            clerk=RecordClerk(id=clerk.id, name=clerk.name),
            body=WithdrawBody(case=case_rid, by=by, reason=reason),
        )
        words = f"{by.zh}申请撤回：{reason}" if reason else f"{by.zh}申请撤回"
        await self._write(record, case_rid, kind="withdraw", words=words, clerk=clerk)

    async def cases(self) -> dict[str, str]:
        """To which case each follow-up belongs, both by `rid`."""
        rows = await self._database.rows("SELECT rid, case_rid FROM follow_up")
        return {row["rid"]: row["case_rid"] for row in rows}

    async def of_case(self, case_rid: str) -> list[FollowUp]:
        """Oldest first."""
        rows = await self._database.rows(
            "SELECT f.*, EXISTS (SELECT 1 FROM outbox o, stream s WHERE o.seq > s.acked AND o.rev = f.rev"
            " AND o.rid = CASE f.kind WHEN 'amend' THEN f.case_rid ELSE f.rid END) AS unsent"
            " FROM follow_up f WHERE f.case_rid = ? ORDER BY f.made_ms, f.rid",
            case_rid,
        )
        return [
            FollowUp(row["kind"], row["words"], row["clerk_name"], row["made_ms"], bool(row["unsent"]))
            for row in rows
        ]

    async def _write(
        self, record: SupplementRecord | WithdrawRecord, case_rid: str, *, kind: str, words: str, clerk: Clerk
    ) -> None:
        body = records.encode_record(record)

        async def work(tx: Writing) -> None:
            added = await tx.row(
                "INSERT INTO follow_up (rid, case_rid, kind, words, clerk_name, made_ms)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING rid",
                record.rid,
                case_rid,
                kind,
                words,
                clerk.name,
                record.made.at_ms,
            )
            if added is None:
                return
            await outbox.append(tx, rid=record.rid, rev=1, kind=kind, body=body, now_ms=record.made.at_ms)
            if isinstance(record, SupplementRecord):
                await photo_links.refer(tx, record, case_rid=case_rid)
            await journal.note(tx, kind, at_ms=record.made.at_ms, clerk_id=clerk.id, facts={"rid": case_rid})

        await self._database.write(work)
