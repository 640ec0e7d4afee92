"""Identity numbers, telephone numbers and credit codes: what is possible, what is not, and why."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_spec import credit_code, phones
from api_spec.identity_number import LOCAL_PREFIXES, Sex, check_character, is_local_prefix, mask, parse
from api_spec.problems import BadInput, Problem
from api_spec.vocabulary import DocumentType

TODAY = date(2026, 4, 10)
OFFICIAL = "11010519491231002X"


@st.composite
def numbers(draw: st.DrawFn) -> str:
    prefix = draw(st.sampled_from(LOCAL_PREFIXES))
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    seventeen = f"{prefix}{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return seventeen + check_character(seventeen)


def problem_of(text: object, kind: DocumentType = DocumentType.ID_CARD) -> Problem:
    with pytest.raises(BadInput) as refused:
        parse(text, today=TODAY, kind=kind)
    return refused.value.problem


def test_the_number_printed_in_the_standard_is_read() -> None:
    read = parse(OFFICIAL, today=TODAY)
    assert (read.number, read.birth_date, read.sex, read.local) == (
        OFFICIAL,
        date(1949, 12, 31),
        Sex.FEMALE,
        False,
    )


@pytest.mark.parametrize(
    "written",
    [
        "11010519491231002x",
        "110105 19491231 002x",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
    ],
)
def test_lower_case_full_width_and_spaces_are_the_same_number(written: str) -> None:
    assert parse(written, today=TODAY).number == OFFICIAL


@given(numbers())
def test_a_local_number_tells_birth_date_and_sex(number: str) -> None:
    read = parse(number, today=TODAY)
    assert read.local
    assert read.birth_date is not None
    assert f"{read.birth_date:%Y%m%d}" == number[6:14]
    assert (read.sex is Sex.MALE) == (int(number[16]) % 2 == 1)


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_any_one_wrong_digit_is_refused(number: str, place: int, shift: int) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    with pytest.raises(BadInput):
        parse(number[:place] + wrong + number[place + 1 :], today=TODAY)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        (110105194912310021, Problem.WRONG_TYPE),
        (None, Problem.WRONG_TYPE),
        (True, Problem.WRONG_TYPE),
        ("", Problem.ID_LENGTH),
        ("1101051949123100", Problem.ID_LENGTH),
        ("110105491231002", Problem.ID_OLD_FIFTEEN),
        ("1101051949123100AX", Problem.ID_CHARACTER),
        ("X10105194912310021", Problem.ID_CHARACTER),
        ("1101051949123100١X", Problem.ID_CHARACTER),
        ("99010519491231002X", Problem.ID_PROVINCE),
        ("110105194913310021", Problem.ID_BIRTH_DATE),
        ("110105190002290021", Problem.ID_BIRTH_DATE),
        ("110105000001010021", Problem.ID_BIRTH_DATE),
        ("110105202604110021", Problem.ID_FUTURE),
        ("110105194912310021", Problem.ID_CHECK),
    ],
)
def test_each_fault_has_its_own_reason(written: object, problem: Problem) -> None:
    assert problem_of(written) is problem


def test_someone_born_today_has_a_number() -> None:
    seventeen = "43048120260410001"
    assert parse(seventeen + check_character(seventeen), today=TODAY).birth_date == TODAY


def test_all_four_prefixes_of_leiyang_are_local_and_the_neighbour_is_not() -> None:
    assert all(
        is_local_prefix(prefix + "190001010011") for prefix in ("432830", "430427", "439003", "430481")
    )
    assert not is_local_prefix("430482190001010011")


@pytest.mark.parametrize(
    ("kind", "written", "number"),
    [
        (DocumentType.HM_PERMIT, "h12345678", "H12345678"),
        (DocumentType.HM_PERMIT, "M1234567801", "M1234567801"),
        (DocumentType.TW_PERMIT, "12345678", "12345678"),
        (DocumentType.PASSPORT, "E 12345678", "E12345678"),
        (DocumentType.FOREIGN_RESIDENT, "usa430012345678", "USA430012345678"),
        (DocumentType.FOREIGN_RESIDENT, "943840190001010018", "943840190001010018"),
        (DocumentType.RESIDENCE_PERMIT_HMT, "810000190001010019", "810000190001010019"),
    ],
)
def test_other_documents_are_read_in_their_own_form(kind: DocumentType, written: str, number: str) -> None:
    seventeen = number[:17]
    if len(number) == 18:
        number = written = seventeen + check_character(seventeen)
    assert parse(written, today=TODAY, kind=kind).number == number


@pytest.mark.parametrize(
    ("kind", "written", "problem"),
    [
        (DocumentType.HM_PERMIT, "A12345678", Problem.DOCUMENT_FORMAT),
        (DocumentType.TW_PERMIT, "1234567", Problem.DOCUMENT_FORMAT),
        (DocumentType.PASSPORT, "ABCDEFG", Problem.DOCUMENT_FORMAT),
        (DocumentType.PASSPORT, "护照12345", Problem.DOCUMENT_FORMAT),
        (DocumentType.FOREIGN_RESIDENT, "USA123", Problem.DOCUMENT_FORMAT),
        (DocumentType.FOREIGN_RESIDENT, "943840190013010018", Problem.ID_BIRTH_DATE),
        (DocumentType.RESIDENCE_PERMIT_HMT, OFFICIAL, Problem.ID_PROVINCE),
        (DocumentType.TW_PERMIT, 12345678, Problem.WRONG_TYPE),
    ],
)
def test_other_documents_are_refused_by_their_own_rule(
    kind: DocumentType, written: object, problem: Problem
) -> None:
    assert problem_of(written, kind) is problem


def test_a_masked_number_keeps_only_what_the_law_lets_others_see() -> None:
    assert mask("430481190001010018") == "430***********0018"
    assert mask("E12345678") == "E******78"


@pytest.mark.parametrize(
    "written", ["13800000001", "+86 138 0000 0001", "138-0000-0001", "１３８０００００００１"]
)
def test_a_mobile_number_has_one_written_form(written: str) -> None:
    assert phones.parse_mobile(written) == phones.parse_phone(written) == "13800000001"


@pytest.mark.parametrize("written", ["07344331234", "0734-4331234", "(0734)4331234", "0734 433 1234"])
def test_a_land_line_keeps_its_area_code(written: str) -> None:
    assert phones.parse_phone(written) == "0734-4331234"


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("4331234", Problem.PHONE_AREA),
        ("12800000001", Problem.PHONE),
        ("1380000000", Problem.PHONE),
        ("", Problem.PHONE),
        (13800000001, Problem.WRONG_TYPE),
    ],
)
def test_what_nobody_could_ring_is_refused(written: object, problem: Problem) -> None:
    with pytest.raises(BadInput) as refused:
        phones.parse_phone(written)
    assert refused.value.problem is problem


def test_a_land_line_is_no_mobile() -> None:
    with pytest.raises(BadInput) as refused:
        phones.parse_mobile("0734-4331234")
    assert refused.value.problem is Problem.MOBILE


def test_masked_phones_cannot_be_rung() -> None:
    assert phones.mask("13800000001") == "138****0001"
    assert phones.mask("0734-4331234") == "0734-****234"


def test_the_published_credit_code_is_read_in_any_case() -> None:
    assert credit_code.parse("11440232mb2d06811w") == "11440232MB2D06811W"


@given(st.integers(0, 17), st.integers(1, 30))
def test_any_one_wrong_character_of_a_credit_code_is_found(place: int, shift: int) -> None:
    code = "11440232MB2D06811W"
    alphabet = credit_code.ALPHABET
    wrong = alphabet[(alphabet.index(code[place]) + shift) % 31]
    with pytest.raises(BadInput) as refused:
        credit_code.parse(code[:place] + wrong + code[place + 1 :])
    assert refused.value.problem is Problem.CREDIT_CHECK


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("11440232MB2D0681", Problem.CREDIT_LENGTH),
        ("11440232MB2D0681OW", Problem.CREDIT_CHARACTER),
        (114402321234068110, Problem.WRONG_TYPE),
    ],
)
def test_a_malformed_credit_code_says_why(written: object, problem: Problem) -> None:
    with pytest.raises(BadInput) as refused:
        credit_code.parse(written)
    assert refused.value.problem is problem
