"""Rating devices at windows (plan, clause 54): set up with a code, then known by a token nobody is shown."""

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from api_spec import paper_code
from api_spec.errors import ErrorCode
from api_spec.problems import BadInput
from api_spec.routes.reviews import KEEPERS
from backend.actors import Actor
from backend.faults import Fault, Wrong
from backend.ids import new_id
from backend.reviews import store_terminals as store
from backend.reviews.store_terminals import Terminal
from backend.vault import Vault

CODE_LIFE: Final = timedelta(minutes=30)
TAP_LATE: Final = timedelta(seconds=10)
"""A tap just after the minute still counts: the screen showed the faces when it was made."""
PURPOSE: Final = "review-terminal"


class Terminals:
    """All devices.

    Args:
        screen: how long a device asks.
    """

    def __init__(self, vault: Vault, *, random: Callable[[int], bytes], screen: timedelta) -> None:
        self._vault = vault
        self._random = random
        self.screen = screen

    async def add(self, window_id: str, *, actor: Actor, at: datetime) -> str:
        """A code that sets up one device for a window, within half an hour.

        Raises:
            Fault: NOT_ALLOWED.
        """
        if not actor.has(KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        code = paper_code.write(self._random(paper_code.SECRET_BYTES), purpose=PURPOSE)
        terminal = Terminal(
            id=new_id(),
            tenant_id=actor.tenant_id,
            window_id=window_id,
            code_until=at + CODE_LIFE,
            made_at=at,
            started_at=None,
            occasion_id="",
            asked_at=None,
        )
        await store.add(terminal, code_mark=self._code_mark(code), made_by=actor.id)
        return code

    async def start(self, code: str, *, at: datetime) -> str:
        """Set up the device that brings `code`; gives its token, for its own cookie only.

        Raises:
            Fault: FORM_INVALID: mistyped, used, or too old.
        """
        token = base64.urlsafe_b64encode(self._random(32)).decode().rstrip("=")
        try:
            mark = self._code_mark(code)
        except BadInput as bad:
            raise _wrong(bad.sentence) from None
        if not await store.start(mark, token_mark=self._token_mark(token), at=at):
            raise _wrong("设置码不对、用过了或已过期，请中心工作人员重新生成。")
        return token

    async def load(self, token: str) -> Terminal:
        """Raises Fault(NOT_FOUND): no such device, or it was taken out of service."""
        found = await store.find_by_mark(self._token_mark(token)) if token else None
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND)
        return found

    async def end(self, terminal_id: str, *, actor: Actor, at: datetime) -> None:
        """Take a device out of service.

        Raises:
            Fault: NOT_ALLOWED, NOT_FOUND.
        """
        if not actor.has(KEEPERS):
            raise Fault(ErrorCode.NOT_ALLOWED)
        if not await store.end(actor.tenant_id, terminal_id, at=at):
            raise Fault(ErrorCode.NOT_FOUND)

    async def of(self, actor: Actor) -> list[Terminal]:
        """Devices in service, for those who set them up."""
        return await store.of_tenant(actor.tenant_id) if actor.has(KEEPERS) else []

    def is_asking(self, terminal: Terminal, *, at: datetime, late: bool = False) -> bool:
        """Whether its screen shows the five faces; after that it rests, and nothing is taken for an answer."""
        if terminal.asked_at is None:
            return False
        return at < terminal.asked_at + self.screen + (TAP_LATE if late else timedelta())

    def _code_mark(self, code: str) -> str:
        return self._vault.blind_index("terminal-code", paper_code.read(code, purpose=PURPOSE).hex())

    def _token_mark(self, token: str) -> str:
        return self._vault.blind_index("terminal-token", token)


def _wrong(sentence: str) -> Fault:
    return Fault(ErrorCode.FORM_INVALID, wrong=[Wrong("code", "code", sentence)])
