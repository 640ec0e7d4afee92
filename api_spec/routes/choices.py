"""The words of what citizens choose from and of what they often ask, open to every client."""

from api_spec.messages import choices as messages
from api_spec.route import Door, Route

LIST_CHOICES = Route(
    name="list_choices",
    method="GET",
    path="/v1/choices",
    summary="What citizens choose from in forms, with the office's words",
    tag="catalogue",
    door=Door.OPEN,
    answer=messages.Choices,
)

SHOW_HELP = Route(
    name="show_help",
    method="GET",
    path="/v1/help",
    summary="What people often ask, and what they often search for",
    tag="catalogue",
    door=Door.OPEN,
    answer=messages.Help,
)

ROUTES = (LIST_CHOICES, SHOW_HELP)
