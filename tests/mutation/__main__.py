"""Tries every mutant of a pure module against the pure tests of that module, each in a fork of one warm process.

    python -m tests.mutation backend/cases/machine.py [tests/…] [--first N] [--only LINE]

Prints each survivor with its line, and how many were killed. A mutant that hangs counts as killed.
"""

import argparse
import importlib
import importlib.abc
import importlib.machinery
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

from tests.mutation.mutants import Mutant, mutants

TESTS = {
    "backend/cases/machine.py": ("tests/cases/test_machine_rules.py", "tests/cases/test_machine.py"),
    "backend/cases/conditions.py": ("tests/cases/test_machine_rules.py", "tests/cases/test_machine.py"),
}
WARM = (
    "aiohttp",
    "argon2",
    "msgspec",
    "pydantic",
    "tortoise",
    "structlog",
    "jinja2",
    "api_spec.catalogue",
    "api_spec.messages.cases",
    "api_spec.messages.progress",
    "api_spec.paper.slip",
    "api_spec.routes",
    "backend.db",
    "backend.vault",
)
"""What no module under test is imported by: loaded once, before the forks."""
LONGEST_S = 60


class _Instead(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another source."""

    def __init__(self, name: str, mutant: Mutant, origin: str) -> None:
        self._name = name
        self._code = compile(mutant.source, origin, "exec")

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None,  # noqa: ARG002
        target: ModuleType | None = None,  # noqa: ARG002
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.machinery.ModuleSpec(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102 - the module under test with one change


def _is_killed(name: str, mutant: Mutant, tests: Sequence[str], origin: str) -> bool:
    """Run the tests over the mutant in a fork; True when one of them fails, or none ends in time."""
    child = os.fork()
    if child == 0:
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        signal.alarm(LONGEST_S)
        sys.meta_path.insert(0, _Instead(name, mutant, origin))
        try:
            code = pytest.main(
                [*tests, "-x", "-q", "--noconftest", "--assert=plain", "-p", "no:cacheprovider"]
            )
        except BaseException:  # noqa: BLE001 - whatever the mutant breaks, it is noticed
            code = 1
        os._exit(min(int(code), 9))
    _, status = os.waitpid(child, 0)
    return status != 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation")
    parser.add_argument("module")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--first", type=int, default=0, help="try only so many")
    parser.add_argument("--only", type=int, default=0, help="try only this line")
    asked = parser.parse_args()
    tests = asked.tests or [test for test in TESTS[asked.module] if Path(test).exists()]
    for name in WARM:
        importlib.import_module(name)
    source = Path(asked.module).read_text("utf-8")
    found = [one for one in mutants(source) if asked.only in (0, one.line)]
    found = found[: asked.first or len(found)]
    name = asked.module.removesuffix(".py").replace("/", ".")
    if _is_killed(name, Mutant(0, "", "", source), tests, asked.module):
        _say("the tests fail on the module as it is")
        return 2
    began, survived = time.monotonic(), 0
    for mutant in found:
        if not _is_killed(name, mutant, tests, asked.module):
            survived += 1
            _say(f"survived, line {mutant.line}: {mutant.before}  ->  {mutant.after}")
    seconds = time.monotonic() - began
    _say(
        f"{asked.module}: {len(found) - survived} of {len(found)} killed, {survived} survived, {seconds:.0f} s"
    )
    return int(survived > 0)


if __name__ == "__main__":
    sys.exit(main())
