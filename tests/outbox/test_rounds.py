"""A round of the outbox: one bad parcel stops no other, one slow receiver holds up no other, nothing goes out twice."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from backend import db
from backend.instants import whole_ms
from backend.outbox import rules
from backend.outbox.service import KEPT, Line, Outbox, Outcome, Parcel, ParcelState, Stored
from backend.vault import Vault
from tests.support.township import KEY, Town


@dataclass
class Seconds:
    """A watch that goes on only when told."""

    now: float = 0.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Sent:
    """What went out, and how often."""

    keys: Counter[str] = field(default_factory=Counter)

    async def take(self, stored: Stored, at: datetime) -> Outcome:
        assert at.tzinfo
        self.keys[stored.parcel.key] += 1
        return rules.sent(stored)


def outbox_of(seconds: Seconds) -> Outbox:
    return Outbox(Vault({1: KEY}), random=lambda: 0.5, seconds=seconds)


async def put(outbox: Outbox, town: Town, to: str, count: int, *, line: Line = Line.WEBHOOK) -> None:
    at = whole_ms(town.clock())
    parcels = [
        Parcel(
            tenant_id=town.tenant_id,
            line=line,
            kind="case.moved",
            key=f"{to}{number}",
            made_at=at,
            due_at=at,
            about_kind="webhook",
            about_id=to,
            secret=b"{}",
        )
        for number in range(count)
    ]
    assert await outbox.put(parcels) == count


def to_whom(stored: Stored) -> str:
    return stored.parcel.about_id


@pytest.mark.plan(50)
async def test_a_parcel_that_does_not_open_is_set_aside_and_the_others_leave(town: Town) -> None:
    outbox, out = outbox_of(Seconds()), Sent()
    await put(outbox, town, "a", 3)
    await db.rows("UPDATE outbox SET sealed = ? WHERE key = 'a0' RETURNING id", [bytes(60)])
    assert await outbox.send_due(Line.WEBHOOK, out.take, at=town.clock()) == 2
    assert out.keys == {"a1": 1, "a2": 1}
    (dead,) = await outbox.page(town.tenant_id, Line.WEBHOOK, [ParcelState.DEAD])
    assert (dead.parcel.key, dead.reason, dead.parcel.secret) == ("a0", "unreadable", b"")


async def test_a_row_upward_that_cannot_be_composed_holds_up_no_other(town: Town) -> None:
    """Sealed rightly, but no fact inside: nothing is connected here, so the round is asked for its rows alone."""
    outbox = outbox_of(Seconds())
    await put(outbox, town, "a", 2, line=Line.UPWARD)
    await db.rows("UPDATE outbox SET sealed = ? WHERE key = 'a1' RETURNING id", [b"short"])
    taken = await outbox.take(Line.UPWARD, at=town.clock())
    assert [each.parcel.key for each in taken] == ["a0"]


async def test_a_slow_round_sends_nothing_twice_though_another_process_looks(town: Town) -> None:
    seconds, out = Seconds(), Sent()
    outbox, other = outbox_of(seconds), outbox_of(seconds)
    began = town.clock()
    await put(outbox, town, "a", 120)

    async def slow(stored: Stored, at: datetime) -> Outcome:
        outcome = await out.take(stored, at)
        seconds.now += 1.5
        if sum(out.keys.values()) % 40 == 0:
            await other.send_due(Line.WEBHOOK, out.take, at=outbox_now())
        return outcome

    outbox_now = outbox.clock(began)
    await outbox.send_due(Line.WEBHOOK, slow, at=began)
    assert set(out.keys.values()) == {1}


async def test_a_receiver_that_fails_or_hangs_keeps_no_other_waiting(town: Town) -> None:
    seconds, out = Seconds(), Sent()
    outbox = outbox_of(seconds)
    await put(outbox, town, "hangs", 60)
    await put(outbox, town, "fails", 60)
    await put(outbox, town, "well", 60)

    async def send(stored: Stored, at: datetime) -> Outcome:
        if to_whom(stored) == "hangs":
            seconds.now += 10
        await asyncio.sleep(0)
        outcome = await out.take(stored, at)
        return rules.again(stored, "http_500", at=at, chance=0.5) if to_whom(stored) == "fails" else outcome

    await outbox.send_due(Line.WEBHOOK, send, at=town.clock(), receiver=to_whom)
    tried = Counter(key.rstrip("0123456789") for key in out.keys.elements())
    assert tried["well"] == 60
    assert tried["fails"] <= 8
    assert tried["hangs"] <= 16
    waiting = await outbox.between(
        town.tenant_id,
        Line.WEBHOOK,
        states=[ParcelState.WAITING],
        since=town.clock(),
        until=outbox.clock(town.clock())(),
        limit=200,
    )
    assert all(each.due_at > town.clock() for each in waiting)


async def test_what_was_left_to_a_person_is_forgotten_in_time_like_what_was_sent(town: Town) -> None:
    outbox, ways = outbox_of(Seconds()), (ParcelState.BY_HAND, ParcelState.DEAD, ParcelState.SENT)
    await put(outbox, town, "a", len(ways))

    async def end(stored: Stored, _: datetime) -> Outcome:
        return rules.ended(stored, ways[int(stored.parcel.key[1:])], "refused")

    assert await outbox.send_due(Line.WEBHOOK, end, at=town.clock()) == len(ways)
    await put(outbox, town, "b", 1)
    assert await outbox.forget(town.clock() + KEPT) == 0
    assert await outbox.forget(town.clock() + KEPT + timedelta(milliseconds=1)) == len(ways)
    (waiting,) = await outbox.page(town.tenant_id, Line.WEBHOOK, [ParcelState.WAITING])
    assert waiting.parcel.secret == b"{}"
