"""短信: what a gateway is asked and what can come of it. Knows no HTTP; `http_gateway` speaks to a real one.

SmsFault
├── SmsBusy       nobody: try later; carries a word
└── SmsRefused    this number or text, or our account: the next way is taken; carries the gateway's code
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

_CODE: Final = re.compile(r"[0-9A-Za-z_.-]{1,30}")
LONGEST: Final = 300
"""Characters; a gateway splits them into several parts of about 67."""


class SmsFault(Exception):
    """`args[0]` is a code or a word, never a number or a text."""


class SmsBusy(SmsFault):
    """It may go later."""


class SmsRefused(SmsFault):
    """It will not go, however often it is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortMessage:
    """One message. `id` stays the same when it is sent again: the gateway drops the second."""

    id: str
    phone: str = field(repr=False)
    text: str = field(repr=False)


class SmsGateway(Protocol):
    """A provider of short messages."""

    async def send(self, message: ShortMessage, *, at: datetime) -> str:
        """The gateway's number of the message: it was taken over, nothing more.

        Raises:
            SmsBusy, SmsRefused.
        """
        ...


def code_of(text: str) -> str:
    """A gateway's code as far as it is one."""
    return text if _CODE.fullmatch(text) else "unreadable_code"


def text_of(sign: str, sentence: str) -> str:
    """A message with its 签名 in front, as the operators demand."""
    whole = f"【{sign}】{sentence}"
    return whole if len(whole) <= LONGEST else whole[: LONGEST - 1] + "…"
