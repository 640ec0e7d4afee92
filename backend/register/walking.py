"""Walks a township's rows of any table in the order of their ids, a few at a time. It knows no table. Reads only.

Ordering by id within a township costs a sort of all its rows; so the ids are fetched some thousands at a time, and the
rows, which are large, by their ids.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from backend import db

IDS: Final = 5_000


async def walk(
    table: str, tenant_id: str, *, batch: int, also: str = "", values: Sequence[Any] = ()
) -> AsyncIterator[list[str]]:
    """Ids of every row of the township, at most `batch` together.

    Args:
        also, values: a further condition in SQL, with what its marks stand for.
    """
    after = ""
    narrowed = f" AND {also}" if also else ""
    while found := await db.long_read(
        f"SELECT id FROM {table} WHERE tenant_id = ? AND id > ?{narrowed} ORDER BY id LIMIT ?",  # noqa: S608
        [tenant_id, after, *values, IDS],
    ):
        ids = [row["id"] for row in found]
        after = ids[-1]
        for first in range(0, len(ids), batch):
            yield ids[first : first + batch]
