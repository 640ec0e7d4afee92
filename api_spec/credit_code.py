"""统一社会信用代码 (GB 32100): the number of an organisation, and its alphabet, shared with case numbers."""

from collections.abc import Sequence
from operator import mul
from typing import Final

from api_spec.problems import BadInput, Problem
from api_spec.text import typed, without_separators

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
LENGTH: Final = 18
_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(LENGTH - 1))
_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}


def parse(text: object) -> str:
    """The code's one written form: eighteen upper-case characters.

    Raises:
        BadInput: WRONG_TYPE, CREDIT_LENGTH, CREDIT_CHARACTER (I, O, S, V and Z do not occur), CREDIT_CHECK.

    Source: GB 32100-2015: weights 3^i mod 31 over the first seventeen characters.
    """
    code = without_separators(typed(text)).upper()
    if len(code) != LENGTH:
        raise BadInput(Problem.CREDIT_LENGTH)
    if not _VALUE.keys() >= set(code):
        raise BadInput(Problem.CREDIT_CHARACTER)
    if check_character([_VALUE[symbol] for symbol in code[:-1]]) != code[-1]:
        raise BadInput(Problem.CREDIT_CHECK)
    return code


def check_character(values: Sequence[int]) -> str:
    """The symbol that makes the sum of value x 3^i a multiple of 31. Values are taken modulo 31.

    Raises:
        ValueError: more than seventeen values.
    """
    if len(values) > len(_WEIGHTS):
        raise ValueError("a check character follows at most seventeen symbols")
    return ALPHABET[-sum(map(mul, values, _WEIGHTS)) % 31]
