"""The words of what citizens choose from, open to every client."""

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

ROUTES = (LIST_CHOICES,)
