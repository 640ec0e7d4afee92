"""The public's look-up: one code, one answer, whether a case, an errand, or a slip not received yet."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import msgspec

from api_spec import tracking_code
from api_spec.errors import STATUS, ErrorCode
from api_spec.messages.progress import Progress
from api_spec.paper.slip import Slip
from api_spec.problems import BadInput
from api_spec.tracking_code import TOWNSHIP_NODE, TrackingCode
from backend.actors import Actor
from backend.cache import Cache
from backend.db import current
from backend.faults import Fault, Wrong
from backend.progress.guesses import Guesses

KEPT = 5_000
WRITTEN = re.compile(rf"[{tracking_code.ALPHABET}]{{{tracking_code.LENGTH}}}")
NOT_FOUND = STATUS[ErrorCode.NOT_FOUND]


class Source(Protocol):
    """A feature that has cases under tracking codes."""

    async def progress(self, code: str, *, at: datetime) -> Progress | None: ...


class SlipSource(Protocol):
    """A feature that hands out slips; raises Fault for what this actor may not see."""

    async def slip(self, code: str, *, actor: Actor, base_url: str) -> Slip: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Genuine:
    """A code some village's node made, of which nothing has arrived yet."""

    village_name: str
    phone: str = ""


class Nodes(Protocol):
    """The village nodes: whether one of them made a code."""

    async def genuine(self, code: TrackingCode) -> Genuine | None: ...


class ProgressDesk:
    """Answers for tracking codes; answers are kept encoded until the case moves.

    Args:
        life_s: seconds an answer may be shown without asking again: few where several processes run.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        slips: Sequence[SlipSource] = (),
        nodes: Nodes | None = None,
        life_s: float = 30.0,
        guesses: Guesses | None = None,
    ) -> None:
        self._sources = tuple(sources)
        self._slips = tuple(slips)
        self._nodes = nodes
        self._guesses = guesses or Guesses()
        self._answers: Cache[str, bytes] = Cache(life_s=life_s, size=KEPT)
        self._pages: Cache[tuple[str, bool], bytes] = Cache(life_s=life_s, size=KEPT)

    def forget(self, codes: Sequence[str]) -> None:
        """After the COMMIT of a change to these cases."""
        for code in codes:
            self._answers.drop(code)
            for elder in (False, True):
                self._pages.drop((code, elder))

    def find_answer(self, code: str) -> bytes | None:
        """The encoded answer, if it is kept under exactly this text."""
        return self._answers.find(code)

    def find_page(self, code: str, *, elder: bool) -> bytes | None:
        return self._pages.find((code, elder))

    async def answer(self, code: str, *, address: str, at: datetime) -> bytes:
        """The answer as JSON bytes; raises as `progress`."""
        self._refuse_blocked(address, at)
        written = code if WRITTEN.fullmatch(code) else self.read(code, address=address, at=at).text
        return await self._answers.get(written, lambda: self._encoded(written, address, at), quick=_quick())

    async def page(
        self, code: str, render: Callable[[Progress], bytes], *, elder: bool, address: str, at: datetime
    ) -> bytes:
        """The answer as a page, drawn once by `render`; raises as `progress`."""
        written = self.read(code, address=address, at=at).text

        async def draw() -> bytes:
            return render(await self._look_up(written, address, at))

        return await self._pages.get((written, elder), draw, quick=_quick())

    async def progress(self, code: str, *, address: str, at: datetime) -> Progress:
        """What the public may know.

        Raises:
            Fault: CODE_INVALID a typing slip; CODE_UNKNOWN no such case and not genuine either;
                TOO_MANY_REQUESTS too many wrong codes from this address.
        """
        return await self._look_up(self.read(code, address=address, at=at).text, address, at)

    async def slip(self, code: str, *, actor: Actor, base_url: str) -> Slip:
        """The slip under a code, for those who may see what it is about.

        Raises:
            Fault: CODE_UNKNOWN, also for what is somebody else's.
        """
        for source in self._slips:
            try:
                return await source.slip(code, actor=actor, base_url=base_url)
            except Fault as refused:
                if STATUS[refused.code] != NOT_FOUND:
                    raise
        raise Fault(ErrorCode.CODE_UNKNOWN)

    def read(self, code: str, *, address: str, at: datetime) -> TrackingCode:
        """The code in its one written form.

        Raises:
            Fault: CODE_INVALID, TOO_MANY_REQUESTS.
        """
        self._refuse_blocked(address, at)
        try:
            return tracking_code.parse(code)
        except BadInput as bad:
            self._guesses.note_wrong(address, at)
            raise Fault(ErrorCode.CODE_INVALID, wrong=[Wrong("code", bad.problem, bad.sentence)]) from None

    def _refuse_blocked(self, address: str, at: datetime) -> None:
        if wait_s := self._guesses.wait_s(address, at):
            raise Fault(ErrorCode.TOO_MANY_REQUESTS, retry_after_s=wait_s)

    async def _encoded(self, code: str, address: str, at: datetime) -> bytes:
        return _encoder.encode(await self._look_up(code, address, at))

    async def _look_up(self, code: str, address: str, at: datetime) -> Progress:
        """By the text first: most codes are known, and reading one apart costs as much as the query."""
        for source in self._sources:
            if found := await source.progress(code, at=at):
                return found
        parsed = self.read(code, address=address, at=at)
        if parsed.node != TOWNSHIP_NODE and self._nodes and (genuine := await self._nodes.genuine(parsed)):
            return not_received(parsed, genuine)
        self._guesses.note_wrong(address, at)
        raise Fault(ErrorCode.CODE_UNKNOWN)


def _quick() -> bool:
    """Whether a point read answers without waiting."""
    return current().dialect == "sqlite"


def not_received(code: TrackingCode, genuine: Genuine) -> Progress:
    """An honest word for a slip that is genuine and whose case is still on its way."""
    return Progress(
        kind="not_received",
        code=code.display,
        state_label="村里已收下",
        next_step=f"回执是真的，由{genuine.village_name}开出，还没有传到镇里。联网后会自动传来，您不用再跑一趟。",
        place=genuine.village_name,
        phone=genuine.phone,
    )


_encoder = msgspec.json.Encoder()
