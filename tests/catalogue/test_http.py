"""The catalogue over HTTP: open guides for everybody, drafts and files for the editors."""

import io
from urllib.parse import quote

import pytest

from api_spec.routes import catalogue as routes
from backend.catalogue import sheets
from backend.catalogue.imports import read_file, write_file
from backend.catalogue.values import FileFormat
from tests.catalogue.examples import COUNTY_LIST, sound_item
from tests.support.township import Town

FILE = {"Content-Type": "application/octet-stream"}


async def test_anyone_reads_the_township_with_its_windows_and_villages(town: Town) -> None:
    answer = await town.anyone.get("/v1/township")
    assert answer.status == 200
    assert answer.json["hall_name"] == "耒阳市三都政务服务办事大厅"
    assert [len(answer.json[key]) for key in ("windows", "departments", "partners", "villages")] == [
        11,
        8,
        6,
        17,
    ]


async def test_items_are_listed_page_by_page_without_gap_or_repeat(town: Town) -> None:
    pages: list[list[str]] = []
    cursor = ""
    while cursor is not None:
        answer = await town.anyone.get("/v1/items", params={"limit": "20", "cursor": cursor})
        pages.append([item["code"] for item in answer.json["items"]])
        cursor = answer.json["next"]
    assert [len(page) for page in pages] == [20, 20, 20]
    assert [code for page in pages for code in page] == [f"SD-{number:03}" for number in range(1, 61)]


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"window": "household"}, 7),
        ({"kind": "proxy"}, 12),
        ({"village": "no"}, 5),
        ({"window": "utility", "village": "takes"}, 9),
        ({"window": "land", "kind": "instant"}, 0),
    ],
)
async def test_items_are_narrowed_by_window_kind_and_village(
    town: Town, asked: dict[str, str], count: int
) -> None:
    answer = await town.anyone.get("/v1/items", params=asked)
    assert len(answer.json["items"]) == count


async def test_the_guide_says_what_to_bring_in_words(town: Town) -> None:
    answer = await town.anyone.get(f"/v1/items/{town.item('SD-042')}")
    assert answer.json["card"]["promise"] == "60 天"
    assert answer.json["in_person_word"] == "须本人到场办理"
    assert answer.json["windows"] == [9]
    assert [each["code"] for each in answer.json["item"]["situations"]] == [
        "first",
        "renew",
        "lost",
        "broken",
    ]


async def test_search_answers_everyday_words_and_pinyin(town: Town) -> None:
    for text in ("低保", "dibao", "db"):
        answer = await town.anyone.get("/v1/items/search", params={"q": text})
        assert answer.json["items"][0]["code"] == "SD-001"
    nothing = await town.anyone.get("/v1/items/search", params={"q": "qqqq"})
    assert nothing.json == {"items": [], "next": None}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/items/search", 422),
        ("/v1/items/search?q=", 422),
        ("/v1/items/search?q=" + "长" * 51, 422),
        ("/v1/items/search?q=a&x=1", 422),
        ("/v1/items?window=bakery", 422),
        ("/v1/items?limit=0", 422),
        ("/v1/items?limit=201", 422),
        ("/v1/items?tenant_id=1", 422),
        ("/v1/items?tenant_id=" + "0" * 32, 404),
        ("/v1/items/" + "0" * 32, 404),
        ("/v1/items/SD-001", 404),
        ("/v1/township?tenant_id=" + "f" * 32, 404),
    ],
)
async def test_a_wrong_question_gets_a_sentence(town: Town, path: str, status: int) -> None:
    answer = await town.anyone.get(path)
    assert answer.status == status
    assert answer.json["title"].endswith("。")


async def test_a_draft_goes_from_file_to_citizens(town: Town) -> None:
    centre, director = await town.staff("centre"), await town.staff("director")
    content = write_file([sound_item(name="养蜂备案", code="SD-061")], FileFormat.XLSX)
    taken = await centre.post("/v1/staff/items/import", data=content, headers=FILE)
    assert taken.json["added"] == ["SD-061"]
    drafts = await director.get("/v1/staff/items")
    draft = next(each for each in drafts.json if each["code"] == "SD-061")
    assert (draft["published_version"], draft["needs_confirmation"]) == (None, True)
    refused = await director.post("/v1/staff/items/publish", {"item_ids": [draft["id"]]})
    assert (refused.status, refused.code) == (409, "item_not_publishable")
    assert refused.json["errors"][0]["field"] == "SD-061.promise"
    confirmed = await director.post("/v1/staff/items/confirm", {"item_ids": [draft["id"]]})
    assert confirmed.json[0]["confirmed_by"] == "周主任"
    published = await director.post("/v1/staff/items/publish", {"item_ids": [draft["id"]]})
    assert published.json["items"] == 61
    found = await town.anyone.get("/v1/items/search", params={"q": "yangfeng"})
    assert [item["code"] for item in found.json["items"]] == ["SD-061"]
    township = await town.anyone.get("/v1/township")
    assert township.json["pack"] == published.json["pack"]
    withdrawn = await director.post(f"/v1/staff/items/{draft['id']}/withdraw")
    assert withdrawn.json["items"] == 60
    assert (await town.anyone.get(f"/v1/items/{draft['id']}")).status == 404


