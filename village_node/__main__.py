"""The node's commands: enrol once, then run; status and accounts without the page."""

import asyncio
import contextlib
import getpass
import json
import logging
import os
import random
import secrets
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from aiohttp import web
from argon2 import PasswordHasher

from api_spec.feed import HeldRow
from village_node import enrolment
from village_node.clerks import Clerks, LoginTaken
from village_node.clock import Clock
from village_node.database import Database, TooNew
from village_node.enrolment import AlreadyEnrolled
from village_node.journal import Journal
from village_node.keys import BadKey, KeyFolder
from village_node.line import Send, over_http
from village_node.outbox import Outbox
from village_node.settings import BadSettings, Settings
from village_node.shadow import Shadow
from village_node.slips import moment
from village_node.station import NotEnrolled, open_station, syncing
from village_node.township import Failed
from village_node.web.app import make_app, make_enrol_app

# OWASP's figures for small machines: a village PC must not swap when its clerk signs in.
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

THIS_COMPUTER = "127.0.0.1"

commands = typer.Typer(help="村级便民服务点", add_completion=False, pretty_exceptions_enable=False)

Data = Annotated[Path, typer.Option("--data", envvar="BMT_NODE_DATA", help="数据文件夹")]
TownshipUrl = Annotated[
    str, typer.Option("--township", envvar="BMT_TOWNSHIP", help="镇级平台地址，https://…")
]


@commands.command()
def run(
    data: Data,
    township: TownshipUrl,
    host: Annotated[
        str, typer.Option(envvar="BMT_NODE_HOST", help="页面监听地址，默认只给本机用")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="BMT_NODE_PORT", help="页面端口")] = 8090,
    printer: Annotated[
        str, typer.Option(envvar="BMT_NODE_PRINTER", help="80 毫米小票机设备，例如 /dev/usb/lp0")
    ] = "",
) -> None:
    """打开代办员页面，并在后台与镇里同步。"""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = Settings(data=data, township=township, host=host, port=port, printer=printer)
    _guarded(_serve(settings))


@commands.command()
def enrol(
    data: Data, township: TownshipUrl, code: Annotated[str, typer.Option(help="镇里发的一次性登记码")]
) -> None:
    """用镇里发的登记码登记这台电脑，只做一次。"""
    _guarded(_enrol(Settings(data=data, township=township), code))


@commands.command()
def status(data: Data) -> None:
    """显示未上传件数、上次联系时间等,JSON 格式。"""
    _guarded(_status(data))


@commands.command()
def clerk(
    data: Data,
    login: Annotated[str, typer.Option(help="账号")],
    name: Annotated[str, typer.Option(help="姓名，印在回执上")],
) -> None:
    """在本机添加代办员账号；密码从环境变量 BMT_CLERK_PASSWORD 读取，没有就当面输入。"""
    password = os.environ.get("BMT_CLERK_PASSWORD") or getpass.getpass("密码：")
    _guarded(_add_clerk(data, login, name=name, password=password))


async def _serve(settings: Settings) -> None:
    settings.check()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with aiohttp.ClientSession(auto_decompress=False) as session:
        send = over_http(session, settings.township)
        chance = random.SystemRandom().random
        if not await _has_enrolled(settings, send, stopped):
            return
        async with (
            open_station(settings, send, clock=Clock(), hasher=HASHER, chance=chance) as station,
            syncing(station),
            _listening(make_app(station), settings),
        ):
            typer.echo(
                f"{station.enrolment.answer.village_name}便民服务站：http://{settings.host}:{settings.port}/"
            )
            await stopped.wait()


