"""The director loads a holiday notice with a preview; everybody may count working days."""

import io

import pytest
from aiohttp import FormData

from backend.catalogue.sheet_files import to_xlsx
from tests.support.township import Caller, Town

NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕9号
元旦：1月1日（周五）至3日（周日）放假，共3天。
春节：2月6日至12日放假调休，共7天。2月14日（周日）上班。
清明节：4月5日放假。劳动节：5月1日至5日放假调休，共5天。端午节：6月9日放假。中秋节：9月15日放假。
国庆节：10月1日（周四）至7日（周四）放假调休，共7天。
"""
"""Made up, with one weekday that is wrong."""


@pytest.fixture
async def director(town: Town) -> Caller:
    return await town.staff("director")


@pytest.mark.plan(38)
async def test_a_pasted_notice_is_shown_before_it_counts(town: Town, director: Caller) -> None:
    calendar = town.office.hall.calendar
    before = calendar().version
    preview = await director.send("/staff/calendar/preview", {"text": NOTICE})
    assert preview.status == 200
    for word in (
        "2027 年全年",
        "国办发明电〔2026〕9号",
        "首次公布",
        "通知写10月1日是周四，2027 年这一天是周五。",
    ):
        assert word in preview.text
    assert calendar().version == before

    form = {"text": NOTICE, "year": "2027"}
    unread = await director.send("/staff/calendar", form)
    assert (unread.status, calendar().version) == (422, before)
    assert "请先对照通知原文核对" in unread.text
    done = await director.send("/staff/calendar", {**form, "compared": "yes"})
    assert done.status == 303
    assert calendar().version in done.headers["Location"]
    page = await director.page(done.headers["Location"])
    assert "新的安排已经生效" in page.text
    answer = await town.anyone.get("/v1/workdays?from=2026-12-31&days=1")
    assert (answer.json["due"], answer.json["provisional"]) == ("2027-01-04", False)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_a_table_is_carried_from_the_preview_to_the_calendar(
    town: Town, director: Caller, kind: str
) -> None:
    rows = [["日期", "类别", "节日"], ["2027-01-01", "放假", "元旦"], ["2027-01-03", "上班", "元旦"]]
    text = "\n".join(",".join(row) for row in rows).encode("utf-8-sig")
    content = to_xlsx({"节假日": rows}) if kind == "xlsx" else text
    form = FormData()
    form.add_field("file", io.BytesIO(content), filename=f"holidays.{kind}")
    preview = await director.send("/staff/calendar/preview", form)
    assert preview.status == 200
    carried = preview.text.split('<textarea name="text" hidden>')[1].split("</textarea>")[0]
    assert (await director.send("/staff/calendar", {"text": carried})).status == 303
    assert 2027 in town.office.hall.calendar().known_years


@pytest.mark.parametrize(
    ("form", "word"),
    [
        ({}, "请把通知全文粘贴进来。"),
        ({"text": "元旦：1月1日放假。"}, "通知里没有写是哪一年"),
        ({"text": "元旦：1月4日上班。", "year": "2027"}, "本来就上班"),
    ],
)
async def test_what_cannot_be_read_is_said_and_kept_in_the_form(
    director: Caller, form: dict[str, str], word: str
) -> None:
    refused = await director.send("/staff/calendar/preview", form)
    assert refused.status == 422
    assert word in refused.text
    assert form.get("text", "") in refused.text


async def test_only_the_director_and_the_administrator_change_the_calendar(town: Town) -> None:
    centre = await town.staff("centre")
    assert "录入通知" not in (await centre.page("/staff/calendar")).text
    for path in ("/staff/calendar", "/staff/calendar/preview"):
        assert (await centre.send(path, {"text": NOTICE})).status == 403


async def test_everybody_may_count_working_days(town: Town) -> None:
    page = await town.anyone.page("/hall/workdays?start=2026-09-24&days=5")
    assert "最后一天是 10月9日（周五）" in page.text
    assert "中秋节" in page.text
    assert "暂定" not in page.text
    assert "暂定" in (await town.anyone.page("/hall/workdays?start=2026-12-31&days=1")).text
    assert (await town.anyone.page("/hall/workdays")).status == 200
    wrong = await town.anyone.page("/hall/workdays?start=x&days=9999")
    assert wrong.status == 422
    assert "请填一个日期" in wrong.text
