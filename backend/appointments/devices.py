"""A screen or a kiosk of the hall, and the code it proves itself with. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from api_spec.text import without_separators
from api_spec.tracking_code import ALPHABET
from api_spec.vocabulary import DeviceKind

LENGTH: Final = 20
CODE_BITS: Final = 5 * LENGTH
GROUP: Final = 5
_CONFUSABLE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Its code is known to the device alone."""

    id: str
    tenant_id: str
    kind: DeviceKind
    name: str
    made_at: datetime
    made_by: str
    revoked_at: datetime | None = None


def device_code(random100: int) -> str:
    """20 symbols of 100 random bits: typed once with a remote control, and never guessed.

    Raises:
        ValueError: not 100 bits.
    """
    if not 0 <= random100 < 1 << CODE_BITS:
        raise ValueError("a device code takes 100 random bits")
    return "".join(ALPHABET[random100 >> shift & 31] for shift in range(CODE_BITS - 5, -1, -5))


def display(code: str) -> str:
    """In groups of five, for typing."""
    return "-".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def read_device_code(text: str) -> str:
    """A code as typed: any case, with spaces or hyphens, O for 0 and I or L for 1; "" when it can be none."""
    code = without_separators(text).upper().translate(_CONFUSABLE)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""
