"""Photos of a village's computer over the line: signed, resumed, answered with the true offset, linked to their case."""

import asyncio
from datetime import timedelta
from typing import Any, TypeAlias

import msgspec
import pytest

from api_spec import feed, records, signature, sync
from api_spec.feed import CaseRow
from api_spec.record_parts import MaterialLine, Photo
from api_spec.records import HeldReason, SupplementBody, SupplementRecord
from api_spec.sync import UPLOAD_LENGTH, UPLOAD_OFFSET
from api_spec.vocabulary import MaterialStatus
from backend.blobs.http_sync import PIECES
from backend.db import rows
from tests.blobs.pictures import DISGUISED, photo, sha_of
from tests.support.township import Town
from tests.sync.conftest import one_time_code
from tests.sync.wire import LI, MADE, Answered, Wire, enrol

Line: TypeAlias = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@pytest.fixture
async def node(town: Town) -> Wire:
    return await enrol(town.client, await one_time_code(town))


async def piece(node: Wire, data: bytes, start: int = 0, stop: int | None = None, **how: Any) -> Answered:
    """Send one piece of a photo."""
    sha = how.pop("sha", sha_of(data))
    headers = {UPLOAD_OFFSET: str(start), UPLOAD_LENGTH: str(len(data)), **how.pop("headers", {})}
    return await node.send(
        data[start:stop], method="PATCH", path=f"{sync.BLOBS_PATH}/{sha}", encoding="", headers=headers, **how
    )


async def head(node: Wire, sha: str) -> Answered:
    return await node.send(b"", method="HEAD", path=f"{sync.BLOBS_PATH}/{sha}", encoding="")


def paper(code: str, *photos: bytes) -> MaterialLine:
    named = tuple(Photo(sha=sha_of(each), size=len(each), label="照片") for each in photos)
    return MaterialLine(code=code, status=MaterialStatus.PRESENT, photos=named)


async def test_a_photo_goes_up_in_pieces_and_is_then_had(node: Wire) -> None:
    data = photo(serial=1)
    sha, half = sha_of(data), len(data) // 2
    assert (await head(node, sha)).status == 404
    offer = ((sha, len(data)),)
    assert (await node.push(blobs=offer)).blobs.need == ((sha, 0),)
    first = await piece(node, data, 0, half)
    assert (first.status, first.headers[UPLOAD_OFFSET]) == (204, str(half))
    asked = await head(node, sha)
    assert (asked.status, asked.headers[UPLOAD_OFFSET], asked.headers[UPLOAD_LENGTH]) == (
        200,
        str(half),
        str(len(data)),
    )
    assert (await node.push(blobs=offer)).blobs.need == ((sha, half),)
    last = await piece(node, data, half)
    assert (last.status, last.headers[UPLOAD_OFFSET]) == (204, str(len(data)))
    answer = await node.push(blobs=offer)
    assert (answer.blobs.need, answer.blobs.have) == ((), (sha,))
    assert answer.limits.chunk == sync.CHUNK_MAX


async def test_a_piece_for_another_place_is_answered_with_the_true_one(node: Wire) -> None:
    data = photo(serial=2)
    await piece(node, data, 0, 100)
    answered = await piece(node, data, 50, 200)
    assert (answered.status, answered.code, answered.headers[UPLOAD_OFFSET]) == (409, "blob_offset", "100")


async def test_a_photo_that_is_not_its_name_begins_anew_and_a_disguised_one_never(node: Wire) -> None:
    data = photo(serial=3)
    answered = await piece(node, data, sha=sha_of(b"another"))
    assert (answered.status, answered.code, answered.headers[UPLOAD_OFFSET]) == (422, "blob_mismatch", "0")
    answered = await piece(node, DISGUISED["html"])
    assert (answered.status, answered.code) == (422, "blob_type")
    assert UPLOAD_OFFSET not in answered.headers


