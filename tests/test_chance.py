"""No random byte is handed out twice: they become nonces of sealed personal data."""

import os
from collections.abc import Iterator
from itertools import count
from threading import Thread

import pytest

from backend.chance import BLOCK_BYTES, Chance


def counting() -> Iterator[bytes]:
    """Blocks in which every pair of bytes occurs once."""
    for start in count(0, BLOCK_BYTES // 2):
        yield b"".join((start + i).to_bytes(2) for i in range(BLOCK_BYTES // 2))


def test_bytes_come_in_order_and_never_again() -> None:
    blocks = counting()
    chance = Chance(lambda _: next(blocks))
    taken = [chance.take(12) for _ in range(3000)]
    assert len(set(taken)) == len(taken)


def test_threads_share_no_bytes() -> None:
    blocks = counting()
    chance = Chance(lambda _: next(blocks))
    taken: list[bytes] = []

    def take() -> None:
        taken.extend(chance.take(12) for _ in range(1000))

    threads = [Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(taken)) == len(taken) == 4000


@pytest.mark.parametrize("bits", [1, 7, 8, 13, 44])
def test_a_number_of_so_many_bits_stays_below_its_bound(bits: int) -> None:
    chance = Chance(lambda size: b"\xff" * size)
    assert chance.bits(bits) == 2**bits - 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows has no fork")
@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_forked_child_begins_with_a_block_of_its_own() -> None:
    blocks = counting()
    chance = Chance(lambda _: next(blocks))
    chance.take(12)
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.write(writer, chance.take(12))
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 12) != chance.take(12)
    os.close(reader)
    os.close(writer)
