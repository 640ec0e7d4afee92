"""Makes what every world begins with, once: a township, and a computer enrolled with it and supplied.

One item is published: every opened node and township builds a search index of its whole catalogue.
"""

import shutil
from pathlib import Path

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.setup import set_up
from tests.faults.town import DATABASE, Front, Town
from tests.faults.world import Template
from tests.sync.conftest import LAND_LEASE, open_pc


async def make_template(folder: Path, migrated: Path, *, more: int = 0) -> Template:
    """Make everything from nothing.

    Args:
        migrated: an empty township's file nobody has open.
        more: how many further computers, each of another village.
    """
    place = folder / "template"
    place.mkdir()
    shutil.copyfile(migrated, place / DATABASE)
    town = Town(place)
    await town.open()
    tenant = await set_up(town.running, at=town.clock())
    catalogue = town.running.catalogue
    head = Actor(
        id="head", roles=frozenset({Role.SYSTEM_ADMIN, Role.DIRECTOR}), tenant_id=tenant, name="周主任"
    )
    drafts = await catalogue.drafts(tenant)
    lease = [draft.item.id for draft in drafts if draft.item.code == LAND_LEASE]
    await catalogue.confirm(tenant, lease, by=head, at=town.clock())
    await catalogue.publish(tenant, lease, by=head, at=town.clock())
    folders = []
    for turn, village in enumerate((await catalogue.villages(tenant))[: more + 1]):
        code = await town.running.intake.make_code(village.id, actor=head, at=town.clock())
        pc = await open_pc(place / f"village-{turn}", Front(town), token=code.code)
        await pc.sync.until_quiet()
        await pc.database.close()
        folders.append(pc.folder)
    await town.close()
    return Template(place / DATABASE, folders[0], lease[0], tuple(folders[1:]))
