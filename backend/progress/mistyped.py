"""What to say of something typed that is no tracking code. Pure."""

from typing import Final

from api_spec import case_number
from api_spec.problems import BadInput

IS_CASE_NUMBER: Final = "这是办件编号，请填回执下方的查询码。"


def mistake(typed: str, sentence: str) -> str:
    """`sentence`, or a better one for the other number on the slip."""
    try:
        case_number.parse(typed)
    except BadInput:
        return sentence
    return IS_CASE_NUMBER
