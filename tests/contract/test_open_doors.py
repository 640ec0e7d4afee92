"""What anyone may call without proving who they are: the whole list, so that nothing joins it unseen."""

from api_spec.route import Door
from api_spec.routes import ALL

OPEN = {
    "open_session",
    "refresh_session",
    "open_staff_session",
}


def test_only_the_named_operations_are_open() -> None:
    assert {route.name for route in ALL if route.door is Door.OPEN} == OPEN
