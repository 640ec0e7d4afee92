"""The hall's devices as a browser brings them: registered, set up, with something to show."""

import re
from datetime import timedelta

from api_spec.vocabulary import DeviceKind, WindowType
from tests.support.township import Town


async def paired(town: Town) -> dict[str, str]:
    """Cookies of a wall, a kiosk and a rating device at window 1 that is just asking."""
    director = await town.staff("director")
    found = {}
    for kind in DeviceKind:
        made = await director.post("/v1/staff/hall/devices", {"kind": kind.value, "name": "门口"})
        found[f"bmt_{kind.value}"] = made.json["code"].replace("-", "")
    page = (await director.page("/staff/reviews/terminals")).text
    window = re.search(r'value="([0-9a-f]{32})">1号', page)
    assert window
    told = await director.send("/staff/reviews/terminals", {"window": window[1]})
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4})+", told.text)
    assert code
    started = await town.anyone.send("/terminal/start", {"code": code[0]})
    token = re.search(r"bmt_terminal=([^;]+);", started.headers["Set-Cookie"])
    assert token
    found["bmt_terminal"] = token[1]
    clerk = await town.staff("social")
    assert (await clerk.send("/staff/reviews/ask", {"window": window[1]})).status == 303
    return found


async def busy(town: Town) -> None:
    """People wait in several queues, and four windows called."""
    for queue in (WindowType.SOCIAL,) * 5 + (WindowType.AGRICULTURE,) * 3 + (WindowType.HOUSEHOLD,) * 2:
        await town.office.appointments.take_ticket(queue, None, tenant_id=town.tenant_id, at=town.clock())
    for who in ("agriculture", "household", "social", "social"):
        clerk = await town.staff(who)
        window = re.search(r"/staff/calling/([0-9a-f]{32})/next", (await clerk.page("/staff/calling")).text)
        assert window
        town.clock.advance(timedelta(minutes=1))
        await clerk.send(f"/staff/calling/{window[1]}/next", {})
