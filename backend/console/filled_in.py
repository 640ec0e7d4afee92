"""What a clerk fills in alike on the page of a case and of an errand; it knows neither feature."""

from collections.abc import Iterable

from aiohttp import web

from api_spec.errors import ErrorCode
from api_spec.messages.base import Line, Message, OptionalLine
from backend.console.commands import PAPER
from backend.edge import form_fields
from backend.faults import Fault, Wrong


class SearchText(Message):
    """A number, a code or a document number, typed or scanned."""

    text: OptionalLine = ""


class Reason(Message):
    """Why somebody's number is to be read in full."""

    reason: Line


async def sent_action(request: web.Request) -> tuple[dict[str, str], int]:
    """The fields of an action form, and the version the clerk was looking at.

    Raises:
        Fault: BODY_INVALID.
    """
    fields = {name: values[-1] for name, values in (await form_fields(request)).items()}
    version = fields.get("version", "")
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise Fault(ErrorCode.BODY_INVALID)
    return fields, int(version)


def errors_by_field(wrong: Iterable[Wrong]) -> dict[str, str]:
    """Sentences under the names the action forms use."""
    return {each.field.replace("materials.", PAPER): each.sentence for each in wrong}
