"""What townships have published, in memory: every read of the catalogue that must not wait for a database."""

from collections.abc import Sequence

from api_spec.catalogue import DepartmentCard, Item, PartnerCard, WindowCard
from api_spec.errors import ErrorCode
from api_spec.vocabulary import WindowType
from backend.catalogue.values import PackBytes, Shelf, Tenant, Village
from backend.faults import Fault


class Shelves:
    """One shelf a township, replaced as a whole by whoever publishes."""

    def __init__(self) -> None:
        self._shelves: dict[str, Shelf] = {}
        self._villages: dict[str, Village] = {}

    def _put(self, shelf: Shelf) -> None:
        self._shelves[shelf.tenant.id] = shelf
        self._villages.update({village.id: village for village in shelf.villages})

    @property
    def tenant_ids(self) -> tuple[str, ...]:
        """Every loaded township, the first one first."""
        return tuple(self._shelves)

    def shelf(self, tenant_id: str) -> Shelf:
        """Raises Fault(NOT_FOUND): no such township."""
        shelf = self._shelves.get(tenant_id)
        if shelf is None:
            raise Fault(ErrorCode.NOT_FOUND, tenant_id=tenant_id)
        return shelf

    def item_now(self, tenant_id: str, item_id: str) -> Item:
        """The published item, from memory.

        Raises:
            Fault: ITEM_NOT_FOUND.
        """
        shelf = self._shelves.get(tenant_id)
        item = shelf.by_id.get(item_id) if shelf else None
        if item is None:
            raise Fault(ErrorCode.ITEM_NOT_FOUND, item_id=item_id)
        return item

    def search(self, tenant_id: str, text: str, *, limit: int = 20) -> Sequence[Item]:
        """Best matches first, by words, everyday words or pinyin."""
        return self.shelf(tenant_id).index.search(text, limit=limit)

    def department_id(self, tenant_id: str, window: WindowType) -> str:
        """The department that serves windows of this type.

        Raises:
            Fault: NOT_FOUND, the township has no such window.
        """
        found = self.shelf(tenant_id).departments.get(window)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND, window=window)
        return found

    async def item(self, tenant_id: str, item_id: str) -> Item:
        """Raises Fault(ITEM_NOT_FOUND)."""
        return self.item_now(tenant_id, item_id)

    async def items(self, tenant_id: str) -> Sequence[Item]:
        """Every published item, by code."""
        return self.shelf(tenant_id).pack.items

    async def tenant(self, tenant_id: str) -> Tenant:
        return self.shelf(tenant_id).tenant

    async def departments(self, tenant_id: str) -> Sequence[DepartmentCard]:
        return self.shelf(tenant_id).pack.departments

    async def windows(self, tenant_id: str) -> Sequence[WindowCard]:
        return self.shelf(tenant_id).pack.windows

    async def partners(self, tenant_id: str) -> Sequence[PartnerCard]:
        return self.shelf(tenant_id).pack.partners

    async def villages(self, tenant_id: str) -> Sequence[Village]:
        return self.shelf(tenant_id).villages

    async def village(self, village_id: str) -> Village:
        """A village of any loaded township.

        Raises:
            Fault: NOT_FOUND.
        """
        found = self._villages.get(village_id)
        if found is None:
            raise Fault(ErrorCode.NOT_FOUND, village_id=village_id)
        return found

    async def pack(self, tenant_id: str) -> PackBytes:
        """The catalogue as it goes to nodes now."""
        return self.shelf(tenant_id).packed
