"""Node and township as real processes that can be killed anywhere, and the citizen who keeps every receipt.

What is driven from outside is what people have: the node's pages and the line between the two.
"""

import asyncio
import base64
import contextlib
import os
import re
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import aiohttp

from api_spec import sync
from tests.support.township import KEY, somebody
from tests.sync.conftest import FORM
from tests.village_node.conftest import add_clerk

LOGIN: Final = "liang"
PASSWORD: Final = "shan-lu-1"
READY_TRIES: Final = 600
_PAUSE_S: Final = 0.05
_CODE: Final = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){4}\b")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Stopped(Exception):
    """The process ended before it answered."""


@dataclass
class Program:
    """One process in a group of its own."""

    command: Sequence[str]
    environment: dict[str, str]
    log: Path
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.command,
                env={**os.environ, **self.environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        assert self.process is not None, "it was not started"
        return self.process.pid

    @property
    def runs(self) -> bool:
        return self.process is not None and self.process.returncode is None

    async def kill(self) -> None:
        """kill -9, as a power cut looks to the program."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, how)
        await self.process.wait()
        self.process = None


@dataclass
class TownProgram:
    """A township's process on a data folder."""

    folder: Path
    port: int = field(default_factory=free_port)
    program: Program = field(init=False)

    def __post_init__(self) -> None:
        self.program = Program(
            [sys.executable, "-m", "backend", "serve"],
            {
                "BMT_MODE": "test",
                "BMT_DATA": str(self.folder),
                "BMT_PORT": str(self.port),
                "BMT_VAULT_KEY": base64.b64encode(KEY).decode(),
                "BMT_PUBLIC_URL": "https://sandu.test",
            },
            self.folder / "log",
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def file(self) -> Path:
        return self.folder / "township.db"

    async def start(self) -> None:
        """Raises Stopped."""
        await self.program.start()
        await answers(f"{self.url}{sync.HELLO_PATH}", self.program, status=204)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a citizen went home with."""

    rid: str
    code: str


@dataclass
class NodeProgram:
    """A village computer's process on a data folder, its page in a browser, and what citizens got from it.

    Args:
        clock_days: how far its clock is off, jumping about; None: as this machine's.
    """

    folder: Path
    township: str
    item: str
    ledger: list[Receipt] = field(default_factory=list)
    port: int = field(default_factory=free_port)
    clock_days: int | None = None
    program: Program = field(init=False)
    _browser: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        run = ["-m", "village_node", "run", "--data", str(self.folder)]
        if self.clock_days is not None:
            run = ["-m", "tests.soak.skewed", "--days", str(self.clock_days), "--data", str(self.folder)]
        place = ["--township", self.township, "--port", str(self.port)]
        self.program = Program([sys.executable, *run, *place], {"PYTHONUNBUFFERED": "1"}, self.folder / "log")

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start it and sign in, which opens its data.

        Raises:
            Stopped: it ended on the way.
        """
        await self.program.start()
        await answers(f"{self.base}/signin", self.program)
        if self._browser is None:
            self._browser = aiohttp.ClientSession(
                cookie_jar=aiohttp.CookieJar(unsafe=True), timeout=aiohttp.ClientTimeout(total=60)
            )
        await self.sign_in()

    async def sign_in(self) -> None:
        """Raises Stopped."""
        assert self._browser is not None
        for _ in range(READY_TRIES):
            with contextlib.suppress(aiohttp.ClientError):
                form = {"login": LOGIN, "password": PASSWORD}
                async with self._browser.post(f"{self.base}/signin", data=form) as answer:
                    await answer.read()
                async with self._browser.get(f"{self.base}/items", allow_redirects=False) as answer:
                    if answer.status == 200:
                        return
            if not self.program.runs:
                raise Stopped
            await asyncio.sleep(_PAUSE_S)
        raise Stopped

    async def file(self) -> Receipt | None:
        """File one case as its page does; None if no receipt was given."""
        assert self._browser is not None
        rid = secrets.token_hex(16)
        # Somebody new each time: about a second open case of one person the page asks first.
        applicant = [(key, somebody(rid) if key == "number" else value) for key, value in FORM]
        form = [("item", self.item), ("version", "0"), ("do", "file"), *applicant]
        try:
            async with self._browser.post(
                f"{self.base}/drafts/{rid}", data=form, allow_redirects=False
            ) as answer:
                if answer.status != 303 or not answer.headers["Location"].startswith("/cases/"):
                    return None
            async with self._browser.get(f"{self.base}/cases/{rid}/slip") as slip:
                text = await slip.text()
        except (aiohttp.ClientError, TimeoutError):
            return None
        found = _CODE.search(text)
        assert found, f"a receipt without a tracking code: {text[:300]}"
        receipt = Receipt(rid, found[0].replace("-", ""))
        self.ledger.append(receipt)
        return receipt

    async def send_now(self) -> None:
        """The clerk presses the button; whether it works is the line's business."""
        assert self._browser is not None
        with contextlib.suppress(aiohttp.ClientError, TimeoutError):
            async with self._browser.post(f"{self.base}/sync", allow_redirects=False) as answer:
                await answer.read()

    async def reads(self) -> bool:
        """Whether its page still answers."""
        assert self._browser is not None
        try:
            async with self._browser.get(f"{self.base}/") as answer:
                return answer.status == 200
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def close(self) -> None:
        """Kill what still runs, and put the browser away."""
        await self.program.kill()
        if self._browser is not None:
            await self._browser.close()
            self._browser = None


async def answers(url: str, program: Program, *, status: int = 200) -> None:
    """Wait until a program answers.

    Raises:
        Stopped: it ended, or never did.
    """
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as session:
        for _ in range(READY_TRIES):
            with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                async with session.get(url) as answer:
                    if answer.status == status:
                        return
            if not program.runs:
                raise Stopped
            await asyncio.sleep(_PAUSE_S)
    raise Stopped


async def make_usable(folder: Path) -> None:
    """Give a node folder of the tests an account with which its process can be opened."""
    await add_clerk(folder, LOGIN, "梁代办", password=PASSWORD)


@asynccontextmanager
async def running(program: NodeProgram | TownProgram) -> AsyncIterator[None]:
    """Ends what is left of it, however the test ends."""
    try:
        yield
    finally:
        if isinstance(program, NodeProgram):
            await program.close()
        else:
            await program.program.kill()
