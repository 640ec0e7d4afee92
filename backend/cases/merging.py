"""Two sides put one application right: what each changed since what both had, and both together. Pure.

Fields nobody else touched merge; where both changed the same one to different words, somebody has to look (sync/1, 2.6).
"""

from typing import Any

import msgspec

from api_spec.errors import ErrorCode
from backend.cases.filing import Applicant, Contents
from backend.faults import Fault

_MANDATE = "mandate"


def merged(base: Contents, now: Contents, mine: Contents) -> Contents:
    """`now` with what `mine` changed of `base`.

    Args:
        base: what the writer of `mine` had before them.

    Raises:
        Fault: CASE_MOVED with the fields that both changed, each in its own way.
    """
    before, there, wanted = _fields(base), _fields(now), _fields(mine)
    names = before.keys() | there.keys() | wanted.keys()
    changed = {name for name in names if wanted.get(name) != before.get(name)}
    both = {
        name
        for name in changed
        if there.get(name) != before.get(name) and there.get(name) != wanted.get(name)
    }
    if both:
        raise Fault(ErrorCode.CASE_MOVED, fields=",".join(sorted(both)))
    return _contents({name: (wanted if name in changed else there).get(name) for name in names})


def _fields(contents: Contents) -> dict[str, Any]:
    """Every field under one name; an answer that is not given has none."""
    applicant = {
        f"applicant.{name}": value for name, value in msgspec.structs.asdict(contents.applicant).items()
    }
    answers = {f"answers.{name}": value for name, value in contents.answers.items() if value is not None}
    return {**applicant, **answers, _MANDATE: contents.mandate}


def _contents(fields: dict[str, Any]) -> Contents:
    def part(prefix: str) -> dict[str, Any]:
        return {
            name.removeprefix(prefix): value
            for name, value in fields.items()
            if name.startswith(prefix) and value is not None
        }

    return Contents(
        applicant=Applicant(**part("applicant.")), mandate=fields[_MANDATE], answers=part("answers.")
    )
