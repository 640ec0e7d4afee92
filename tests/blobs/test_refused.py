"""What is no photo, or is made to harm: refused for good, by a process that may die of it, and nothing is left behind."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from api_spec.errors import ErrorCode
from backend.apart import Apart, Limits, NotNow, Unfit
from backend.blobs import looker, store
from backend.blobs.looking import LIMITS, PROGRAM, Looking
from backend.blobs.values import Media
from backend.faults import Fault
from tests.blobs.conftest import NODE, TOWNSHIP, Counter
from tests.blobs.pictures import BOMBS, DISGUISED, KINDS, looping_tiff, photo, scan, sha_of

LITTLE = Limits(memory_bytes=256 * 1024 * 1024, cpu_s=2, wall_s=60.0, answer_bytes=1024 * 1024)
SMALL_LIMITS = Limits(memory_bytes=600 * 1024 * 1024, cpu_s=2, wall_s=20.0, answer_bytes=1024)


async def refusal(counter: Counter, data: bytes) -> ErrorCode:
    with pytest.raises(Fault) as caught:
        await counter.append(data)
    return caught.value.code


@pytest.mark.parametrize("kind", DISGUISED)
async def test_what_is_no_photo_is_refused_whatever_it_is_called(careful: Counter, kind: str) -> None:
    assert await refusal(careful, DISGUISED[kind]) is ErrorCode.BLOB_TYPE
    assert careful.files() == []


@pytest.mark.parametrize("kind", BOMBS)
async def test_a_bomb_is_refused_by_a_process_that_has_hardly_more_memory_than_a_photo_needs(
    careful: Counter, kind: str
) -> None:
    careful.looking = Looking(LITTLE)
    careful.reopen()
    await careful.send(photo())
    before = careful.files()
    assert len(BOMBS[kind]) < 320_000
    assert await refusal(careful, BOMBS[kind]) is ErrorCode.BLOB_HUGE
    assert careful.files() == before


@pytest.mark.parametrize("kind", KINDS)
async def test_a_file_that_was_cut_off_is_refused(careful: Counter, kind: str) -> None:
    assert await refusal(careful, KINDS[kind][: len(KINDS[kind]) * 2 // 3]) is ErrorCode.BLOB_BROKEN


@pytest.mark.parametrize("kind", KINDS)
async def test_every_kind_of_paper_is_taken_and_shown(careful: Counter, kind: str) -> None:
    sha = await careful.send(KINDS[kind])
    blob = await store.find_blob(TOWNSHIP, sha)
    assert blob is not None
    assert blob.media.value == kind
    assert blob.pages == (3 if kind in ("image/tiff", "application/pdf") else 1)
    for page in range(blob.pages):
        drawn = await careful.blobs.preview(blob, page)
        with Image.open(io.BytesIO(drawn)) as shown:
            assert shown.format == "JPEG"
            assert max(shown.size) <= looker.SIDE
    with pytest.raises(Fault):
        await careful.blobs.preview(blob, blob.pages)


async def test_a_preview_is_drawn_once_and_lies_sealed(careful: Counter) -> None:
    sha = await careful.send(photo())
    blob = await store.find_blob(TOWNSHIP, sha)
    assert blob is not None
    drawn = await careful.blobs.preview(blob, 0)
    [kept] = careful.files("previews/**/*")
    assert b"JFIF" not in kept.read_bytes()
    careful.files("stored/**/*")[0].unlink()
    assert await careful.blobs.preview(blob, 0) == drawn


async def test_a_preview_says_nothing_of_where_it_was_taken(careful: Counter) -> None:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "secret camera"
    exif[0x0112] = 6
    Image.new("RGB", (300, 100)).save(out, "JPEG", exif=exif)
    blob = await store.find_blob(TOWNSHIP, await careful.send(out.getvalue()))
    assert blob is not None
    drawn = await careful.blobs.preview(blob, 0)
    assert b"secret camera" not in drawn
    with Image.open(io.BytesIO(drawn)) as shown:
        assert shown.size == (100, 300)
        assert not shown.getexif()


async def test_only_the_first_pages_of_a_long_scan_are_shown(careful: Counter) -> None:
    blob = await store.find_blob(TOWNSHIP, await careful.send(scan(pages=40)))
    assert blob is not None
    assert blob.pages == looker.MOST_PAGES


async def test_directories_without_end_end(careful: Counter) -> None:
    data = looping_tiff()
    try:
        await careful.append(data)
    except Fault as fault:
        assert fault.code in (ErrorCode.BLOB_BROKEN, ErrorCode.BLOB_HUGE)  # noqa: PT017 - or it is taken as one page


async def test_what_was_refused_stays_refused_without_being_sent_again(careful: Counter) -> None:
    data = DISGUISED["zip"]
    assert await refusal(careful, data) is ErrorCode.BLOB_TYPE
    careful.reopen()
    with pytest.raises(Fault) as caught:
        await careful.append(data, stop=1)
    assert caught.value.code is ErrorCode.BLOB_TYPE
    assert careful.files("parts/*") == [] or careful.files("parts/*")[0].stat().st_size == 0
    offer = await careful.blobs.wanted(NODE, [(sha_of(data), len(data))], at=careful.at)
    assert offer.need == ((sha_of(data), 0),)


class Blind(Looking):
    """A machine that cannot start another process now."""

    async def check(self, plain: bytes) -> tuple[Media, int]:
        raise NotNow(f"start, {len(plain)} bytes")


async def test_a_machine_that_cannot_look_now_does_not_blame_the_photo(careful: Counter) -> None:
    data = photo()
    await careful.append(data, stop=100)
    careful.looking = Blind()
    careful.reopen()
    with pytest.raises(Fault) as caught:
        await careful.append(data, offset=100)
    assert caught.value.code is ErrorCode.BUSY
    assert await careful.offset(data) == 100
    careful.looking = Looking()
    careful.reopen()
    assert (await careful.append(data, offset=100)).offset == len(data)


def apart(tmp_path: Path, text: str, limits: Limits = SMALL_LIMITS) -> Apart:
    """A program of the test's own under the limits of the township's."""
    program = tmp_path / "program.py"
    head = (
        "import os, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]), int(sys.argv[2]) + 1))\n"
        "data = sys.stdin.buffer.read()\n"
    )
    program.write_text(head + text)
    return Apart(program, limits, at_once=2)


@pytest.mark.parametrize(
    "text",
    [
        "while True: pass",
        "os.kill(os.getpid(), 11)",
        "os.abort()",
        "sys.stdout.buffer.write(bytes(1_000_000))",
        "sys.stdout.write('broken'); sys.stdout.flush(); os._exit(3)",
    ],
    ids=["spins", "crashes", "aborts", "talks too much", "refuses"],
)
async def test_bytes_a_program_dies_of_are_unfit(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unfit):
        await apart(tmp_path, text).ask(given=b"x" * 100_000)


@pytest.mark.parametrize("text", ["sys.exit(1)", "import no_such_module", "os.kill(os.getpid(), 9)"])
async def test_a_program_that_could_not_work_says_nothing_about_the_bytes(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotNow):
        await apart(tmp_path, text).ask(given=b"x")


async def test_a_program_that_sleeps_is_ended(tmp_path: Path) -> None:
    limits = Limits(memory_bytes=600 * 1024 * 1024, cpu_s=2, wall_s=0.5, answer_bytes=10)
    with pytest.raises(NotNow):
        await apart(tmp_path, "import time; time.sleep(60)", limits).ask(given=b"x")


async def test_a_program_knows_no_secret_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BMT_VAULT_KEY", "secret")
    answer = await apart(tmp_path, "sys.stdout.write(repr(dict(os.environ)) + repr(sys.path))").ask(given=b"")
    assert b"secret" not in answer
    assert str(Path.cwd()).encode() + b"'" not in answer


def test_the_looker_confines_itself_before_it_reads() -> None:
    """Even the interpreter's own reading is bounded: more bytes than its memory end it, not the machine."""
    done = subprocess.run(
        [sys.executable, "-I", PROGRAM, str(120 * 1024 * 1024), "2", "check", "image/jpeg"],
        input=bytes(200 * 1024 * 1024),
        capture_output=True,
        check=False,
    )
    assert done.returncode != 0
    assert LIMITS.memory_bytes < 1024**3
