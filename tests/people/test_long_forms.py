"""Whoever types longer than a token lives loses nothing."""

from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from aiohttp import ClientResponse

from backend.demo.staff import PASSWORD
from tests.support.township import Town

LONGER_THAN_A_TOKEN = timedelta(hours=1)
WISH = {"current_password": PASSWORD, "new_password": "x", "repeated": "x"}


class Browser:
    """Sends forms with the cookies it was given, and follows nothing by itself."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._cookies: dict[str, str] = {}

    async def send(self, path: str, form: dict[str, Any]) -> ClientResponse:
        origin = str(self._town.client.make_url("/")).rstrip("/")
        answer = await self._town.client.post(
            path, data=form, headers={"Origin": origin}, cookies=self._cookies, allow_redirects=False
        )
        for line in answer.headers.getall("Set-Cookie", []):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        await answer.read()
        return answer


async def test_a_form_sent_with_a_token_that_has_run_out_is_taken_all_the_same(town: Town) -> None:
    browser = Browser(town)
    await browser.send("/staff/signin", {"login_name": "director", "password": PASSWORD})
    town.clock.advance(LONGER_THAN_A_TOKEN)
    sent = await browser.send("/staff/password", WISH)
    assert sent.status == 307
    renewed = await browser.send(sent.headers["Location"], WISH)
    assert (renewed.status, renewed.headers["Location"]) == (307, "/staff/password")
    taken = await browser.send("/staff/password", WISH)
    assert taken.status == 422, "the form itself is judged, not the token"


async def test_a_form_without_any_sign_in_left_leads_to_the_door(town: Town) -> None:
    answer = await Browser(town).send("/staff/signin/renew?next=/staff/password", {})
    assert (answer.status, answer.headers["Location"]) == (303, "/staff/signin?next=/staff/password")
