"""The real mini-program on a real township: its own pages, run by node, over HTTP."""

import asyncio
import json
import shutil
from pathlib import Path

import pytest

from backend.wechat.standin.people import DEMO_PEOPLE
from tests.support.applications import file
from tests.support.township import Town, identity

FOLDER = Path(__file__).parents[2] / "miniprogram"
NODE = shutil.which("node")
# npm writes it last: what is half installed does not count.
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
WITHIN_S = 60


@pytest.mark.slow
@pytest.mark.skipif(
    NODE is None or not INSTALLED.exists(), reason="node and miniprogram/node_modules: make test-miniprogram"
)
async def test_a_citizen_goes_the_whole_way_in_the_mini_program(town: Town) -> None:
    helper = await town.citizen(2)
    filed = await file(town, helper, number=2)
    who = identity(1)
    said = {
        "township": str(town.client.make_url("")).rstrip("/"),
        "wechat": str(town.wechat.make_url("")).rstrip("/"),
        "openid": DEMO_PEOPLE[0].openid,
        "name": who["name"],
        "number": who["document_number"],
        "item": town.item("SD-003"),
        "words": "linshijiuzhu",
        "code": filed.json["tracking_code"],
    }
    assert NODE is not None
    walk = await asyncio.create_subprocess_exec(
        NODE, "tests/journey.js", json.dumps(said), cwd=FOLDER, stderr=asyncio.subprocess.PIPE
    )
    _, errors = await asyncio.wait_for(walk.communicate(), WITHIN_S)
    assert walk.returncode == 0, errors.decode()
