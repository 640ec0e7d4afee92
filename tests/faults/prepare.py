"""Makes what every world begins with, once: a seeded township, and a computer enrolled with it and supplied."""

import shutil
from pathlib import Path

from api_spec.vocabulary import Role
from backend.actors import Actor
from backend.demo.seed import seed
from tests.faults.town import DATABASE, Front, Town
from tests.faults.world import Template
from tests.sync.conftest import open_pc


async def make_template(folder: Path, migrated: Path) -> Template:
    """Args: migrated: an empty township's file nobody has open."""
    place = folder / "template"
    place.mkdir()
    shutil.copyfile(migrated, place / DATABASE)
    town = Town(place)
    await town.open()
    await seed(town.running, at=town.clock())
    tenant = town.running.catalogue.tenant_ids[0]
    village = (await town.running.catalogue.villages(tenant))[0]
    admin = Actor(id="admin", roles=frozenset({Role.SYSTEM_ADMIN}), tenant_id=tenant)
    code = await town.running.intake.make_code(village.id, actor=admin, at=town.clock())
    pc = await open_pc(place / "village", Front(town), token=code.code)
    await pc.sync.until_quiet()
    await pc.database.close()
    await town.close()
    return Template(place / DATABASE, place / "village")
