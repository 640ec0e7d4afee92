"""What the pages of a citizen's own cases and of their own errands share; it knows neither feature."""

from collections.abc import Mapping
from typing import Any

import msgspec
from pydantic import ValidationError

from api_spec.errors import ErrorCode
from api_spec.messages.base import HexId, Message, OptionalLine
from api_spec.route import CITIZENS, Door
from backend.edge import Page
from backend.edge.pages import PageHandler
from backend.edge.requests import Model, wrongs
from backend.faults import Fault


class Chosen(Message):
    """The item a form is opened for."""

    item: HexId
    situation: OptionalLine = ""


class Further(Message):
    """The place in a list where the page before ended."""

    cursor: HexId | None = None


def message(model: type[Model], sent: Mapping[str, Any]) -> Model:
    """A form as the API's own message.

    Raises:
        Fault: BODY_INVALID, by field.
    """
    try:
        return model.model_validate_json(msgspec.json.encode(sent))
    except ValidationError as invalid:
        raise Fault(ErrorCode.BODY_INVALID, wrong=wrongs(invalid)) from None


def under(prefix: str, named: Mapping[str, Any]) -> dict[str, Any]:
    """What is named under a prefix, without it."""
    return {name.removeprefix(prefix): value for name, value in named.items() if name.startswith(prefix)}


def own(method: str, path: str, handler: PageHandler) -> Page:
    """A page for citizens who are signed in."""
    return Page(method=method, path=path, handler=handler, door=Door.TOKEN, who=CITIZENS)
