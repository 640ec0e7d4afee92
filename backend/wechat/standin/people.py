"""The owners of the demonstration phones: invented people with plainly invented numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec


class Person(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One phone owner as WeChat knows them.

    Attributes:
        name: what the sign-in page shows, surname and form of address.
        openid: in the mini-program; `service_openid` in the 服务号, always another one.
        unionid: the same in both; None if the two accounts are not joined.
        risky: WeChat lets no account sign this person in (40226).
        snapshot: the 服务号 sees only a throw-away identity (快照页).
    """

    name: str
    openid: str
    service_openid: str
    phone: str
    unionid: str | None = None
    risky: bool = False
    snapshot: bool = False


def _demo(number: int, pinyin: str, *, name: str) -> Person:
    return Person(
        name=name,
        openid=f"oMini-demo-{pinyin}-{number:04}",
        service_openid=f"oServ-demo-{pinyin}-{number:04}",
        phone=f"1380000{number:04}",
        unionid=f"uDemo-{pinyin}-{number:04}",
    )


DEMO_PEOPLE: Final[Sequence[Person]] = (
    _demo(1, "wang", name="王阿姨"),
    _demo(2, "li", name="李大爷"),
    _demo(3, "zhang", name="张师傅"),
    _demo(4, "liu", name="刘大姐"),
    _demo(5, "chen", name="陈老师"),
    _demo(6, "xie", name="谢小哥"),
)


class BadPeople(ValueError):
    """The file of phone owners cannot be used; the message says why, in Chinese."""


def read_people(path: Path) -> Sequence[Person]:
    """The phone owners in a JSON file: a list of objects with the fields of `Person`.

    Raises:
        BadPeople: no such file, not such a list, empty, or an openid used twice.
    """
    try:
        people = msgspec.json.decode(path.read_bytes(), type=tuple[Person, ...])
    except OSError as error:
        raise BadPeople(f"读不到人员文件 {path}：{error.strerror}。") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPeople(f"人员文件 {path} 的内容不对：{error}") from error
    openids = [openid for person in people for openid in (person.openid, person.service_openid)]
    if not people or len(set(openids)) < len(openids):
        raise BadPeople(f"人员文件 {path} 里至少要有一人，并且每个 openid 只能出现一次。")
    return people
