"""Where lines end on paper: never before closing punctuation, never after opening, never inside a number."""

from itertools import pairwise

import pytest

from backend.documents.breaking import CLOSING, OPENING, broken

SAID = (
    "您于2026年4月10日提出的“最低生活保障申请”（首次申请），依据《社会救助暂行办法》第四十八条、《中华人民共和国"
    "行政许可法》第三十二条，经核对，材料齐全；咨询电话0734-4331001。"
)


@pytest.mark.parametrize("room", range(3, 30))
def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(room: int) -> None:
    lines = broken(SAID, lambda text: float(len(text)), room=room, indent=2)
    assert "".join(lines) == SAID
    assert all(len(line) <= room for line in lines)
    if room > max(map(len, ("0734-4331001。", "申请”（首次"))):
        for above, below in pairwise(lines):
            assert above[-1] not in OPENING
            assert below[0] not in CLOSING
            assert not (above[-1].isdigit() and below[0].isdigit())


def test_the_first_line_leaves_room_for_its_indent_and_nothing_is_one_empty_line() -> None:
    assert broken("一二三四五六", lambda text: float(len(text)), room=4, indent=2) == ["一二", "三四五六"]
    assert broken("", lambda text: float(len(text)), room=4) == [""]
