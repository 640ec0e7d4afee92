"""Reads the catalogue's data files into items and cards; knows files and the contract, no database.

Strict on purpose: a misspelt key in a data file would otherwise silently drop a fact people rely on.
"""

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from api_spec.catalogue import SITUATION, Fee, Item, Limit
from api_spec.vocabulary import DepartmentKind, DivisionKind, Evidence, ItemKind, Partner, WindowType

T = TypeVar("T", bound=msgspec.Struct)

DATA: Final = Path(__file__).parent / "data"

STEPS: Final[Mapping[ItemKind, tuple[str, ...]]] = {
    ItemKind.INSTANT: ("窗口收件", "当场办理", "领取结果"),
    ItemKind.PROMISED: ("窗口收件", "受理", "审查", "作出决定", "领取结果"),
    ItemKind.REPORTED: ("窗口收件", "受理", "镇里初审", "报上级部门审批", "领取结果"),
    ItemKind.PROXY: ("登记并签委托书", "接办", "递交公用企业", "办结告知"),
}
"""The usual steps of each kind (plan, clauses 44 to 48), for items that name none of their own."""


class BadData(ValueError):
    """Every fault of the data files at once, each with the file and place it is in."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(self.faults))


class Division(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of the division table: a unit by its code in one code system. Validity is "" where unknown."""

    code_system: str
    code: str
    kind: DivisionKind
    name: str
    parent_code: str
    valid_from: str
    valid_to: str
    earlier_names: str
    source: str


