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
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
from argon2 import PasswordHasher

from api_spec.feed import HeldRow
from api_spec.file_lock import FileLock, Held
from village_node.access import enrolment
from village_node.access.cabinet import BadCabinet
from village_node.access.clerks import Clerks, LoginTaken
from village_node.access.door import Door, Standing, StillPlain
from village_node.access.enrolment import AlreadyEnrolled
from village_node.access.keys import BadKey, KeyFolder
from village_node.access.sealing import is_plain
from village_node.access.tries import TooManyTries
from village_node.clock import Clock
from village_node.desk.slips import moment
from village_node.journal import Journal
from village_node.serving import serve
from village_node.settings import BadSettings, Settings
from village_node.station import NotEnrolled, Opened
from village_node.sticks import carrying
from village_node.sticks.carrying import StickRefused
from village_node.storage import safekeeping
from village_node.storage.database import Database, TooNew
from village_node.storage.safekeeping import BadBackup, Safekeeping
from village_node.sync.line import over_http
from village_node.sync.outbox import Outbox
from village_node.sync.shadow import Shadow
from village_node.sync.township import Failed

# A stolen disk can be tried at leisure, so a try must cost memory; 64 MiB for a third of a second no village PC misses.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)

commands = typer.Typer(help="村级便民服务点", add_completion=False, pretty_exceptions_enable=False)
sticks = typer.Typer(help="U盘交换：没有网络时带件到镇里、带回执回来")
commands.add_typer(sticks, name="bundle")

Data = Annotated[Path, typer.Option("--data", envvar="BMT_NODE_DATA", help="数据文件夹")]
TownshipUrl = Annotated[
    str, typer.Option("--township", envvar="BMT_TOWNSHIP", help="镇级平台地址，https://…")
]


@dataclass(frozen=True, slots=True)
class NewAccount:
    login: str
    name: str
    password: str = field(repr=False)


class NoAccount(RuntimeError):
    """A new computer needs somebody whose password its data are sealed under."""


class WrongPassword(RuntimeError):
    """It is no clerk's of this computer."""


@commands.command()
def run(
    data: Data,
    township: TownshipUrl,
    host: Annotated[
        str, typer.Option(envvar="BMT_NODE_HOST", help="页面监听地址，默认只给本机用")
    ] = "127.0.0.1",
    plain_http: Annotated[  # noqa: FBT002 - typer makes a flag of it
        bool,
        typer.Option(
            "--plain-http", envvar="BMT_NODE_PLAIN_HTTP", help="给别的电脑用时也不加密，只在前面另有加密时用"
        ),
    ] = False,
    port: Annotated[int, typer.Option(envvar="BMT_NODE_PORT", help="页面端口")] = 8090,
    printer: Annotated[
        str, typer.Option(envvar="BMT_NODE_PRINTER", help="80 毫米小票机设备，例如 /dev/usb/lp0")
    ] = "",
) -> None:
    """打开代办员页面，并在后台与镇里同步。"""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s %(message)s")
    settings = Settings(
        data=data, township=township, host=host, port=port, plain_http=plain_http, printer=printer
    )
    _guarded(_serve(settings))


@commands.command()
def enrol(
    data: Data,
    township: TownshipUrl,
    code: Annotated[
        str,
        typer.Option(
            envvar="BMT_ENROL_CODE",
            prompt="登记码",
            help="镇里发的一次性登记码；不写就当面输入，免得留在命令记录里",
        ),
    ],
    login: Annotated[str, typer.Option(help="第一个代办员的账号，新电脑才要")] = "",
    name: Annotated[str, typer.Option(help="第一个代办员的姓名，印在回执上")] = "",
) -> None:
    """用镇里发的登记码登记这台电脑，只做一次。新电脑同时建立第一个代办员账号，资料用其密码加密。

    密码从环境变量 BMT_CLERK_PASSWORD 读取，没有就当面输入。
    """
    account = NewAccount(login, name, _password("BMT_CLERK_PASSWORD", "代办员密码："))
    _guarded(_enrol(Settings(data=data, township=township), code, account))


@commands.command()
def status(data: Data) -> None:
    """显示未上传件数、上次联系时间等，JSON 格式；没有代办员密码（BMT_CLERK_PASSWORD）时只说是哪个服务点、已上锁。"""
    _guarded(_status(data))


@commands.command()
def clerk(
    data: Data,
    login: Annotated[str, typer.Option(help="账号")],
    name: Annotated[str, typer.Option(help="姓名，印在回执上")],
) -> None:
    """在本机添加代办员账号；密码从环境变量 BMT_CLERK_PASSWORD 读取，没有就当面输入。

    已经有账号的电脑，还要任何一位代办员的密码才能打开（BMT_UNLOCK_PASSWORD，没有就当面输入）。
    """
    account = NewAccount(login, name, _password("BMT_CLERK_PASSWORD", "新账号的密码："))
    _guarded(_add_clerk(data, account))


