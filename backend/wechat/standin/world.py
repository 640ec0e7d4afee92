"""Everything the stand-in remembers, in one place and in memory. Knows no HTTP."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from backend.wechat.standin.codes import OneTimeCodes
from backend.wechat.standin.hooks import FaultList
from backend.wechat.standin.messages import DEMO_TEMPLATES, Mailbox, Template
from backend.wechat.standin.people import DEMO_PEOPLE, Person
from backend.wechat.standin.tokens import IssuedTokens
from backend.wechat.values import Account

DEMO_MINI: Final = Account("wxde00000000000001", "demo-secret-of-the-mini-program")
DEMO_SERVICE: Final = Account("wxde00000000000002", "demo-secret-of-the-service-account")
DEMO_PUSH_TOKEN: Final = "demopushtoken"  # noqa: S105 - a stand-in has nothing to protect
DEMO_PAGES: Final = ("pages/index/index", "pages/case/case", "pages/appointment/appointment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """What the stand-in starts with.

    Attributes:
        push_token: the word that signs events, agreed between WeChat and the township.
        addresses: where token calls may come from; None for anywhere.
    """

    people: Sequence[Person] = DEMO_PEOPLE
    mini: Account = DEMO_MINI
    service: Account = DEMO_SERVICE
    push_token: str = field(default=DEMO_PUSH_TOKEN, repr=False)
    templates: Collection[Template] = DEMO_TEMPLATES
    pages: Collection[str] = DEMO_PAGES
    addresses: frozenset[str] | None = None


class World:
    """The state of a running stand-in.

    Args:
        clock: now, aware UTC, to which the ordered advances are added.
        chance: that many random bytes.
    """

    def __init__(self, cast: Cast, *, clock: Callable[[], datetime], chance: Callable[[int], bytes]) -> None:
        self.cast = cast
        self.addresses = cast.addresses
        self.codes = OneTimeCodes(chance)
        self.tokens = IssuedTokens(chance)
        self.mailbox = Mailbox(cast.templates, cast.pages)
        self.faults = FaultList()
        self.chance = chance
        self._clock = clock
        self._ahead = timedelta()
        self._by_openid = {person.openid: person for person in cast.people}

    def now(self) -> datetime:
        return self._clock() + self._ahead

    def advance(self, by: timedelta) -> datetime:
        """Move the stand-in's clock forward; returns the new time."""
        self._ahead += by
        return self.now()

    def find_person(self, openid: str) -> Person | None:
        """By the mini-program's openid."""
        return self._by_openid.get(openid)
