"""Where a browser is on this machine."""

import shutil

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
MISSING = "no browser here: apt-get install chromium-headless-shell fonts-wqy-microhei"


def find_chromium() -> str | None:
    """Debian's chromium, or another one on the path."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def chromium() -> str:
    """Raises SystemExit: there is none."""
    found = find_chromium()
    if found is None:
        raise SystemExit(MISSING)
    return found
