"""U 盘交换 at the village: the page, the slip, the commands; what a stick can do wrong is told, and leaves nothing."""

import asyncio
import errno
import io
import os
import re
import secrets
import sys
import threading
from pathlib import Path
from typing import Any, BinaryIO

import pytest
import zxingcpp
from PIL import Image

from api_spec import bundle, bundle_reader, chain, coding, sync
from api_spec.bundle import BundleHeader, Item
from api_spec.bundle import Reply as BundleReply
from api_spec.bundle_writer import BundleWriter
from api_spec.paper import handover, qr
from api_spec.paper.slip import Paper
from api_spec.sync import ExchangeAnswer, PushAnswer, PushStatus
from tests.village_node.browser import Browser
from tests.village_node.conftest import (
    CHEAP,
    KEY,
    clerk,
    opened,
    station,
    stranger,
    time,
    township,
)
from tests.village_node.conftest import Time as ClockTime
from tests.village_node.packs import AID, AID_FORM
from tests.village_node.township import COUNTY, NODE, Township
from village_node.access.clerks import Clerk
from village_node.access.keys import KeyFolder
from village_node.desk import intake_form
from village_node.desk.register import Application, Entry
from village_node.settings import Settings
from village_node.station import Station
from village_node.sticks import carrying, sticks
from village_node.sticks.bundles import Bundles, Standing
from village_node.sticks.carrying import StickRefused
from village_node.sticks.part_file import Spoilt
from village_node.sticks.patience import patiently
from village_node.web.sticks import slip_of

__all__ = ["clerk", "station", "stranger", "time", "township"]

LI = Clerk("c1", "李代办")


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    folder = tmp_path / "usb"
    folder.mkdir()
    return folder


async def filed(station: Station) -> Entry:
    """One case of 临时救助, without the page."""
    today = station.clock.today()
    reading = intake_form.read(AID_FORM, AID, station.packs.current(), today=today)
    assert reading.typed, reading.wrong
    return await station.register.file(
        Application(
            rid=secrets.token_hex(16),
            item=AID,
            pack_sha=station.packs.sha,
            typed=reading.typed,
            clerk=LI,
            made=station.clock.stamp(None),
            today=today,
        )
    )


def on(stick: Path) -> list[Path]:
    return sorted(stick.iterdir())


async def _exported(clerk: Browser, stick: Path) -> Any:
    return await clerk.post("/stick/export", [("folder", str(stick)), ("to", "欧阳会计")])


async def test_a_clerk_fills_a_stick_and_is_asked_to_take_it_out_safely(
    clerk: Browser, stick: Path, station: Station
) -> None:
    await filed(station)
    done = await _exported(clerk, stick)
    assert "逐字读回核对无误" in done.text
    assert "安全弹出" in done.text
    [file] = on(stick)
    assert re.fullmatch(r"430481110200-1-1\.gtb", file.name)
    page = await clerk.get("/stick")
    assert "已交给欧阳会计" in page.text
    assert "镇里尚未确认" in page.text


async def test_once_the_township_has_answered_the_page_says_so(
    clerk: Browser, stick: Path, station: Station
) -> None:
    await filed(station)
    await _exported(clerk, stick)
    await station.sync.until_quiet()
    page = await clerk.get("/stick")
    assert "镇里已确认" in page.text
    assert "镇里尚未确认" not in page.text


async def test_a_reply_is_taken_in_by_its_path(
    clerk: Browser, stick: Path, station: Station, township: Township
) -> None:
    await filed(station)
    path = stick / "reply.gtb"
    path.write_bytes(await _reply(station, township))
    said = await clerk.post("/stick/reply", [("path", str(path))])
    assert "回执已导入" in said.text
    assert (await station.outbox.stream()).waiting == 0


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04" * 50, b"\x89GTB\r\n\x1a\n" + bytes(40)])
async def test_a_file_that_is_no_reply_is_refused_in_a_sentence(
    clerk: Browser, stick: Path, content: bytes
) -> None:
    path = stick / "photo.gtb"
    path.write_bytes(content)
    said = await clerk.post("/stick/reply", [("path", str(path))])
    assert said.status == 422
    assert "没有导入" in said.text


@pytest.mark.parametrize("path", ["/nowhere/at/all.gtb", "/", "a\0b", "x" * 5000])
async def test_a_path_that_leads_nowhere_is_refused(clerk: Browser, path: str) -> None:
    assert (await clerk.post("/stick/reply", [("path", path)])).status in (400, 422)


async def test_a_stick_nobody_carries_is_not_filled(clerk: Browser, stick: Path) -> None:
    refused = await clerk.post("/stick/export", [("folder", str(stick)), ("to", " ")])
    assert (refused.status, on(stick)) == (422, [])


