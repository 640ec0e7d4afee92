"""`python -m tests.soak --seconds 600 --seed 1 --nodes 8`: prints a report; exit code 1 when a property does not hold."""

import asyncio
import logging
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from tests.soak.soak import soak


def main(
    seconds: Annotated[float, typer.Option(help="how long things go wrong")] = 600,
    seed: Annotated[int, typer.Option(help="of the die that chooses what goes wrong")] = 1,
    nodes: Annotated[int, typer.Option(help="village computers at the start")] = 8,
) -> None:
    logging.disable(logging.WARNING)
    folder = Path(tempfile.mkdtemp(prefix="bmt-soak-"))
    report = asyncio.run(soak(folder, nodes=nodes, seconds=seconds, seed=seed))
    typer.echo(str(report))
    if report.wrong:
        typer.echo(f"everything is kept in {folder}")
        raise typer.Exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
