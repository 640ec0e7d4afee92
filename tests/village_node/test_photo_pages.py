"""Photos over the clerk's page, as a browser without scripts sends them."""

import json
import re
from dataclasses import dataclass
from io import BytesIO

import pytest
from aiohttp import FormData

from api_spec import records
from api_spec.record_parts import Mandate, SigningMethod
from tests.village_node import pictures as make
from tests.village_node.browser import Browser, Shown, _shown, rid_of
from tests.village_node.packs import AID, AID_FORM
from tests.village_node.township import Township
from village_node.photos.photo_links import PhotoState
from village_node.photos.pictures import LARGEST_RAW_BYTES, Refused
from village_node.station import Station

PHOTO = make.phone_photo(800, 600)
OTHER = make.phone_photo(800, 600, seed=2)
Files = list[tuple[str, bytes]]


@dataclass
class Sender:
    """Sends forms with files, from the page's own origin."""

    clerk: Browser

    async def post(self, path: str, pairs: list[tuple[str, str]], files: Files) -> Shown:
        form = FormData(default_to_multipart=True)
        for key, value in pairs:
            form.add_field(key, value)
        for at, (name, content) in enumerate(files):
            form.add_field(name, BytesIO(content), filename=f"IMG_{at}.jpg", content_type="image/jpeg")
        origin = str(self.clerk.client.make_url("")).rstrip("/")
        headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
        return await _shown(await self.clerk.client.post(path, data=form, headers=headers))

    async def new_form(self) -> Shown:
        return await self.clerk.get(f"/items/{AID.id}/new")

    async def submit(
        self, form: Shown, pairs: list[tuple[str, str]], files: Files, do: str = "file"
    ) -> Shown:
        control = [("item", form.hidden("item")), ("version", form.hidden("version")), ("do", do)]
        control += [("tab", form.hidden("tab"))] if 'name="tab"' in form.html else []
        return await self.post(form.action, control + pairs, files)


@pytest.fixture
def sender(clerk: Browser) -> Sender:
    return Sender(clerk)


def kept_in(form: Shown) -> list[tuple[str, str]]:
    """The photos a form holds, as its hidden fields."""
    return re.findall(r'<input type="hidden" name="(photo-[^"]+)" value="([^"]+)"', form.html)


def named(township: Township) -> dict[str, list[str]]:
    """The photos the newest record names, by material."""
    record = records.decode_record(list(township.records.values())[-1])
    assert isinstance(record, records.CaseRecord | records.SupplementRecord | records.AmendRecord)
    return {line.code: [photo.label for photo in line.photos] for line in record.body.materials or ()}


async def test_photos_are_filed_with_the_case_and_go_up_after_it(
    sender: Sender, township: Township, station: Station
) -> None:
    files = [("file-m-id_card", PHOTO), ("file-m-id_card", OTHER), ("file-m-photo", b"")]
    case = await sender.submit(await sender.new_form(), AID_FORM, files)
    assert "已收件" in case.text, case.text
    assert "材料照片已传 0 张，共 2 张" in case.text
    await station.sync.until_quiet()
    assert named(township)["id_card"] == ["身份证", "身份证"]
    assert len(township.blobs) == 2
    for blob in township.blobs.values():
        assert make.GPS_WORDS not in blob
    shown = await sender.clerk.get(case.url)
    assert "材料照片已传 2 张，共 2 张" in shown.text
    [sha, _] = re.findall(r'<img src="/photos/([0-9a-f]{64})"', shown.html)
    picture = await sender.clerk.client.get(f"/photos/{sha}")
    assert (picture.content_type, await picture.read()) == ("image/jpeg", township.blobs[sha])