async def _has_enrolled(settings: Settings, send: Send, stopped: asyncio.Event) -> bool:
    """Where this computer has no enrolment yet, a page of its own takes the code; False: stopped before it came."""
    database = await Database.open(settings.database)
    try:
        if await enrolment.find(database) is not None:
            return True
        done = asyncio.Event()

        async def take(code: str) -> None:
            await enrolment.enrol(
                database,
                KeyFolder(settings.keys),
                send,
                token=code,
                fresh_epoch=secrets.token_hex(8),
                now_ms=Clock().now_ms(),
            )
            done.set()

        own = replace(settings, host=THIS_COMPUTER)
        async with _listening(make_enrol_app(take), own):
            typer.echo(f"这台电脑还没有登记，请用浏览器打开 http://{own.host}:{own.port}/ 输入登记码。")
            await _first_of(stopped, done)
        return done.is_set()
    finally:
        await database.close()


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for each in waits:
        each.cancel()


@contextlib.asynccontextmanager
async def _listening(app: web.Application, settings: Settings) -> AsyncIterator[None]:
    """Raises OSError: the port is taken."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, settings.host, settings.port).start()
        yield
    finally:
        await runner.cleanup()


async def _enrol(settings: Settings, code: str) -> None:
    settings.check()
    database = await Database.open(settings.database)
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            enrolled = await enrolment.enrol(
                database,
                KeyFolder(settings.keys),
                over_http(session, settings.township),
                token=code.strip(),
                fresh_epoch=secrets.token_hex(8),
                now_ms=Clock().now_ms(),
            )
    finally:
        await database.close()
    typer.echo(f"已登记：{enrolled.answer.village_name}便民服务站，服务点编号 {enrolled.node}。")


async def _status(data: Path) -> None:
    database = await _existing(data)
    try:
        typer.echo(json.dumps(await _facts(database), ensure_ascii=False, indent=2))
    finally:
        await database.close()


async def _facts(database: Database) -> dict[str, Any]:
    enrolled = await enrolment.find(database)
    if enrolled is None:
        return {"enrolled": False}
    stream = await Outbox(database).stream()
    contact = await Journal(database).contact()
    return {
        "enrolled": True,
        "node": enrolled.node,
        "village": enrolled.answer.village_name,
        "epoch": stream.epoch,
        "waiting": stream.waiting,
        "acked": stream.acked,
        "safe": stream.safe,
        "held": sum(not row.settled for row in await Shadow(database).of_kind(HeldRow)),
        "last_contact": moment(contact.met_ms) if contact.met_ms is not None else None,
        "clock_offset_ms": contact.offset_ms,
        "trouble": contact.trouble,
    }


async def _add_clerk(data: Path, login: str, *, name: str, password: str) -> None:
    database = await _existing(data)
    clock = Clock()
    clerks = Clerks(database, Shadow(database), hasher=HASHER, monotonic=clock.monotonic)
    try:
        await clerks.add(
            login, name, password=password, clerk_id=secrets.token_hex(16), now_ms=clock.now_ms()
        )
    finally:
        await database.close()
    typer.echo(f"已添加账号 {login}。")


async def _existing(data: Path) -> Database:
    """Raises NotEnrolled: the folder holds no node; asking must not make one."""
    settings = Settings(data=data, township="")
    if not settings.database.exists():
        raise NotEnrolled
    return await Database.open(settings.database)


def _guarded(work: Any) -> None:
    """Run a command; what can go wrong in a village is told in one sentence."""
    try:
        asyncio.run(work)
    except NotEnrolled:
        _stop(
            "这台电脑还没有登记，请先运行：python -m village_node enrol --data … --township … --code 登记码"
        )
    except AlreadyEnrolled:
        _stop("这个数据文件夹已经登记过，不能重复登记。")
    except Failed as failed:
        _stop(enrolment.FAILED.get(failed.failure, enrolment.FAILED_OTHERWISE))
    except LoginTaken:
        _stop("这个账号已经有了，请换一个。")
    except (BadSettings, BadKey, TooNew) as refused:
        _stop(str(refused))
    except ValueError:
        _stop("密码至少 6 位，最多 100 位。")
    except OSError as broken:
        _stop(f"端口或文件夹不能用（{broken.strerror or broken}），请换一个端口（--port）或检查数据文件夹。")


def _stop(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    commands()
