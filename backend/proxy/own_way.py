"""The five stations of an errand as its applicant follows them: what is done, where it stands, what comes. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from api_spec.vocabulary import ErrandState

STATIONS: Final = ("申请", "签委托", "接办", "交给企业", "办好")
_PASSED: Final[Mapping[ErrandState, int]] = {
    ErrandState.REQUESTED: 1,
    ErrandState.CONSENTED: 2,
    ErrandState.TAKEN: 3,
    ErrandState.SUBMITTED_TO_PARTNER: 4,
    ErrandState.DONE: 5,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Station:
    name: str
    did: bool


def way(state: ErrandState, *, reached: Sequence[ErrandState] = ()) -> tuple[Station, ...]:
    """The stations; empty for an errand that ended before it was done.

    Args:
        reached: the states it went through, where they are known: a suspended errand stays at the last of them.
    """
    if state is ErrandState.ENDED:
        return ()
    passed = _PASSED.get(state) or max((_PASSED.get(each, 0) for each in reached), default=3)
    return tuple(Station(name=name, did=place < passed) for place, name in enumerate(STATIONS))