class DivisionCode(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A further code of a unit known by `of_code`, for instance one out of use."""

    code_system: str
    code: str
    of_code: str
    name_then: str
    valid_from: str
    valid_to: str
    source: str


class Township(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tenant: the township hall under its two names (plan, clause 2)."""

    division: str
    name: str
    centre_name: str
    hall_name: str
    case_prefix: str
    complaint_phone: str
    source: str


class Department(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    code: str
    name: str
    kind: DepartmentKind
    clause: int


class Window(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The windows of one type (plan, clauses 17 to 24)."""

    type: WindowType
    numbers: tuple[int, ...]
    department: str
    clause: int
    scope: tuple[str, ...]


class Utility(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    partner: Partner
    name: str


def divisions(folder: Path = DATA) -> tuple[Division, ...]:
    return _rows(folder / "divisions.csv", Division)


def division_codes(folder: Path = DATA) -> tuple[DivisionCode, ...]:
    return _rows(folder / "division_codes.csv", DivisionCode)


def township(folder: Path = DATA) -> Township:
    return _converted(_toml(folder / "township.toml"), Township, "township.toml")


def departments(folder: Path = DATA) -> tuple[Department, ...]:
    return _table(folder / "departments.toml", "department", Department)


def windows(folder: Path = DATA) -> tuple[Window, ...]:
    """Beside each dated scope word stands today's word for it (plan, clause 18: 扶贫)."""
    also: dict[str, str] = _toml(folder / "windows.toml")["also"]
    return tuple(
        msgspec.structs.replace(window, scope=tuple(_with_today(window.scope, also)))
        for window in _table(folder / "windows.toml", "window", Window)
    )


def _with_today(scope: Iterable[str], also: Mapping[str, str]) -> Iterator[str]:
    for word in scope:
        yield word
        if word in also:
            yield also[word]


def partners(folder: Path = DATA) -> tuple[Utility, ...]:
    return _table(folder / "partners.toml", "partner", Utility)


def synonyms(folder: Path = DATA) -> Mapping[str, tuple[str, ...]]:
    return {word: tuple(means) for word, means in _toml(folder / "synonyms.toml")["synonym"].items()}


def sources(folder: Path = DATA) -> Mapping[str, Mapping[str, str]]:
    return _toml(folder / "sources.toml")


def items(folder: Path = DATA) -> tuple[Item, ...]:
    """All items of the data files as drafts: no id, version 0, no pinyin.

    Raises:
        BadData: unknown keys, values of the wrong type, facts without their evidence; all of them at once.
    """
    library = Library(materials=_toml(folder / "materials.toml"), fields=_toml(folder / "fields.toml"))
    found: list[Item] = []
    faults: list[str] = []
    for path in sorted((folder / "items").glob("*.toml")):
        content = _toml(path)
        for raw in content["item"]:
            where = f"{path.name} {raw.get('code', '?')}"
            try:
                found.append(read_item({"window": content["window"], **raw}, library))
            except (ValueError, KeyError) as fault:
                faults.append(f"{where}: {fault}")
    if faults:
        raise BadData(faults)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """Papers and questions many items share, by key."""

    materials: Mapping[str, Mapping[str, Any]]
    fields: Mapping[str, Mapping[str, Any]]


def read_item(raw: Mapping[str, Any], library: Library) -> Item:
    """One item as written in a data file.

    Raises:
        ValueError: an unknown key, a value of the wrong type, a basis without `evidence`.
        KeyError: a shared paper or question that does not exist.
    """
    written = dict(raw)
    for basis in written.get("basis", ()):
        if "evidence" not in basis:
            raise ValueError(f"依据“{basis.get('title', '')}”没有写明 evidence")
    written["materials"] = [_material(each, library) for each in written.get("materials", ())]
    written["situations"] = [
        each | {"materials": [_material(m, library) for m in each.get("materials", ())]}
        for each in written.get("situations", ())
    ]
    fields = [_field(each, library) for each in written.pop("fields", ())]
    if any(field.get("when", {}).get("field") == SITUATION for field in fields):
        fields.insert(0, _situation_field(written["situations"]))
    written["form"] = {"fields": fields}
    written |= {"id": "", "version": 0}
    item = msgspec.convert(written, Item)
    form = {"form": written["form"]}  # forms refuse unknown keys themselves, and leave out what is usual
    if unknown := sorted(unknown_keys(written, msgspec.to_builtins(item) | form)):
        raise ValueError(f"不认识的项：{'、'.join(unknown)}")
    return settled(item)


def settled(item: Item) -> Item:
    """The item with what follows from its other facts: usual steps, and whether a limit or a price is illustrative."""
    return msgspec.structs.replace(
        item,
        steps=item.steps or STEPS[item.kind],
        illustrative=any(limit.evidence is Evidence.ILLUSTRATIVE for limit in limits(item))
        or is_guessed(item.fee),
    )


def is_guessed(fee: Fee) -> bool:
    """Whether people would be told an amount that nobody has checked."""
    return bool(fee.amount_fen) and fee.evidence is Evidence.ILLUSTRATIVE


def limits(item: Item) -> tuple[Limit, ...]:
    return (item.promise,) if item.statutory is None else (item.promise, item.statutory)


def unknown_keys(written: Any, read: Any, at: str = "") -> Iterator[str]:
    """Keys that were written but not read, as paths: what a tolerant reader would have dropped."""
    if isinstance(written, Mapping) and isinstance(read, Mapping):
        for key, value in written.items():
            if key in read:
                yield from unknown_keys(value, read[key], f"{at}{key}.")
            elif value not in ([], "", None):
                yield f"{at}{key}"
    elif isinstance(written, list) and isinstance(read, list | tuple):
        for place, (one, other) in enumerate(zip(written, read, strict=True)):
            yield from unknown_keys(one, other, f"{at}{place}.")


def _material(raw: str | Mapping[str, Any], library: Library) -> dict[str, Any]:
    return _shared(raw, library.materials, "code")


def _field(raw: str | Mapping[str, Any], library: Library) -> dict[str, Any]:
    field = _shared(raw, library.fields, "name")
    if isinstance(field.get("choices"), Mapping):
        field["choices"] = [{"code": code, "label": label} for code, label in field["choices"].items()]
    return field


def _situation_field(situations: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    choices = [{"code": each["code"], "label": each["name"]} for each in situations]
    return {"name": SITUATION, "label": "办理情形", "kind": "choice", "choices": choices}


def _shared(
    raw: str | Mapping[str, Any], library: Mapping[str, Mapping[str, Any]], key: str
) -> dict[str, Any]:
    written: dict[str, Any] = {"use": raw} if isinstance(raw, str) else dict(raw)
    use = written.pop("use", None)
    return written if use is None else {key: use, **library[use], **written}


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as fault:
        raise BadData([f"{path.name}: {fault}"]) from fault


def _table(path: Path, key: str, shape: type[T]) -> tuple[T, ...]:
    return tuple(
        _converted(raw, shape, f"{path.name} {place}") for place, raw in enumerate(_toml(path)[key], start=1)
    )


def _rows(path: Path, shape: type[T]) -> tuple[T, ...]:
    with path.open(encoding="utf-8", newline="") as lines:
        return tuple(
            _converted(raw, shape, f"{path.name}:{line}")
            for line, raw in enumerate(csv.DictReader(lines), start=2)
        )


def _converted(raw: Any, shape: type[T], where: str) -> T:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as fault:
        raise BadData([f"{where}: {fault}"]) from fault
