"""Every requirement of the implementation plan is proved by a test that names it, or needs no software and says why.

The numbers are the product's own count of the plan's clauses, 1 to 66; a test names those it proves by
`@pytest.mark.plan(26, 37)`.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

TESTS: Final = Path(__file__).parents[1]
NUMBERS: Final = frozenset(range(1, 67))
NO_SOFTWARE: Final = {
    64: "错漏字和缺号：只引用原文，不照抄进产品",
    65: "工作专班和动员会是人的工作；公众号另有国家规定，方案没有提",
}
"""What no program does, with the reason."""


def named(source: str) -> Iterator[int]:
    """Every number a module's markers name."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.plan":
            for number in node.args:
                assert isinstance(number, ast.Constant)
                assert isinstance(number.value, int)
                yield number.value


def proofs() -> dict[int, set[str]]:
    """By number the test modules that name it."""
    found: dict[int, set[str]] = defaultdict(set)
    for path in sorted(TESTS.rglob("test_*.py")):
        for number in named(path.read_text("utf-8")):
            found[number].add(str(path.relative_to(TESTS)))
    return found


def test_every_requirement_of_the_plan_is_proved_or_needs_no_software() -> None:
    missing = NUMBERS - proofs().keys() - NO_SOFTWARE.keys()
    assert not missing, f"no test names {sorted(missing)}"


def test_no_test_names_a_requirement_there_is_not_or_one_that_needs_no_software() -> None:
    assert proofs().keys() <= NUMBERS - NO_SOFTWARE.keys()


def test_a_marker_is_read_wherever_it_stands() -> None:
    source = "pytestmark = pytest.mark.plan(26)\n@pytest.mark.plan(28, 29)\ndef test_x(): ...\n"
    assert list(named(source)) == [26, 28, 29]
