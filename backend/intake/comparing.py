"""The daily comparison of a node's view with ours (sync/1, 2.7): whatever made them differ, it is seen and put right."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api_spec import comparison
from api_spec.feed import CaseRow
from api_spec.sync import Check, CheckAnswer, CheckStatus, MonthSum, PullAsk
from backend.intake import store_feed, store_nodes, store_streams
from backend.intake.feeds import Feeds
from backend.intake.values import LOST, Node

_AT_ONCE: Final = 200


class Comparing:
    """Compares at the very position the node stands at, so that what is still under way is no difference."""

    def __init__(self, feeds: Feeds) -> None:
        self._feeds = feeds

    async def compare(self, node: Node, check: Check, pull: PullAsk | None, *, at: datetime) -> CheckAnswer:
        """What is not alike; kept for the township's page. LATER if the node's position is not one of ours."""
        if pull is None or not await store_feed.knows(node.number, pull.pos, pull.dig):
            return CheckAnswer(status=CheckStatus.LATER)
        differs = comparison.differing(await self._view(node.number, pull.pos), check.months)
        lost = await self._lost(check.lacking)
        await store_nodes.compared(node.number, differs=(*differs, *((LOST,) if lost else ())), at=at)
        alike = not differs and not lost
        return CheckAnswer(
            status=CheckStatus.ALIKE if alike else CheckStatus.DIFFERS, differs=differs, resend=lost
        )

    async def _view(self, node: int, pos: int) -> tuple[MonthSum, ...]:
        """What a node that stands at `pos` must have in view."""
        newest = await store_feed.newest(node, _TAG, upto=pos)
        cases: list[tuple[str, int, int]] = []
        for start in range(0, len(newest), _AT_ONCE):
            sealed = await store_feed.at(node, newest[start : start + _AT_ONCE])
            cases += [
                (row.rid, row.srev, row.received_ms)
                for row in self._feeds.opened(sealed)
                if isinstance(row, CaseRow)
            ]
            await asyncio.sleep(0)
        return comparison.month_sums(cases)

    @staticmethod
    async def _lost(rids: Sequence[str]) -> bool:
        """Whether any of these records left no trace here at all."""
        return bool(rids) and len(await store_streams.traces(rids)) < len(set(rids))


_TAG: Final = str(CaseRow.__struct_config__.tag)
