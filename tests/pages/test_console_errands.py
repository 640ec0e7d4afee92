"""Errands, their money and the villages in the console, by forms as a browser sends them."""

import re
from datetime import timedelta

import pytest

from api_spec.china_time import day_in_china
from tests.pages.sample import Sample, answers, fill
from tests.support.township import Answer, Caller, Town, id_number


@pytest.fixture
async def clerk(town: Town) -> Caller:
    return await town.staff("utility")


@pytest.fixture
async def centre(town: Town) -> Caller:
    return await town.staff("centre")


@pytest.fixture
async def made(town: Town) -> Sample:
    return await fill(town.office, at=town.clock())


def hidden(page: Answer, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return found[1]


async def act(who: Caller, errand: str, action: str, **form: str) -> Answer:
    page = await who.page(errand)
    assert f'name="action" value="{action}"' in page.text, f"{action} is not offered"
    return await who.send(f"{errand}/act", {"version": hidden(page, "version"), "action": action, **form})


async def pay(who: Caller, errand: str, move: str, amount: str, **form: str) -> Answer:
    rid = hidden(await who.page(errand), "rid")
    return await who.send(f"{errand}/money", {"rid": rid, "move": move, "amount": amount, **form})


async def taken(town: Town, clerk: Caller, **more: str) -> str:
    """An errand asked for at the window; gives its address."""
    item = town.office.catalogue.item_now(town.tenant_id, town.item("SD-049"))
    path = f"/staff/intake/{item.id}"
    said = answers(item, "", today=day_in_china(town.clock()))
    form = {
        "rid": hidden(await clerk.page(path), "rid"),
        "situation": "",
        "channel": "window",
        "applicant.kind": "person",
        "applicant.name": "演示人",
        "applicant.document_type": "id_card",
        "applicant.document_number": id_number(701),
        "applicant.phone": "13800000001",
        **{f"paper.{paper.code}": "present" for paper in item.materials},
        **{f"answers.{name}": "yes" if value is True else str(value) for name, value in said.items()},
        **more,
    }
    answer = await clerk.send(path, form)
    assert answer.status == 303, answer.text
    return answer.headers["Location"]


def signed(town: Town) -> dict[str, str]:
    """Both consents as signed on paper."""
    until = day_in_china(town.clock()) + timedelta(days=30)
    return {
        "paper": "委〔2026〕7号",
        "mandate.relation": "entrusted",
        "mandate.valid_until": until.isoformat(),
        "mandate.method": "wet_ink",
        "sharing": "yes",
    }


async def test_an_errand_goes_to_the_partner_and_comes_back(
    town: Town, clerk: Caller, centre: Caller
) -> None:
    errand = await taken(town, clerk)
    assert (await act(clerk, errand, "consent", **signed(town))).status == 303
    assert (await act(clerk, errand, "take")).status == 303
    listed = await clerk.send("/staff/handovers", {"partner": "water", "errand": errand.rsplit("/", 1)[-1]})
    assert listed.status == 303, listed.text
    partner = await town.staff("water-partner")
    sheet = await partner.send(f"{listed.headers['Location']}/sign", {"receipt": "水受0410"})
    assert sheet.status == 303, sheet.text
    done = await act(
        partner, errand, "complete", note="已装表通水", reference="户号 3301", papers_returned="yes"
    )
    assert done.status == 303, done.text
    shown = (await centre.page(errand)).text
    assert all(words in shown for words in ("已办结", "已装表通水", "水受0410", "有效"))


async def test_an_errand_is_consented_to_at_once_when_it_is_taken(town: Town, clerk: Caller) -> None:
    errand = await taken(town, clerk, with_mandate="yes", **signed(town))
    shown = (await clerk.page(errand)).text
    assert "已单独同意" in shown
    assert 'name="action" value="take"' in shown


async def test_the_two_consents_are_asked_apart(town: Town, clerk: Caller) -> None:
    errand = await taken(town, clerk)
    without = {name: value for name, value in signed(town).items() if name != "sharing"}
    refused = await act(clerk, errand, "consent", **without)
    assert refused.status == 422
    assert "单独同意" in refused.text
    assert "委〔2026〕7号" in refused.text


async def test_money_is_taken_paid_and_returned_with_a_receipt_each(clerk: Caller, made: Sample) -> None:
    errand = f"/staff/errands/{made.errand.errand_id}"
    receipt = await pay(clerk, errand, "returned", "49.50")
    assert receipt.status == 303, receipt.text
    shown = (await clerk.page(receipt.headers["Location"])).text
    assert all(words in shown for words in ("退还收据", "¥49.50", "¥0.00", made.errand.number))


@pytest.mark.parametrize(
    ("move", "amount", "words"),
    [
        ("returned", "49.51", "金额对不上"),
        ("taken", "一百", "金额"),
        ("paid", "10", "企业开的收据号"),
    ],
)
async def test_money_that_cannot_be_is_refused_with_what_was_typed(
    clerk: Caller, made: Sample, move: str, amount: str, words: str
) -> None:
    answer = await pay(clerk, f"/staff/errands/{made.errand.errand_id}", move, amount)
    assert answer.status == 422
    assert words in answer.text
    assert f'value="{amount}"' in answer.text


@pytest.mark.usefixtures("made")
async def test_a_day_closes_only_when_the_drawer_agrees(centre: Caller) -> None:
    day = hidden(await centre.page("/staff/money"), "day")
    wrong = await centre.send("/staff/money/close", {"day": day, "counted": "50"})
    assert wrong.status == 422
    assert "金额对不上" in wrong.text
    assert (await centre.send("/staff/money/close", {"day": day, "counted": "49.50"})).status == 303
    assert "已结账" in (await centre.page("/staff/money")).text


@pytest.mark.usefixtures("made")
async def test_the_window_sees_the_books_but_does_not_close_them(clerk: Caller) -> None:
    assert "由中心工作人员结账" in (await clerk.page("/staff/money")).text
    assert (await clerk.send("/staff/money/close", {"day": "2026-04-10", "counted": "1"})).status == 403


async def test_nothing_ticked_makes_no_list(clerk: Caller) -> None:
    answer = await clerk.send("/staff/handovers", {"partner": "water"})
    assert answer.status == 422
    assert "请先勾选" in answer.text


async def test_a_partner_sees_only_what_was_handed_to_it(town: Town, made: Sample) -> None:
    water, power = await town.staff("water-partner"), await town.staff("power-partner")
    errand = f"/staff/errands/{made.errand.errand_id}"
    assert (await power.page(errand)).status == 404
    assert made.errand.number not in (await power.page("/staff/errands")).text
    sheet = f"/staff/handovers/{made.handover}"
    assert (await water.page(sheet)).status == 200
    assert (await power.page(sheet)).status == 404


async def test_an_enrolment_code_is_shown_once_with_its_qr_code(town: Town) -> None:
    director = await town.staff("director")
    village = town.office.catalogue.shelf(town.tenant_id).villages[0]
    shown = await director.send(f"/staff/villages/{village.id}/code", {})
    assert shown.status == 200
    code = re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{1,5}){5}", shown.text)
    assert code
    assert "<svg" in shown.text
    assert village.name in shown.text
    assert (
        f"python -m village_node enrol --data 数据文件夹 --township https://sandu.test --code {code[0]}"
        in shown.text
    )
    assert code[0] not in (await director.page("/staff/villages")).text


async def test_only_those_who_keep_the_nodes_make_codes(town: Town, centre: Caller) -> None:
    village = town.office.catalogue.shelf(town.tenant_id).villages[0]
    assert "生成登记码" not in (await centre.page("/staff/villages")).text
    assert (await centre.send(f"/staff/villages/{village.id}/code", {})).status == 403


async def test_an_empty_list_of_held_records_says_so(centre: Caller) -> None:
    assert "没有要处理的记录" in (await centre.page("/staff/held")).text
    assert (await centre.send(f"/staff/held/{'0' * 32}/dismiss", {"reason": "测试"})).status == 404
