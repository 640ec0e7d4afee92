"""The catalogue on the command line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from backend.catalogue.__main__ import cli
from backend.catalogue.imports import write_file
from backend.catalogue.values import FileFormat
from tests.catalogue.examples import COUNTY_LIST, sound_item

run = CliRunner()


def test_the_products_own_data_waits_for_confirmation() -> None:
    result = run.invoke(cli, ["validate"])
    assert result.exit_code == 1
    assert "共 60 个事项，50 处必须改正" in result.stdout


def test_a_file_without_faults_validates(tmp_path: Path) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(write_file([sound_item()], FileFormat.CSV))
    result = run.invoke(cli, ["validate", str(file)])
    assert (result.exit_code, result.stdout.strip()) == (0, "共 1 个事项，0 处必须改正，0 处建议核对。")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a,b\n1,2\n", COUNTY_LIST.read_bytes()])
def test_a_file_that_is_no_guide_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "items.csv"
    file.write_bytes(content)
    result = run.invoke(cli, ["validate", str(file)])
    assert result.exit_code == 1
    assert result.stderr.strip().endswith("。")


def test_an_export_needs_a_name_that_says_how(tmp_path: Path) -> None:
    result = run.invoke(cli, ["export", str(tmp_path / "items.doc")])
    assert result.exit_code == 1
    assert ".xlsx" in result.stderr
