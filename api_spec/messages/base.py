"""What every message has in common: strict types, no unknown keys, text without control characters."""

from typing import Annotated

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints


class Message(BaseModel):
    """A request body or query: unknown keys are refused, a number is never taken for a string."""

    model_config = ConfigDict(
        extra="forbid", strict=True, frozen=True, str_strip_whitespace=True, defer_build=True
    )


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the township answers with; fields are added, never renamed.

    Subclasses repeat `frozen=True, kw_only=True`: msgspec does not hand `kw_only` down."""


class FieldError(Answer, frozen=True, kw_only=True):
    """One thing wrong with one field of a form."""

    field: str
    code: str
    sentence: str


class Problem(Answer, frozen=True, kw_only=True):
    """RFC 9457 problem details: `title` is the Chinese sentence that says what to do."""

    type: str
    title: str
    status: int
    code: str
    facts: dict[str, str]
    errors: list[FieldError]
    request_id: str


CONTROL = {*map(chr, range(0x20)), "\x7f", "\u2028", "\u2029"}
LINE_BREAKS = {"\n", "\t"}


def _printable(text: str) -> str:
    if not CONTROL.isdisjoint(text):
        raise ValueError("control characters")
    return text


def _printable_lines(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if not (CONTROL - LINE_BREAKS).isdisjoint(text):
        raise ValueError("control characters")
    return text


Line = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)]
ShortLine = Annotated[str, StringConstraints(min_length=1, max_length=50), AfterValidator(_printable)]
OptionalLine = Annotated[str, StringConstraints(max_length=200), AfterValidator(_printable)]
OptionalShortLine = Annotated[str, StringConstraints(max_length=50), AfterValidator(_printable)]
PaperName = Annotated[str, StringConstraints(min_length=1, max_length=100), AfterValidator(_printable)]
"""Name or number of an official paper (文号)."""
OptionalPaperName = Annotated[str, StringConstraints(max_length=100), AfterValidator(_printable)]
Paragraph = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_printable_lines)]
HexId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Version = Annotated[int, Field(ge=0, le=1_000_000_000)]