async def test_a_photo_outlives_mistakes_a_draft_and_is_sent_once(
    sender: Sender, township: Township, station: Station
) -> None:
    files = [("file-m-id_card", PHOTO)]
    typed = [pair for pair in AID_FORM if pair[0] != "phone"]
    back = await sender.submit(await sender.new_form(), typed, files)
    assert back.status == 422
    [kept] = kept_in(back)
    saved = await sender.submit(back, [*typed, kept], [], do="save")
    assert kept_in(saved) == [kept]
    case = await sender.submit(saved, [*AID_FORM, kept], [])
    assert "共 1 张" in case.text
    await station.sync.until_quiet()
    assert named(township)["id_card"] == ["身份证"]


async def test_whoever_only_reads_a_draft_is_told_how_many_photos_it_holds(sender: Sender) -> None:
    form = await sender.new_form()
    files = [("file-m-id_card", PHOTO), ("file-m-id_card", OTHER)]
    saved = await sender.submit(form, [pair for pair in AID_FORM if pair[0] != "phone"], files)
    assert saved.status == 422, "and the tab has the turn"
    shown = await sender.clerk.get(form.action)
    assert "正在另一个窗口填写" in shown.text
    assert "身份证照片 2 张" in shown.text


async def test_a_photo_is_left_out_by_its_tick(sender: Sender, station: Station) -> None:
    files = [("file-m-id_card", PHOTO), ("file-m-id_card", OTHER)]
    saved = await sender.submit(await sender.new_form(), AID_FORM, files, do="save")
    first, second = kept_in(saved)
    remove = ("remove-photo", f"m-id_card {first[1]}")
    case = await sender.submit(saved, [*AID_FORM, first, second, remove], [])
    assert "共 1 张" in case.text
    [photo] = await station.photos.of_case(rid_of(case))
    assert second[1].startswith(photo.sha)


async def test_a_photographed_paper_need_not_be_ticked(sender: Sender) -> None:
    unticked = [pair for pair in AID_FORM if pair[0] != "m-id_card"]
    case = await sender.submit(await sender.new_form(), unticked, [("file-m-id_card", PHOTO)])
    assert "已收件" in case.text


async def test_what_is_no_photo_comes_back_at_its_paper_and_everything_else_is_kept(sender: Sender) -> None:
    files = [("file-m-id_card", b"<html>"), ("file-m-application", PHOTO)]
    back = await sender.submit(await sender.new_form(), AID_FORM, files)
    assert back.status == 422
    assert Refused.NOT_A_PICTURE.sentence in back.text
    assert [name for name, _ in kept_in(back)] == ["photo-m-application"]
    case = await sender.submit(back, [*AID_FORM, *kept_in(back)], [])
    assert "已收件" in case.text, "without that file the case can be filed"


async def test_a_bomb_a_huge_file_and_one_too_many_are_refused_one_by_one(sender: Sender) -> None:
    files = [("file-m-id_card", make.bomb(20_000)), ("file-m-application", bytes(LARGEST_RAW_BYTES + 1))]
    nine = [("photo-m-photo", f"{at:064x}.1000") for at in range(9)]
    back = await sender.submit(await sender.new_form(), [*AID_FORM, *nine], [*files, ("file-m-photo", PHOTO)])
    for why in (Refused.TOO_MANY_PIXELS, Refused.TOO_LARGE, Refused.TOO_MANY):
        assert why.sentence in back.text
    assert kept_in(back) == []
    assert (await sender.clerk.get("/")).status == 200


async def test_a_form_cut_short_is_told_so(clerk: Browser, sender: Sender) -> None:
    form = await sender.new_form()
    origin = str(clerk.client.make_url("")).rstrip("/")
    for body in (b"", b"--x\r\nnonsense", b'--x\r\nContent-Disposition: form-data; name="item"\r\n\r\nhalf'):
        answer = await clerk.client.post(
            form.action,
            data=body,
            headers={"Origin": origin, "Content-Type": "multipart/form-data; boundary=x"},
        )
        assert answer.status in {400, 404}
    strange = await sender.post(form.action, [], [("file-../../etc/passwd", PHOTO)])
    assert strange.status == 400


