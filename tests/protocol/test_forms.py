"""A form tells everything that is wrong at once, and keeps nothing it did not ask for."""

from datetime import date

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec.forms import Choice, Field, FieldKind, Form, When, asked, check, from_pairs
from api_spec.problems import SENTENCES, BadInput, Problem, sentence

TODAY = date(2026, 4, 10)
ID = "11010519491231002X"
SHA = "ab" * 32
USES = (Choice("home", "自住"), Choice("shop", "经营"), Choice("store", "仓储"))


def one(kind: FieldKind, **rules: object) -> Form:
    return Form((msgspec.convert({"name": "it", "label": "某项", "kind": kind, **rules}, Field),))


def problem(form: Form, value: object) -> Problem:
    return check(form, {"it": value}, today=TODAY).errors["it"].problem


HOUSE = Form(
    (
        Field(name="owner", label="户主姓名", max=30),
        Field(name="owner_id", label="户主身份证号", kind=FieldKind.ID_NUMBER),
        Field(name="phone", label="联系电话", kind=FieldKind.PHONE),
        Field(name="area", label="面积", kind=FieldKind.NUMBER, min=1, max=180, unit="平方米"),
        Field(name="use", label="用途", kind=FieldKind.CHOICE, choices=USES),
        Field(name="shop_name", label="店名", when=When("use", ("shop",))),
        Field(name="prepaid", label="预存金额", kind=FieldKind.MONEY_FEN, required=False),
        Field(name="note", label="说明", kind=FieldKind.LONG_TEXT, required=False),
    )
)
GOOD: dict[str, object] = {
    "owner": " 伍某 ",
    "owner_id": ID.lower(),
    "phone": "138 0000 0001",
    "area": "120",
    "use": "home",
}


def test_a_good_form_comes_back_in_its_one_written_form() -> None:
    clean, errors = check(HOUSE, GOOD | {"prepaid": "50.5", "note": "第一行\r\n第二行 "}, today=TODAY)
    assert not errors
    assert clean == {
        "owner": "伍某",
        "owner_id": ID,
        "phone": "13800000001",
        "area": 120,
        "use": "home",
        "prepaid": 5050,
        "note": "第一行\n第二行",
    }


def test_checking_what_was_checked_changes_nothing() -> None:
    clean, _ = check(HOUSE, GOOD | {"prepaid": "50.5"}, today=TODAY)
    assert check(HOUSE, clean, today=TODAY) == (clean, {})


def test_all_errors_are_told_at_once() -> None:
    bad = {
        "owner": "",
        "owner_id": 110105194912310021,
        "phone": "433",
        "area": 0,
        "use": "farm",
        "colour": "red",
    }
    errors = check(HOUSE, bad, today=TODAY).errors
    assert {name: wrong.problem for name, wrong in errors.items()} == {
        "owner": Problem.REQUIRED,
        "owner_id": Problem.WRONG_TYPE,
        "phone": Problem.PHONE,
        "area": Problem.TOO_SMALL,
        "use": Problem.NOT_A_CHOICE,
        "colour": Problem.UNKNOWN_FIELD,
    }
    assert errors["area"].sentence == "不能小于 1。"


def test_a_question_that_is_not_asked_is_neither_required_nor_kept() -> None:
    assert "shop_name" not in check(HOUSE, GOOD | {"shop_name": "三都小店"}, today=TODAY).clean
    shop = check(HOUSE, GOOD | {"use": "shop"}, today=TODAY)
    assert shop.errors["shop_name"].problem is Problem.REQUIRED
    assert (
        check(HOUSE, GOOD | {"use": "shop", "shop_name": "三都小店"}, today=TODAY).clean["shop_name"]
        == "三都小店"
    )


def test_yes_no_and_multiple_choices_can_open_a_question() -> None:
    by_answer = Field(name="why", label="原因", when=When("sure", ("no",)))
    by_list = Field(name="why", label="原因", when=When("uses", ("shop",)))
    assert asked(by_answer, {"sure": False})
    assert not asked(by_answer, {"sure": True})
    assert not asked(by_answer, {})
    assert asked(by_list, {"uses": ["home", "shop"]})
    assert not asked(by_list, {"uses": ["home"]})


