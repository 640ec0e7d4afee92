"""Records keep their bytes, messages are read strictly, and nothing inflates without end."""

import base64
import gzip
import tracemalloc
from typing import get_args, get_type_hints

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from api_spec import chain, coding, feed, records, sync
from api_spec.record_parts import Answers, Applicant, MaterialLine, MoneyLine, Paragraph
from api_spec.records import HeldReason, RecordRefused, decode_record, encode_record, find_envelope
from api_spec.vocabulary import MaterialStatus, MoneyMove
from tests.protocol.samples import CASE, CLERK, CODE, MADE, request

BYTES = encode_record(CASE)


def reason(stored: bytes) -> HeldReason:
    with pytest.raises(RecordRefused) as refused:
        decode_record(stored)
    return refused.value.reason


def test_a_record_reads_back_and_writes_the_same_bytes() -> None:
    assert decode_record(BYTES) == CASE
    assert encode_record(decode_record(BYTES)) == BYTES


def test_the_bytes_of_a_record_are_fixed_for_ever() -> None:
    """A new release that wrote or read these bytes differently would hold every record on its way."""
    assert (
        chain.record_hash(BYTES).hex() == "a3719589ee07b13067eaaeeeec06f4b92bc54588a4a2bc51553a4ac23fe5147d"
    )


ids = st.text("0123456789abcdef", min_size=32, max_size=32)
lines = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=50)
kinds: st.SearchStrategy[records.Record] = st.one_of(
    st.builds(
        records.CaseRecord,
        rid=ids,
        rev=st.integers(1, 9),
        schema=st.just(1),
        made=st.just(MADE),
        clerk=st.just(CLERK),
        body=st.builds(
            records.CaseBody,
            item=lines,
            code=st.just(CODE),
            number=lines,
            applicant=st.builds(Applicant, name=lines, number=lines),
            answers=st.dictionaries(
                lines, lines | st.integers(-(2**53), 2**53) | st.booleans() | st.lists(lines)
            ),
            note=lines,
        ),
    ),
    st.builds(
        records.SupplementRecord,
        rid=ids,
        rev=st.just(1),
        schema=st.just(1),
        made=st.just(MADE),
        clerk=st.just(CLERK),
        body=st.builds(records.SupplementBody, case=ids, note=lines),
    ),
)


@given(kinds)
def test_every_record_reads_back(record: records.Record) -> None:
    assert decode_record(encode_record(record)) == record


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ((b'"kind":"case"', b'"kind":"gift"'), HeldReason.UNKNOWN_KIND),
        ((b'"schema":1', b'"schema":2'), HeldReason.UNKNOWN_SCHEMA),
        ((b'"kind":"case","rid"', b'"kind":"case","colour":"red","rid"'), HeldReason.INVALID),
        ((b'"rev":1', b'"rev":1,"rev":1'), HeldReason.INVALID),
        ((b'"rev":1', b'"rev": 1'), HeldReason.INVALID),
        ((b'"rev":1', b'"rev":0'), HeldReason.INVALID),
        ((b'"number":"430481190001010011"', b'"number":430481190001010011'), HeldReason.INVALID),
        ((b'"area":120', b'"area":120.0'), HeldReason.INVALID),
        (("伍某".encode(), b"\\u0000"), HeldReason.INVALID),
        (("伍某".encode(), b"\\ud800"), HeldReason.UNREADABLE),
        (("伍某".encode(), b"\xed\xa0\x80"), HeldReason.INVALID),
        ((b'"rid":"0', b'"rid":"Z'), HeldReason.INVALID),
        ((b'"amount_fen":5050', b'"amount_fen":-5050'), HeldReason.INVALID),
    ],
)
def test_a_record_that_is_not_ours_is_held_with_its_reason(
    change: tuple[bytes, bytes], why: HeldReason
) -> None:
    changed = BYTES.replace(*change)
    assert changed != BYTES
    assert reason(changed) is why


LINES = "一行\n\t又一行"
CONTROL = "响铃\x07"


@pytest.mark.parametrize("place", ["clerk", "item", "name", "paper", "money", "many", "question"])
@pytest.mark.parametrize("text", [LINES, CONTROL, "删\x7f"])
def test_a_text_of_one_line_has_no_line_break_and_no_control_character(place: str, text: str) -> None:
    assert reason(encode_record(with_text(place, text))) is HeldReason.INVALID


@pytest.mark.parametrize("place", ["note", "answer"])
def test_a_paragraph_has_line_breaks_and_no_control_character(place: str) -> None:
    kept = with_text(place, f'{LINES} "引号" \\')
    assert decode_record(encode_record(kept)) == kept
    for text in (CONTROL, "删\x7f"):
        changed = encode_record(with_text(place, "标记")).replace(
            "标记".encode(), msgspec.json.encode(text)[1:-1]
        )
        assert reason(changed) is HeldReason.INVALID