@pytest.mark.parametrize(
    "headers",
    [{UPLOAD_OFFSET: "-1"}, {UPLOAD_OFFSET: ""}, {UPLOAD_LENGTH: "9" * 40}, {UPLOAD_LENGTH: "٣"}],
    ids=str,
)
async def test_a_piece_that_does_not_say_where_it_goes_is_refused(
    node: Wire, headers: dict[str, str]
) -> None:
    answered = await piece(node, photo(), headers=headers)
    assert (answered.status, answered.code) == (422, "body_invalid")


@pytest.mark.parametrize("name", ["a" * 63, "A" * 64, "..%2f..%2fetc%2fpasswd", "a" * 65])
async def test_what_is_no_name_is_not_there(node: Wire, name: str) -> None:
    assert (await piece(node, photo(), sha=name)).status in (401, 404)


@pytest.mark.parametrize(
    "part", [signature.NODE, signature.NONCE, signature.CONTENT_DIGEST, signature.SIGNATURE]
)
async def test_a_piece_somebody_changed_on_the_way_is_refused(town: Town, node: Wire, part: str) -> None:
    other = await enrol(town.client, await one_time_code(town, 1))
    bent = {signature.NODE: str(other.node), signature.NONCE: "1.x"}.get(part, "sha-256=:AAAA:")
    answered = await piece(node, photo(serial=4), headers={part: bent})
    assert answered.status == 401
    assert await rows("SELECT id FROM blob_upload") == []


async def test_a_computer_that_was_stopped_sends_no_photos(town: Town, node: Wire) -> None:
    admin = await town.staff("admin")
    assert (await admin.post(f"/v1/staff/nodes/{node.node}/revoke", {"reason": "电脑丢失了"})).status == 204
    answered = await piece(node, photo())
    assert (answered.status, answered.code) == (403, "node_revoked")


async def test_another_computer_s_photo_is_not_there(town: Town, node: Wire) -> None:
    other = await enrol(town.client, await one_time_code(town, 1))
    data = photo(serial=5)
    await piece(node, data, 0, 100)
    assert (await head(other, sha_of(data))).status == 404
    assert (await other.push(blobs=((sha_of(data), len(data)),))).blobs.need == ((sha_of(data), 0),)


