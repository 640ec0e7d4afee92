"""Records about a case that was filed before: papers and money brought later, the wish to withdraw, who was told what,
who collected the result. The township decides what follows.
"""

from dataclasses import dataclass

from api_spec import records
from api_spec.record_parts import Clerk as RecordClerk
from api_spec.record_parts import MaterialLine, MoneyLine, NodeTime, Photo
from api_spec.records import (
    SCHEMA,
    SupplementBody,
    SupplementRecord,
    VisitBody,
    VisitRecord,
    WithdrawBody,
    WithdrawRecord,
)
from api_spec.vocabulary import Relation, Term
from village_node import journal
from village_node.access.clerks import Clerk
from village_node.desk import cash
from village_node.photos import photo_links
from village_node.storage.database import Database, Row, Writing
from village_node.sync import outbox


@dataclass(frozen=True, slots=True)
class FollowUp:
    """One line under a case: `words` say what was handed in or asked.

    Args:
        unsent: not confirmed by the township yet.
        about: for a call, the state of the case somebody was told of.
    """

    kind: str
    words: str
    clerk_name: str
    made_ms: int
    unsent: bool
    rid: str = ""
    about: str = ""


class Visit(Term):
    """What a clerk did for an applicant outside the form."""

    TOLD = "told", "已告知"
    TRIED = "tried", "没联系上"
    RESULT = "result", records.RESULT_GIVEN


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
        money: tuple[MoneyLine, ...] = (),
        mandate_photos: tuple[Photo, ...] = (),
    ) -> None:
        """Papers and cash handed in for a case; they add to what is there.

        Args:
            rid: made with the page, so that a form sent twice is one record.
            words: the same for this page's own list.

        Raises:
            PhotoMissing
            ReceiptUsed
        """
        record = SupplementRecord(
            rid=rid,
            rev=1,
            schema=SCHEMA,
            made=made,
            clerk=RecordClerk(id=clerk.id, name=clerk.name),
            body=SupplementBody(
                case=case_rid, materials=materials, money=money, note=note, mandate_photos=mandate_photos
            ),
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

    async def visit(
        self,
        case_rid: str,
        kind: Visit,
        *,
        rid: str,
        words: str,
        clerk: Clerk,
        made: NodeTime,
        about: str = "",
    ) -> None:
        """Somebody was told, or collected the result.

        Args:
            about: the state of the case this was about.
        """
        record = VisitRecord(
            rid=rid,
            rev=1,
            schema=SCHEMA,
            made=made,
            clerk=RecordClerk(id=clerk.id, name=clerk.name),
            body=VisitBody(case=case_rid, purpose=kind.zh, note=words),
        )
        await self._write(record, case_rid, kind=kind.value, words=words, clerk=clerk, about=about)

    async def visits(self) -> dict[str, list[FollowUp]]:
        """Who was told what and who collected what, by case, oldest first."""
        rows = await self._database.rows(
            "SELECT * FROM follow_up WHERE kind IN ('told', 'tried', 'result') ORDER BY made_ms, rid"
        )
        found: dict[str, list[FollowUp]] = {}
        for row in rows:
            found.setdefault(row["case_rid"], []).append(_follow_up(row, unsent=False))
        return found

    async def cases(self) -> dict[str, str]:
        """To which case each follow-up belongs, both by `rid`."""
        rows = await self._database.rows("SELECT rid, case_rid FROM follow_up")
        return {row["rid"]: row["case_rid"] for row in rows}

    async def sent_amends(self, case_rid: str) -> dict[int, str]:
        """The corrections of a case that are still in the stream: their `rid` by their place in it."""
        rows = await self._database.rows(
            "SELECT o.seq, f.rid FROM outbox o JOIN follow_up f ON f.case_rid = o.rid AND f.rev = o.rev"
            " WHERE o.rid = ? AND o.kind = 'amend' AND f.kind = 'amend'",
            case_rid,
        )
        return {row["seq"]: row["rid"] for row in rows}

    async def of_case(self, case_rid: str) -> list[FollowUp]:
        """Oldest first."""
        rows = await self._database.rows(
            "SELECT f.*, EXISTS (SELECT 1 FROM outbox o, stream s WHERE o.seq > s.acked AND o.rev = f.rev"
            " AND o.rid = CASE f.kind WHEN 'amend' THEN f.case_rid ELSE f.rid END) AS unsent"
            " FROM follow_up f WHERE f.case_rid = ? ORDER BY f.made_ms, f.rid",
            case_rid,
        )
        return [_follow_up(row, unsent=bool(row["unsent"])) for row in rows]

    async def _write(
        self,
        record: SupplementRecord | WithdrawRecord | VisitRecord,
        case_rid: str,
        *,
        kind: str,
        words: str,
        clerk: Clerk,
        about: str = "",
    ) -> None:
        body, made_ms = records.encode_record(record), record.made.at_ms

        async def work(tx: Writing) -> None:
            added = await tx.row(
                "INSERT INTO follow_up (rid, case_rid, kind, words, clerk_name, made_ms, about)"
                " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING rid",
                record.rid,
                case_rid,
                kind,
                words,
                clerk.name,
                made_ms,
                about,
            )
            if added is None:
                return
            tag = str(record.__struct_config__.tag)
            await outbox.append(tx, rid=record.rid, rev=1, kind=tag, body=body, now_ms=made_ms)
            if isinstance(record, SupplementRecord):
                await photo_links.refer(tx, record, case_rid=case_rid)
                await cash.take_down(
                    tx, case_rid, record.body.money, rid=record.rid, clerk=clerk, at_ms=made_ms
                )
            await journal.note(tx, kind, at_ms=made_ms, clerk_id=clerk.id, facts={"rid": case_rid})

        await self._database.write(work)


def _follow_up(row: Row, *, unsent: bool) -> FollowUp:
    return FollowUp(
        row["kind"],
        row["words"],
        row["clerk_name"],
        row["made_ms"],
        unsent,
        rid=row["rid"],
        about=row["about"],
    )
