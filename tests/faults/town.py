"""A township without sockets: its real services on a file of its own that can be backed up and put back.

Everything above the services (signature, decoding, faults) happens in `Front`, so that a thousand exchanges take
seconds. A front that is wrong on purpose (`tests.faults.weak`) stands for a township that forgot a rule of sync/1.
"""

import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

import msgspec

from api_spec import coding, sync
from api_spec.errors import STATUS, ErrorCode
from api_spec.sync import EnrolRequest, ExchangeAnswer, ExchangeRequest
from api_spec.vocabulary import CaseAction, Role, WindowType
from backend import db
from backend.actors import Actor
from backend.cases.service import Command
from backend.faults import Fault
from backend.intake.service import Node
from backend.office import Office, open_office
from backend.people.service import Hashing
from tests.support.township import CHEAP, Clock, settings_for
from village_node.sync.line import Reply

DATABASE: Final = "township.db"
MONTH: Final = timedelta(days=31)
"""After so long a node may forget what is confirmed and safe."""


@dataclass
class Town:
    """One running township; `open` and `close` as often as you like."""

    folder: Path
    clock: Clock = field(default_factory=Clock)
    office: Office | None = None
    restored: int = 0
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def file(self) -> Path:
        return self.folder / DATABASE

    @property
    def running(self) -> Office:
        assert self.office is not None, "the township is switched off"
        return self.office

    async def open(self) -> None:
        settings = settings_for(f"sqlite:///{self.file}", self.folder)
        opening = open_office(settings, clock=self.clock, hashing=Hashing(CHEAP))
        self.office = await self._stack.enter_async_context(opening)

    async def close(self) -> None:
        self.office = None
        await self._stack.aclose()

    def back_up(self, to: Path) -> Path:
        """A consistent copy of what is committed."""
        to.unlink(missing_ok=True)
        source = sqlite3.connect(self.file)
        source.execute("VACUUM INTO ?", (str(to),))
        source.close()
        return to

    async def restore(self, backup: Path) -> None:
        """Switch off, put an older file in place, switch on."""
        await self.close()
        for left in self.folder.glob(f"{DATABASE}*"):
            left.unlink()
        shutil.copyfile(backup, self.file)
        self.restored += 1
        await self.open()

    async def vouch(self) -> None:
        """A backup of everything was restored and opened: what is in it is safe (sync/1, 2.4 rule 8)."""
        await db.rows("UPDATE node_stream SET safe = upto RETURNING id")

    async def clerk(self) -> Actor:
        """A clerk at the window for farming matters."""
        tenant = self.running.catalogue.tenant_ids[0]
        windows = await self.running.catalogue.windows(tenant)
        card = next(card for card in windows if card.type is WindowType.AGRICULTURE)
        return Actor(
            id="clerk",
            roles=frozenset({Role.WINDOW}),
            tenant_id=tenant,
            department_id=card.department_id,
            window_ids=(card.id,),
            name="农业窗口甲",
        )

    async def accept(self, rid: str) -> bool:
        """受理 one case; False if it is not here or no longer open for that."""
        found = await db.row("SELECT id FROM cases WHERE rid = ?", [rid])
        if found is None:
            return False
        try:
            await self.running.cases.act(
                found["id"], Command(action=CaseAction.ACCEPT), actor=await self.clerk(), at=self.clock()
            )
        except Fault:
            return False
        return True


class Front:
    """The township's door, as a line reaches it. Call it as `village_node.sync.line.Send`.

    Args:
        page: rows of the feed in one answer at most.
        breaking: hashes of records that make the township meet an unexpected error while it parses them.
    """

    def __init__(self, town: Town, *, page: int = sync.ROWS_MAX) -> None:
        self.town = town
        self.page = page
        self.breaking: set[bytes] = set()

    async def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            return await self._answer(method, path, headers, body=body)
        except Fault as fault:
            nonce = {sync.NONCE_HEADER.lower(): fault.facts["nonce"]} if "nonce" in fault.facts else {}
            return Reply(STATUS[fault.code], nonce, msgspec.json.encode({"code": fault.code}))

    async def _answer(self, method: str, path: str, headers: Mapping[str, str], *, body: bytes) -> Reply:
        intake, at = self.town.running.intake, self.town.clock()
        if path == sync.HELLO_PATH:
            return Reply(204, {name.lower(): value for name, value in intake.hello(at=at).items()})
        if path == sync.ENROL_PATH:
            enrolled = await intake.enrol(sync.decode(body, EnrolRequest), at=at)
            return Reply(200, {}, sync.encode(enrolled))
        node = await intake.admit(method, path, headers=headers, body=body, at=at)
        if path.startswith(sync.CATALOGUE_PATH):
            return Reply(200, {}, await intake.pack(node, path.rpartition("/")[2]))
        if path != sync.EXCHANGE_PATH:
            raise Fault(ErrorCode.NOT_FOUND)
        asked = sync.decode(coding.unpack(body, headers["Content-Encoding"]), ExchangeRequest)
        if any(entry.opaque is None and _hash(entry.stored) in self.breaking for entry in asked.recs):
            raise Fault(ErrorCode.INTERNAL)
        if asked.pull is not None:
            pull = msgspec.structs.replace(asked.pull, max=min(asked.pull.max, self.page))
            asked = msgspec.structs.replace(asked, pull=pull)
        return Reply(200, {}, sync.encode(await self.exchange(node, asked, headers)))

    async def exchange(
        self, node: Node, asked: ExchangeRequest, headers: Mapping[str, str]
    ) -> ExchangeAnswer:
        """What an honest township does."""
        del headers
        return await self.town.running.intake.exchange(node, asked, at=self.town.clock())


def _hash(stored: bytes) -> bytes:
    return sha256(stored).digest()