@commands.command()
def backup(data: Data, to: Annotated[Path, typer.Option("--to", help="放备份的文件夹，例如U盘")]) -> None:
    """把数据文件夹完整备份到U盘，程序开着也可以；备份和原件一样是加密的。密码同 status。"""
    _guarded(_back_up(Settings(data=data, township=""), to))


@commands.command()
def restore(
    data: Data, source: Annotated[Path, typer.Option("--from", help="备份文件夹，名字以“便民通备份”开头")]
) -> None:
    """用备份恢复成新的数据文件夹；已有资料的文件夹不会被覆盖。"""
    _guarded(_restore(source, data))


@sticks.command("export")
def export_bundle(
    data: Data,
    to: Annotated[Path, typer.Option("--to", help="U盘上的文件夹")],
    carrier: Annotated[str, typer.Option("--carrier", help="交给谁带到镇里，印在移交清单上")],
) -> None:
    """把没上传的件加密导出到U盘，读回核对无误才算成。密码同 status。"""
    settings = Settings(data=data, township="")
    _guarded(
        _carry(settings, lambda opened: carrying.export(settings, opened, to, to=carrier, hasher=HASHER))
    )


@sticks.command("import")
def import_reply(
    data: Data, file: Annotated[Path, typer.Argument(help="镇里给的回执文件，以 .gtb 结尾")]
) -> None:
    """导入镇里的回执；重复导入没有影响。密码同 status。"""
    settings = Settings(data=data, township="")
    _guarded(_carry(settings, lambda opened: carrying.take_reply(settings, opened, file, hasher=HASHER)))


async def _carry(settings: Settings, work: Callable[[Opened], Awaitable[str]]) -> None:
    if not settings.database.exists():
        raise NotEnrolled
    door = Door(settings, hasher=HASHER, clock=Clock())
    typer.echo(await work(await _open(door, _password("BMT_CLERK_PASSWORD", "代办员密码："))))


async def _serve(settings: Settings) -> None:
    settings.check()
    settings.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(settings.lock)
    lock.take()
    stopped = asyncio.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            await serve(
                settings,
                over_http(session, settings.township),
                stopped=stopped,
                hasher=HASHER,
                chance=random.SystemRandom().random,
            )
    finally:
        lock.release()


async def _enrol(settings: Settings, code: str, account: NewAccount) -> None:
    settings.check()
    opened = await _open_or_begin(settings, account)
    database = await Database.open(settings.database, key=opened.key.file_key, beside=True)
    try:
        async with aiohttp.ClientSession(auto_decompress=False) as session:
            enrolled = await enrolment.enrol(
                database,
                KeyFolder(settings.keys, opened.key),
                over_http(session, settings.township),
                token=code.strip(),
                fresh_epoch=secrets.token_hex(8),
                now_ms=Clock().now_ms(),
            )
    finally:
        await database.close()
    opened.cabinet.keep_place(enrolled.node, enrolled.answer.village_name)
    typer.echo(f"已登记：{enrolled.answer.village_name}便民服务站，服务点编号 {enrolled.node}。")


async def _open_or_begin(settings: Settings, account: NewAccount) -> Opened:
    """The data folder under a clerk's password; a new one gets its first account.

    Raises:
        WrongPassword
        NoAccount: it is new, and nobody was named.
    """
    door = Door(settings, hasher=HASHER, clock=Clock())
    if await door.standing() is Standing.NEW:
        if not (account.login and account.name):
            raise NoAccount
        return (await door.first_account(account.login, account.name, password=account.password)).opened
    return await _open(door, account.password)


async def _open(door: Door, password: str) -> Opened:
    """Raises WrongPassword."""
    opened = await door.find_by_password(password)
    if opened is None:
        raise WrongPassword
    return opened


async def _status(data: Path) -> None:
    """What a locked computer may tell of itself; everything with a clerk's password in BMT_CLERK_PASSWORD."""
    settings = Settings(data=data, township="")
    if not settings.database.exists():
        raise NotEnrolled
    if is_plain(settings.database):
        _tell(await _facts_in(settings, None))
        return
    door = Door(settings, hasher=HASHER, clock=Clock())
    place = door.place()
    facts: dict[str, Any] = {"enrolled": place is not None, "locked": True}
    if place is not None:
        facts |= {"node": place.node, "village": place.village_name}
    password = os.environ.get("BMT_CLERK_PASSWORD", "")
    opened = await door.find_by_password(password) if password else None
    _tell(await _facts_in(settings, opened.key.file_key) if opened else facts)


