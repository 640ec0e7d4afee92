"""Looks at one blob in a process of its own (`backend.apart`): is it what it says, and how does a page of it look.

    looker.py MEMORY CPU check MEDIA           -> how many pages can be shown
    looker.py MEMORY CPU preview MEDIA PAGE [SIDE] -> that page as a JPEG of at most that many pixels a side

It imports nothing of ours and believes nothing it reads. Sizes are judged before anything is decoded.
"""

import io
import os
import resource
import sys
import warnings
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from PIL import Image
    from pypdfium2 import PdfDocument

REFUSED: Final = 3
SIDE: Final = 1600
QUALITY: Final = 82
MOST_PAGES: Final = 10
MOST_PIXELS: Final = 60_000_000
"""Above any camera a clerk has; four bytes each, twice over, fit the memory this process may use."""
MOST_SIDE: Final = 30_000
MOST_POINTS: Final = 14_400.0
"""The largest page PDF knows: 200 inches."""
FORMATS: Final = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
    "image/tiff": "TIFF",
}
PDF: Final = "application/pdf"
WHITE: Final = (255, 255, 255)


class Huge(Exception):
    """More pixels than any photo of a paper has."""


def confine(memory_bytes: int, cpu_s: int) -> None:
    """From here on: no more memory or time than this, no files written, nothing left behind by a crash."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(5)


def refuse(why: str) -> NoReturn:
    sys.stdout.write(why)
    sys.stdout.flush()
    os._exit(REFUSED)


def opened(data: bytes, media: str) -> "Image.Image":
    """The image, nothing of it decoded yet; no other format is tried than the one its first bytes claim."""
    from PIL import Image

    if media == "image/heic":
        from pillow_heif import register_heif_opener

        register_heif_opener()
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[media]])
    except Image.DecompressionBombError as bomb:
        raise Huge from bomb
    judge(image)
    return image


def judge(image: "Image.Image") -> None:
    """Raises Huge."""
    if image.width * image.height > MOST_PIXELS or max(image.size) > MOST_SIDE:
        raise Huge


def pages_of(image: "Image.Image", media: str) -> int:
    """How many pages a scan has, as far as they are shown; each judged by its size."""
    if media != "image/tiff":
        return 1
    for page in range(1, MOST_PAGES):
        try:
            image.seek(page)
        except EOFError:
            return page
        judge(image)
    return MOST_PAGES


def small(image: "Image.Image", side: int = SIDE) -> bytes:
    """As a JPEG without anything but its pixels, the right way up."""
    from PIL import ImageOps

    image.thumbnail((side, side))
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        from PIL import Image

        clear = image.convert("RGBA")
        image = Image.new("RGB", clear.size, WHITE)
        image.paste(clear, mask=clear)
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=QUALITY)
    return out.getvalue()


def check_image(data: bytes, media: str) -> int:
    """Decode the first page to its end: a file that was cut off is found out."""
    pages = pages_of(opened(data, media), media)
    first = opened(data, media)
    first.draft("RGB", (SIDE, SIDE))
    first.load()
    return pages


def preview_image(data: bytes, media: str, page: int, side: int) -> bytes:
    image = opened(data, media)
    if page:
        image.seek(page)
        judge(image)
    return small(image, side)


def document(data: bytes) -> "PdfDocument":
    import pypdfium2

    return pypdfium2.PdfDocument(data)


def preview_pdf(data: bytes, page: int) -> bytes:
    """Drawn at the size it is shown, whatever the size it claims."""
    sheet = document(data)[page]
    width, height = sheet.get_size()
    judge_page(width, height)
    return small(sheet.render(scale=min(4.0, SIDE / max(width, height))).to_pil())


def check_pdf(data: bytes) -> int:
    """Sizes of the pages that are shown; the first is drawn once."""
    pdf = document(data)
    pages = min(len(pdf), MOST_PAGES)
    if not pages:
        refuse("broken")
    for page in range(pages):
        judge_page(*pdf.get_page_size(page))
    preview_pdf(data, 0)
    return pages


def judge_page(width: float, height: float) -> None:
    """Raises Huge."""
    if not (1 <= width <= MOST_POINTS and 1 <= height <= MOST_POINTS):
        raise Huge


def look(what: str, media: str, page: int, side: int, data: bytes) -> bytes:
    if what == "preview":
        return preview_pdf(data, page) if media == PDF else preview_image(data, media, page, side)
    return str(check_pdf(data) if media == PDF else check_image(data, media)).encode()


def main() -> None:
    memory_bytes, cpu_s, what, media, *more = sys.argv[1:]
    confine(int(memory_bytes), int(cpu_s))
    warnings.simplefilter("ignore")
    data = sys.stdin.buffer.read()
    try:
        import PIL  # noqa: F401 - missing libraries are the machine's fault, not the photo's
    except ImportError:
        os._exit(1)
    try:
        answer = look(what, media, int(more[0]) if more else 0, int(more[1]) if len(more) > 1 else SIDE, data)
    except (Huge, MemoryError):
        refuse("huge")
    except Exception:  # noqa: BLE001 - decoders raise whatever they like at a stranger's bytes
        refuse("broken")
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
