"""Where a line of Chinese text may end: no line begins with closing punctuation, none ends with opening. Pure."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

OPENING: Final = "“‘（《〈「『【〔［｛"
CLOSING: Final = "”’）》〉」』】〕］｝，。、；：！？…—·％℃.,;:!?)]%"
_WORD: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z./@_-]*|.", re.DOTALL)
"""A number or a foreign word stays in one piece."""


def broken(words: str, width_of: Callable[[str], float], *, room: float, indent: float = 0) -> list[str]:
    """`words` as lines.

    Args:
        width_of: how wide a piece of text is, in the unit of the rest.
        room: how wide a line may be; indent: how much less the first one.
    """
    lines, line, left = [], "", room - indent
    for piece in _pieces(words):
        for part in (piece,) if width_of(piece) <= room else tuple(piece):
            if line and width_of(line + part) > left:
                lines.append(line)
                line, left = "", room
            line += part
    return [*lines, line]


def _pieces(words: str) -> Iterator[str]:
    """What must stay on one line: a sign with the word it clings to."""
    found = _WORD.findall(words)
    piece = found[0] if found else ""
    for before, sign in pairwise(found):
        if sign in CLOSING or before in OPENING:
            piece += sign
        else:
            yield piece
            piece = sign
    yield piece
