"""What every node of a township is told besides its cases: the catalogue in force and who may sign in there."""

from datetime import datetime, timedelta
from typing import Final

import msgspec

from api_spec import certificate, feed
from api_spec.china_time import day_in_china
from api_spec.feed import CaseRow, CatalogueManifest, CatalogueRow, ClerkRow, FeedRow, NoticeRow
from backend.catalogue.service import Catalogue
from backend.db import in_transaction
from backend.intake import rows, store_feed, store_nodes
from backend.intake.county import County
from backend.intake.feeds import Feeds
from backend.intake.store_feed import Announced
from backend.intake.values import Node
from backend.intake.village_notices import VillageNotices
from backend.people.service import People

LOOK_AGAIN: Final = timedelta(seconds=30)
_manifest = msgspec.json.Decoder(CatalogueManifest)


class Announcing:
    """Keeps feeds level with the catalogue and the accounts, looking at most every half minute for each node."""

    def __init__(
        self, catalogue: Catalogue, people: People, feeds: Feeds, county: County, notices: VillageNotices
    ) -> None:
        self._catalogue = catalogue
        self._people = people
        self._feeds = feeds
        self._county = county
        self._notices = notices
        self._looked: dict[int, tuple[datetime, str]] = {}

    async def introduce(self, node: Node, *, at: datetime) -> None:
        """A new node's first rows: catalogue, accounts and what its village's other computers knew of cases."""
        told: list[FeedRow] = await self._missing(node, at)
        known: dict[str, FeedRow] = {}
        for other in await store_nodes.all_of_village(node.village_id):
            for row in await self._feeds.latest(other, CaseRow):
                if row.rid not in known or known[row.rid].srev < row.srev:
                    known[row.rid] = row
        await self._feeds.append({node.number: [*told, *known.values()]})

    async def bring_up(self, node: Node, *, at: datetime) -> None:
        """Tell a node what has changed for it since it was last looked at."""
        sha = (await self._catalogue.pack(node.tenant_id)).sha
        looked = self._looked.get(node.number)
        if looked and looked[1] == sha and abs(at - looked[0]) < LOOK_AGAIN:
            return
        if await self._missing(node, at):
            async with in_transaction():
                await store_feed.hold(node.number)
                await self._feeds.append({node.number: await self._missing(node, at)})
        self._looked[node.number] = (at, sha)

    async def manifest(self, tenant_id: str) -> CatalogueManifest:
        """The catalogue in force, signed by the county; announced under the next version if it is new."""
        while True:
            packed = await self._catalogue.pack(tenant_id)
            items = self._catalogue.shelf(tenant_id).pack.items
            last = await store_feed.announced(tenant_id)
            if last is not None and last.pack == packed.sha:
                return _manifest.decode(last.manifest)
            manifest = certificate.sign_manifest(
                CatalogueManifest(
                    tenant=tenant_id,
                    version=last.version + 1 if last else 1,
                    pack=packed.sha,
                    size=len(packed.body),
                    previous=last.pack if last else "",
                    schema_floor=min((item.record_schema for item in items), default=1),
                    alg="",
                ),
                self._county.signing,
            )
            await store_feed.announce(
                tenant_id, Announced(manifest.version, manifest.pack, msgspec.json.encode(manifest))
            )

    async def _missing(self, node: Node, at: datetime) -> list[FeedRow]:
        manifest = await self.manifest(node.tenant_id)
        told = await self._feeds.latest(node.number, CatalogueRow)
        missing: list[FeedRow] = []
        if not told or told[0].srev < manifest.version:
            missing.append(CatalogueRow(rid=feed.CATALOGUE_RID, srev=manifest.version, manifest=manifest))
        known = {row.rid: row for row in await self._feeds.latest(node.number, ClerkRow)}
        missing += rows.clerk_rows(
            await self._wanted(node, at),
            {rid: row for rid, row in known.items() if isinstance(row, ClerkRow)},
        )
        told_notices = await self._feeds.latest(node.number, NoticeRow)
        missing += await self._notices.missing(
            node, {row.rid: row for row in told_notices if isinstance(row, NoticeRow)}, at=at
        )
        return missing

    async def _wanted(self, node: Node, at: datetime) -> dict[str, ClerkRow]:
        logins = await self._people.village_logins(node.tenant_id, node.village_id, day=day_in_china(at))
        return {
            login.account.id: ClerkRow(
                rid=login.account.id,
                srev=1,
                login=login.account.login_name,
                name=login.account.name,
                password=login.password_hash,
            )
            for login in logins
        }
