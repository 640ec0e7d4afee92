"""What Lighthouse says of the pages citizens open most: `make lighthouse`. Needs npx, the npm registry and a chromium.

Prints four figures for each page and ends with 1 if one is below 95. Not part of `make test`: it measures the machine, too.
"""

import asyncio
import json
import os
import shutil
import sys
from typing import Final

from tests.pages.browser import chromium
from tests.pages.sample import fill
from tests.screenshots import open_town

LIGHTHOUSE: Final = "lighthouse@13.5.0"
CATEGORIES: Final = ("performance", "accessibility", "best-practices", "seo")
LEAST: Final = 95
FLAGS: Final = "--headless --no-sandbox --disable-gpu"


async def score(url: str) -> dict[str, int]:
    """The figures of one page, 0 to 100, measured as a slow phone would see it.

    Raises:
        SystemExit: Lighthouse did not run.
    """
    command = [
        *("npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", "--output-path=stdout"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--chrome-flags={FLAGS}",
    ]
    process = await asyncio.create_subprocess_exec(
        *command,
        env={**os.environ, "CHROME_PATH": chromium()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    told, failed = await process.communicate()
    if process.returncode:
        raise SystemExit(failed.decode()[-2000:])
    found = json.loads(told)["categories"]
    return {name: round(found[name]["score"] * 100) for name in CATEGORIES}


async def measure() -> bool:
    """Print the figures of every page; whether all are high enough."""
    enough = True
    async with open_town() as town:
        made = await fill(town.office, at=town.clock(), owner=(await town.citizen()).id)
        item = town.item("SD-001")
        pages = ("/", "/items", f"/items/{item}", f"/appointments/new/{item}", "/hall", "/help")
        sys.stdout.write(f"{'':44} {'  '.join(CATEGORIES)}\n")
        for path in (*pages, f"/c/{made.lacking.tracking_code}"):
            figures = await score(str(town.client.make_url(path)))
            if path.startswith("/c/"):
                del figures["seo"]  # somebody's case is kept out of search engines
            enough = enough and min(figures.values()) >= LEAST
            sys.stdout.write(
                f"{path[:44]:44} {'  '.join(str(figures.get(name, '-')) for name in CATEGORIES)}\n"
            )
            sys.stdout.flush()
    return enough


if __name__ == "__main__":
    if shutil.which("npx") is None:
        raise SystemExit("no npx here: install Node.js to measure with Lighthouse")
    raise SystemExit(0 if asyncio.run(measure()) else 1)
