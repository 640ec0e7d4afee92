"""The plug is pulled right after a receipt: a real process, killed, its file opened again."""

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest

from api_spec import chain, records
from tests.support.township import somebody
from tests.village_node.conftest import Time, add_clerk, start
from tests.village_node.packs import AID, AID_FORM
from tests.village_node.township import Township

LOGIN, PASSWORD = "liang", "shan-lu-1"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def command(*arguments: str, **environment: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "village_node",
        *arguments,
        env={**os.environ, "BMT_CLERK_PASSWORD": PASSWORD, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def signed_in(session: aiohttp.ClientSession, base: str) -> None:
    for _ in range(100):
        try:
            async with session.post(f"{base}/signin", data={"login": LOGIN, "password": PASSWORD}) as answer:
                assert answer.status == 200
                return
        except aiohttp.ClientConnectionError:
            await asyncio.sleep(0.1)
    raise AssertionError("the node did not start")


async def file_one(session: aiohttp.ClientSession, base: str, rid: str) -> str | None:
    """File a case; its `rid` once the receipt was given, None if the line to the page broke before."""
    applicant = [(key, somebody(rid) if key == "number" else value) for key, value in AID_FORM]
    form = [("item", AID.id), ("version", "0"), ("do", "file"), *applicant]
    try:
        async with session.post(f"{base}/drafts/{rid}", data=form, allow_redirects=False) as answer:
            return rid if answer.status == 303 and answer.headers["Location"].startswith("/cases/") else None
    except aiohttp.ClientError:
        return None


@pytest.mark.slow
async def test_every_receipt_given_before_the_power_cut_is_on_disk(
    tmp_path: Path, township: Township
) -> None:
    node = await start(tmp_path, township, Time())
    await node.sync.until_quiet()
    await node.close()
    await add_clerk(tmp_path, LOGIN, "梁代办", password=PASSWORD)
    ledger: list[str] = []
    for cut in range(3):
        port = free_port()
        base = f"http://127.0.0.1:{port}"
        nowhere = f"http://127.0.0.1:{free_port()}"
        running = await command("run", "--data", str(tmp_path), "--township", nowhere, "--port", str(port))
        async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            await signed_in(session, base)
            filing = [
                asyncio.create_task(file_one(session, base, f"{cut:02x}{number:030x}"))
                for number in range(12)
            ]
            done, _ = await asyncio.wait(filing, return_when=asyncio.FIRST_COMPLETED)
            assert done
            os.kill(running.pid, signal.SIGKILL)
            ledger += [rid for rid in await asyncio.gather(*filing) if rid]
        await running.wait()
        await running.communicate()
    assert len(ledger) >= 3

    again = await start(tmp_path, township, Time())
    written = await again.outbox.batch(0, limit=500, max_bytes=10**8)
    heads = chain.heads(chain.START, [(record.seq, record.body) for record in written])
    assert [record.seq for record in written] == list(range(1, len(written) + 1))
    assert await again.outbox.chain_at(len(written)) == heads[-1]
    assert set(ledger) <= {record.rid for record in written}
    for record in written:
        entry = await again.register.find(record.rid)
        body = records.decode_record(record.body)
        assert entry is not None
        assert isinstance(body, records.CaseRecord)
        assert (entry.case_number, entry.tracking_code) == (body.body.number, body.body.code)
    await again.sync.until_quiet()
    assert {rid for rid, _ in township.records} >= set(ledger)
    await again.close()


@pytest.mark.slow
async def test_a_port_in_use_and_a_missing_enrolment_are_told_in_a_sentence(
    tmp_path: Path, township: Township
) -> None:
    bare = await command("status", "--data", str(tmp_path / "new"))
    _, told = await bare.communicate()
    assert bare.returncode == 1
    assert "还没有登记" in told.decode()
    assert "Traceback" not in told.decode()
    node = await start(tmp_path, township, Time())
    await node.close()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run = ("run", "--data", str(tmp_path), "--township", "http://127.0.0.1:1", "--port", port)
        _, told = await (await command(*run)).communicate()
    assert "换一个端口" in told.decode()
    assert "Traceback" not in told.decode()
