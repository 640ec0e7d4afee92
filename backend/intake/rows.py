"""What nodes are told, as feed rows: how far a case is, what was set aside and why. Pure."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from api_spec.feed import CaseRow, ClerkRow, HeldRow, StepLine
from api_spec.records import HeldReason
from backend.blobs.service import Counts
from backend.cases.service import CaseChange
from backend.cases.trail import stage_label
from backend.instants import to_ms
from backend.intake.values import Held, Resolution
from backend.proxy.service import ErrandChange

_SENTENCES: Final[Mapping[HeldReason, str]] = {
    HeldReason.UNREADABLE: "镇里读不出这条记录，已原样保存，请打电话告诉镇里管理员。",
    HeldReason.UNKNOWN_KIND: "镇里的系统还不认识这类记录，升级后会接着处理，您不用重报。",
    HeldReason.UNKNOWN_SCHEMA: "镇里的系统比村里的旧，升级后会接着处理，您不用重报。",
    HeldReason.INVALID: "填写内容不符合要求，请照提示改好，再报一次。",
    HeldReason.UNKNOWN_CATALOGUE: "这件用的事项目录镇里没有，镇里会按现行目录处理。",
    HeldReason.UNKNOWN_ITEM: "目录里没有这个事项，请换一个事项重新收件。",
    HeldReason.NOT_ALLOWED: "这个事项村里不能收，请换个事项重新收件，或让群众到镇政务服务中心办理。",
    HeldReason.KEY_REVOKED: "这个服务点已被停用，请马上和镇里管理员联系。",
    HeldReason.SAME_REV_OTHER_CONTENT: "同一件有两份不同的内容，镇里会看哪一份作数。",
    HeldReason.CHANGED_BY_TOWNSHIP: "镇里或群众也改过同一处，两份都留着，请看办件现状再定。",
    HeldReason.NO_SUCH_CASE: "没有找到对应的办件，请核对是哪一件。",
    HeldReason.CASE_CLOSED: "这件已经受理或办结，不能再改，有变化请补交说明，或打电话问镇里。",
    HeldReason.CODE_NOT_GENUINE: "回执上的查询码不对，请和镇里核对这台电脑。",
    HeldReason.CODE_TAKEN: "回执上的查询码和另一件重了，镇里会给出新码。",
}
_SETTLED: Final[Mapping[Resolution, str]] = {
    Resolution.ACCEPTED: "镇里已收为新件。",
    Resolution.DISMISSED: "镇里已注销这条记录。",
    Resolution.REVISED: "村里已改好重报，镇里已收到。",
    Resolution.APPLIED: "镇里的系统升级后已收下，您不用重报。",
    Resolution.TOLD: "村里已改为登记说明，镇里已收到。",
    Resolution.WITHDRAWN: "群众已撤回，不再办理。",
}


Change: TypeAlias = CaseChange | ErrandChange
NO_PHOTOS: Final = Counts()


def case_row(change: Change, *, rev: int, photos: Counts = NO_PHOTOS) -> CaseRow:
    """A case or an errand as its village may see it. `rev`: the newest revision of the node's that took effect.

    A photo that arrives is no event of the case, and must be told all the same: what has arrived never goes away, so
    its count and the version make a number that only rises.
    """
    return CaseRow(
        rid=change.rid,
        srev=change.version + photos.here,
        rev=rev,
        code=change.tracking_code,
        number=change.case_number,
        item=change.item_code,
        item_name=change.item_name,
        state=change.state.value,
        label=change.state.zh,
        applicant=change.applicant,
        received_ms=to_ms(change.received_at),
        due=change.promise_on.isoformat() if change.promise_on else "",
        next_step=change.next_step,
        missing=change.missing if isinstance(change, CaseChange) else (),
        steps=_steps(change),
        open=change.is_open,
        photos=photos.total,
        photos_here=photos.here,
    )


def _steps(change: Change) -> tuple[StepLine, ...]:
    if isinstance(change, CaseChange):
        return tuple(StepLine(at_ms=stage.at_ms, label=stage_label(stage)) for stage in change.stages)
    return tuple(StepLine(at_ms=stage.at_ms, label=stage.label) for stage in change.stages)


def held_row(held: Held, *, judged_again: bool = False) -> HeldRow:
    """A record set aside, or judged again after an upgrade and still not in order, or settled since."""
    return HeldRow(
        rid=held.feed_rid,
        srev=3 if held.resolution else 2 if judged_again else 1,
        seq=held.seq,
        reason=held.reason.value,
        sentence=_settled(held) if held.resolution else _SENTENCES[held.reason],
        settled=held.resolution is not None,
        about=held.rid,
        what=held.kind,
        wrong=tuple(held.wrong),
    )


def clerk_rows(wanted: Mapping[str, ClerkRow], known: Mapping[str, ClerkRow]) -> list[ClerkRow]:
    """What to tell so that a node knows exactly the `wanted` accounts; who left stays in as inactive."""
    rows = []
    for rid in sorted({*wanted, *known}):
        before = known.get(rid)
        now = wanted.get(rid) or (before and _closed(before))
        srev = before.srev + 1 if before else 1
        if now and (before is None or _numbered(now, before.srev) != before):
            rows.append(_numbered(now, srev))
    return rows


def _closed(row: ClerkRow) -> ClerkRow:
    return ClerkRow(rid=row.rid, srev=row.srev, login=row.login, name=row.name, password="", active=False)


def _numbered(row: ClerkRow, srev: int) -> ClerkRow:
    return ClerkRow(
        rid=row.rid, srev=srev, login=row.login, name=row.name, password=row.password, active=row.active
    )


def _settled(held: Held) -> str:
    words = _SETTLED[held.resolution] if held.resolution else ""
    return f"{words}{held.note}" if held.note else words
