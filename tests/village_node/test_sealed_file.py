"""A sealed file: read in parts, changed nowhere, whole or not there."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from village_node.storage import sealed_file
from village_node.storage.sealed_file import FRAME, Damaged

KEY = b"k" * 32
PLAIN = "梁小满的身份证".encode() * 12_000  # about 252,000 bytes: four frames


def test_what_is_written_is_read_back_and_lies_nowhere_in_the_clear(tmp_path: Path) -> None:
    sealed_file.write(tmp_path / "photos", "a", PLAIN, key=KEY)
    assert sealed_file.read(tmp_path / "photos", "a", key=KEY) == PLAIN
    [file] = (tmp_path / "photos").iterdir()
    assert "梁小满".encode() not in file.read_bytes()


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 2 * FRAME])
def test_every_size_is_kept(tmp_path: Path, size: int) -> None:
    sealed_file.write(tmp_path, "a", b"x" * size, key=KEY)
    assert sealed_file.read(tmp_path, "a", key=KEY) == b"x" * size


@settings(max_examples=40)
@given(start=st.integers(0, len(PLAIN) + 5), length=st.integers(0, len(PLAIN)))
def test_any_part_is_read_alone(tmp_path_factory: pytest.TempPathFactory, start: int, length: int) -> None:
    folder = tmp_path_factory.getbasetemp() / "parts"
    if not (folder / "a").exists():
        sealed_file.write(folder, "a", PLAIN, key=KEY)
    assert sealed_file.read(folder, "a", key=KEY, start=start, length=length) == PLAIN[start : start + length]


def test_a_changed_byte_a_lost_end_another_name_and_another_key_are_noticed(tmp_path: Path) -> None:
    sealed_file.write(tmp_path, "a", PLAIN, key=KEY)
    whole = (tmp_path / "a").read_bytes()
    for at in (0, 10, 45, 60, FRAME, len(whole) - 1):
        (tmp_path / "a").write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(Damaged):
            sealed_file.read(tmp_path, "a", key=KEY)
    for length in (0, 20, 48, len(whole) - FRAME, len(whole) - 1):
        (tmp_path / "a").write_bytes(whole[:length])
        with pytest.raises(Damaged):
            sealed_file.read(tmp_path, "a", key=KEY)
    (tmp_path / "b").write_bytes(whole)
    with pytest.raises(Damaged):
        sealed_file.read(tmp_path, "b", key=KEY)
    (tmp_path / "a").write_bytes(whole)
    with pytest.raises(Damaged):
        sealed_file.read(tmp_path, "a", key=b"o" * 32)


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()  # what cannot be replaced by a file
    with pytest.raises(OSError, match="irectory"):
        sealed_file.write(tmp_path, "a", PLAIN, key=KEY)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_removing_says_how_much_room_it_made(tmp_path: Path) -> None:
    sealed_file.write(tmp_path, "a", PLAIN, key=KEY)
    assert sealed_file.remove(tmp_path, "a") > len(PLAIN)
    assert sealed_file.remove(tmp_path, "a") == 0
