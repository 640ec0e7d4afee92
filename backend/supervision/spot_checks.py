"""Random checks of closed cases (抽查): drawn by a recorded seed, looked at by somebody who had no hand in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from api_spec.china_time import day_in_china
from api_spec.errors import ErrorCode
from api_spec.routes.supervision import CHECKERS
from api_spec.supervision_terms import CheckPoint, CheckResult, RuleCode, SubjectKind
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.db import in_transaction
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.instants import whole_ms
from backend.supervision import drawing, store_checks
from backend.supervision.desk import CardDesk
from backend.supervision.store_checks import Closed, Draw, Line
from backend.supervision.watching import Finding

DRAWERS = frozenset({Role.SUPERVISOR})
MOST_DRAWN = 50
LONGEST_PERIOD = timedelta(days=366)
SEED_BYTES = 16
LISTED = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawFile:
    """A draw with its lines; `checkable`: ids of those this person may look into."""

    draw: Draw
    lines: tuple[Line, ...]
    checkable: frozenset[str]


class SpotChecks:
    """Draws and what was found."""

    def __init__(self, desk: CardDesk, seeds: Callable[[int], bytes]) -> None:
        """`seeds`: unpredictable bytes; whoever draws has no say in them."""
        self._desk = desk
        self._seeds = seeds

    async def draw(self, *, first: date, last: date, count: int, actor: Actor, at: datetime) -> str:
        """Draw closed cases of a period that is over; gives the draw's id. A period is drawn once.

        Raises:
            Fault: NOT_ALLOWED, FORM_INVALID, DRAWN_ALREADY.
        """
        if not actor.has(DRAWERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if wrong := _wrong_period(first, last, count, today=day_in_china(at)):
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        found = {
            line.case_number: line for line in await store_checks.closed_between(actor.tenant_id, first, last)
        }
        if not found:
            raise Fault(
                ErrorCode.FORM_INVALID,
                wrong=[Wrong("first_day", "empty", "这段时间没有已办结的办件，请换一段时间。")],
            )
        seed = self._seeds(SEED_BYTES).hex()
        made = Draw(
            id=new_id(),
            tenant_id=actor.tenant_id,
            first_day=first,
            last_day=last,
            wanted=count,
            seed=seed,
            numbers=tuple(sorted(found)),
            fingerprint=drawing.fingerprint(found),
            drawn_by=actor.id,
            drawn_at=whole_ms(at),
        )
        numbers = drawing.draw(found, seed, count=count)
        lines = [_line(made, place, found[number]) for place, number in enumerate(numbers, start=1)]
        async with in_transaction():
            if not await store_checks.add_draw(made, lines):
                raise Fault(ErrorCode.DRAWN_ALREADY)
        return made.id

    async def latest(self, actor: Actor) -> Sequence[Draw]:
        """The latest draws, newest first."""
        return await store_checks.draws(actor.tenant_id, limit=LISTED)

    async def show(self, check_id: str, *, actor: Actor) -> DrawFile:
        """One draw whole.

        Raises:
            Fault: NOT_FOUND.
        """
        found = await store_checks.find_draw(actor.tenant_id, check_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        lines = await store_checks.lines(check_id)
        may = {
            line.id
            for line in lines
            if line.result is None and actor.has(CHECKERS) and drawing.may_check(actor.id, line.handlers)
        }
        return DrawFile(draw=found, lines=tuple(lines), checkable=frozenset(may))

    async def check(
        self,
        line_id: str,
        *,
        points: Mapping[CheckPoint, CheckResult],
        note: str,
        actor: Actor,
        at: datetime,
    ) -> Line:
        """Write down what was found of one case; a fault becomes a card.

        Raises:
            Fault: NOT_FOUND, NOT_ALLOWED; NOT_YOUR_ACTION who handled the case does not check it; FORM_INVALID a
                point was not looked at, or a fault is not described; SUPERVISION_MOVED somebody checked it before.
        """
        line = await store_checks.find_line(actor.tenant_id, line_id)
        if line is None:
            raise Fault(ErrorCode.NOT_FOUND)
        if not actor.has(CHECKERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if not drawing.may_check(actor.id, line.handlers):
            raise Fault(ErrorCode.NOT_YOUR_ACTION)
        faulty = [point for point in CheckPoint if points.get(point) is CheckResult.FAULTY]
        if wrong := _wrong_points(points, note, faulty=bool(faulty)):
            raise Fault(ErrorCode.FORM_INVALID, wrong=wrong)
        result = CheckResult.FAULTY if faulty else CheckResult.PASSED
        at = whole_ms(at)
        async with in_transaction():
            if not await store_checks.check(
                line,
                result=result,
                points={point.value: found.value for point, found in points.items()},
                note=note.strip(),
                by=actor.id,
                at=at,
            ):
                raise Fault(ErrorCode.SUPERVISION_MOVED)
            if faulty:
                await self._desk.put(actor.tenant_id, [_finding(line, faulty, at)], at=at)
        return line


def _line(draw: Draw, position: int, closed: Closed) -> Line:
    return Line(
        id=new_id(),
        check_id=draw.id,
        position=position,
        case_id=closed.case_id,
        case_number=closed.case_number,
        item_id=closed.item_id,
        item_name=closed.item_name,
        department_id=closed.department_id,
        handlers=closed.handlers,
        points={},
    )


def _finding(line: Line, faulty: Sequence[CheckPoint], at: datetime) -> Finding:
    return Finding(
        rule=RuleCode.SPOT_CHECK,
        subject_kind=SubjectKind.CASE,
        subject_id=line.case_id,
        subject_number=line.case_number,
        occurrence=f"check:{line.id}",
        on=day_in_china(at),
        department_id=line.department_id,
        item_id=line.item_id,
        href=f"/staff/spot-checks/{line.check_id}#line-{line.position}",
        facts={"points": "；".join(point.zh for point in faulty)},
    )


def _wrong_period(first: date, last: date, count: int, *, today: date) -> list[Wrong]:
    wrong: list[Wrong] = []
    if first > last or last - first > LONGEST_PERIOD:
        wrong.append(Wrong("first_day", "date_order", "开始日期要不晚于结束日期，最长一年。"))
    if last >= today:
        wrong.append(Wrong("last_day", "date_too_late", "只能抽取昨天及以前办结的办件。"))
    if not 1 <= count <= MOST_DRAWN:
        wrong.append(Wrong("count", "too_large", f"一次抽取 1 到 {MOST_DRAWN} 件。"))
    return wrong


def _wrong_points(points: Mapping[CheckPoint, CheckResult], note: str, *, faulty: bool) -> list[Wrong]:
    wrong = [
        Wrong(point.value, "required", f"请给出“{point.zh}”的检查结论。")
        for point in CheckPoint
        if point not in points
    ]
    if faulty and not note.strip():
        wrong.append(Wrong("note", "required", "发现问题请写明具体情况。"))
    return wrong
