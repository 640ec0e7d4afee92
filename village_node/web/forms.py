"""Small readings every form of the clerk's page shares: the id made with the form, a note of some length."""

from collections.abc import Mapping
from typing import Final

from api_spec import answers
from api_spec.problems import BadInput
from village_node.desk.drafts import Pairs
from village_node.web.edge import Refusal

ID_LENGTH: Final = 32
LONGEST_NOTE: Final = 500


class Miswritten(Exception):
    """One of the forms of a page cannot be taken as it stands: the page is shown again with what was typed.

    Args:
        form: which form of the page.
        wrong: a sentence by the input it belongs to; "" where nothing is wrong.
    """

    def __init__(self, form: str, typed: Pairs, wrong: Mapping[str, str]) -> None:
        super().__init__(form)
        self.form = form
        self.typed = typed
        self.wrong = wrong

    def said(self, form: str, name: str) -> str:
        """What was typed there, "" in another form."""
        return next((value for key, value in self.typed if key == name), "") if form == self.form else ""

    def why(self, form: str, name: str) -> str:
        """What is wrong there."""
        return self.wrong.get(name, "") if form == self.form else ""

    def ticked(self, form: str, name: str) -> set[str]:
        """Every value sent under one name."""
        return {value for key, value in self.typed if key == name} if form == self.form else set()


NOTHING_WRONG: Final = Miswritten("", [], {})


def form_id_of(typed: Mapping[str, str], name: str = "rid") -> str:
    """The id that was made with the form: sent twice, it is one record.

    Raises:
        Refusal: the form is not whole.
    """
    rid = typed.get(name, "")
    if len(rid) != ID_LENGTH or not set(rid) <= set("0123456789abcdef"):
        raise Refusal(400, "表单不完整", "请返回办件页面重新提交。")
    return rid


def note_of(typed: str, longest: int = LONGEST_NOTE) -> str:
    """Raises Refusal: too long, or characters nobody can read."""
    if not typed.strip():
        return ""
    try:
        return answers.long_text(typed, None, longest)
    except BadInput as bad:
        raise Refusal(422, "说明没有写对", bad.sentence) from None
