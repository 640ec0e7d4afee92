"""One version for the package and both programs."""

import tomllib
from pathlib import Path

from api_spec import VERSION


def test_the_package_and_the_programs_say_the_same_version() -> None:
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))
    assert project["project"]["version"] == VERSION
