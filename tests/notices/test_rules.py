"""Words, fields, quiet hours and WeChat's events, without any database."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from api_spec.messages.notices import NoticeKind, TemplatePurpose
from backend.notices import push
from backend.notices.fields import SLOTS, TYPES, fields_of, fit, is_over, wrong_names
from backend.notices.rules import RULES, QuietHours, sentence, timely
from backend.outbox import rules as outbox
from backend.wechat.standin.messages import DEMO_TEMPLATES, FIELD_TYPES

NOON = datetime(2026, 4, 10, 4, 0, tzinfo=UTC)
WORDS = {
    "item": "最低生活保障待遇申请和动态管理（含特困人员）",
    "number": "SD-260410-0007-K",
    "what": "户口簿、收入证明、家庭财产声明、授权书",
    "until": "2026年4月20日",
    "place": "社会事务综合窗口",
    "at": "2026年4月10日 12:00",
    "window": "社会事务综合窗口",
    "when": "4月13日 周一 09:00",
    "when_exact": "2026年4月13日 09:00",
    "link": "https://sandu.test/c/ABCD",
}


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_is_said_and_none_promises_that_it_arrived(kind: NoticeKind) -> None:
    said = sentence(kind, WORDS)
    assert said.endswith(("。", "：https://sandu.test/c/ABCD 。"))
    assert "{" not in said
    assert not any(word in said for word in ("已送达", "已通知到", "确保"))


def test_a_part_without_its_words_is_left_out() -> None:
    words = {"item": "低保", "number": "SD-1"}
    assert sentence(NoticeKind.CASE_ACCEPTED, words) == "您申请的“低保”（SD-1）已受理。"
    assert sentence(NoticeKind.CASE_ACCEPTED, {**words, "until": "5月8日"}) == (
        "您申请的“低保”（SD-1）已受理，承诺5月8日前办结。"
    )


def test_no_notice_promises_or_asks_for_a_day_that_is_over() -> None:
    words = {"item": "低保", "number": "SD-1", "what": "户口簿", "until": "2026年4月10日"}
    due, over = timely(words, today=date(2026, 4, 10)), timely(words, today=date(2026, 4, 11))
    assert sentence(NoticeKind.CASE_ACCEPTED, due).endswith("，承诺2026年4月10日前办结。")
    assert sentence(NoticeKind.CASE_ACCEPTED, over) == "您申请的“低保”（SD-1）已受理。"
    assert sentence(NoticeKind.CASE_FIX, over) == (
        "您申请的“低保”（SD-1）还缺材料：户口簿。可以到窗口或村服务点补交。"
    )
    assert is_over("2026年4月10日 09:00", today=date(2026, 4, 11))
    assert not is_over("", today=date(2026, 4, 11))


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_message_fits_what_wechat_allows_for_its_fields(kind: NoticeKind) -> None:
    purpose = RULES[kind].purpose
    names = [f"{each}{number}" for number, each in enumerate(TYPES[purpose], 1)]
    for words in (
        WORDS,
        {name: text * 3 for name, text in WORDS.items() if name in ("item", "what", "place")},
    ):
        fields = fields_of(kind, purpose, names, {**WORDS, **words})
        assert fields is not None
        for name, text in fields.items():
            assert FIELD_TYPES[name.rstrip("0123456789")].fullmatch(text), (name, text)


def test_the_demo_templates_have_the_fields_the_purposes_ask_for() -> None:
    by_id = {template.id: tuple(template.fields) for template in DEMO_TEMPLATES}
    assert {
        each: wrong_names(each, by_id[f"demo-{each.value}"]) for each in TemplatePurpose
    } == dict.fromkeys(TemplatePurpose, False)
    assert wrong_names(TemplatePurpose.PICKUP, ("thing1", "thing1", "thing2"))
    assert wrong_names(TemplatePurpose.PICKUP, ("thing1", "character_string2"))
    assert {purpose: len(slots) for purpose, slots in SLOTS.items()} == {
        purpose: len(types) for purpose, types in TYPES.items()
    }


def test_a_cut_text_says_so_and_a_field_that_cannot_be_filled_stops_the_message() -> None:
    assert (
        fit("thing1", "一二三四五六七八九十一二三四五六七八九十一")
        == "一二三四五六七八九十一二三四五六七八九…"
    )
    assert fit("thing1", "") == "详见办件进度"
    assert (
        fields_of(
            NoticeKind.CASE_FIX,
            TemplatePurpose.SUPPLEMENT,
            ["thing1", "character_string2", "thing3", "date4"],
            {},
        )
        is None
    )


@pytest.mark.parametrize(
    ("hour", "waits"), [(20, False), (21, True), (23, True), (2, True), (7, True), (8, False)]
)
def test_at_night_a_message_waits_until_eight(hour: int, *, waits: bool) -> None:
    midnight = datetime(2026, 4, 9, 16, 0, tzinfo=UTC)
    at = midnight + timedelta(hours=hour)
    until = QuietHours(21, 8).over_at(at)
    assert (until is not None) is waits
    if until is not None:
        assert (until + timedelta(hours=8)).hour == 8
        assert timedelta() < until - at <= timedelta(hours=11)


def test_the_same_hour_twice_means_no_quiet_hours() -> None:
    assert QuietHours(0, 0).over_at(NOON) is None


def test_pauses_grow_and_are_spread() -> None:
    assert outbox.pause(1, 0.5) == timedelta(seconds=30)
    assert outbox.pause(3, 0.5) == timedelta(minutes=2)
    assert outbox.pause(40, 0.5) == timedelta(hours=1)
    assert outbox.pause(1, 0.0) < outbox.pause(1, 0.99)


def event(kind: str, entries: object, *, at: int = 1) -> bytes:
    return msgspec.json.encode(
        {
            "ToUserName": "gh",
            "FromUserName": "o1",
            "CreateTime": at,
            "MsgType": "event",
            "Event": kind,
            "List": entries,
        }
    )


def test_wechat_events_are_read_with_one_entry_or_many() -> None:
    accepted = {"TemplateId": "t1", "SubscribeStatusString": "accept", "PopupScene": "0"}
    refused = {"TemplateId": "t2", "SubscribeStatusString": "reject"}
    one = push.read(event("subscribe_msg_popup_event", accepted))
    assert one.changes == (push.Change("o1", "t1", granted=True),)
    assert push.read(event("subscribe_msg_popup_event", [accepted, refused])).changes == one.changes
    assert push.read(event("subscribe_msg_change_event", refused)).changes == (
        push.Change("o1", "t2", granted=False),
    )
    undelivered = {"TemplateId": "t1", "MsgID": "1", "ErrorCode": "43101", "ErrorStatus": "user refuse"}
    assert push.read(event("subscribe_msg_sent_event", undelivered)).changes == (
        push.Change("o1", "t1", granted=False),
    )


def test_the_same_event_has_the_same_fingerprint_and_another_another() -> None:
    entry = {"TemplateId": "t1", "SubscribeStatusString": "accept"}
    first = push.read(event("subscribe_msg_popup_event", entry))
    assert push.read(event("subscribe_msg_popup_event", entry)).fingerprint == first.fingerprint
    assert push.read(event("subscribe_msg_popup_event", entry, at=2)).fingerprint != first.fingerprint
    with pytest.raises(push.NotAnEvent):
        push.read(b'{"List": 3}')
