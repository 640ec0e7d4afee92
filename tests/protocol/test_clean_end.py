"""A process that has read sync records ends well: a decoder whose types are freed wrongly crashes it at the very end."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize("program", ["api_spec.records", "village_node.__main__"])
def test_reading_records_corrupts_no_memory(program: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", f"import {program}"],
        env={**os.environ, "PYTHONMALLOC": "debug"},
        capture_output=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
