"""A refusal in WeChat's words: a number and a short English phrase. Knows no HTTP."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

PHRASES: Final[Mapping[int, str]] = MappingProxyType(
    {
        -1: "system error",
        40001: "invalid credential, access_token is invalid or not latest",
        40002: "invalid grant_type",
        40003: "invalid openid",
        40013: "invalid appid",
        40029: "invalid code",
        40037: "invalid template_id",
        40097: "invalid args",
        40125: "invalid appsecret",
        40129: "invalid scene",
        40163: "code been used",
        40164: "invalid ip, not in whitelist",
        40169: "invalid length for scene, or the data is not json string",
        40226: "code blocked",
        41001: "access_token missing",
        41030: "invalid page",
        42001: "access_token expired",
        43001: "require GET method",
        43002: "require POST method",
        43101: "user refuse to accept the msg",
        44002: "empty post data",
        45009: "reach max api daily quota limit",
        45011: "api minute-quota reach limit, must slower, retry next minute",
        47001: "data format error",
        47003: "argument invalid!",
        48001: "api unauthorized",
    }
)


class Refusal(Exception):
    """What WeChat answers, with HTTP status 200, instead of a result."""

    def __init__(self, errcode: int, detail: str = "") -> None:
        self.errcode = errcode
        phrase = PHRASES.get(errcode, "unknown error")
        self.errmsg = f"{phrase} {detail}" if detail else phrase
        super().__init__(f"{errcode} {self.errmsg}")
