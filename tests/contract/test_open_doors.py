"""What anyone may reach without proving who they are: the whole list, so that nothing joins it unseen."""

from api_spec.route import Door
from api_spec.routes import ALL
from backend.app import handlers

OPEN = {
    # what a township offers, to everybody
    "show_township",
    "list_items",
    "list_choices",
    "show_help",
    "search_items",
    "show_item",
    "list_hall_windows",
    "show_board",
    "list_free_times",
    "count_workdays",
    # what was finished, with half a number and a masked surname
    "list_finished",
    "list_notices",
    # how long the queues are, one's own ticket by its code, and the wall's screen, which has a code of its own
    "show_queues",
    "show_ticket",
    "show_screen",
    # how the hall was rated, in sums
    "list_review_results",
    # complaints, which need no name, and their answers to whoever holds the code
    "file_complaint",
    "read_complaint_answer",
    # masked progress to whoever holds the code
    "show_progress",
    # whether a document is genuine, to whoever holds its code
    "verify_document",
    "show_code_svg",
    "show_code_png",
    # doors themselves
    "open_session",
    "refresh_session",
    "open_staff_session",
    # operation
    "show_health",
    "show_metrics",
    # a village node before it has a key
    "greet_node",
    "enrol_node",
    # WeChat and the short-message gateway, each under its shared secret
    "check_wechat_address",
    "take_wechat_event",
    "take_sms_reply",
    # a bundle from a stick: signed by its node, and answered to that node alone
    "bring_bundle",
}


def test_only_the_named_operations_are_open() -> None:
    assert {route.name for route in ALL if route.door is Door.OPEN} <= OPEN


def test_every_operation_of_the_contract_is_answered_once() -> None:
    bound = [route.name for route in handlers()]
    assert sorted(bound) == sorted(route.name for route in ALL)
