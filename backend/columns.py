"""Column types whose stored form is the same text or number on SQLite and PostgreSQL; they know no table.

Raw SQL therefore sees one form on both databases: an instant is a BIGINT of milliseconds since 1970 in UTC,
a day is 'YYYY-MM-DD', a vocabulary value is its word, everything else nested is JSON text. Migrations see the
stock column underneath (`_stored`), so that they neither import this file nor the vocabulary.
"""

from abc import abstractmethod
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal, TypeVar, overload

import msgspec
from tortoise import fields
from tortoise.fields.base import Field
from tortoise.models import Model

from backend.ids import ID_LENGTH
from backend.instants import from_ms, to_ms, whole_ms

V = TypeVar("V")
E = TypeVar("E", bound=StrEnum)
T = TypeVar("T")

_SHARED = ("source_field", "null", "unique", "description")
WORD_LENGTH = 40


class _Portable(Field[V]):
    """A field that stores another Python type in a stock column."""

    @abstractmethod
    def _stored(self, **shared: Any) -> Field[Any]:
        """The stock field with the same column."""

    def _as_stored(self) -> Field[Any]:
        shared = {name: value for name in _SHARED if (value := getattr(self, name)) is not None}
        shared |= {"primary_key": self.pk, "db_index": self.index}
        if self.has_db_default():
            shared["db_default"] = self.to_db_value(self.db_default, self.model)
        stored = self._stored(**shared)
        stored.model_field_name = self.model_field_name
        stored.docstring = self.docstring
        return stored

    @property
    def SQL_TYPE(self) -> str:  # type: ignore[override]  # noqa: N802 - Tortoise's name
        return self._stored().SQL_TYPE

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return self._as_stored().deconstruct()

    def describe(self, serializable: bool) -> dict[str, Any]:  # noqa: FBT001 - Tortoise's signature
        return self._as_stored().describe(serializable)


class Instant(_Portable[V]):
    """An aware moment, stored as milliseconds since 1970 UTC; a naive one is refused."""

    field_type = datetime

    @overload
    def __init__(self: "Instant[datetime]", *, null: Literal[False] = False, **more: Any) -> None: ...
    @overload
    def __init__(self: "Instant[datetime | None]", *, null: Literal[True], **more: Any) -> None: ...
    def __init__(self, *, null: bool = False, **more: Any) -> None:
        super().__init__(null=null, **more)

    def _stored(self, **shared: Any) -> Field[Any]:
        return fields.BigIntField(**shared)

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> int | None:  # noqa: ARG002
        return None if value is None else to_ms(value)

    def to_python_value(self, value: Any) -> datetime | None:
        if value is None:
            return None
        return whole_ms(value) if isinstance(value, datetime) else from_ms(value)


class Day(_Portable[V]):
    """A calendar day in China, stored as 'YYYY-MM-DD'."""

    field_type = date

    @overload
    def __init__(self: "Day[date]", *, null: Literal[False] = False, **more: Any) -> None: ...
    @overload
    def __init__(self: "Day[date | None]", *, null: Literal[True], **more: Any) -> None: ...
    def __init__(self, *, null: bool = False, **more: Any) -> None:
        super().__init__(null=null, **more)

    def _stored(self, **shared: Any) -> Field[Any]:
        return fields.CharField(10, **shared)

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        return self._day(value).isoformat()

    def to_python_value(self, value: Any) -> date | None:
        return None if value is None else self._day(value)

    @staticmethod
    def _day(value: Any) -> date:
        if isinstance(value, str):
            return date.fromisoformat(value)
        if isinstance(value, datetime) or not isinstance(value, date):
            raise TypeError("a day is a date, never a moment")
        return value


class Choice(_Portable[V]):
    """A vocabulary value, stored as its word (at most 40 characters, so new values need no migration)."""

    field_type = str

    @overload
    def __init__(
        self: "Choice[E]", values: type[E], *, null: Literal[False] = False, **more: Any
    ) -> None: ...
    @overload
    def __init__(self: "Choice[E | None]", values: type[E], *, null: Literal[True], **more: Any) -> None: ...
    def __init__(self, values: type[StrEnum], *, null: bool = False, **more: Any) -> None:
        if long := [word for word in values if len(word) > WORD_LENGTH]:
            raise ValueError(f"longer than {WORD_LENGTH} characters: {long}")
        super().__init__(null=null, **more)
        self.values = values

    def _stored(self, **shared: Any) -> Field[Any]:
        return fields.CharField(WORD_LENGTH, **shared)

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:  # noqa: ARG002
        return None if value is None else self.values(value).value

    def to_python_value(self, value: Any) -> StrEnum | None:
        return None if value is None else self.values(value)


class Json(_Portable[V]):
    """A nested value of the given shape, stored as JSON text; a bare string is no such value."""

    field_type = object
    indexable = False

    @overload
    def __init__(self: "Json[T]", shape: type[T], *, null: Literal[False] = False, **more: Any) -> None: ...
    @overload
    def __init__(self: "Json[T | None]", shape: type[T], *, null: Literal[True], **more: Any) -> None: ...
    def __init__(self, shape: type[Any], *, null: bool = False, **more: Any) -> None:
        super().__init__(null=null, **more)
        self.shape = shape
        self._read = msgspec.json.Decoder(shape)
        self._write = msgspec.json.Encoder(order="deterministic")

    def _stored(self, **shared: Any) -> Field[Any]:
        return fields.TextField(**shared)

    def to_db_value(self, value: Any, instance: type[Model] | Model) -> str | None:  # noqa: ARG002
        if value is None:
            return None
        if isinstance(value, str):
            raise TypeError("a bare string needs no JSON column")
        return self._write.encode(value).decode()

    def to_python_value(self, value: Any) -> Any:
        return self._read.decode(value) if isinstance(value, str) else value


class Id(_Portable[V]):
    """An identifier made by `backend.ids`: 32 hex characters."""

    field_type = str

    @overload
    def __init__(self: "Id[str]", *, null: Literal[False] = False, **more: Any) -> None: ...
    @overload
    def __init__(self: "Id[str | None]", *, null: Literal[True], **more: Any) -> None: ...
    def __init__(self, *, null: bool = False, **more: Any) -> None:
        super().__init__(null=null, **more)

    def _stored(self, **shared: Any) -> Field[Any]:
        return fields.CharField(ID_LENGTH, **shared)
