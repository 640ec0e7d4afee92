"""The stick on the command line: the same export and import as on the clerk's page, told in sentences.

It opens the station that a password has unlocked, without a line and without a page; a running program may stay open.
"""

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from argon2 import PasswordHasher

from api_spec import bundle
from village_node.access.clerks import Clerk
from village_node.clock import Clock
from village_node.settings import Settings
from village_node.station import Opened, Station, open_station
from village_node.sticks.bundles import Restarted
from village_node.sticks.part_file import Spoilt
from village_node.sticks.replies import ReplyRefused
from village_node.sync.line import LineDown, Reply

BY_COMMAND = "命令行"


class StickRefused(RuntimeError):
    """Nothing was written or believed; `args[0]` is the sentence."""


async def export(settings: Settings, opened: Opened, folder: Path, *, to: str, hasher: PasswordHasher) -> str:
    """Write a bundle to a folder; what to say about it.

    Raises:
        StickRefused
    """
    async with _station(settings, opened, hasher) as station:
        try:
            over = await station.bundles.export(folder, handed_to=to, clerk=Clerk("", BY_COMMAND))
        except Spoilt:
            raise StickRefused("U 盘上读出来的和写进去的不一样，文件没有留下，请换一个 U 盘。") from None
        except OSError as broken:
            raise StickRefused(f"写不进去（{broken.strerror or broken}），没有留下不完整的文件。") from None
        except Restarted:
            raise StickRefused("导出时记录正在重新编号，请再运行一次。") from None
    lines = [f"已写到 {folder} 并读回核对无误：记录 {over.records} 条，照片 {over.photos} 张。"]
    lines += [f"  {part.name}  校验码 {bundle.digest_display(part.digest)}" for part in over.parts]
    lines.append(f"已交给{to}，镇里尚未确认。请先安全弹出 U 盘再拔；移交清单在“U 盘交换”页面打印。")
    return "\n".join(lines)


async def take_reply(settings: Settings, opened: Opened, path: Path, *, hasher: PasswordHasher) -> str:
    """Take in a reply; what to say about it.

    Raises:
        StickRefused
    """
    async with _station(settings, opened, hasher) as station:
        try:
            heard = await station.replies.take(path, clerk_id="")
        except ReplyRefused as refused:
            raise StickRefused(str(refused)) from None
        except OSError:
            raise StickRefused("读不到这个文件，请插好 U 盘再试。") from None
        waiting = (await station.outbox.stream()).waiting
    news = "有新的内容" if heard.new or heard.catalogue else "没有新的内容"
    return f"回执已导入，{news}；还有 {waiting} 条没有上传。"


@asynccontextmanager
async def _station(settings: Settings, opened: Opened, hasher: PasswordHasher) -> AsyncIterator[Station]:
    async with open_station(
        settings,
        _no_line,
        opened=opened,
        clock=Clock(),
        hasher=hasher,
        chance=random.SystemRandom().random,
        beside=True,
    ) as station:
        yield station


async def _no_line(_method: str, _path: str, _headers: Mapping[str, str], _body: bytes) -> Reply:
    raise LineDown("a stick")
