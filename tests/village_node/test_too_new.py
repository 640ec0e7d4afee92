"""A catalogue of a later township on an older village computer: what it cannot write down is shown greyed, the rest is offered."""

from typing import Any

import msgspec
import pytest

from api_spec.catalogue import CataloguePack
from api_spec.records import SCHEMA
from tests.village_node.browser import Browser, filed
from tests.village_node.packs import AID, WATER, pack
from tests.village_node.township import Township
from village_node.station import Station
from village_node.sync.packs import TooNew, read_pack


def later_pack() -> dict[str, Any]:
    """The small catalogue with one item whose form has a kind of question this version has never heard of."""
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(pack()))
    plain["items"][1]["form"] = {"fields": [{"name": "where", "label": "位置", "kind": "map_point"}]}
    return plain


def test_an_item_that_cannot_be_read_is_named_and_the_others_stay() -> None:
    read, too_new = read_pack(msgspec.json.encode(later_pack()))
    assert too_new == (TooNew(WATER.id, WATER.name),)
    assert [item.id for item in read.items] == [item.id for item in pack().items if item.id != WATER.id]
    assert read.items[0] == AID


def test_a_pack_without_one_readable_item_is_refused_as_a_whole() -> None:
    plain = later_pack()
    plain["items"] = plain["items"][1:2]
    with pytest.raises(msgspec.ValidationError):
        read_pack(msgspec.json.encode(plain))


def newer_water() -> CataloguePack:
    water = msgspec.structs.replace(WATER, record_schema=SCHEMA + 1)
    return msgspec.structs.replace(pack(), items=(AID, water))


async def test_a_form_of_a_later_schema_is_greyed_with_the_reason_and_the_backlog_goes_up(
    clerk: Browser, station: Station, township: Township
) -> None:
    case = await filed(clerk)
    township.publish(newer_water(), version=2)
    await station.sync.until_quiet()
    assert (await station.outbox.stream()).waiting == 0
    items = (await clerk.get("/items")).text
    assert items.count("要升级程序") == 1
    assert AID.name in items
    assert "要升级才能收这个事项" in (await clerk.get(f"/items/{WATER.id}")).text
    refused = await clerk.get(f"/items/{WATER.id}/new")
    assert refused.status == 409
    assert "程序旧了" in refused.text
    assert (await clerk.get(f"/items/{AID.id}/new")).status == 200
    assert case.status == 200
