"""Pictures of the clerk's pages on phone and desktop: `python -m tests.village_screenshots [words in names]`.

They go to ./screenshots/<mode>-village-<page>.png; the village has had a busy morning, with the small township of the
tests answering.
"""

import asyncio
import secrets
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from aiohttp.test_utils import TestClient, TestServer
from playwright.async_api import Browser as Chromium
from playwright.async_api import async_playwright

from api_spec.feed import CaseRow, HeldRow, NoticeRow, StepLine
from tests.pages.browser import chromium
from tests.village_node.browser import Browser, Pairs, filed, rid_of
from tests.village_node.conftest import CHEAP, Time, opened, start
from tests.village_node.packs import AID, AID_FORM, WATER, pack
from tests.village_node.test_day import errand
from tests.village_node.township import Township
from village_node.access.clerks import Clerk
from village_node.settings import Settings
from village_node.station import Station, open_station
from village_node.web.app import make_app
from village_node.web.edge import COOKIE

FOLDER = Path("screenshots")
MODES = {"phone": (390, 844), "desktop": (1280, 800)}


@dataclass(frozen=True)
class Village:
    station: Station
    client: TestClient  # type: ignore[type-arg]
    pages: dict[str, str]


@asynccontextmanager
async def open_village() -> AsyncIterator[Village]:
    """A station in the middle of its day."""
    time = Time()
    township = Township(time=time.at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    township.publish(pack())
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "node"
        node = await start(data, township, time)
        await node.sync.until_quiet()
        await node.close()
        settings = Settings(data=data, township="https://bmt.example.cn", printer=f"{folder}/lp0")
        way_in = opened(data, time)
        async with open_station(
            settings, township, opened=way_in, clock=time.clock, hasher=CHEAP, chance=lambda: 0.5
        ) as station:
            client = TestClient(TestServer(make_app(station)))
            await client.start_server()
            token = station.sessions.start(Clerk("c" * 32, "梁代办"))
            client.session.cookie_jar.update_cookies({COOKIE: token}, client.make_url("/"))
            try:
                yield Village(station, client, await morning(Browser(client), station, township, time))
            finally:
                await client.close()


def under(name: str) -> Pairs:
    """The usual form, for somebody else."""
    return [(key, name if key == "name" else value) for key, value in AID_FORM]


async def morning(clerk: Browser, station: Station, township: Township, time: Time) -> dict[str, str]:
    """What happened so far; gives the addresses to look at."""
    rids = []
    for name in ("谢春花", "贺老三", "曹家旺", "罗小红"):
        rids.append(rid_of(await filed(clerk, pairs=under(name))))
        time.pass_by(timedelta(minutes=7))
        township.time = time.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    money = rid_of(await errand(clerk))
    held, ready, fixing, _ = rids
    for rid, state, label in ((ready, "to_collect", "待领取"), (fixing, "need_fix", "待补正")):
        entry = await station.register.find(rid)
        assert entry is not None
        township.tell(
            CaseRow(
                rid=rid,
                srev=1,
                code=entry.tracking_code,
                number=entry.case_number,
                item=AID.code,
                item_name=AID.name,
                state=state,
                label=label,
                applicant=entry.applicant_name,
                received_ms=0,
                next_step="请带身份证到村里领取。" if state == "to_collect" else "请补交诊断证明。",
                missing=("诊断证明：要盖医院章",) if state == "need_fix" else (),
                steps=(
                    StepLine(at_ms=1_775_784_600_000, label="镇里收到"),
                    StepLine(at_ms=1_775_786_040_000, label=label),
                ),
            )
        )
    township.tell(
        HeldRow(
            rid="9" * 32,
            srev=1,
            seq=1,
            reason="E_INVALID",
            sentence="填写内容不符合要求，请照提示改好，再报一次。",
            about=held,
            what="case",
            wrong=("answers.members: too_large", "applicant.phone: mobile"),
        )
    )
    township.tell(NoticeRow(rid="n1", srev=1, title="明天大厅停电", text="后天照常办理。"))
    await station.sync.until_quiet()
    form = await clerk.get(f"/items/{AID.id}/new")
    await clerk.submit(form, AID_FORM[:8], do="auto")
    mine = await clerk.get(f"/items/{AID.id}/new")
    await clerk.submit(mine, AID_FORM[:6], do="save")
    rids.append(rid_of(await filed(clerk, pairs=under("廖冬生"))))
    cash = await clerk.get("/cash")
    listed = await clerk.post("/cash/hand-over", [("rid", cash.hidden("rid"))])
    second = rid_of(await errand(clerk, "0002"))
    await clerk.post(
        f"/cases/{fixing}/told", [("rid", secrets.token_hex(16)), ("how", "phone"), ("answer", "nobody")]
    )
    time.pass_by(timedelta(minutes=27))
    return {
        "home": "/",
        "items": "/items",
        "item": f"/items/{AID.id}",
        "form": f"/items/{AID.id}/new",
        "errand-form": f"/items/{WATER.id}/new",
        "draft": mine.action,
        "draft-taken": form.action,
        "case": f"/cases/{rids[-1]}?new=1",
        "case-held": f"/cases/{held}",
        "case-ready": f"/cases/{ready}",
        "case-fixing": f"/cases/{fixing}",
        "case-errand": f"/cases/{second}",
        "correct": f"/cases/{held}/correct",
        "slip": f"/cases/{money}/slip?paper=80",
        "slip-a5": f"/cases/{money}/slip?paper=a5",
        "calls": "/calls",
        "board": "/calls/board",
        "loudspeaker": "/calls/loudspeaker",
        "cash": "/cash",
        "cash-list": listed.url,
        "totals": "/totals",
        "stick": "/stick",
        "not-found": "/nowhere",
    }


async def take(words: list[str]) -> None:
    async with open_village() as village, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for mode, (width, height) in MODES.items():
            for name, path in village.pages.items():
                if not words or any(word in name for word in words):
                    await shoot(browser, village, f"{mode}-village-{name}", path, width=width, height=height)
        await browser.close()


async def shoot(
    browser: Chromium, village: Village, name: str, path: str, *, width: int, height: int
) -> None:
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    base = str(village.client.make_url("/"))
    token = village.station.sessions.start(Clerk("d" * 32, "贺帮办"))
    await context.add_cookies([{"name": COOKIE, "value": token, "url": base}])
    page = await context.new_page()
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text))
    answer = await page.goto(base.rstrip("/") + path)
    wide = await page.evaluate("document.documentElement.scrollWidth")
    await page.screenshot(path=FOLDER / f"{name}.png", full_page=True)
    too_wide = f" WIDE {wide}" if wide > width else ""
    sys.stdout.write(f"{answer.status if answer else 0} {name}{too_wide} {' '.join(problems)[:300]}\n")
    await context.close()


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take(sys.argv[1:]))