async def test_an_export_imports_again_without_a_change(town: Town) -> None:
    centre = await town.staff("centre")
    for file_format in ("csv", "xlsx"):
        exported = await centre.get("/v1/staff/items/export", params={"format": file_format})
        assert exported.headers["Content-Disposition"] == f'attachment; filename="items.{file_format}"'
        reading = read_file(exported.body)
        assert isinstance(reading, sheets.Reading)
        assert len(reading.items) == 60
        taken = await centre.post("/v1/staff/items/import", data=exported.body, headers=FILE)
        assert (len(taken.json["unchanged"]), taken.json["changed"]) == (60, [])


async def test_the_real_county_list_comes_in_with_its_warnings(town: Town) -> None:
    centre = await town.staff("centre")
    answer = await centre.post(
        "/v1/staff/items/import",
        data=COUNTY_LIST.read_bytes(),
        params={"name": "广安区 2025-04"},
        headers=FILE,
    )
    assert (answer.json["list_lines"], len(answer.json["list_warnings"])) == (797, 129)
    assert answer.json["list_warnings"][0]["warnings"] == [
        "编码中多了连接号",
        "基本编码不是国家规定的样式",
    ]


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"PK\x03\x04", b"a,b\n1,2\n"])
async def test_a_broken_file_is_refused_with_what_to_do(town: Town, content: bytes) -> None:
    centre = await town.staff("centre")
    answer = await centre.post("/v1/staff/items/import", data=content, headers=FILE)
    assert (answer.status, answer.code) == (422, "import_invalid")
    assert answer.json["errors"][0]["sentence"].endswith("。")


async def test_a_file_beyond_the_limit_is_refused(town: Town) -> None:
    centre = await town.staff("centre")
    content = io.BytesIO(b"x" * (routes.MAX_FILE_BYTES + 1))
    answer = await centre.post("/v1/staff/items/import", data=content, headers=FILE)
    assert (answer.status, answer.code) == (413, "body_too_large")


async def test_the_validator_speaks_to_the_editors(town: Town) -> None:
    leader = await town.staff("land-leader")
    findings = await leader.get("/v1/staff/items/findings")
    assert {each["severity"] for each in findings.json} == {"warning"}
    shown = await leader.get(f"/v1/staff/items/{town.item('SD-028')}")
    assert shown.json["card"]["findings"][0]["rule"] == "not_sourced"


@pytest.mark.parametrize(
    ("login", "method", "path", "body"),
    [
        ("social", "GET", "/v1/staff/items", None),
        ("social", "GET", "/v1/staff/items/export", None),
        ("supervisor", "POST", "/v1/staff/items/import", None),
        ("centre", "POST", "/v1/staff/items/confirm", {"item_ids": ["0" * 32]}),
        ("centre", "POST", "/v1/staff/items/publish", {}),
        ("land-leader", "POST", "/v1/staff/items/publish", {}),
        ("centre", "POST", f"/v1/staff/items/{'0' * 32}/withdraw", None),
    ],
)
async def test_who_may_not_edit_is_turned_away(
    town: Town, login: str, method: str, path: str, body: object
) -> None:
    caller = await town.staff(login)
    answer = await caller.call(method, path, json=body)
    assert (answer.status, answer.code) == (403, "not_allowed")


async def test_nobody_edits_without_signing_in(town: Town) -> None:
    assert (await town.anyone.get("/v1/staff/items")).status == 401
    citizen = await town.citizen(identified=False)
    assert (await citizen.get("/v1/staff/items")).status == 403


async def test_ids_nobody_has_are_not_found(town: Town) -> None:
    director = await town.staff("director")
    for path in ("confirm", "publish"):
        answer = await director.post(f"/v1/staff/items/{path}", {"item_ids": ["0" * 32]})
        assert (answer.status, answer.code) == (404, "item_not_found")


async def test_what_citizens_choose_from_comes_with_the_offices_words(town: Town) -> None:
    answer = await town.anyone.get("/v1/choices")
    assert answer.status == 200
    offered = {name: [line["label"] for line in lines] for name, lines in answer.json.items()}
    assert offered["relations"] == ["近亲属", "监护人", "受托人"]
    assert offered["review_levels"] == ["非常满意", "满意", "基本满意", "不满意", "非常不满意"]
    assert offered["complaint_subjects"][0] == "工作人员"
    assert {"value": "id_card", "label": "居民身份证"} in answer.json["document_types"]


async def test_every_common_word_finds_something(town: Town) -> None:
    told = (await town.anyone.get("/v1/help")).json
    assert all(line["question"] and line["answer"] for line in told["questions"])
    for word in told["common_words"]:
        assert (await town.anyone.get(f"/v1/items/search?q={quote(word)}")).json["items"], word
