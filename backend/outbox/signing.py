"""How a message proves which program sent it: HMAC-SHA256 over id, time and body. Pure; the secret is agreed outside.

The headers are those of the Standard Webhooks convention, so that receivers find a library for them in any language.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"
PREFIX: Final = "whsec_"
TOLERANCE: Final = timedelta(minutes=5)
"""How far a sender's clock may be off; an older message is somebody else's copy of it."""


def secret_text(key: bytes) -> str:
    """A secret as people copy it."""
    return PREFIX + base64.b64encode(key).decode()


def secret_key(text: str) -> bytes:
    """The key of a secret: base64 behind the prefix, else the text itself."""
    if text.startswith(PREFIX):
        try:
            return base64.b64decode(text.removeprefix(PREFIX), validate=True)
        except binascii.Error:
            return text.encode()
    return text.encode()


def headers(key: bytes, message_id: str, body: bytes, *, at: datetime) -> dict[str, str]:
    """What goes with `body`; the same id marks the same message sent again."""
    seconds = str(int(at.timestamp()))
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: f"v1,{_signature(key, message_id, seconds, body)}"}


def is_genuine(key: bytes, sent: Mapping[str, str], body: bytes, *, at: datetime) -> bool:
    """Whether whoever knows `key` sent this lately; one of several signatures is enough (a changed secret)."""
    message_id, seconds = sent.get(ID, ""), sent.get(TIMESTAMP, "")
    if not message_id or not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 11):
        return False
    if abs(datetime.fromtimestamp(int(seconds), UTC) - at) > TOLERANCE:
        return False
    wanted = f"v1,{_signature(key, message_id, seconds, body)}".encode()
    return any(hmac.compare_digest(wanted, one.encode()) for one in sent.get(SIGNATURE, "").split(" "))


def _signature(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    signed = f"{message_id}.{seconds}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
