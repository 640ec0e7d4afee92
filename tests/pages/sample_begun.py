"""A citizen's own things for pictures: an application begun with a photo of one paper, and a wish about their data."""

from dataclasses import dataclass
from datetime import datetime

from api_spec.own_data_terms import DataWish
from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.drafts.draft import Filled
from backend.ids import new_id
from backend.office import Office
from tests.blobs.pictures import photo


@dataclass(frozen=True, slots=True)
class OwnThings:
    """`draft` is of the item SD-003, every question answered; `wish` waits for its answer."""

    draft: str = ""
    wish: str = ""


async def begin(office: Office, *, at: datetime, owner: str, typed: dict[str, list[str]]) -> OwnThings:
    """Nothing where nobody is signed in."""
    if not owner:
        return OwnThings()
    tenant_id = office.catalogue.tenant_ids[0]
    item = next(each for each in office.catalogue.shelf(tenant_id).pack.items if each.code == "SD-003")
    actor = Actor(id=owner, roles=frozenset({Role.CITIZEN}), tenant_id=tenant_id)
    sent, _ = await office.photos.receive(photo(serial=99, side=320), actor=actor, at=at)
    paper = item.materials_for("")[0].code
    filled = Filled(typed={**typed, f"paper.{paper}": ["present"]}, photos={paper: [sent.id]})
    draft = await office.drafts.save(item.id, lambda _: filled, actor=actor, at=at)
    await office.own_data.ask(
        DataWish.CORRECT, "我搬家了，请把住址改成福利村3组。", rid=new_id(), actor=actor, at=at
    )
    [wish] = await office.own_data.own(owner)
    return OwnThings(draft=draft.id, wish=wish.id)
