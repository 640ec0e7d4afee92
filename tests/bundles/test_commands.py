"""Bundles by command at the township: by itself, and beside a running township that holds the database."""

import asyncio
import base64
import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from backend.carrying import NotBrought, bring
from tests.bundles.desk import Desk, state
from tests.support.township import FRIDAY_NOON, Town


async def test_a_running_township_takes_the_file_in_for_the_command(
    desk: Desk, town: Town, dialect: str, tmp_path: Path
) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL takes a second process")
    await desk.pc.file()
    over = await desk.export()
    port = town.client.port
    assert port is not None
    settings = replace(town.office.settings, port=port)
    reply = tmp_path / "back.gtb"
    said = await bring(settings, desk.last_stick / over.parts[0].name, reply=reply, clock=lambda: FRIDAY_NOON)
    assert "收到第 1 条" in said
    assert len((await state(town.office.vault))["cases"]) == 1
    await desk.take_reply(_read(reply))
    assert await desk.pc.waiting() == 0


async def test_the_command_takes_the_file_in_by_itself(desk: Desk, town: Town, dialect: str) -> None:
    """A second program beside the township: on SQLite through it, on PostgreSQL by itself."""
    if dialect == "sqlite":
        pytest.skip("the running township holds the file")
    await desk.pc.file()
    over = await desk.export()
    stick = desk.last_stick / over.parts[0].name
    settings = town.office.settings
    environment = {
        **os.environ,
        "BMT_MODE": "test",
        "BMT_DATA": str(settings.data),
        "DATABASE_URL": settings.database_url,
        "BMT_VAULT_KEY": base64.b64encode(settings.vault_key).decode(),
    }
    command = [sys.executable, "-m", "backend", "bundle", "import", str(stick)]
    program = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await program.communicate()
    assert program.returncode == 0
    assert "新收 1 条" in said.decode()
    await desk.take_reply(_read(desk.last_stick / f"{stick.stem}-huizhi.gtb"))
    assert await desk.pc.waiting() == 0


async def test_a_refusal_is_told_and_leaves_no_reply(town: Town, dialect: str, tmp_path: Path) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL takes a second process")
    port = town.client.port
    assert port is not None
    settings = replace(town.office.settings, port=port)
    file, reply = tmp_path / "a.gtb", tmp_path / "back.gtb"
    _write(file, b"no bundle")
    with pytest.raises(NotBrought, match="没有导入"):
        await bring(settings, file, reply=reply, clock=lambda: FRIDAY_NOON)
    assert not _exists(reply)


async def test_where_nobody_answers_it_is_said(town: Town, dialect: str, tmp_path: Path) -> None:
    if dialect != "sqlite":
        pytest.skip("PostgreSQL takes a second process")
    settings = replace(town.office.settings, port=9)
    file = tmp_path / "a.gtb"
    _write(file, b"no bundle")
    with pytest.raises(NotBrought, match="正在运行"):
        await bring(settings, file, reply=tmp_path / "back.gtb", clock=lambda: FRIDAY_NOON)


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _exists(path: Path) -> bool:
    return path.exists()
