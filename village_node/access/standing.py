"""How a case stands, honestly: what this computer knows and what the township has said. Pure."""

from dataclasses import dataclass
from typing import Final

from api_spec.feed import CaseRow, HeldRow
from api_spec.vocabulary import CaseState, ErrandState, SyncState

_RETURNED: Final = frozenset(
    {CaseState.NEED_FIX, CaseState.NOT_ACCEPTED, CaseState.RETURNED_UP, ErrandState.ENDED}
)
_ONLY_ARRIVED: Final = frozenset({CaseState.SUBMITTED, ErrandState.REQUESTED, ErrandState.CONSENTED})
_TONES: Final = {
    SyncState.WAITING: "warn",
    SyncState.SENT: "info",
    SyncState.HELD: "bad",
    SyncState.ACCEPTED: "good",
    SyncState.RETURNED: "bad",
}
_SENTENCES: Final = {
    SyncState.WAITING: "还存在这台电脑里，联上网会自动上传。回执有效。",
    SyncState.SENT: "镇里已收到，等待受理。",
    SyncState.HELD: "镇里看到了，但没有收下，要您处理。",
    SyncState.ACCEPTED: "镇里已受理。",
    SyncState.RETURNED: "镇里退回了，请看原因。",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """`label` is the badge, `sentence` what it means, `attention` whether the clerk has to do something."""

    state: SyncState
    label: str
    sentence: str

    @property
    def tone(self) -> str:
        return _TONES[self.state]

    @property
    def attention(self) -> bool:
        return self.state in {SyncState.HELD, SyncState.RETURNED}


def standing(*, unsent: bool, held: HeldRow | None, case: CaseRow | None) -> Standing:
    """Where a case stands.

    Args:
        unsent: its record is not confirmed by the township.
        held: the township set the case itself aside and has not settled that.
        case: the township's latest word on it; what it took once it has, whatever was set aside later.
    """
    if case is not None:
        state = _told(case.state)
        return Standing(state, case.label, case.next_step or _SENTENCES[state])
    if held is not None and not held.settled:
        return Standing(SyncState.HELD, "没有收下", held.sentence)
    state = SyncState.WAITING if unsent else SyncState.SENT
    return Standing(state, state.zh, _SENTENCES[state])


def _told(state: str) -> SyncState:
    """The township's state in the five words of the village; states of a later version count as accepted."""
    if state in _RETURNED:
        return SyncState.RETURNED
    return SyncState.SENT if state in _ONLY_ARRIVED else SyncState.ACCEPTED