def with_text(place: str, text: str) -> records.CaseRecord:
    """The sample case with this text in one place."""
    replace = msgspec.structs.replace
    body = CASE.body
    match place:
        case "clerk":
            return replace(CASE, clerk=replace(CLERK, name=text))
        case "item":
            body = replace(body, item=text)
        case "name":
            body = replace(body, applicant=replace(body.applicant, name=text))
        case "paper":
            body = replace(
                body, materials=(MaterialLine(code="a", status=MaterialStatus.PRESENT, note=text),)
            )
        case "money":
            body = replace(body, money=(MoneyLine(move=MoneyMove.TAKEN, amount_fen=1, note=text),))
        case "many":
            body = replace(body, answers={"several": ["好", text]})
        case "question":
            body = replace(body, answers={text: "好"})
        case "answer":
            body = replace(body, answers={"one": text})
        case "note":
            body = replace(body, note=text)
    return replace(CASE, body=body)


def test_the_parts_that_may_have_several_lines_are_those_declared_as_paragraphs() -> None:
    found = set()
    for kind in get_args(records.Record):
        body = get_type_hints(kind)["body"]
        for name, declared in get_type_hints(body, include_extras=True).items():
            last = get_args(declared)[-1:]
            if declared in (Paragraph, Answers) or any(Paragraph in get_args(each) for each in last):
                found.add(name)
    assert found == records.PARAGRAPHS


@pytest.mark.parametrize("stored", [b"", b"{}", b"[1]", b"\xff\xfe", b"{" * 100_000, b"null", BYTES[:-1]])
def test_what_is_no_record_at_all_is_unreadable(stored: bytes) -> None:
    assert reason(stored) is HeldReason.UNREADABLE


def test_a_newer_nodes_record_can_still_be_filed() -> None:
    newer = BYTES.replace(b'"schema":1', b'"schema":9').replace(b'"kind":"case"', b'"kind":"gift"')
    assert reason(newer) is HeldReason.UNKNOWN_SCHEMA
    envelope = find_envelope(newer)
    assert envelope is not None
    assert (envelope.rid, envelope.rev, envelope.kind, envelope.schema) == (CASE.rid, 1, "gift", 9)


def test_every_kind_of_record_is_named_once() -> None:
    tags = [kind.__struct_config__.tag for kind in get_args(records.Record)]
    assert tuple(tags) == records.KINDS


def test_records_have_no_field_for_what_the_township_decides() -> None:
    names = {
        field.name for kind in (records.CaseBody, records.AmendBody) for field in msgspec.structs.fields(kind)
    }
    assert not names & {"state", "officer", "due", "decision", "fee", "accepted_at"}


def test_the_township_gets_a_record_byte_for_byte() -> None:
    odd = b'{"rid" :  "x",\t"n":1.50e1}'
    sent = sync.encode(request(BYTES, odd))
    got = sync.decode(sent, sync.ExchangeRequest)
    assert [entry.stored for entry in got.recs] == [BYTES, odd]
    assert [entry.seq for entry in got.recs] == [1, 2]


def test_a_record_that_breaks_the_parser_travels_opaque() -> None:
    poison = b"{" * 50_000
    entry = sync.Entry(seq=1, opaque=poison)
    whole = sync.encode(msgspec.structs.replace(request(), recs=(entry,)))
    assert sync.decode(whole, sync.ExchangeRequest).recs[0].stored == poison
    assert base64.b64encode(poison) in whole


@pytest.mark.parametrize(
    "change",
    [
        (b'"proto":1', b'"proto":"1"'),
        (b'"proto":1', b'"proto":1,"colour":"red"'),
        (b'"node":4711', b'"node":-1'),
        (b'"node":4711', b'"node":4711.5'),
        (b'"epoch":"9f3c', b'"epoch":"XXXX'),
        (b'"app":"0.1.0"', b'"app":"\\n"'),
        (b'"recs":[', b'"recs":{'),
        (b'"seq":1', b'"seq":0'),
    ],
)
def test_a_request_is_read_strictly(change: tuple[bytes, bytes]) -> None:
    whole = sync.encode(request(BYTES))
    changed = whole.replace(*change)
    assert changed != whole
    with pytest.raises(sync.BadMessage):
        sync.decode(changed, sync.ExchangeRequest)


def test_nesting_without_end_is_refused_not_crashed() -> None:
    whole = sync.encode(request(BYTES)).replace(BYTES, b"[" * 1_000_000 + b"]" * 1_000_000)
    with pytest.raises(sync.BadMessage):
        sync.decode(whole, sync.ExchangeRequest)


