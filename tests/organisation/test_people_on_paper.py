"""Posts on paper: an approval right needs its document and ends on its day; a department attests with one yes or no."""

import re
from datetime import date, timedelta

import pytest
from aiohttp import FormData

from api_spec.errors import ErrorCode
from api_spec.vocabulary import Role
from backend.faults import Fault
from backend.organisation.rules import Assignment, advice, check_assignment
from tests.blobs.pictures import photo
from tests.support.township import Caller, Town

TODAY = date(2026, 4, 10)
FIT = {
    "keeps_rules": True,
    "knows_process": True,
    "uses_computer": True,
    "speaks_mandarin": True,
    "under_45": True,
    "nothing_against": True,
}


def attested(**more: bool) -> Assignment:
    return Assignment(**{**FIT, **more}, attested_by="部门负责人", attested_on=TODAY)


@pytest.mark.plan(33)
@pytest.mark.parametrize("missing", ["keeps_rules", "knows_process", "uses_computer", "speaks_mandarin"])
def test_what_the_department_does_not_attest_stops_the_assignment(missing: str) -> None:
    with pytest.raises(Fault) as refused:
        check_assignment(attested(**{missing: False}), today=TODAY)
    assert [wrong.field for wrong in refused.value.wrong] == [missing]


@pytest.mark.plan(33)
def test_an_age_over_45_is_pointed_out_and_stops_nothing() -> None:
    older = attested(under_45=False)
    check_assignment(older, today=TODAY)
    assert len(advice(older)) == 1
    assert advice(attested()) == ()


@pytest.mark.plan(34)
def test_one_yes_or_no_says_all_and_no_field_could_hold_a_reason() -> None:
    with pytest.raises(Fault) as refused:
        check_assignment(attested(nothing_against=False), today=TODAY)
    assert refused.value.code is ErrorCode.FORM_INVALID
    kept = {name for name in Assignment.__dataclass_fields__ if name not in FIT}
    assert kept == {"attested_by", "attested_on"}


def form_of(town: Town, role: Role, *, scan: bytes = b"", days: int = 30, **more: str) -> FormData:
    """An appointment as the page sends it, to the department of the judicial office."""
    department = next(
        card.department_id
        for card in town.office.catalogue.shelf(town.tenant_id).pack.windows
        if card.type.value == "justice"
    )
    values = {
        "role": role.value,
        "department_id": department,
        "document": "三司任〔2026〕3号",
        "valid_from": TODAY.isoformat(),
        "valid_to": (TODAY + timedelta(days=days)).isoformat(),
        **dict.fromkeys(FIT, "yes"),
        "attested_by": "司法所负责人",
        "attested_on": TODAY.isoformat(),
        **more,
    }
    sent = FormData({name: value for name, value in values.items() if value})
    sent.add_field("scan", scan, filename="任命.jpg", content_type="image/jpeg")
    return sent


async def newcomer(admin: Caller, login: str) -> tuple[str, str]:
    """A new account by page: its id and first password."""
    made = await admin.send("/staff/people/new", {"login_name": login, "name": "新来的"})
    assert made.status == 200
    staff_id = re.search(r"/staff/people/([0-9a-f]{32})", made.text)
    password = re.search(r'code figure">([^<]+)<', made.text)
    assert staff_id
    assert password
    return staff_id[1], password[1]


@pytest.mark.plan(28, 29)
async def test_an_approval_right_waits_for_its_scan_is_the_only_one_and_lapses(town: Town) -> None:
    admin = await town.staff("admin")
    person, _ = await newcomer(admin, "zhangsan")
    page, appoint = f"/staff/people/{person}", f"/staff/people/{person}/posts"

    taken = await admin.send(appoint, form_of(town, Role.GROUP_LEADER))
    assert taken.status == 409
    assert "冲突" in taken.text  # the department has its 组长

    given = await admin.send(appoint, form_of(town, Role.BACK_OFFICE))
    assert given.status == 303
    item = next(i for i in await town.office.catalogue.items(town.tenant_id) if i.window.value == "justice")

    async def may_approve(day: date) -> bool:
        return await town.office.people.covers(person, item.id, role=Role.BACK_OFFICE, day=day)

    assert not await may_approve(TODAY)
    shown = (await admin.page(page)).text
    assert "审批权未生效" in shown
    assert "缺任命文件" in (await admin.page("/staff/people?show=paper")).text
    add = re.search(rf"{page}/posts/[0-9a-f]{{32}}/scan", shown)
    assert add

    broken = FormData()
    broken.add_field("scan", b"not a picture", filename="x.jpg", content_type="image/jpeg")
    assert (await admin.send(add[0], broken)).status == 422
    scan = FormData()
    scan.add_field("scan", photo(), filename="任命.jpg", content_type="image/jpeg")
    assert (await admin.send(add[0], scan)).status == 303
    assert await may_approve(TODAY)
    assert await may_approve(TODAY + timedelta(days=30))
    assert not await may_approve(TODAY + timedelta(days=31))

    picture = re.search(r"/staff/posts/[0-9a-f]{32}/scan/1", (await admin.page(page)).text)
    assert picture
    assert (await admin.page(picture[0])).body[:3] == b"\xff\xd8\xff"
    assert (await (await town.staff("social")).page(picture[0])).status == 403
    assert "zhangsan" in (await admin.page("/staff/people?show=soon")).text


@pytest.mark.plan(29)
async def test_on_the_day_after_the_last_the_right_is_gone_at_the_door(town: Town) -> None:
    admin = await town.staff("admin")
    person, password = await newcomer(admin, "lisi")
    given = await admin.send(
        f"/staff/people/{person}/posts", form_of(town, Role.BACK_OFFICE, scan=photo(), days=1)
    )
    assert given.status == 303
    door = {"login_name": "lisi", "password": password}
    assert (await town.anyone.post("/v1/staff/session", door)).status == 201
    town.clock.advance(timedelta(days=1))
    assert (await town.anyone.post("/v1/staff/session", door)).status == 201
    town.clock.advance(timedelta(days=1))
    refused = await town.anyone.post("/v1/staff/session", door)
    assert (refused.status, refused.code) == (403, "not_allowed")


@pytest.mark.plan(33, 34)
async def test_a_clerk_is_sent_to_a_window_with_the_departments_word(town: Town) -> None:
    admin = await town.staff("admin")
    person, _ = await newcomer(admin, "wangwu")
    appoint = f"/staff/people/{person}/posts"
    window = next(
        card.id
        for card in town.office.catalogue.shelf(town.tenant_id).pack.windows
        if card.type.value == "justice"
    )
    refused = await admin.send(appoint, form_of(town, Role.WINDOW, window_ids=window, nothing_against=""))
    assert refused.status == 422
    assert "部门没有确认" in refused.text
    assert (await town.office.people.accounts.member(town.tenant_id, person)).posts == ()
    taken = await admin.send(appoint, form_of(town, Role.WINDOW, window_ids=window, under_45=""))
    assert taken.status == 303
    shown = (await admin.page(f"/staff/people/{person}")).text
    assert "原则上应选 45 周岁以下" in shown
    ended = re.search(r"/staff/posts/[0-9a-f]{32}/end", shown)
    assert ended
    assert (await admin.send(ended[0], {})).status == 303
    assert "已结束" in (await admin.page(f"/staff/people/{person}")).text
    reset = await admin.send(f"/staff/people/{person}/reset", {})
    assert "只显示这一次" in reset.text
    assert (await admin.send(f"/staff/people/{person}/disable", {})).status == 303