@pytest.mark.parametrize(
    ("kind", "rules", "value", "problem_"),
    [
        (FieldKind.TEXT, {}, 7, Problem.WRONG_TYPE),
        (FieldKind.TEXT, {}, ["a"], Problem.WRONG_TYPE),
        (FieldKind.TEXT, {}, {"a": 1}, Problem.WRONG_TYPE),
        (FieldKind.TEXT, {}, "a\x00b", Problem.BAD_CHARACTER),
        (FieldKind.TEXT, {}, "a\nb", Problem.BAD_CHARACTER),
        (FieldKind.TEXT, {}, "a\ud800b", Problem.BAD_CHARACTER),
        (FieldKind.TEXT, {}, "abc\u202egpj", Problem.BAD_CHARACTER),
        (FieldKind.TEXT, {}, "长" * 101, Problem.TOO_LONG),
        (FieldKind.TEXT, {"min": 3}, "ab", Problem.TOO_SHORT),
        (FieldKind.TEXT, {"pattern": "[0-9]{10}"}, "123", Problem.PATTERN),
        (FieldKind.LONG_TEXT, {}, "长" * 2001, Problem.TOO_LONG),
        (FieldKind.LONG_TEXT, {}, "a\x1bb", Problem.BAD_CHARACTER),
        (FieldKind.ADDRESS, {}, "三都", Problem.TOO_SHORT),
        (FieldKind.NUMBER, {}, "十二", Problem.NOT_A_NUMBER),
        (FieldKind.NUMBER, {}, 1.5, Problem.NOT_A_NUMBER),
        (FieldKind.NUMBER, {}, True, Problem.NOT_A_NUMBER),
        (FieldKind.NUMBER, {}, "1" * 5000, Problem.NOT_A_NUMBER),
        (FieldKind.NUMBER, {}, -1, Problem.TOO_SMALL),
        (FieldKind.NUMBER, {"max": 9}, 10, Problem.TOO_LARGE),
        (FieldKind.MONEY_FEN, {}, "1.234", Problem.NOT_MONEY),
        (FieldKind.MONEY_FEN, {}, 1.5, Problem.NOT_MONEY),
        (FieldKind.MONEY_FEN, {}, "-5", Problem.NOT_MONEY),
        (FieldKind.MONEY_FEN, {"max": 10000}, "100.01", Problem.TOO_LARGE),
        (FieldKind.DATE, {}, "2026-02-30", Problem.NOT_A_DATE),
        (FieldKind.DATE, {}, 20260410, Problem.WRONG_TYPE),
        (FieldKind.DATE, {"max": 0}, "2026-04-11", Problem.DATE_TOO_LATE),
        (FieldKind.DATE, {"min": 0}, "2026-04-09", Problem.DATE_TOO_EARLY),
        (FieldKind.CHOICE, {"choices": USES}, "自住", Problem.NOT_A_CHOICE),
        (FieldKind.MULTI_CHOICE, {"choices": USES}, ["home", "x"], Problem.NOT_A_CHOICE),
        (FieldKind.MULTI_CHOICE, {"choices": USES, "max": 1}, ["home", "shop"], Problem.TOO_MANY_CHOICES),
        (FieldKind.MULTI_CHOICE, {"choices": USES, "min": 2}, ["home", "home"], Problem.TOO_FEW_CHOICES),
        (FieldKind.MULTI_CHOICE, {"choices": USES}, [1], Problem.WRONG_TYPE),
        (FieldKind.YES_NO, {}, "也许", Problem.NOT_YES_OR_NO),
        (FieldKind.YES_NO, {}, 1, Problem.NOT_YES_OR_NO),
        (FieldKind.PHONE, {}, "4331234", Problem.PHONE_AREA),
        (FieldKind.ID_NUMBER, {}, "110105491231002", Problem.ID_OLD_FIFTEEN),
        (FieldKind.PHOTO, {}, ["../etc/passwd"], Problem.NOT_A_PHOTO),
        (FieldKind.PHOTO, {"max": 1}, [SHA, "cd" * 32], Problem.TOO_MANY_CHOICES),
    ],
)
def test_each_kind_refuses_what_it_cannot_hold(
    kind: FieldKind, rules: dict[str, object], value: object, problem_: Problem
) -> None:
    assert problem(one(kind, **rules), value) is problem_


