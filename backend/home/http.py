"""The words of what citizens choose from and often ask, over the JSON API. They change with the program only."""

from collections.abc import Iterable
from typing import Final

from aiohttp import web

from api_spec.complaint_terms import ComplaintAbout
from api_spec.identity_number import DOCUMENT_TYPES
from api_spec.messages import choices as messages
from api_spec.own_data_terms import DataWish
from api_spec.review_terms import ReviewLevel
from api_spec.route import Route
from api_spec.routes import choices as routes
from api_spec.vocabulary import MaterialForm, Relation, Term, WindowType
from backend.edge import Handler, reply_bytes
from backend.edge.answers import encode
from backend.home.words import COMMON_WORDS, QUESTIONS

FOR_OTHERS: Final = (Relation.RELATIVE, Relation.GUARDIAN, Relation.ENTRUSTED)


def _lines(terms: Iterable[Term]) -> list[messages.ChoiceLine]:
    return [messages.ChoiceLine(value=term.value, label=term.zh) for term in terms]


ENCODED: Final = encode(
    messages.Choices(
        document_types=_lines(DOCUMENT_TYPES),
        relations=_lines(FOR_OTHERS),
        complaint_subjects=_lines(ComplaintAbout),
        review_levels=_lines(ReviewLevel),
        window_types=_lines(WindowType),
        material_forms=_lines(MaterialForm),
        data_wishes=_lines(DataWish),
    )
)
HELP: Final = encode(
    messages.Help(
        common_words=list(COMMON_WORDS),
        questions=[messages.HelpLine(question=question, answer=answer) for question, answer in QUESTIONS],
    )
)


async def list_choices(_request: web.Request) -> web.Response:
    return reply_bytes(ENCODED)


async def show_help(_request: web.Request) -> web.Response:
    return reply_bytes(HELP)


HANDLERS: dict[Route, Handler] = {
    routes.LIST_CHOICES: list_choices,
    routes.SHOW_HELP: show_help,
}