async def test_a_folder_that_is_not_there_is_refused(clerk: Browser, tmp_path: Path) -> None:
    refused = await clerk.post("/stick/export", [("folder", str(tmp_path / "no")), ("to", "欧阳会计")])
    assert refused.status == 422
    assert "没有找到这个文件夹" in refused.text


async def test_only_who_is_signed_in_may_fill_a_stick(stranger: Browser, stick: Path) -> None:
    await _exported(stranger, stick)
    assert on(stick) == []


@pytest.mark.parametrize("paper", ["80", "a5"])
async def test_the_slip_can_be_printed_and_its_code_is_the_digest(
    clerk: Browser, stick: Path, station: Station, paper: str
) -> None:
    await filed(station)
    done = await _exported(clerk, stick)
    slip = await clerk.get(f"{re.sub('^https?://[^/]*', '', done.url)}/slip?paper={paper}")
    [over] = await station.bundles.handed_over()
    for words in ("U 盘数据移交清单", "欧阳会计", "带交人签字", bundle.digest_display(over.digest)):
        assert words in slip.text
    assert "梁小满" not in slip.text
    with on(stick)[0].open("rb") as file:
        public = KeyFolder(station.settings.keys, KEY).own_keys().signing_public
        assert bundle_reader.verify(file, public).digest == over.digest


async def test_the_code_on_the_slip_can_be_scanned(clerk: Browser, stick: Path, station: Station) -> None:
    await filed(station)
    await _exported(clerk, stick)
    [over] = await station.bundles.handed_over()
    slip = slip_of(over, station)
    picture = Image.open(io.BytesIO(qr.png(qr.matrix(handover.QR_PREFIX + slip.digest.upper()))))
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == f"GTB1:{over.digest.hex().upper()}"
    assert handover.page(slip, paper=Paper.ROLL, stylesheet="/s.css").count("<svg") == 1


class _Failing(io.FileIO):
    """A stick that is full after some bytes, or forgets what it was given."""

    def __init__(self, path: Path, *, full_after: int = 1 << 60, forgets: bool = False) -> None:
        super().__init__(path, "xb")
        self._left = full_after
        self._forgets = forgets

    def write(self, data: Any, /) -> int:
        self._left -= len(data)
        if self._left < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return super().write(bytes(len(data)) if self._forgets else data)


def _bundles(station: Station, create: Any) -> Bundles:
    return Bundles(
        station.sync._database,
        station.enrolment,
        KeyFolder(station.settings.keys, KEY).own_keys(),
        sync=station.sync,
        photos=station.photos,
        clock=station.clock,
        create=create,
    )