async def test_a_forged_name_of_a_photo_is_no_photo(sender: Sender, station: Station) -> None:
    forged = [("photo-m-id_card", f"{'0' * 64}.77"), ("photo-m-id_card", "x"), ("photo-m-id_card", "../x.1")]
    case = await sender.submit(await sender.new_form(), [*AID_FORM, *forged], [])
    assert "已收件" in case.text
    assert await station.photos.of_case(rid_of(case)) == []


async def test_the_script_keeps_a_photo_before_the_form_is_sent(sender: Sender) -> None:
    told = json.loads((await sender.post("/photos", [], [("file-m-id_card", PHOTO)])).html)
    assert told["refused"] == []
    [kept] = told["kept"]
    assert kept["image"]
    assert (await sender.clerk.client.get(f"/photos/{kept['sha']}")).status == 200
    told = json.loads((await sender.post("/photos", [], [("file-m-id_card", b"GIF")])).html)
    assert (told["kept"], told["refused"]) == ([], [Refused.NOT_A_PICTURE.sentence])
    case = await sender.submit(await sender.new_form(), [*AID_FORM, ("photo-m-id_card", kept["value"])], [])
    assert "共 1 张" in case.text


async def test_a_pdf_is_given_as_a_file_and_never_shown_in_the_page(sender: Sender) -> None:
    case = await sender.submit(await sender.new_form(), AID_FORM, [("file-m-application", make.pdf())])
    [sha] = re.findall(r'<a href="/photos/([0-9a-f]{64})"', case.html)
    assert f'<img src="/photos/{sha}"' not in case.html
    answer = await sender.clerk.client.get(f"/photos/{sha}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


MANDATE = [
    *[pair for pair in AID_FORM if pair[0] != "relation"],
    ("relation", "relative"),
    ("agent_name", "梁大山"),
    ("agent_number", "440524188001010014"),
    ("scope", "代为申请临时救助"),
    ("valid_to", "2026-12-31"),
]


async def test_a_mandate_is_photographed(sender: Sender, township: Township, station: Station) -> None:
    typed = [*MANDATE, ("method", "wet_ink")]
    case = await sender.submit(await sender.new_form(), typed, [("file-mandate", PHOTO)])
    assert "已收件" in case.text, case.text
    await station.sync.until_quiet()
    mandate = _mandate(township)
    assert [photo.label for photo in mandate.photos] == ["委托书"]
    assert mandate.photos[0].sha in township.blobs


async def test_a_mandate_sent_back_is_photographed_again_with_a_supplement(
    sender: Sender, township: Township, station: Station
) -> None:
    typed = [*MANDATE, ("method", "wet_ink")]
    case = await sender.submit(await sender.new_form(), typed, [("file-mandate", PHOTO)])
    [photo] = await station.photos.of_case(rid_of(case))
    township.refused[photo.sha] = "blob_broken"
    await station.sync.until_quiet()
    again = await sender.post(
        f"/cases/{rid_of(case)}/supplement",
        [("rid", case.hidden("rid")), ("note", "")],
        [("file-mandate", OTHER)],
    )
    assert "补交委托书照片" in again.text
    await station.sync.until_quiet()
    record = records.decode_record(list(township.records.values())[-1])
    assert isinstance(record, records.SupplementRecord)
    assert [each.label for each in record.body.mandate_photos] == ["委托书"]
    assert await station.photos.cases_needing_a_hand() == []


async def test_a_mandate_signed_on_the_screen_carries_the_signature(
    sender: Sender, township: Township, station: Station
) -> None:
    typed = [*MANDATE, ("method", "electronic")]
    back = await sender.submit(await sender.new_form(), typed, [])
    assert "请委托人在屏幕上签名" in back.text
    case = await sender.submit(back, typed, [("file-signature", make.signature_png())])
    assert "已收件" in case.text, case.text
    await station.sync.until_quiet()
    mandate = _mandate(township)
    assert mandate.method is SigningMethod.ELECTRONIC
    [signed] = mandate.photos
    assert signed.label == "委托人签名"
    assert township.blobs[signed.sha].startswith(b"\x89PNG")


async def test_a_photo_the_township_sends_back_is_shown_with_its_reason_and_taken_again(
    sender: Sender, township: Township, station: Station
) -> None:
    case = await sender.submit(await sender.new_form(), AID_FORM, [("file-m-id_card", PHOTO)])
    [photo] = await station.photos.of_case(rid_of(case))
    township.refused[photo.sha] = "blob_type"
    await station.sync.until_quiet()
    shown = await sender.clerk.get(case.url)
    assert "镇里看不出这是照片或 PDF" in shown.text
    assert "有 1 张要重拍" in shown.text
    assert "照片要重拍（1）" in (await sender.clerk.get("/")).text
    again = await sender.post(
        f"/cases/{rid_of(case)}/supplement",
        [("rid", shown.hidden("rid")), ("note", "")],
        [("file-m-id_card", OTHER)],
    )
    assert "补交：身份证" in again.text
    await station.sync.until_quiet()
    assert named(township) == {"id_card": ["身份证"]}
    states = [photo.state for photo in await station.photos.of_case(rid_of(case))]
    assert states == [PhotoState.REFUSED, PhotoState.SENT]
    assert "照片要重拍" not in (await sender.clerk.get("/")).text


async def test_a_supplement_with_a_broken_file_is_not_written(sender: Sender, station: Station) -> None:
    case = await sender.submit(await sender.new_form(), AID_FORM, [])
    answer = await sender.post(
        f"/cases/{rid_of(case)}/supplement",
        [("rid", case.hidden("rid")), ("note", "")],
        [("file-m-id_card", PHOTO[:3000])],
    )
    assert answer.status == 422
    assert Refused.BROKEN.sentence in answer.text
    assert (await station.outbox.stream()).last_seq == 1


async def test_a_correction_adds_a_photo_and_says_so(
    sender: Sender, township: Township, station: Station
) -> None:
    case = await sender.submit(await sender.new_form(), AID_FORM, [("file-m-id_card", PHOTO)])
    rid = rid_of(case)
    form = await sender.clerk.get(f"/cases/{rid}/correct")
    kept = kept_in(form)
    assert len(kept) == 1
    control = [("item", form.hidden("item")), ("version", form.hidden("version"))]
    files = [("file-m-application", OTHER)]
    corrected = await sender.post(f"/cases/{rid}/correct", [*control, *AID_FORM, *kept], files)
    assert "更正：材料" in corrected.text, corrected.text
    assert "共 2 张" in corrected.text
    await station.sync.until_quiet()
    assert named(township)["application"] == ["申请书"]
    assert len(township.blobs) == 2


async def test_unsent_photos_are_counted_on_every_page(sender: Sender, station: Station) -> None:
    await sender.submit(await sender.new_form(), AID_FORM, [("file-m-id_card", PHOTO)])
    assert "照片 1 张" in (await sender.clerk.get("/items")).text
    await station.sync.until_quiet()
    assert "全部已上传" in (await sender.clerk.get("/")).text


def _mandate(township: Township) -> Mandate:
    [stored] = township.records.values()
    record = records.decode_record(stored)
    assert isinstance(record, records.CaseRecord)
    assert record.body.mandate is not None
    return record.body.mandate


async def test_a_disk_that_takes_no_photo_is_told_and_nothing_is_filed(
    sender: Sender, station: Station
) -> None:
    form = await sender.new_form()
    station.settings.photos.write_bytes(b"where the folder should be")
    answer = await sender.submit(form, AID_FORM, [("file-m-id_card", PHOTO)])
    assert answer.status == 507
    assert "磁盘写不进去" in answer.text
    assert (await station.outbox.stream()).last_seq == 0
    station.settings.photos.unlink()
    case = await sender.submit(form, AID_FORM, [("file-m-id_card", PHOTO)])
    assert "已收件" in case.text
