"""An answer is made once, shown for a while, and forgotten when what it says has changed."""

import asyncio

import pytest

from backend.cache import Cache


class Kitchen:
    """Fills one answer at a time and waits to be told."""

    def __init__(self) -> None:
        self.fills = 0
        self.serve = asyncio.Event()

    async def fill(self) -> bytes:
        self.fills += 1
        answer = f"answer {self.fills}".encode()
        await self.serve.wait()
        return answer


class Hours:
    """A clock that is set by hand, seconds."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


async def _at_once(answer: bytes = b"x") -> bytes:
    return answer


async def test_a_hundred_who_ask_at_once_cause_one_fill() -> None:
    cache: Cache[str, bytes] = Cache(life_s=5, size=10)
    kitchen = Kitchen()
    asking = [asyncio.create_task(cache.get("a", kitchen.fill)) for _ in range(100)]
    await asyncio.sleep(0)
    kitchen.serve.set()
    assert await asyncio.gather(*asking) == [b"answer 1"] * 100
    assert await cache.get("a", kitchen.fill) == b"answer 1"
    assert kitchen.fills == 1


async def test_one_who_leaves_does_not_take_the_answer_from_the_others() -> None:
    cache: Cache[str, bytes] = Cache(life_s=5, size=10)
    kitchen = Kitchen()
    first, second = (asyncio.create_task(cache.get("a", kitchen.fill)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    kitchen.serve.set()
    assert await second == b"answer 1"


async def test_what_was_being_filled_when_it_changed_is_not_kept() -> None:
    cache: Cache[str, bytes] = Cache(life_s=5, size=10)
    kitchen = Kitchen()
    early = asyncio.create_task(cache.get("a", kitchen.fill))
    await asyncio.sleep(0)
    cache.drop("a")
    late = asyncio.create_task(cache.get("a", kitchen.fill))
    await asyncio.sleep(0)
    kitchen.serve.set()
    assert [await early, await late] == [b"answer 1", b"answer 2"]
    assert cache.find("a") == b"answer 2"
    cache.drop("a")
    assert cache.find("a") is None


async def test_an_answer_grows_old() -> None:
    hours = Hours()
    cache: Cache[str, bytes] = Cache(life_s=5, size=10, clock=hours)
    await cache.get("a", _at_once)
    hours.now = 4.9
    assert cache.find("a") == b"x"
    hours.now = 5
    assert cache.find("a") is None


async def test_the_least_used_leaves_when_there_is_no_room() -> None:
    cache: Cache[str, bytes] = Cache(life_s=5, size=2)
    await cache.get("a", _at_once)
    await cache.get("b", _at_once)
    assert cache.find("a")
    await cache.get("c", _at_once)
    assert (cache.find("a"), cache.find("b"), cache.find("c")) == (b"x", None, b"x")
    assert len(cache) == 2


async def test_an_error_reaches_all_who_wait_and_is_not_kept() -> None:
    cache: Cache[str, bytes] = Cache(life_s=5, size=10)

    async def burn() -> bytes:
        raise LookupError

    asking = [cache.get("a", burn) for _ in range(3)]
    failed = await asyncio.gather(*asking, return_exceptions=True)
    assert [type(each) for each in failed] == [LookupError] * 3
    assert await cache.get("a", _at_once) == b"x"
    with pytest.raises(LookupError):
        await cache.get("b", burn)
