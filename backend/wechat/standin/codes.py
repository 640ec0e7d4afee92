"""One-time codes (临时票据): five minutes, one use, one purpose. Knows no HTTP; the time comes in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from backend.wechat.standin.people import Person
from backend.wechat.standin.refusal import Refusal

CODE_LIFE: Final = timedelta(minutes=5)
SIGN_INS_A_MINUTE: Final = 100


class CodeKind(StrEnum):
    LOGIN = "login"  # wx.login
    PHONE = "phone"  # 手机号快速验证
    WEB = "web"  # 网页授权, silent
    WEB_PROFILE = "web_profile"  # 网页授权, the person agreed to show the profile


@dataclass(slots=True)
class _Code:
    kind: CodeKind
    person: Person
    ends_at: datetime
    spent: bool = False


class OneTimeCodes:
    """Every code given out in the last minutes.

    Args:
        chance: that many random bytes.
    """

    def __init__(self, chance: Callable[[int], bytes]) -> None:
        self._chance = chance
        self._codes: dict[str, _Code] = {}
        self._sign_ins: dict[str, list[datetime]] = {}

    def mint(self, kind: CodeKind, person: Person, *, at: datetime) -> str:
        self._codes = {text: code for text, code in self._codes.items() if at < code.ends_at}
        text = f"0{self._chance(15).hex()}"
        self._codes[text] = _Code(kind, person, at + CODE_LIFE)
        return text

    def redeem(self, text: str, kinds: frozenset[CodeKind], *, at: datetime) -> tuple[Person, CodeKind]:
        """Use up a code.

        Raises:
            Refusal: 40029 unknown, expired, spent, or of another kind; 40163 a spent one of the web
                sign-in; 45011 this person has signed in too often within a minute (the code stays good).
        """
        code = self._codes.get(text)
        if code is None or code.kind not in kinds or at >= code.ends_at:
            raise Refusal(40029)
        if code.spent:
            raise Refusal(40163 if code.kind in WEB_KINDS else 40029)
        if code.kind is CodeKind.LOGIN:
            self._count_sign_in(code.person, at=at)
        code.spent = True
        return code.person, code.kind

    def _count_sign_in(self, person: Person, *, at: datetime) -> None:
        recent = [one for one in self._sign_ins.get(person.openid, []) if at - one < timedelta(minutes=1)]
        if len(recent) >= SIGN_INS_A_MINUTE:
            raise Refusal(45011)
        self._sign_ins[person.openid] = [*recent, at]


LOGIN_KINDS: Final = frozenset({CodeKind.LOGIN})
PHONE_KINDS: Final = frozenset({CodeKind.PHONE})
WEB_KINDS: Final = frozenset({CodeKind.WEB, CodeKind.WEB_PROFILE})
