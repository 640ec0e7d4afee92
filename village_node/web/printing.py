"""Printing what a case gives out: its slip, receipts for money and for a result, each print counted before it happens."""

import asyncio
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

from api_spec import face
from api_spec.paper import thermal
from api_spec.paper.slip import Paper, Slip, page
from village_node.desk.follow_ups import Visit
from village_node.desk.register import Entry
from village_node.desk.slips import money_slip, result_slip
from village_node.web import edge
from village_node.web.context import station
from village_node.web.edge import NOT_FOUND, Page, Refusal

THERMAL = "escpos"
DEVICE = "device"
SLIP_STYLESHEET = "/static/slip.css"


async def count_print(request: web.Request) -> web.Response:
    """Every print is logged before it happens; from the second on the slip is marked."""
    here, entry = station(request), await _entry(request)
    typed = dict(await edge.pairs(request))
    paper, of = typed.get("paper", Paper.ROLL.value), typed.get("of", "")
    if of:
        await here.journal.note(
            "printed", at_ms=here.clock.now_ms(), clerk_id=edge.clerk(request).id, rid=entry.rid, of=of[:40]
        )
    else:
        await here.register.count_print(entry.rid, clerk=edge.clerk(request), at_ms=here.clock.now_ms())
    if paper == DEVICE:
        await _to_printer(request, await _paper(request, await _entry(request), of))
        return edge.go(f"/cases/{entry.rid}?printed=1")
    query = urlencode({"of": of} if of else {})
    if paper == THERMAL:
        return edge.go(f"/cases/{entry.rid}/slip.bin?{query}".rstrip("?"))
    size = paper if paper in set(Paper) else Paper.ROLL.value
    return edge.go(f"/cases/{entry.rid}/slip?paper={size}" + (f"&{query}" if query else ""))


async def show_slip(request: web.Request) -> web.Response:
    entry = await _entry(request)
    paper = next((each for each in Paper if each.value == request.query.get("paper")), Paper.ROLL)
    html = await asyncio.to_thread(
        page,
        await _paper(request, entry, request.query.get("of", "")),
        paper=paper,
        stylesheet=SLIP_STYLESHEET,
        script=face.asset_url("face.js"),
    )
    return web.Response(text=html, content_type="text/html", headers=edge.HEADERS)


async def download_slip(request: web.Request) -> web.Response:
    """The slip as ESC/POS bytes, for a printer this page cannot reach."""
    entry = await _entry(request)
    slip = await _paper(request, entry, request.query.get("of", ""))
    return web.Response(
        body=await asyncio.to_thread(thermal.receipt, slip),
        content_type="application/octet-stream",
        headers={**edge.HEADERS, "Content-Disposition": f'attachment; filename="{entry.case_number}.bin"'},
    )


async def _paper(request: web.Request, entry: Entry, of: str) -> Slip:
    """The slip; or, by the id of what it is about, the receipt for money or for a result.

    Raises:
        Refusal: no such thing under this case.
    """
    if not of:
        return _marked(entry)
    here = station(request)
    line = await here.cash.find(of)
    if line is not None and line.case_rid == entry.rid:
        return money_slip(entry.slip, line)
    for each in await here.follow_ups.of_case(entry.rid):
        if each.rid == of and each.kind == Visit.RESULT:
            return result_slip(entry.slip, each)
    raise Refusal(*NOT_FOUND)


async def _to_printer(request: web.Request, slip: Slip) -> None:
    """Raises Refusal: no printer is set, or it does not answer."""
    device = station(request).settings.printer
    if not device:
        raise Refusal(409, "没有设置小票打印机", "请用“打印小票”从浏览器打印，或在启动时设置 --printer。")
    try:
        await asyncio.to_thread(_write_to_device, Path(device), slip)
    except OSError:
        raise Refusal(503, "打印机没有响应", "请检查打印机电源、纸和连线，然后再点一次打印。") from None


def _write_to_device(device: Path, slip: Slip) -> None:
    with device.open("wb", buffering=0) as printer:
        printer.write(thermal.receipt(slip))


def _marked(entry: Entry) -> Slip:
    """The slip with the number of this reprint; the first print carries none."""
    return replace(entry.slip, reprint=max(0, entry.prints - 1))


async def _entry(request: web.Request) -> Entry:
    entry = await station(request).register.find(request.match_info["rid"])
    if entry is None:
        raise Refusal(*NOT_FOUND)
    return entry


PAGES: tuple[Page, ...] = (
    Page("POST", "/cases/{rid}/print", count_print),
    Page("GET", "/cases/{rid}/slip", show_slip),
    Page("GET", "/cases/{rid}/slip.bin", download_slip),
)
