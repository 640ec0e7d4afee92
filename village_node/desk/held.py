"""Records the township set aside: why, in words, and what the village can do about each. Nothing ends in a dead end.

The table is pure; `HeldAnswers` keeps what was done here, until the township settles the record for good.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from api_spec.catalogue import Item
from api_spec.feed import HeldRow
from api_spec.forms import Field
from api_spec.problems import Problem, sentence
from api_spec.records import HeldReason
from api_spec.vocabulary import Term
from village_node.access.clerks import Clerk
from village_node.storage.database import Database, Writing


class Way(Term):
    """What a clerk can do about a record that was set aside."""

    FIX = "fix", "改好再报"
    REFILE = "refile", "换个事项重新收件"
    WITHDRAW = "withdraw", "替群众撤回"
    NOTE = "note", "改为登记说明"
    CLOSE = "close", "看过了，不用再办"
    WAIT = "wait", "等镇里处理"


_R = HeldReason
_WHY: Final[Mapping[HeldReason, str]] = {
    _R.UNREADABLE: "镇里读不出这条记录，原样存着。内容都在这台电脑里，可以重新收件。",
    _R.UNKNOWN_KIND: "镇里的系统还不认识这类记录，升级后会接着处理。",
    _R.UNKNOWN_SCHEMA: "镇里的系统比村里的旧，升级后会接着处理。",
    _R.INVALID: "填写的内容镇里不能收，改好再报一次就行，回执照样有效。",
    _R.UNKNOWN_CATALOGUE: "收件时用的事项目录镇里已经没有了，照现在的表格再报一次。",
    _R.UNKNOWN_ITEM: "镇里的目录里没有这个事项，请换个事项重新收件。",
    _R.NOT_ALLOWED: "这个事项村里不能收，请换个事项，或让群众到镇里办。",
    _R.KEY_REVOKED: "这台电脑已被镇里停用，请马上给镇里打电话，登记新电脑后再报。",
    _R.SAME_REV_OTHER_CONTENT: "同一件有两份不同的内容，镇里会看哪一份作数；也可以重新收件。",
    _R.CHANGED_BY_TOWNSHIP: "镇里或群众也改过同一处，请看现在的内容：还要改就再报，或写成说明。",
    _R.NO_SUCH_CASE: "镇里没有找到对应的办件，多半是那一件也没有收下，请先把那一件办好。",
    _R.CASE_CLOSED: "镇里已经受理或办结，不能再改。有变化请登记说明，或重新收件。",
    _R.CODE_NOT_GENUINE: "回执上的查询码不对，请重新收件，换一张新回执。",
    _R.CODE_TAKEN: "回执上的查询码和另一件重了，请重新收件，换一张新回执。",
}
_PUT_RIGHT: Final = frozenset(
    {_R.INVALID, _R.UNKNOWN_CATALOGUE, _R.CHANGED_BY_TOWNSHIP, _R.NO_SUCH_CASE, _R.UNKNOWN_SCHEMA}
)
CASE: Final = "case"
AMEND: Final = "amend"


@dataclass(frozen=True, slots=True)
class Aside:
    """One record that was set aside, as the page shows it.

    Args:
        wrong: what was wrong, field by field, in words.
        ways: what can be done, best first; never empty.
    """

    row: HeldRow
    why: str
    wrong: tuple[str, ...]
    ways: tuple[Way, ...]


def explain(row: HeldRow, item: Item | None, *, own: bool) -> Aside:
    """Why it was set aside and what to do.

    Args:
        own: the form is still here, so that it can be put right or filed again.
    """
    reason = next((each for each in HeldReason if each.value == row.reason), None)
    why = _WHY[reason] if reason else row.sentence
    return Aside(row, why, tuple(_mistakes(row.wrong, item)), ways(row, reason, own=own))


def ways(row: HeldRow, reason: HeldReason | None, *, own: bool) -> tuple[Way, ...]:
    """What can be done about a held record, by its kind and reason; closing is always possible but for a case."""
    fix = (Way.FIX,) if own and reason in _PUT_RIGHT else ()
    if row.what == CASE or (row.what == "" and own):
        refile = (Way.REFILE,) if own else ()
        return (*fix, *refile, Way.WITHDRAW)
    if row.what == AMEND:
        return (*fix, Way.NOTE, Way.CLOSE)
    if reason is _R.CASE_CLOSED and own:
        return (Way.REFILE, Way.CLOSE)
    return (Way.CLOSE,)


def _mistakes(wrong: Iterable[str], item: Item | None) -> Iterable[str]:
    """ "answers.area_mu: not_a_number" as "流转面积：请填数字。"; what has no words is left to the sentence."""
    asked = {field.name: field for field in item.form.fields} if item else {}
    for each in wrong:
        name, _, code = each.partition(": ")
        field = asked.get(name.removeprefix("answers."))
        label = field.label if field else _FIELDS.get(name.rpartition(".")[2], "")
        if label:
            yield f"{label}：{_words(code, field)}"


def _words(code: str, field: Field | None) -> str:
    """The sentence of a problem with the limits of its field; where these are not known, to look again."""
    problem = next((known for known in Problem if known.value == code), None)
    limits = {"min": field.min, "max": field.max} if field else {}
    try:
        known = {name: str(limit) for name, limit in limits.items() if limit is not None}
        return sentence(problem, known) if problem else "请核对。"
    except KeyError:
        return "请核对。"


_FIELDS: Final = {
    "name": "姓名或单位名称",
    "document_number": "证件号码",
    "phone": "联系电话",
    "address": "住址",
    "situation": "哪种情形",
    "materials": "材料",
    "mandate": "委托",
    "agent_name": "代办人姓名",
    "agent_document_number": "代办人身份证号",
    "valid_until": "委托到哪天为止",
    "sharing": "征得同意",
    "money": "代收现金",
    "amount_fen": "金额",
}


class HeldAnswers:
    """What was done here about records set aside: they are no longer work, whatever the line does."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def answered(self) -> dict[str, str]:
        """Words by the held row's `rid`."""
        rows = await self._database.rows("SELECT rid, words FROM held_answer")
        return {row["rid"]: row["words"] for row in rows}

    async def note(
        self, rids: Iterable[str], words: str, *, clerk: Clerk, at_ms: int, other_rid: str = ""
    ) -> None:
        """Remember what was done; the first answer stays.

        Args:
            other_rid: the case that was filed instead.
        """
        wanted = [(rid, words, other_rid, clerk.name, at_ms) for rid in rids]

        async def work(tx: Writing) -> None:
            await tx.run_many("INSERT INTO held_answer VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", wanted)

        await self._database.write(work)
