"""Personal data of staff are kept no longer than needed, and how long is the township's to set (plan, clause 66)."""

from datetime import timedelta

import pytest

from api_spec.vocabulary import Role
from backend import db
from backend.organisation.keeping import Keeping
from backend.settings import load
from tests.blobs.pictures import photo
from tests.organisation.test_board import person_on_board, picture
from tests.organisation.test_people_on_paper import form_of, newcomer
from tests.support.township import Town


async def kept() -> tuple[int, int]:
    """Scans and attestations there are."""
    found = await db.row(
        "SELECT (SELECT COUNT(*) FROM appointment_paper) AS scans, (SELECT COUNT(*) FROM assignment) AS forms"
    )
    assert found
    return found["scans"], found["forms"]


@pytest.mark.plan(66)
async def test_portraits_go_with_the_last_post_and_papers_after_the_days_that_were_set(town: Town) -> None:
    admin, clerk = await town.staff("admin"), await town.staff("justice")
    assert (await clerk.send("/staff/card/photo", picture(agreed="yes"))).status == 303
    person, _ = await newcomer(admin, "zhangsan")
    post = (await clerk.get("/v1/staff/me")).json["posts"][0]
    given = form_of(town, Role.WINDOW, scan=photo(), days=10, window_ids=post["window_ids"][0])
    assert (await admin.send(f"/staff/people/{person}/posts", given)).status == 303
    keeping = Keeping(town.office.catalogue, town.office.people, papers_days=30)

    assert await keeping.run(town.clock()) == 0
    assert (await admin.post(f"/v1/staff/posts/{post['id']}/end")).status == 204
    assert await keeping.run(town.clock()) == 1
    assert (await person_on_board(town.anyone, "司法窗口甲"))["photo_path"] == ""

    assert await kept() == (1, 1)
    town.clock.advance(timedelta(days=40))
    assert await keeping.run(town.clock()) == 0
    town.clock.advance(timedelta(days=1))
    assert await keeping.run(town.clock()) == 2
    assert await kept() == (0, 0)


@pytest.mark.plan(66)
def test_half_a_year_is_set_unless_the_township_sets_another() -> None:
    assert load({"BMT_MODE": "demo"}).staff_papers_days == 183
    assert load({"BMT_STAFF_PAPERS_DAYS": "20", "BMT_MODE": "demo"}).staff_papers_days == 20