async def half_a_piece(town: Town, node: Wire, data: bytes) -> Line:
    """A line on which only half of a signed piece came."""
    path = f"{sync.BLOBS_PATH}/{sha_of(data)}"
    signed = signature.sign_request(
        "PATCH", path, body=data, node=node.node, nonce=node.told.nonce, key=node.key
    )
    lines = [
        f"PATCH {path} HTTP/1.1",
        "Host: x",
        f"Content-Length: {len(data)}",
        f"{UPLOAD_OFFSET}: 0",
        f"{UPLOAD_LENGTH}: {len(data)}",
        *(f"{name}: {value}" for name, value in signed.items()),
    ]
    url = town.client.make_url("/")
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write("\r\n".join(lines).encode() + b"\r\n\r\n" + data[: len(data) // 2])
    await writer.drain()
    return reader, writer


async def answer_on(line: Line) -> bytes:
    reader, writer = line
    status = await asyncio.wait_for(reader.readline(), 10)
    writer.close()
    await writer.wait_closed()
    return status


async def test_a_piece_that_stopped_coming_is_overtaken_by_a_newer_one(town: Town, node: Wire) -> None:
    """A line that died in the middle of a piece must not keep the next one waiting."""
    data = photo(serial=6)
    line = await half_a_piece(town, node, data)
    assert town.client.app is not None
    async with asyncio.timeout(10):
        while not town.client.app[PIECES].count:  # noqa: ASYNC110 - it is another task's
            await asyncio.sleep(0.01)
    assert (await piece(node, data)).status == 204
    assert b" 413 " in await answer_on(line)


async def test_a_piece_that_comes_too_slowly_is_given_up(town: Town, node: Wire) -> None:
    assert town.client.app is not None
    assert town.client.app[PIECES].within_s == 30.0
    town.client.app[PIECES].within_s = 0.2
    data = photo(serial=13)
    assert b" 413 " in await answer_on(await half_a_piece(town, node, data))
    assert (await head(node, sha_of(data))).status == 404


async def test_a_photo_belongs_to_its_case_whichever_comes_first(town: Town, node: Wire) -> None:
    early, late, again = photo(serial=7), photo(serial=8), photo(serial=9)
    assert (await piece(node, early)).status == 204
    case = node.case(materials=(paper("contract", early, late), paper("both_ids", late)))
    node.write(case)
    assert (await node.push()).push.held == ()
    counts = await town.office.blobs.counts(town.tenant_id, [case.rid])
    assert (counts[case.rid].here, counts[case.rid].total) == (1, 2)
    assert (await piece(node, late)).status == 204
    node.write(
        SupplementRecord(
            rid="5" * 32,
            rev=1,
            schema=1,
            made=MADE,
            clerk=LI,
            body=SupplementBody(case=case.rid, materials=(paper("contract", early, again),)),
        )
    )
    assert (await node.push(1)).push.held == ()
    found = await town.office.blobs.photos(town.tenant_id, case.rid)
    assert [(each.link.material, each.link.sha, each.blob is not None) for each in found] == [
        ("contract", sha_of(early), True),
        ("contract", sha_of(late), True),
        ("both_ids", sha_of(late), True),
        ("contract", sha_of(again), False),
    ]


def case_rows(answer: sync.ExchangeAnswer) -> list[CaseRow]:
    found = [feed.find_row(bytes(entry.row)) for entry in answer.pull.rows] if answer.pull else []
    return [row for row in found if isinstance(row, CaseRow)]


async def test_village_and_citizen_are_told_how_many_photos_have_arrived(town: Town, node: Wire) -> None:
    first, second = photo(serial=10), photo(serial=11)
    case = node.case(materials=(paper("contract", first, second), paper("both_ids")))
    node.write(case)
    assert [(row.srev, row.photos) for row in case_rows(await node.push())] == [(1, 0)]
    await piece(node, first)
    told = case_rows(await node.push(1))[-1]
    assert (told.rid, told.srev, told.photos, told.photos_here) == (case.rid, 2, 2, 1)
    progress = await town.anyone.get(f"/v1/progress/{case.body.code}")
    assert (progress.json["photos"], progress.json["photos_here"]) == (2, 1)
    page = await town.anyone.page(f"/c/{case.body.code}")
    assert "材料照片已到 1 张，共 2 张" in page.text
    await piece(node, second)
    told = case_rows(await node.push(1))[-1]
    assert (told.srev, told.photos, told.photos_here) == (3, 2, 2)
    page = await town.anyone.page(f"/c/{case.body.code}")
    assert "材料照片已到 2 张，共 2 张" in page.text


async def test_a_case_without_photos_says_nothing_of_photos(town: Town, node: Wire) -> None:
    case = node.case()
    node.write(case)
    await node.push()
    assert "材料照片" not in (await town.anyone.page(f"/c/{case.body.code}")).text


async def test_photos_of_a_held_record_stay_and_go_along_when_it_is_taken_in(town: Town, node: Wire) -> None:
    data = photo(serial=12)
    await piece(node, data)
    first = node.case()
    second = records.encode_record(
        msgspec.structs.replace(
            node.case(materials=(paper("contract", data), paper("both_ids"))), rid=first.rid
        )
    )
    node.write(first, second)
    [(_, reason)] = (await node.push()).push.held
    assert reason == HeldReason.SAME_REV_OTHER_CONTENT.value
    blobs, intake = town.office.blobs, town.office.intake
    later = town.clock() + timedelta(days=400)
    await blobs.collect(at=later, named=intake.held.names)
    assert await blobs.photos(town.tenant_id, first.rid) == []
    assert (await node.push(2, blobs=((sha_of(data), len(data)),))).blobs.have == (sha_of(data),)
    director = await town.staff("director")
    [held] = (await director.get("/v1/staff/held")).json["items"]
    taken = await director.post(f"/v1/staff/held/{held['id']}/accept")
    assert taken.status == 201
    [row] = await rows("SELECT rid FROM cases WHERE id = ?", [taken.json["id"]])
    [found] = await blobs.photos(town.tenant_id, row["rid"])
    assert found.blob is not None
    assert found.link.sha == sha_of(data)
