"""A bundle on the command line: taken in by this program, or by the running township where that holds the database.

It knows files and sentences; what a bundle means is the intake's business.
"""

import asyncio
import http.client
import json
import shutil
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from api_spec import bundle, bundle_reader
from api_spec.errors import ErrorCode
from api_spec.sync import BUNDLES_PATH
from backend.db import DatabaseInUse
from backend.faults import Fault
from backend.office import Clock, open_office
from backend.settings import Settings
from backend.wording import SENTENCES

ANSWERS_WITHIN_S: Final = 600
_CHUNK: Final = 1024 * 1024


class NotBrought(Exception):
    """Nothing was taken in; `args[0]` is the sentence."""


async def bring(settings: Settings, file: Path, *, reply: Path, clock: Clock) -> str:
    """Take one part in and leave the reply bundle at `reply`; what to say about it.

    Raises:
        NotBrought
    """
    try:
        try:
            words = await _by_ourselves(settings, file, reply=reply, at=clock())
        except DatabaseInUse:
            words = await asyncio.to_thread(_by_the_running_one, settings, file, reply)
    except Fault as fault:
        raise NotBrought(SENTENCES[fault.code]) from None
    except OSError as broken:
        raise NotBrought(f"文件读不到或回执写不进去（{broken.strerror or broken}）。") from None
    return f"{words}回执已存到 {reply}，请带回村里导入。"


async def _by_ourselves(settings: Settings, file: Path, *, reply: Path, at: datetime) -> str:
    async with open_office(settings, clock=lambda: at) as office:
        imported = await office.bundles.take(file, at=at)
        made = office.bundles.find_reply(imported.id)
        if made is None:
            raise Fault(ErrorCode.BUSY)
        with made.open("rb") as answer:
            _keep(answer, reply)
    return (
        f"已导入 {imported.node} 号机的记录 {imported.records} 条（新收 {imported.taken} 条，"
        f"搁置 {imported.held} 条）、照片 {imported.photos} 张。"
    )


def _by_the_running_one(settings: Settings, file: Path, reply: Path) -> str:
    """Over this machine's own line: on SQLite only one process works on the database."""
    host = "127.0.0.1" if settings.host in {"0.0.0.0", ""} else settings.host
    connection = http.client.HTTPConnection(host, settings.port, timeout=ANSWERS_WITHIN_S)
    try:
        with file.open("rb") as body:
            headers = {"Content-Type": bundle.MEDIA, "Content-Length": str(file.stat().st_size)}
            connection.request("POST", BUNDLES_PATH, body=body, headers=headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise NotBrought(_sentence(answer.read()))
        _keep(answer, reply)
    except (ConnectionError, TimeoutError, http.client.HTTPException):
        raise NotBrought("数据库正在被另一个程序使用，又连不上它，请确认镇级平台正在运行。") from None
    finally:
        connection.close()
    with reply.open("rb") as made:
        header = bundle_reader.read_head(made).header
    return f"已由正在运行的镇级平台导入，{header.node} 号机的记录收到第 {header.last} 条。"


def _keep(answer: "BinaryIO | http.client.HTTPResponse", reply: Path) -> None:
    """Whole or not at all."""
    coming = reply.with_name(f"{reply.name}.new")
    try:
        with coming.open("wb") as out:
            shutil.copyfileobj(answer, out, _CHUNK)
        coming.replace(reply)
    finally:
        coming.unlink(missing_ok=True)


def _sentence(problem: bytes) -> str:
    try:
        return str(json.loads(problem)["title"])
    except (ValueError, KeyError, TypeError):
        return SENTENCES[ErrorCode.INTERNAL]
