"""Forms as a browser would never send them, or as another site would: refused with a sentence, nothing written."""

from typing import Any

import pytest

from api_spec.openapi import PARAMETER
from api_spec.route import CITIZENS
from backend.app import pages
from backend.demo.staff import ALL as STAFF
from backend.edge import Page
from tests.contract.running import CITIZEN, NOBODY, NOT_THERE, Running
from tests.support.township import Answer

pytestmark = pytest.mark.usefixtures("nothing_is_written")

FORMS = tuple(page for page in pages() if page.method == "POST")
URLENCODED = "application/x-www-form-urlencoded"
BUTTONS = frozenset(
    {
        "/signout",
        "/staff/signout",
        "/signin/renew",
        "/staff/signin/renew",
        "/me/notices",
        "/me/consents/{consent_id}/withdraw",
        "/cases/drafts/{draft_id}/remove",
        "/staff/villages/{village_id}/code",
        "/staff/windows/{window_id}/call",
        "/staff/held/{held_id}/accept",
        "/staff/cases/{case_id}/hold",
        "/staff/cases/{case_id}/give-back",
        "/staff/enquiries/templates/{template_id}/drop",
        "/staff/roster/leaves/{leave_id}/end",
        "/staff/roster/hand-overs/{hand_over_id}/seen",
        "/staff/delegations/{delegation_id}/end",
        "/staff/people/{staff_id}/reset",
        "/staff/people/{staff_id}/disable",
        "/staff/people/{staff_id}/enable",
        "/staff/posts/{post_id}/end",
        "/staff/card/photo/remove",
        "/staff/cards/{staff_id}/photo/remove",
    }
)
"""Forms without a field: nothing in their body is read."""

UPLOADS = frozenset(
    {
        "/cases/drafts/{draft_id}/papers",
        "/staff/enrolment-file",
        "/staff/people/{staff_id}/posts",
        "/staff/people/{staff_id}/posts/{post_id}/scan",
        "/staff/card/photo",
        "/staff/cards/{staff_id}/photo",
    }
)
"""Forms that carry a file: in any other encoding they are refused unread."""

DEVICES = frozenset({"/kiosk/tickets", "/kiosk/check-in"})
"""Forms of a device with a code of its own: without it they are refused unread."""

MISSED = (404, 422)
"""Some forms look at their subject first, and some show themselves again with what is wrong."""

WITH_FIELDS = tuple(page for page in FORMS if page.path not in BUTTONS)


def visitor(page: Page) -> str:
    """Somebody the page lets in."""
    if not page.who:
        return NOBODY
    if page.who & CITIZENS:
        return CITIZEN
    usual = sorted(STAFF, key=lambda clerk: clerk.login not in ("director", "utility", "social", "admin"))
    return next(clerk.login for clerk in usual if clerk.role in page.who)


def address(page: Page, running: Running) -> str:
    return PARAMETER.sub(
        lambda found: "2026-04-14" if found[1] == "day" else running.known.get(found[1], [NOT_THERE])[0],
        page.path,
    )


async def post(
    running: Running, page: Page, data: Any = b"", *, kind: str = URLENCODED, **headers: str
) -> Answer:
    caller = await running.caller(visitor(page))
    sent = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
    cookies = {"bmt_session": caller.token} if caller.token else {}
    return await running.town.anyone.call(
        "POST", address(page, running), data=data, headers=sent, cookies=cookies
    )


def everywhere(
    running: Running, *statuses: int, data: Any = b"", kind: str = URLENCODED, **headers: str
) -> None:
    """Every form answers with one of these refusals, as a page in Chinese."""

    async def tried() -> list[str]:
        at_the_door = statuses == (403,)
        allowed = statuses if at_the_door else (*statuses, *MISSED)
        surprises = []
        for page in FORMS if at_the_door else WITH_FIELDS:
            answer = await post(running, page, data, kind=kind, **headers)
            unread = (answer.status == 415 and page.path in UPLOADS) or (
                answer.status == 401 and page.path in DEVICES
            )
            if not (answer.status in allowed or unread) or "。" not in answer.text:
                surprises.append(f"{page.path}: {answer.status}")
        return surprises

    surprises = running.ask(tried())
    assert not surprises, "\n".join(surprises)


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.test",
        "null",
        "http://[",
        "//",
        "http://127.0.0.1",
        "http://127.0.0.1:1",
        "http://127.0.0.1.evil.test",
        "file://",
    ],
)
def test_a_form_of_another_site_is_refused(running: Running, origin: str) -> None:
    everywhere(running, 403, data=b"version=1", Origin=origin)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "nonsense"])
def test_a_browser_that_says_another_site_sent_it_is_believed(running: Running, site: str) -> None:
    """Some browsers leave Origin out of a form's request; Sec-Fetch-Site they never do."""
    everywhere(running, 403, data=b"version=1", Sec_Fetch_Site=site)


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "text/plain", "application/json", ""])
def test_another_encoding_is_refused(running: Running, kind: str) -> None:
    everywhere(
        running,
        415,
        data=b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--\r\n',
        kind=kind,
    )


@pytest.mark.parametrize(
    "charset", ["utf-16", "utf-7", "gb18030", "hex", "zlib", "undefined", "nonsense", "idna"]
)
def test_another_alphabet_is_refused(running: Running, charset: str) -> None:
    everywhere(running, 415, data=b"version=1", kind=f"{URLENCODED}; charset={charset}")


BROKEN = {
    "nul": b"note=%00",
    "nul in a name": b"no%00te=1",
    "bare nul": b"note=\x00",
    "not utf-8": b"note=%ff",
    "bare not utf-8": b"note=\xff\xfe",
    "half a character": b"note=%ed%a0%80",
    "overlong": b"note=%c0%80",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_cannot_be_read_as_text_is_refused(running: Running, data: bytes) -> None:
    everywhere(running, 422, data=data)


def test_a_megabyte_is_refused(running: Running) -> None:
    everywhere(running, 413, data=b"note=" + b"x" * 1_000_000)


def test_ten_thousand_fields_are_refused(running: Running) -> None:
    everywhere(running, 413, data=b"&".join(b"a%d=1" % number for number in range(10_000)))
