"""Finished matters and served people of a test township, made over HTTP."""

import re
from datetime import timedelta

from api_spec.review_terms import Occasion
from api_spec.vocabulary import CaseAction, DeliveryMethod, Outcome, Role
from backend.cases.case import EventFacts
from backend.cases.service import Command, FiledCase
from tests.pages.sample import Bench, accept
from tests.support.township import Answer, Caller, Town


async def finished(town: Town, *, owner: str = "") -> FiledCase:
    """A case of the social window that went all the way."""
    bench = Bench(town.office, at=town.clock())
    item, filed = await bench.file("SD-008", "谢春花", owner=owner)
    await bench.move(
        item,
        filed,
        (Role.WINDOW, accept(item)),
        (Role.WINDOW, Command(action=CaseAction.DECIDE, facts=EventFacts(outcome=Outcome.GRANTED))),
        (Role.WINDOW, Command(action=CaseAction.MAKE_READY)),
        (
            Role.WINDOW,
            Command(
                action=CaseAction.DELIVER, facts=EventFacts(method=DeliveryMethod.WINDOW, proof="本人签收")
            ),
        ),
        (Role.WINDOW, Command(action=CaseAction.FINISH)),
    )
    return filed


async def link(town: Town, filed: FiledCase) -> str:
    """The rating link of a finished case, as its applicant is sent it."""
    found = await town.office.reviews.link_of_subject(Occasion.CASE, filed.case_id, at=town.clock())
    assert found
    return found


async def bad_review(town: Town, *, callback: str = "", words: str = "等了两个小时") -> str:
    """The address of a bad rating in hand, as the service desk finds it."""
    filed = await finished(town)
    sent = await town.anyone.send(
        await link(town, filed),
        {"level": "bad", "reason": "efficiency", "words": words, "callback": callback},
    )
    assert sent.status == 303, sent.text
    listed = await (await town.staff("service")).page("/staff/reviews/bad")
    found = re.findall(r'href="(/staff/reviews/bad/[0-9a-f]{32})"', listed.text)
    assert found, listed.text
    return str(found[-1])


async def act(who: Caller, place: str, action: str, **more: str) -> Answer:
    """One move of something in hand, at the version its page shows."""
    page = await who.page(place)
    assert page.status == 200, page.text
    version = re.search(r'name="version" value="(\d+)"', page.text)
    form = {"action": action, "version": version[1] if version else "1", **more}
    return await who.send(place, form)


def days(number: int) -> timedelta:
    return timedelta(days=number)
