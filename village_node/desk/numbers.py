"""The two numbers on a slip, made without a line: the tracking code and the case number. Part of the filing transaction."""

from collections.abc import Callable
from datetime import date
from typing import Final

from api_spec import case_number, tracking_code
from village_node.storage.database import Writing

PICK_TRIES: Final = 200


class NoNumberLeft(RuntimeError):
    """No free case number was found for this day: far more cases than any village has."""


async def fresh_code(tx: Writing, *, node: int, key: bytes, random_bits: Callable[[int], int]) -> str:
    """Random, so that a restored or cloned PC prints another one; looked up, so that this PC never repeats itself."""
    while True:
        code = tracking_code.mint(node, random_bits(tracking_code.RANDOM_BITS), key=key).text
        taken = await tx.row(
            "SELECT 1 FROM register WHERE tracking_code = ?1 UNION ALL SELECT 1 FROM shadow WHERE code = ?1",
            code,
        )
        if taken is None:
            return code


async def fresh_number(tx: Writing, today: date, *, random_bits: Callable[[int], int]) -> str:
    """A free number in our block for `today`.

    Raises:
        NoNumberLeft: also while the township has granted no block.
    """
    block = await tx.row("SELECT prefix, block FROM number_block")
    if block is None:
        raise NoNumberLeft
    for _ in range(PICK_TRIES):
        pick = random_bits(14)
        if pick > case_number.PICK_MAX:
            continue
        number = case_number.village_number(block["prefix"], today, block=block["block"], pick=pick)
        if await tx.row("SELECT 1 FROM register WHERE case_number = ?", number) is None:
            return number
    raise NoNumberLeft
