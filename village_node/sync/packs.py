"""The catalogue as it came down: packs named by their hash. The current one and the one before are kept."""

import msgspec

from api_spec import certificate
from api_spec.catalogue import CataloguePack, Item
from api_spec.feed import CatalogueManifest
from api_spec.item_search import ItemIndex
from api_spec.records import SCHEMA
from village_node.storage.database import Database, Writing

_KEPT = 2
_decode = msgspec.json.Decoder(CataloguePack).decode


class NoCatalogue(RuntimeError):
    """Nothing came down yet: the first connection is still to be made."""


class TooNew(msgspec.Struct, frozen=True):
    """An item this version cannot even read: shown greyed, so that nobody thinks it is gone."""

    id: str
    name: str


class _Items(msgspec.Struct):
    items: tuple[msgspec.Raw, ...]


def read_pack(body: bytes) -> tuple[CataloguePack, tuple[TooNew, ...]]:
    """A pack, without the items only a later version can read; those are named.

    Raises:
        msgspec.MsgspecError: nothing of it can be read.
    """
    try:
        return _decode(body), ()
    except msgspec.ValidationError:
        known, strange = [], []
        for raw in msgspec.json.decode(body, type=_Items).items:
            try:
                known.append(msgspec.to_builtins(msgspec.json.decode(raw, type=Item)))
            except msgspec.ValidationError:
                strange.append(msgspec.json.decode(raw, type=TooNew))
        if not known:
            raise
        return msgspec.convert({**msgspec.json.decode(body), "items": known}, CataloguePack), tuple(strange)


class Packs:
    """`current` is held in memory, ready for every page."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._current: tuple[str, CataloguePack] | None = None
        self._index = ItemIndex(())
        self.too_new: tuple[TooNew, ...] = ()

    async def open(self) -> None:
        """Load the newest pack, once, at start."""
        row = await self._database.row("SELECT sha, body FROM pack ORDER BY version DESC LIMIT 1")
        if row is not None:
            self._use(row["sha"], *read_pack(row["body"]))

    @property
    def sha(self) -> str:
        """Which pack is in use; "" for none."""
        return self._current[0] if self._current else ""

    def current(self) -> CataloguePack:
        """Raises NoCatalogue."""
        if self._current is None:
            raise NoCatalogue
        return self._current[1]

    def find_item(self, item_id: str) -> Item | None:
        if self._current is None:
            return None
        return next((item for item in self._current[1].items if item.id == item_id), None)

    def search(self, text: str, *, limit: int = 20) -> list[Item]:
        """Items by name, everyday word, pinyin or its initials, best first."""
        return self._index.search(text, limit=limit)

    def wants(self, manifest: CatalogueManifest, county_key: bytes) -> bool:
        """Whether to fetch what the manifest names.

        If every item of it needs a newer record schema than ours, the old pack stays in use.

        Raises:
            BadSignature: not signed by our county.
        """
        certificate.verify_manifest(manifest, county_key)
        return manifest.pack != self.sha and manifest.schema_floor <= SCHEMA

    async def adopt(self, manifest: CatalogueManifest, body: bytes) -> None:
        """Use a pack from now on.

        Args:
            body: bytes whose SHA-256 is `manifest.pack`; the caller has checked that.

        Raises:
            msgspec.MsgspecError: no pack this version can read; the old one stays in use.
        """
        pack, too_new = read_pack(body)

        async def work(tx: Writing) -> None:
            await tx.run(
                "INSERT INTO pack (sha, version, body) VALUES (?, ?, ?)"
                " ON CONFLICT (sha) DO UPDATE SET version = excluded.version",
                manifest.pack,
                manifest.version,
                body,
            )
            await tx.run(
                "DELETE FROM pack WHERE sha NOT IN (SELECT sha FROM pack ORDER BY version DESC LIMIT ?)",
                _KEPT,
            )

        await self._database.write(work)
        self._use(manifest.pack, pack, too_new)

    def _use(self, sha: str, pack: CataloguePack, too_new: tuple[TooNew, ...]) -> None:
        self._current = (sha, pack)
        self.too_new = too_new
        self._index = ItemIndex(pack.items, pack.synonyms)