def test_more_records_than_a_batch_may_hold_are_refused() -> None:
    with pytest.raises(sync.BadMessage):
        sync.decode(sync.encode(request(*[b"{}"] * 501)), sync.ExchangeRequest)


def test_an_old_node_understands_a_newer_townships_answer() -> None:
    answer = sync.ExchangeAnswer(
        time="2026-04-10T00:00:00Z",
        nonce="n",
        push=sync.PushAnswer(
            status=sync.PushStatus.OK, epoch="9f3c" * 4, upto=1, chain=bytes(32), held=((1, "E_NEW_REASON"),)
        ),
        numbers=sync.NumberBlock(prefix="SD", block=17),
    )
    newer = sync.encode(answer).replace(b'"nonce":', b'"weather":{"rain":[1,2]},"nonce":')
    assert sync.decode(newer, sync.ExchangeAnswer) == answer


def test_a_feed_row_reads_back_and_a_newer_kind_is_passed_over() -> None:
    row = feed.CaseRow(
        rid="1" * 32,
        srev=3,
        code=CODE,
        number="SD-260410-0007-K",
        item="SD-049",
        item_name="水:立户/报装",
        state="accepted",
        label="已受理",
        received_ms=1,
        steps=(feed.StepLine(at_ms=1, label="已受理"),),
    )
    stored = feed.encode_row(row)
    assert feed.find_row(stored) == row
    assert feed.find_row(stored.replace(b'"kind":"case"', b'"kind":"gift"')) is None
    assert feed.find_row(stored.replace(b'"srev":3', b'"srev":3,"colour":"red"')) == row


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8), st.data())
def test_the_stream_head_depends_on_every_record_and_its_place(
    stream: list[bytes], data: st.DataObject
) -> None:
    entries = list(enumerate(stream, start=1))
    run = chain.heads(chain.START, entries)
    half = data.draw(st.integers(0, len(stream)))
    resumed = chain.heads(run[half - 1] if half else chain.START, entries[half:])
    assert run[half:] == resumed
    place = data.draw(st.integers(0, len(stream) - 1))
    changed = [*stream[:place], stream[place] + b"x", *stream[place + 1 :]]
    assert chain.heads(chain.START, enumerate(changed, start=1))[-1] != run[-1]
    assert chain.heads(chain.START, enumerate(stream, start=2))[-1] != run[-1]


def test_the_feed_digest_is_short_and_follows_the_order() -> None:
    one, two = b"row one", b"row two"
    forth = chain.feed_digest(chain.feed_digest(chain.FEED_START, one), two)
    back = chain.feed_digest(chain.feed_digest(chain.FEED_START, two), one)
    assert len(forth) == 16
    assert forth not in (back, chain.feed_digest(chain.FEED_START, two))


@given(st.binary(max_size=2000), st.sampled_from(list(coding.Coding)))
def test_a_body_comes_through_any_coding(data: bytes, how: coding.Coding) -> None:
    assert coding.unpack(coding.pack(data, how), how.value, limit=2000) == data


@pytest.mark.parametrize(
    ("body", "how"),
    [
        (zstandard.ZstdCompressor(level=19).compress(bytes(9 * 1024 * 1024)), "zstd"),
        (zstandard.ZstdCompressor(write_content_size=False).compress(b"size not told"), "zstd"),
        (gzip.compress(bytes(9 * 1024 * 1024)), "gzip"),
        (bytes(9 * 1024 * 1024), ""),
        (coding.pack(b"abc")[:-1], "zstd"),
        (coding.pack(b"abc") + b"x", "zstd"),
        (gzip.compress(b"abc")[:-1], "gzip"),
        (gzip.compress(b"abc") + b"x", "gzip"),
        (b"not compressed", "zstd"),
        (b"not compressed", "gzip"),
        (b"", "zstd"),
        (b"abc", "br"),
    ],
)
def test_bombs_damage_and_unknown_codings_are_refused(body: bytes, how: str) -> None:
    with pytest.raises(coding.BadBody):
        coding.unpack(body, how)


@pytest.mark.parametrize("how", [coding.Coding.GZIP, coding.Coding.ZSTD])
def test_a_bomb_is_refused_before_it_fills_the_memory(how: coding.Coding) -> None:
    bomb = coding.pack(bytes(64 * 1024 * 1024), how)
    tracemalloc.start()
    try:
        with pytest.raises(coding.BadBody):
            coding.unpack(bomb, how)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 3 * coding.INFLATED_MAX


def test_a_month_of_cases_is_small_on_the_wire() -> None:
    """Goal of the protocol: at most 900 bytes up for a 2 KB case; these sample cases are shorter."""
    cases = [encode_record(msgspec.structs.replace(CASE, rid=f"{number:032x}")) for number in range(500)]
    packed = coding.pack(sync.encode(request(*cases)))
    assert len(packed) / len(cases) < 300
