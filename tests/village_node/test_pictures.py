"""What a file becomes before it is kept as a photo, and what no file may do to the node."""

import asyncio

import pytest

from tests.village_node import pictures as make
from village_node.photos.picture_process import prepare_apart
from village_node.photos.pictures import (
    AIM_BYTES,
    LARGEST_DOCUMENT_BYTES,
    LARGEST_RAW_BYTES,
    LONGEST_SIDE,
    PictureRefused,
    Refused,
    prepare,
)

RED = (254, 0, 0)


def test_a_photo_is_shrunk_and_says_neither_where_nor_with_what_it_was_taken() -> None:
    raw = make.phone_photo()
    assert make.GPS_WORDS in raw
    photo = prepare(raw)
    assert photo.media_type == "image/jpeg"
    assert make.opened(photo.content).size == (LONGEST_SIDE, 1067)
    assert make.GPS_WORDS not in photo.content
    assert b"Maker" not in photo.content
    assert not make.opened(photo.content).getexif()


# Where EXIF says the upper left corner of the scene is to be looked for in the stored picture.
@pytest.mark.parametrize(("orientation", "corner"), [(1, (0, 0)), (3, (-1, -1)), (6, (-1, 0)), (8, (0, -1))])
def test_it_is_turned_upright_before_its_exif_is_forgotten(orientation: int, corner: tuple[int, int]) -> None:
    upright = make.opened(prepare(make.phone_photo(900, 600, orientation=orientation)).content)
    assert upright.size == ((900, 600) if orientation in {1, 3} else (600, 900))
    x, y = (5 if at == 0 else side - 5 for at, side in zip(corner, upright.size, strict=True))
    found = upright.convert("RGB").getpixel((x, y))
    assert isinstance(found, tuple)
    assert all(abs(ours - theirs) < 40 for ours, theirs in zip(found, RED, strict=True))


def test_a_page_of_text_stays_readable_within_its_size() -> None:
    photo = prepare(make.page_of_text())
    assert len(photo.content) <= AIM_BYTES
    shown = make.opened(photo.content).convert("L")
    assert max(shown.size) == LONGEST_SIDE
    darkest, lightest = shown.getextrema()
    assert isinstance(darkest, int)
    assert isinstance(lightest, int)
    assert lightest - darkest > 180, "strokes of letters are still dark on white"


def test_the_same_file_gives_the_same_photo() -> None:
    assert prepare(make.phone_photo(800, 600)) == prepare(make.phone_photo(800, 600))


def test_heic_becomes_jpeg_while_pdf_and_tiff_stay_as_they_are() -> None:
    assert prepare(make.heic()).media_type == "image/jpeg"
    for raw, kind in ((make.pdf(), "application/pdf"), (make.tiff(), "image/tiff")):
        kept = prepare(raw)
        assert (kept.media_type, kept.content) == (kind, raw)


def test_a_signature_is_black_on_white_and_small() -> None:
    signed = prepare(make.signature_png())
    assert signed.media_type == "image/png"
    assert len(signed.content) < 20_000
    picture = make.opened(signed.content)
    assert picture.convert("RGB").getpixel((2, 2)) == (255, 255, 255)
    assert picture.convert("L").getextrema() == (0, 255)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"", Refused.NOT_A_PICTURE),
        (b"<html><script>alert(1)</script></html>", Refused.NOT_A_PICTURE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", Refused.NOT_A_PICTURE),
        (b"PK\x03\x04" + bytes(200), Refused.NOT_A_PICTURE),
        (b"MZ" + bytes(200), Refused.NOT_A_PICTURE),
        (make.phone_photo(800, 600)[:20_000], Refused.BROKEN),
        (make.signature_png()[:900], Refused.BROKEN),
        (make.pdf()[:-400], Refused.BROKEN),
        (make.tiff()[:20_000], Refused.BROKEN),
        (b"%PDF-1.7\n" + bytes(LARGEST_DOCUMENT_BYTES) + b"%%EOF", Refused.DOCUMENT_TOO_LARGE),
        (bytes(LARGEST_RAW_BYTES + 1), Refused.TOO_LARGE),
    ],
)
def test_what_is_no_photo_is_refused_with_what_to_do(raw: bytes, why: Refused) -> None:
    with pytest.raises(PictureRefused) as refused:
        prepare(raw)
    assert refused.value.why is why
    assert why.sentence.endswith("。")


def test_every_single_cut_of_a_photo_is_refused_and_never_breaks() -> None:
    raw = make.phone_photo(320, 240)
    for length in range(0, len(raw) - 100, max(1, len(raw) // 60)):
        with pytest.raises(PictureRefused):
            prepare(raw[:length])


async def test_a_bomb_ends_its_own_process_and_the_node_goes_on() -> None:
    bomb = make.bomb()
    assert len(bomb) < 400_000
    with pytest.raises(PictureRefused) as refused:
        await prepare_apart(bomb)
    assert refused.value.why is Refused.TOO_MANY_PIXELS
    assert (await prepare_apart(make.phone_photo(800, 600))).media_type == "image/jpeg"


async def test_a_file_that_takes_for_ever_is_given_up() -> None:
    with pytest.raises(PictureRefused) as refused:
        await prepare_apart(make.phone_photo(), timeout_s=0.001)
    assert refused.value.why is Refused.BROKEN


async def test_several_photos_are_prepared_at_once() -> None:
    raws = [make.phone_photo(1000, 800, seed=seed) for seed in range(2)]
    apart = await asyncio.gather(*(prepare_apart(raw) for raw in raws))
    assert apart == [prepare(raw) for raw in raws]
