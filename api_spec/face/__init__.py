"""What all pages share, township and village alike: one stylesheet, one small script, the macros.

Pages link assets by the hash of their content, so that a phone keeps them for ever and still sees a new version.
"""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}


@cache
def fingerprint() -> str:
    """Ten hex characters that change when any shared asset does."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:10]


def asset_url(name: str) -> str:
    """Where pages link `name`: `/static/<fingerprint>/base.css`."""
    return f"/static/{fingerprint()}/{name}"


@cache
def asset(name: str) -> tuple[bytes, str]:
    """Bytes and content type of one asset.

    Raises:
        LookupError: there is no such asset.
    """
    names = {path.name: path for path in STATIC.iterdir()}
    path = names[name]
    return path.read_bytes(), CONTENT_TYPES[path.suffix]