async def _back_up(settings: Settings, target: Path) -> None:
    if not settings.database.exists():
        raise NotEnrolled
    clock = Clock()
    opened = await _open(
        Door(settings, hasher=HASHER, clock=clock), _password("BMT_CLERK_PASSWORD", "代办员密码：")
    )
    key = opened.key.file_key
    database = await Database.open(settings.database, key=key, beside=True)
    try:
        enrolled = await enrolment.find(database)
        if enrolled is None:
            raise NotEnrolled
        keeping = Safekeeping(database, settings.data, key=key, node=enrolled.node)
        made = await keeping.make(target, at=clock.wall())
    finally:
        await database.close()
    typer.echo(f"已备份到 {made}，读回核对无误。")


async def _restore(source: Path, data: Path) -> None:
    contents = await asyncio.to_thread(safekeeping.restore, source, data)
    typer.echo(
        f"已恢复服务点 {contents.node} 的数据（备份时间 {contents.made_at[:16].replace('T', ' ')}）。"
        "启动程序并登录后会自动与镇里核对，备份以后的变化会从镇里取回。"
    )


def _tell(facts: dict[str, Any]) -> None:
    typer.echo(json.dumps(facts, ensure_ascii=False, indent=2))


async def _facts_in(settings: Settings, key: bytes | None) -> dict[str, Any]:
    database = await Database.open(settings.database, key=key, beside=True)
    try:
        return await _facts(database)
    finally:
        await database.close()


async def _facts(database: Database) -> dict[str, Any]:
    enrolled = await enrolment.find(database)
    if enrolled is None:
        return {"enrolled": False, "locked": False}
    stream = await Outbox(database).stream()
    contact = await Journal(database).contact()
    return {
        "enrolled": True,
        "locked": False,
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


async def _add_clerk(data: Path, account: NewAccount) -> None:
    settings = Settings(data=data, township="")
    door = Door(settings, hasher=HASHER, clock=Clock())
    if await door.standing() is Standing.NEW:
        await door.first_account(account.login, account.name, password=account.password)
    else:
        opened = await _open(door, _password("BMT_UNLOCK_PASSWORD", "已有代办员的密码："))
        database = await Database.open(settings.database, key=opened.key.file_key, beside=True)
        clerks = Clerks(database, Shadow(database), hasher=HASHER, lock=opened.lock)
        try:
            await clerks.add(
                account.login,
                account.name,
                password=account.password,
                clerk_id=secrets.token_hex(16),
                now_ms=Clock().now_ms(),
            )
        finally:
            await database.close()
    typer.echo(f"已添加账号 {account.login}。")


def _password(variable: str, question: str) -> str:
    return os.environ.get(variable) or getpass.getpass(question)


def _guarded(work: Any) -> None:
    """Run a command; what can go wrong in a village is told in one sentence."""
    try:
        asyncio.run(work)
    except NotEnrolled:
        _stop(
            "这台电脑还没有登记，请先运行：python -m village_node enrol --data … --township … --code 登记码"
        )
    except NoAccount:
        _stop("这是一台新电脑，登记时要同时建立第一个代办员账号：请加上 --login 账号 --name 姓名。")
    except StillPlain:
        _stop("程序升级后还没有人登录过，请先用浏览器登录一次，再运行这个命令。")
    except WrongPassword:
        _stop("密码不对，没有打开。请用这台电脑上任何一位代办员的密码。")
    except TooManyTries as hurry:
        _stop(f"输错的次数太多，请等 {int(hurry.wait.total_seconds()) + 1} 秒再试。")
    except AlreadyEnrolled:
        _stop("这个数据文件夹已经登记过，不能重复登记。")
    except Failed as failed:
        _stop(enrolment.FAILED.get(failed.failure, enrolment.FAILED_OTHERWISE))
    except Held:
        _stop("这个数据文件夹正被另一个便民通程序使用，请先关掉那一个，再试一次。")
    except LoginTaken:
        _stop("这个账号已经有了，请换一个。")
    except (BadSettings, BadBackup, StickRefused, BadKey, BadCabinet, TooNew) as refused:
        _stop(str(refused))
    except ValueError:
        _stop("密码至少 8 位，最多 100 位。")
    except sqlite3.DatabaseError as broken:
        _stop(
            f"数据文件 node.db 读写出错（{broken}），请检查磁盘；还不行就用备份恢复，或打电话给镇政务服务中心。"
        )
    except OSError as broken:
        _stop(f"端口或文件夹不能用（{broken.strerror or broken}），请换一个端口（--port）或检查数据文件夹。")


def _stop(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(1)


if __name__ == "__main__":
    commands()
