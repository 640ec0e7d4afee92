"""What is said about referrals: requests that are on no list of the township (plan, clause 12)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import Field

from api_spec.messages.base import Answer, Line, Message, OptionalLine, ShortLine


class Refer(Message):
    """What somebody asked for, where they were sent, and the phone there. No name of theirs is kept."""

    subject: Line
    go_to: Line
    phone: ShortLine
    basis: OptionalLine = ""


class ReferralQuery(Message):
    month: Annotated[str, Field(pattern=r"^20\d{2}-(0[1-9]|1[0-2])$")] | None = None


class ReferralLine(Answer, frozen=True, kw_only=True):
    id: str
    day: date
    at: datetime
    subject: str
    go_to: str
    phone: str
    basis: str
    by_id: str


class ReferralPage(Answer, frozen=True, kw_only=True):
    """One month; `count` is how many there were."""

    month: str
    count: int
    referrals: list[ReferralLine]
