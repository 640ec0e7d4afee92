"""What is said about one's own data: who looked, and what one asks to have done (个人信息保护法 44-50)."""

from datetime import date, datetime
from typing import Annotated

from pydantic import StringConstraints

from api_spec.messages.base import Answer, HexId, Message
from api_spec.own_data_terms import DataWish, WishState


class LookView(Answer, frozen=True, kw_only=True):
    """Somebody of the office opened something of the citizen's; their post, never their name."""

    at: datetime
    post: str
    what: str
    about: str
    reason: str


class Looks(Answer, frozen=True, kw_only=True):
    items: list[LookView]


class MakeWish(Message):
    """`rid` is made by the phone: sent twice it is one wish."""

    rid: HexId
    wish: DataWish
    text: Annotated[str, StringConstraints(min_length=4, max_length=1000)]


class WishView(Answer, frozen=True, kw_only=True):
    """One wish; `outcome_label` and `answer` are empty until the office has answered, at the latest on `due_on`."""

    id: str
    wish: DataWish
    wish_label: str
    state: WishState
    state_label: str
    outcome_label: str
    text: str
    answer: str
    asked_at: datetime
    due_on: date


class Wishes(Answer, frozen=True, kw_only=True):
    items: list[WishView]
