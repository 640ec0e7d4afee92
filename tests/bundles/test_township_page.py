"""U 盘导入 at the township: the page and the command; who may, what is shown, what is refused."""

import re

import pytest
from aiohttp import FormData

from tests.bundles.desk import Desk, bring, state
from tests.support.township import Answer, Town
from village_node.sync.outbox import append

POISON = b'{"kind":"case","rid":"%s","rev":1}' % (b"f" * 32)


async def send(town: Town, login: str, content: bytes, *, field: str = "file", name: str = "a.gtb") -> Answer:
    """The form as a browser sends it."""
    form = FormData()
    form.add_field(field, content, filename=name, content_type="application/octet-stream")
    caller = await town.staff(login)
    origin = str(town.client.make_url("/")).rstrip("/")
    return await type(caller)(town.client).call(
        "POST",
        "/staff/bundles",
        data=form,
        cookies={"bmt_session": caller.token},
        headers={"Origin": origin},
    )


async def test_staff_bring_a_stick_and_see_what_became_of_it(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    await desk.pc.database.write(
        lambda tx: append(tx, rid="f" * 32, rev=1, kind="case", body=POISON, now_ms=1)
    )
    over = await desk.export()
    [part] = [(desk.last_stick / part.name).read_bytes() for part in over.parts]
    sent = await send(town, "centre", part)
    assert sent.status == 303
    centre = await town.staff("centre")
    page = await centre.page(sent.headers["Location"])
    text = re.sub(r"<[^>]+>", "", page.text)
    assert "2 条，其中新收 2 条" in text
    assert "1 条（去处理）" in text
    assert over.parts[0].digest.hex()[:4] in text

    reply = await centre.page(f"{sent.headers['Location']}/reply")
    assert reply.headers["Content-Disposition"].startswith("attachment")
    await desk.take_reply(reply.body)
    assert await desk.pc.waiting() == 0
    assert "村" in (await centre.page("/staff/bundles")).text


@pytest.mark.parametrize("name", ["../../etc/passwd", "C:\\x.gtb", "长" * 300, "一.gtb"])
async def test_the_name_of_the_file_means_nothing(desk: Desk, town: Town, name: str) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    sent = await send(town, "centre", part, name=name)
    assert sent.status == 303
    reply = await (await town.staff("centre")).page(f"{sent.headers['Location']}/reply")
    assert re.fullmatch(
        r'attachment; filename="huizhi-[0-9a-f]{8}\.gtb"', reply.headers["Content-Disposition"]
    )


@pytest.mark.parametrize("content", [b"", b"x" * 10, b"\x89GTB\r\n\x1a\n" + bytes(100_000)])
async def test_what_is_no_bundle_is_refused_in_a_sentence(town: Town, content: bytes) -> None:
    refused = await send(town, "centre", content)
    assert refused.status == 422
    assert "没有导入" in refused.text


async def test_a_form_without_a_file_is_refused(town: Town) -> None:
    assert (await send(town, "centre", b"x", field="other")).status == 422
    centre = await town.staff("centre")
    assert (await centre.send("/staff/bundles", {"file": "x"})).status == 422


@pytest.mark.parametrize("login", ["social", "auditor"])
async def test_only_those_who_look_after_villages_may(desk: Desk, town: Town, login: str) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    assert (await send(town, login, part)).status == 403
    assert (await state(town.office.vault))["cases"] == []


async def test_another_sites_form_is_refused(town: Town) -> None:
    caller = await town.staff("centre")
    refused = await type(caller)(town.client).call(
        "POST",
        "/staff/bundles",
        data=b"",
        cookies={"bmt_session": caller.token},
        headers={"Origin": "https://elsewhere.example"},
    )
    assert refused.status == 403


async def test_the_reply_of_a_stranger_cannot_be_fetched(town: Town) -> None:
    centre = await town.staff("centre")
    assert (await centre.page(f"/staff/bundles/{'0' * 32}")).status == 404
    assert (await centre.page(f"/staff/bundles/{'0' * 32}/reply")).status == 404


async def test_nothing_that_was_received_stays_behind(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    assert (await bring(town, part)).status == 200
    assert (await bring(town, part[:-1])).status == 422
    left = sorted(path.suffix for path in (town.office.settings.data / "bundles").iterdir())
    assert left == [".gtb"]


async def test_the_import_is_in_the_audit_log(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    await send(town, "centre", part)
    entries = await town.office.audit.about(town.tenant_id, "node", str(desk.pc.number))
    assert entries[-1].action.value == "import_bundle"
    assert entries[-1].actor_id == (await town.staff("centre")).id
    assert set(entries[-1].facts) == {"bundle", "part", "records", "taken"}


async def test_one_of_ours_over_the_line_has_no_person_in_the_log(desk: Desk, town: Town) -> None:
    await desk.pc.file()
    [part] = await desk.parts()
    await bring(town, part)
    entries = await town.office.audit.about(town.tenant_id, "node", str(desk.pc.number))
    assert entries[-1].actor_id == "system"
