"""One node from start to stop: closed until a clerk opens it, then enrolled if it is new, then a service point.

Each of the three has its own page; all listen on the same socket one after the other, so that a browser that is sent
on waits instead of meeting a closed port. It knows the parts, not what they do.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import typer
from aiohttp import web
from argon2 import PasswordHasher

from api_spec import enrol_file
from village_node.access import enrolment
from village_node.access.clerks import Clerks
from village_node.access.door import Door, Entered
from village_node.access.keys import KeyFolder
from village_node.access.tls import own_identity
from village_node.clock import Clock
from village_node.settings import Settings
from village_node.station import Opened, disk_of, open_station, syncing
from village_node.storage.database import Database
from village_node.sync.line import Send
from village_node.sync.shadow import Shadow
from village_node.web.app import make_app, make_closed_app, make_enrol_app
from village_node.web.enrolling import ByHand

BACKLOG = 128


def _without_words(record: logging.LogRecord) -> bool:
    """What a parser says of a broken request quotes it, and with it names and tokens: only the kind of failure stays."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = "a request could not be answered: %s", (record.exc_info[0].__name__,)
        record.exc_info = None
    return True


log = logging.getLogger("village_node.serving")
log.addFilter(_without_words)


class Listener:
    """The address of the clerk's page; whichever page is current listens on a copy of its socket."""

    def __init__(self, settings: Settings) -> None:
        """Raises OSError: the port is taken."""
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        self._site: web.SockSite | None = None
        self._identity = own_identity(settings.tls, settings.host) if settings.speaks_tls else None
        self._socket = socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)

    @asynccontextmanager
    async def serving(self, app: web.Application) -> AsyncIterator[None]:
        runner = web.AppRunner(app, access_log=None, logger=log)
        await runner.setup()
        try:
            self._site = web.SockSite(
                runner, self._socket.dup(), ssl_context=self._identity.context if self._identity else None
            )
            await self._site.start()
            yield
        finally:
            self._site = None
            await runner.cleanup()

    @property
    def fingerprint(self) -> str:
        """Of the page's certificate; "" where it speaks plain HTTP."""
        return self._identity.fingerprint if self._identity else ""

    async def leave(self) -> None:
        """Whoever comes from now on waits for the next page; what is under way is still answered by this one."""
        if self._site is not None:
            await self._site.stop()
            self._site = None

    def close(self) -> None:
        self._socket.close()


async def serve(
    settings: Settings,
    send: Send,
    *,
    stopped: asyncio.Event,
    hasher: PasswordHasher,
    chance: Callable[[], float],
    clock: Clock | None = None,
) -> None:
    """Until `stopped`.

    Args:
        clock: this computer's, if none is given; a test's may stand in any year.

    Raises:
        OSError: the port is taken.
        TooNew, BadKey, BadCabinet: the data folder cannot be opened.
    """
    clock = clock or Clock()
    door = Door(settings, hasher=hasher, clock=clock)
    listener = Listener(settings)
    if listener.fingerprint:
        typer.echo(
            f"页面的证书是本机自制的，别的电脑第一次打开时请核对指纹（SHA-256）：{listener.fingerprint}"
        )
    try:
        opened = await _opened(door, listener, settings, stopped=stopped)
        if opened is None or not await _enrolled(
            opened, listener, settings, send=send, clock=clock, hasher=hasher, stopped=stopped
        ):
            return
        while not stopped.is_set():
            async with (
                open_station(
                    settings, send, opened=opened, clock=clock, hasher=hasher, chance=chance
                ) as station,
                syncing(station),
                listener.serving(make_app(station)),
            ):
                typer.echo(f"{station.enrolment.answer.village_name}便民服务站已打开：{settings.address}")
                await _first_of(stopped, station.renewed)
                await listener.leave()
    finally:
        listener.close()


async def _opened(
    door: Door, listener: Listener, settings: Settings, *, stopped: asyncio.Event
) -> Opened | None:
    """What the first sign-in opens; None: stopped before."""
    entered: list[Entered] = []
    done = asyncio.Event()

    async def enter(now: Entered) -> None:
        entered.append(now)
        done.set()
        await listener.leave()

    async with listener.serving(make_closed_app(door, enter, host=settings.host)):
        typer.echo(f"请用浏览器打开 {settings.address} 登录；登录一次以后，没上传的件才会继续上传。")
        await _first_of(stopped, done)
    return entered[0].opened if entered else None


async def _enrolled(
    opened: Opened,
    listener: Listener,
    settings: Settings,
    *,
    send: Send,
    clock: Clock,
    hasher: PasswordHasher,
    stopped: asyncio.Event,
) -> bool:
    """Where this computer has no enrolment yet, a page of its own takes the code; False: stopped before it came."""
    database = await Database.open(
        settings.database, key=opened.key.file_key, make_room=disk_of(settings).drop_ballast
    )
    try:
        if await enrolment.find(database) is not None:
            return True
        done = asyncio.Event()
        keys = KeyFolder(settings.keys, opened.key)

        async def take(code: str) -> None:
            await enrolment.enrol(
                database,
                keys,
                send,
                token=code,
                fresh_epoch=secrets.token_hex(8),
                now_ms=clock.now_ms(),
            )
            done.set()
            await listener.leave()

        async def ask_by_hand(code: str) -> str:
            asked = await enrolment.request_for(database, keys, token=code, fresh_epoch=secrets.token_hex(8))
            return enrol_file.write_request(asked)

        async def take_by_hand(data: bytes) -> None:
            await enrolment.take_file(database, keys, data, now_ms=clock.now_ms())
            done.set()
            await listener.leave()

        clerks = Clerks(database, Shadow(database), hasher=hasher, lock=opened.lock)
        by_hand = ByHand(ask_by_hand, take_by_hand)
        app = make_enrol_app(take, by_hand, clerks=clerks, sessions=opened.sessions, host=settings.host)
        async with listener.serving(app):
            typer.echo(f"这台电脑还没有登记，请在 {settings.address} 输入镇里给的登记码。")
            await _first_of(stopped, done)
        return done.is_set()
    finally:
        await database.close()


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()
