"""Supervision over HTTP: finished cases to everybody, cards to staff."""

from api_spec.errors import ErrorCode
from api_spec.messages import supervision as messages
from api_spec.route import Door, Route
from api_spec.vocabulary import Role

TAG = "supervision"
READERS = frozenset(
    {
        Role.SUPERVISOR,
        Role.CENTRE_STAFF,
        Role.DIRECTOR,
        Role.SERVICE_DESK,
        Role.WINDOW,
        Role.BACK_OFFICE,
        Role.GROUP_LEADER,
        Role.DEPARTMENT_HEAD,
    }
)
CHECKERS = frozenset({Role.SUPERVISOR, Role.CENTRE_STAFF, Role.DIRECTOR})
TASK_READERS = CHECKERS | {Role.GROUP_LEADER, Role.DEPARTMENT_HEAD}

LIST_FINISHED = Route(
    name="list_finished",
    method="GET",
    path="/v1/finished",
    summary="Finished cases of the last weeks, masked, latest first",
    tag=TAG,
    door=Door.OPEN,
    query=messages.PublishedQuery,
    answer=messages.PublishedPage,
    errors=(ErrorCode.NOT_FOUND,),
)
LIST_CARDS = Route(
    name="list_supervision_cards",
    method="GET",
    path="/v1/staff/supervision/cards",
    summary="Cards this person may know of, newest first",
    tag=TAG,
    who=READERS,
    query=messages.CardsQuery,
    answer=messages.CardPage,
)
SHOW_CARD = Route(
    name="show_supervision_card",
    method="GET",
    path="/v1/staff/supervision/cards/{card_id}",
    summary="One card with its history",
    tag=TAG,
    who=READERS,
    answer=messages.CardAnswer,
)
ACT_ON_CARD = Route(
    name="act_on_supervision_card",
    method="POST",
    path="/v1/staff/supervision/cards/{card_id}/actions",
    summary="Explain, appeal, decide an appeal, withdraw or close a card",
    tag=TAG,
    who=READERS,
    body=messages.CardBody,
    answer=messages.CardAnswer,
    errors=(
        ErrorCode.SUPERVISION_STATE,
        ErrorCode.SUPERVISION_MOVED,
        ErrorCode.NOT_YOUR_ACTION,
        ErrorCode.REASON_REQUIRED,
    ),
)

ROUTES: tuple[Route, ...] = (LIST_FINISHED, LIST_CARDS, SHOW_CARD, ACT_ON_CARD)