@pytest.mark.parametrize(
    ("kind", "rules", "value", "kept"),
    [
        (FieldKind.NUMBER, {}, " 1,200 ", 1200),
        (FieldKind.NUMBER, {}, "\uff11\uff12", 12),
        (FieldKind.NUMBER, {"min": -5}, "-3", -3),
        (FieldKind.MONEY_FEN, {}, "50", 5000),
        (FieldKind.MONEY_FEN, {}, "50.05 元", 5005),
        (FieldKind.MONEY_FEN, {}, 5005, 5005),
        (FieldKind.DATE, {}, "2026年4月1日", "2026-04-01"),
        (FieldKind.DATE, {}, "20260401", "2026-04-01"),
        (FieldKind.DATE, {"max": 0}, "2026-04-10", "2026-04-10"),
        (FieldKind.MULTI_CHOICE, {"choices": USES}, ["store", "home", "home"], ["home", "store"]),
        (FieldKind.MULTI_CHOICE, {"choices": USES}, "shop", ["shop"]),
        (FieldKind.YES_NO, {}, "是", True),
        (FieldKind.YES_NO, {}, False, False),
        (FieldKind.PHOTO, {}, [SHA, SHA], [SHA]),
        (FieldKind.TEXT, {}, "𠮷野㐂", "𠮷野㐂"),
    ],
)
def test_each_kind_has_one_written_form(
    kind: FieldKind, rules: dict[str, object], value: object, kept: object
) -> None:
    assert check(one(kind, **rules), {"it": value}, today=TODAY) == ({"it": kept}, {})


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from([field.name for field in HOUSE.fields]) | st.text(max_size=60), json_values
    )
)
def test_no_answer_whatever_breaks_the_check(answers: dict[str, object]) -> None:
    clean, errors = check(HOUSE, answers, today=TODAY)
    assert not clean.keys() & errors.keys()
    msgspec.json.encode((clean, {name: wrong.sentence for name, wrong in errors.items()}))


def test_an_html_form_becomes_answers() -> None:
    form = Form(
        (
            Field(name="owner", label="户主"),
            Field(name="uses", label="用途", kind=FieldKind.MULTI_CHOICE, choices=USES),
        )
    )
    pairs = [("action", "save"), ("f.owner", "伍某"), ("f.uses", "home"), ("f.uses", "shop"), ("f.x", "1")]
    assert from_pairs(form, pairs, prefix="f.") == {"owner": "伍某", "uses": ["home", "shop"], "x": "1"}


def test_people_read_labels_not_codes() -> None:
    use = Field(name="use", label="用途", kind=FieldKind.MULTI_CHOICE, choices=USES)
    assert use.label_of(["home", "store"]) == "自住、仓储"
    assert Field(name="a", label="面积", kind=FieldKind.NUMBER, unit="平方米").label_of(120) == "120平方米"
    assert Field(name="a", label="金额", kind=FieldKind.MONEY_FEN).label_of(5005) == "50.05 元"
    assert Field(name="a", label="哪天", kind=FieldKind.DATE).label_of("2026-04-01") == "2026年4月1日"
    assert Field(name="a", label="同意", kind=FieldKind.YES_NO).label_of(True) == "是"
    assert Field(name="a", label="照片", kind=FieldKind.PHOTO).label_of([SHA]) == "1 张"


def test_phones_identity_numbers_and_addresses_are_always_personal() -> None:
    assert all(
        Field(name="a", label="某项", kind=kind).is_personal
        for kind in (FieldKind.PHONE, FieldKind.ID_NUMBER, FieldKind.ADDRESS)
    )
    assert not Field(name="a", label="某项").is_personal


@pytest.mark.parametrize(
    "fields",
    [
        [Field(name="Bad Name", label="x")],
        [Field(name="a", label="")],
        [Field(name="a", label="x"), Field(name="a", label="y")],
        [Field(name="a", label="x", kind=FieldKind.CHOICE)],
        [Field(name="a", label="x", choices=USES)],
        [Field(name="a", label="x", kind=FieldKind.CHOICE, choices=(USES[0], USES[0]))],
        [Field(name="a", label="x", min=2, max=1)],
        [Field(name="a", label="x", kind=FieldKind.NUMBER, pattern="1")],
        [Field(name="a", label="x", when=When("b", ("yes",)))],
        [
            Field(name="b", label="x", kind=FieldKind.CHOICE, choices=USES),
            Field(name="a", label="x", when=When("b", ("z",))),
        ],
    ],
)
def test_a_definition_that_contradicts_itself_is_refused(fields: list[Field]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the kind of error is the contract, its wording is for the log
        Form(tuple(fields))


def test_a_definition_survives_the_journey_to_a_village() -> None:
    assert msgspec.json.decode(msgspec.json.encode(HOUSE), type=Form) == HOUSE


def test_every_problem_has_a_sentence_and_names_only_limits_it_is_given() -> None:
    assert set(SENTENCES) == set(Problem)
    assert BadInput(Problem.TOO_LARGE, max="9").sentence == "不能大于 9。"
    with pytest.raises(KeyError):
        sentence(Problem.TOO_LARGE)
