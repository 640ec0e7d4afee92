"""The benchmark's command: prepares a township with many cases and prints every figure with its goal."""

import asyncio
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backend.migrate import migrate
from tests.bench.booking import measure_booking
from tests.bench.over_http import Row, measure
from tests.bench.prepare import bench_settings, prepare
from tests.bench.pushing import measure_push
from tests.bench.searching import measure_search
from tests.bench.wrk import NoWrk

UNCACHED_GOAL = {"sqlite": 0.45, "postgres": 0.18}


def main(
    cases: Annotated[int, typer.Option(help="cases stored before measuring")] = 100_000,
    rounds: Annotated[int, typer.Option(help="interleaved rounds; the median counts")] = 3,
    seconds: Annotated[float, typer.Option(help="length of one round")] = 3.0,
    database: Annotated[str, typer.Option(help="sqlite or a postgresql:// URL")] = "sqlite",
) -> None:
    """Print every figure as a ratio to the bare handler of the same run."""
    console = Console()
    with tempfile.TemporaryDirectory(prefix="bmt-bench-") as place:
        folder = Path(place)
        url = f"sqlite:///{folder}/bench.db" if database == "sqlite" else database
        console.print(f"Storing {cases:,} cases …")
        asyncio.run(migrate(url))
        prepare(url, folder, cases=cases)
        goal = UNCACHED_GOAL["sqlite" if database == "sqlite" else "postgres"]
        try:
            rows = measure(folder, url, rounds=rounds, seconds=seconds, uncached_goal=goal)
        except NoWrk as missing:
            console.print(str(missing))
            raise typer.Exit(1) from None
        bookings = f"sqlite:///{folder}/bookings.db" if database == "sqlite" else url
        asyncio.run(migrate(bookings))
        rows.append(asyncio.run(measure_booking(bookings, rounds=rounds)))
        console.print(_table(rows))
        console.print(str(measure_search()))
        console.print(str(asyncio.run(measure_push(bench_settings(url, folder)))))


def _table(rows: list[Row]) -> Table:
    table = Table(title="Ratios within this run")
    for heading in ("what", "ratio", "goal", "", "seen"):
        table.add_column(heading)
    for row in rows:
        met = "ok" if row.ratio >= row.goal else "missed"
        table.add_row(row.name, f"{row.ratio:.2f}", f"{row.goal:.2f}", met, row.detail)
    return table


if __name__ == "__main__":
    typer.run(main)
