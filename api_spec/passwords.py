"""Which passwords somebody else would think of first: the same for staff at the township and clerks in a village. Pure."""

from dataclasses import dataclass
from typing import Final

FEWEST_DIFFERENT: Final = 5
# What people choose when a rule asks for length; compared without case and without digits at the end.
COMMON: Final = frozenset(
    {
        "password",
        "passw0rd",
        "p@ssword",
        "p@ssw0rd",
        "qwerty",
        "qwert",
        "a",
        "aa",
        "abc",
        "abcd",
        "abcdef",
        "admin",
        "administrator",
        "admin@",
        "root",
        "iloveyou",
        "woaini",
        "welcome",
        "letmein",
        "leiyang",
        "sandu",
        "sanduzhen",
        "bianmintong",
        "zhengwu",
        "xiangzhen",
        "1q2w3e4r",
        "1q2w3e4r5t",
        "1qaz2wsx",
        "1qaz2wsx3edc",
        "qazwsxedc",
    }
)
_RUNS: Final = ("01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz")
_KEYBOARD: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


@dataclass(frozen=True, slots=True)
class TooEasy:
    """Why a password would be guessed: for programs, and for whoever chose it."""

    code: str
    sentence: str


def find_weakness(password: str, login: str) -> TooEasy | None:
    """None: nobody would guess it soon. Length is the caller's to demand."""
    lower = password.lower()
    if login and login.lower() in lower:
        return TooEasy("login_name", "密码里不要带自己的登录名，请换一个。")
    if len(set(lower)) < FEWEST_DIFFERENT or any(lower in run for run in _RUNS):
        return TooEasy("repetitive", "密码太有规律，容易被猜到，请换一个。")
    core = lower.rstrip("0123456789!@#.")
    if not {core, lower}.isdisjoint(COMMON) or any(core and core in row for row in _KEYBOARD):
        return TooEasy("common", "这个密码太常见，容易被猜到，请换一个。")
    return None
