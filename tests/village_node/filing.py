"""What tests do with a node over and over: file a case, and try until the queue is empty."""

import secrets

from api_spec import records
from api_spec.records import CaseRecord
from tests.village_node.conftest import Node
from tests.village_node.packs import AID, AID_FORM, pack
from tests.village_node.township import Township
from village_node.access.clerks import Clerk
from village_node.desk import intake_form
from village_node.desk.register import Application, Entry
from village_node.sync.township import Failed

LIANG = Clerk("clerk-1", "梁代办")


async def file(node: Node, *, reason: str = "突发重病住院", rid: str = "") -> Entry:
    """One case of 临时救助, as the page files it."""
    form = [(key, reason if key == "a-reason" else value) for key, value in AID_FORM]
    reading = intake_form.read(form, AID, pack(), today=node.time.clock.today())
    assert reading.typed, reading.wrong
    return await node.register.file(
        Application(
            rid=rid or secrets.token_hex(16),
            item=AID,
            pack_sha=node.packs.sha,
            typed=reading.typed,
            clerk=LIANG,
            made=node.time.clock.stamp(None),
            today=node.time.clock.today(),
        )
    )


def filed_codes(township: Township) -> list[str]:
    """The tracking code of every case the township has."""
    found = [records.decode_record(stored) for stored in township.records.values()]
    return [record.body.code for record in found if isinstance(record, CaseRecord)]


async def keep_trying(node: Node, tries: int = 40) -> None:
    """Meet the township until nothing waits.

    Raises:
        AssertionError: the queue never became empty.
    """
    for _ in range(tries):
        try:
            await node.sync.until_quiet()
        except Failed:
            continue
        if (await node.outbox.stream()).waiting == 0:
            return
    raise AssertionError("the queue never became empty")