async def test_a_stick_that_is_full_at_any_write_keeps_nothing(stick: Path, station: Station) -> None:
    await filed(station)
    over = await station.bundles.export(stick, handed_to="欧阳会计", clerk=LI)
    [whole] = on(stick)
    whole.unlink()
    for room in (0, 1, 700, over.parts[0].size // 2, over.parts[0].size - 100):

        def full(path: Path, room: int = room) -> BinaryIO:
            return _Failing(path, full_after=room)

        with pytest.raises(OSError, match="No space"):
            await _bundles(station, full).export(stick, handed_to="欧阳会计", clerk=LI)
        assert on(stick) == []
    assert [each.bundle for each in await station.bundles.handed_over()] == [over.bundle]


async def test_a_stick_that_does_not_keep_what_it_is_given_is_found_out(
    stick: Path, station: Station
) -> None:
    await filed(station)

    def forgetful(path: Path) -> BinaryIO:
        return _Failing(path, forgets=True)

    with pytest.raises(Spoilt):
        await _bundles(station, forgetful).export(stick, handed_to="欧阳会计", clerk=LI)
    assert on(stick) == []


async def test_a_stick_that_shows_an_older_file_is_found_out(stick: Path, station: Station) -> None:
    await filed(station)
    older = await station.bundles.export(stick, handed_to="欧阳会计", clerk=LI)
    content = on(stick)[0].read_bytes()

    def stale(path: Path) -> BinaryIO:
        path.write_bytes(content)
        return path.with_name("elsewhere").open("wb")

    with pytest.raises(Spoilt):
        await _bundles(station, stale).export(stick, handed_to="欧阳会计", clerk=LI)
    assert [file.name for file in on(stick)] == [older.parts[0].name, "elsewhere"]


async def test_a_second_export_does_not_overwrite_the_first(
    clerk: Browser, stick: Path, station: Station
) -> None:
    await filed(station)
    for _ in range(3):
        await _exported(clerk, stick)
    assert len(on(stick)) == 3


async def test_the_commands_do_what_the_page_does(
    stick: Path, station: Station, township: Township, time: ClockTime
) -> None:
    await filed(station)
    settings = Settings(data=station.settings.data, township="")
    key = opened(station.settings.data, time)
    said = await carrying.export(settings, key, stick, to="欧阳会计", hasher=CHEAP)
    assert "记录 1 条" in said
    [over] = await station.bundles.handed_over()
    assert over.standing is Standing.WAITING
    path = stick / "reply.gtb"
    path.write_bytes(await _reply(station, township))
    assert "还有 0 条没有上传" in await carrying.take_reply(settings, key, path, hasher=CHEAP)
    with pytest.raises(StickRefused, match="读不到"):
        await carrying.take_reply(settings, key, stick / "none.gtb", hasher=CHEAP)
    with pytest.raises(StickRefused, match="没有留下"):
        await carrying.export(settings, key, stick / "no", to="欧阳会计", hasher=CHEAP)


async def test_a_clerks_password_opens_the_command_while_the_page_is_open(
    clerk: Browser, stick: Path, station: Station
) -> None:
    assert (await clerk.get("/stick")).status == 200
    await filed(station)
    command = [sys.executable, "-m", "village_node", "bundle", "export", "--carrier", "欧阳会计"]
    command += ["--data", str(station.settings.data), "--to", str(stick)]
    environment = {**os.environ, "BMT_CLERK_PASSWORD": "shan-lu-1"}
    program = await asyncio.create_subprocess_exec(*command, env=environment, stdout=asyncio.subprocess.PIPE)
    said, _ = await program.communicate()
    assert program.returncode == 0
    assert "记录 1 条" in said.decode()
    assert [file.suffix for file in on(stick)] == [".gtb"]
    assert "已交给欧阳会计" in (await clerk.get("/stick")).text


def test_mounted_drives_are_read_from_the_systems_table() -> None:
    table = (
        "/dev/sda1 / ext4 rw 0 0\n"
        "/dev/sdb1 /media/li/U\\040盘 vfat rw 0 0\n"
        "tmpfs /run/user tmpfs rw 0 0\n"
        "/dev/sdc1 /run/media/li/KEY exfat rw 0 0\n\n"
    )
    assert sticks.mounted(table) == [Path("/media/li/U 盘"), Path("/run/media/li/KEY")]


async def _reply(station: Station, township: Township) -> bytes:
    """A reply bundle of the small township: everything this node has written is there."""
    stream = await station.outbox.stream()
    head = await station.outbox.chain_at(stream.last_seq)
    assert head is not None
    keys = KeyFolder(station.settings.keys, KEY).own_keys()
    header = BundleHeader(
        way="down",
        county=COUNTY,
        node=NODE,
        bundle="0" * 32,
        epoch=stream.epoch,
        first=1,
        last=stream.last_seq,
        before=chain.START,
        after=head,
        sign_key=bundle.key_id(township.county_key.public_key().public_bytes_raw()),
        seal_key=bundle.key_id(keys.sealing_public),
    )
    push = PushAnswer(status=PushStatus.OK, epoch=stream.epoch, upto=stream.last_seq, chain=head)
    reply = BundleReply(answer=ExchangeAnswer(time=township.time, nonce="", push=push))
    out = io.BytesIO()
    writer = BundleWriter(
        out,
        header,
        recipient=keys.sealing_public,
        key=township.county_key,
        file_key=secrets.token_bytes(32),
    )
    writer.add(Item.ANSWER, coding.pack(sync.encode(reply)))
    writer.add(99, b"what a later version may say")  # type: ignore[arg-type]
    writer.finish()
    return out.getvalue()


@pytest.mark.parametrize("way", ["file", "stick"])
async def test_a_pipe_given_as_a_reply_holds_nothing_up(clerk: Browser, stick: Path, way: str) -> None:
    """Whoever opens a pipe waits until somebody writes into it."""
    pipe = stick / "reply.gtb"
    os.mkfifo(pipe)
    async with asyncio.timeout(5):
        if way == "file":
            said = await clerk.post("/stick/reply", [("path", str(pipe))])
            assert said.status == 422
            assert "读不到这个文件" in said.text
        else:
            assert (await clerk.post("/stick/export", [("to", "老李"), ("folder", str(pipe))])).status == 422
        assert (await clerk.get("/")).status == 200


async def test_a_drive_that_does_not_answer_is_given_up() -> None:
    never = threading.Event()
    with pytest.raises(TimeoutError):
        await patiently(never.wait, within_s=0.01)
    never.set()
