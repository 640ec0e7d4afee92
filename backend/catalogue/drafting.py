"""Turns imported items into new versions: which are new, which say something else than before. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from api_spec.catalogue import Item
from api_spec.errors import ErrorCode
from backend.catalogue.pinyin import with_pinyin
from backend.catalogue.publication import digest, unconfirmed
from backend.catalogue.values import Imported
from backend.faults import Fault, Wrong
from backend.ids import new_id


class Sorter:
    """Sorts imported items into new ones, changed ones and those that say what they said before."""

    def __init__(self, known: Mapping[str, tuple[str, int, str]]) -> None:
        self._known = known
        self._codes: dict[str, list[str]] = {"added": [], "changed": [], "unchanged": []}
        self.drafts: list[Item] = []

    def take(self, imported: Item) -> None:
        item = unconfirmed(imported)
        before = self._known.get(item.code)
        if before is None:
            self._codes["added"].append(item.code)
            self.drafts.append(msgspec.structs.replace(item, id=new_id(), version=1))
        elif before[2] == digest(item):
            self._codes["unchanged"].append(item.code)
        else:
            self._codes["changed"].append(item.code)
            self.drafts.append(msgspec.structs.replace(item, id=before[0], version=before[1] + 1))

    def result(self) -> Imported:
        return Imported(**{what: tuple(codes) for what, codes in self._codes.items()})


def spelled(items: Sequence[Item]) -> list[tuple[Item, str]]:
    return [(with_pinyin(item), digest(item)) for item in items]


def refuse_repeated_codes(items: Sequence[Item]) -> None:
    repeated = sorted(code for code, count in Counter(item.code for item in items).items() if count > 1)
    if repeated:
        wrong = [
            Wrong(code, "code_repeated", f"编码 {code} 出现了不止一次，请改成不同的编码。")
            for code in repeated
        ]
        raise Fault(ErrorCode.IMPORT_INVALID, wrong=wrong)
