"""The part of an errand's history anyone with its code may see, and what happens next in one sentence. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date

import msgspec

from api_spec.vocabulary import ErrandAction as A
from api_spec.vocabulary import ErrandState as S
from api_spec.vocabulary import Partner
from backend.instants import to_ms
from backend.proxy.deadlines import NO_DAY
from backend.proxy.errand import TRADES, Event

SHOWN_IN_PLACE = frozenset({A.RECEIVE, A.REGISTER_PAPER})
"""Moves that leave the state as it is and still matter to the applicant."""


class Stage(msgspec.Struct, frozen=True, array_like=True):
    """One public step; the moment in milliseconds since 1970 UTC."""

    action: A
    state: S
    at_ms: int

    @property
    def label(self) -> str:
        if self.action in SHOWN_IN_PLACE or self.action is A.RESUME:
            return self.action.zh
        return self.state.zh


class Trail(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    stages: tuple[Stage, ...] = ()


def trail(events: Sequence[Event]) -> Trail:
    """The public part of a history."""
    return Trail(
        stages=tuple(
            Stage(event.action, event.after, to_ms(event.at))
            for event in events
            if event.before is not event.after or event.action in SHOWN_IN_PLACE
        )
    )


_SENTENCES: Mapping[S, str] = {
    S.REQUESTED: "还差委托书和信息提供同意书，请在手机上签，或到窗口、村服务点签。",
    S.CONSENTED: "委托手续齐了，等工作人员接办，现在不用您做什么。",
    S.TAKEN: "已经接办，承诺{due}前办好，马上递交{partner}企业。",
    S.SUBMITTED_TO_PARTNER: "已递交{partner}企业，承诺{due}前办好，请保持电话畅通。",
    S.SUSPENDED: "暂时办不下去，原因已经写明；条件具备后会接着办。",
    S.DONE: "已经办好。凭证和材料请到窗口或村服务点领取。",
    S.ENDED: "代办已经终止，材料和代收的钱都已退还；需要时可以重新申请。",
}
_UNSIGNED = "这件事要本人在纸质申请上签字才能递交，请到窗口或村服务点签。"


def next_step(state: S, partner: Partner, *, due_on: date = NO_DAY, unsigned: bool = False) -> str:
    """The sentence for a state.

    Args:
        unsigned: a paper signed by hand is still missing.
    """
    if unsigned and state in {S.CONSENTED, S.TAKEN}:
        return _UNSIGNED
    words = _SENTENCES[state]
    if due_on == NO_DAY:
        words = words.replace("承诺{due}前办好，", "")
    return words.format(due=f"{due_on.month}月{due_on.day}日", partner=TRADES[partner])


def text(one: Trail) -> str:
    """As stored."""
    return _encoder.encode(one).decode()


def read(stored: str) -> Trail:
    return _decoder.decode(stored)


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Trail)
