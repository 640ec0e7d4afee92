"""The benchmark's command: prepares a township with many cases and prints every figure with its goal."""

import asyncio
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from backend.database_url import DatabaseUrl
from backend.migrate import migrate
from tests.bench.booking import measure_booking
from tests.bench.desk import measure_desk
from tests.bench.figures import measure_statistics
from tests.bench.node_starting import measure_node_start
from tests.bench.over_http import Row, measure
from tests.bench.photos import measure_photos
from tests.bench.postgres import postgres
from tests.bench.prepare import bench_settings, prepare
from tests.bench.pushing import measure_push
from tests.bench.reconnect import measure_reconnect
from tests.bench.searching import measure_search
from tests.bench.starting import measure_start
from tests.bench.syncing import measure_sync
from tests.bench.village_photos import measure_village_photos
from tests.bench.wrk import NoWrk

POSTGRES_CASES = 20_000
"""Enough for indexes several levels deep; filling it is no part of the measurement."""
UNCACHED_GOAL = {"sqlite": 0.45, "postgres": 0.18}


def main(
    cases: Annotated[int, typer.Option(help="cases stored before measuring")] = 100_000,
    rounds: Annotated[int, typer.Option(help="interleaved rounds; the median counts")] = 3,
    seconds: Annotated[int, typer.Option(help="length of one round")] = 3,
    database: Annotated[str, typer.Option(help="sqlite, postgres (started here) or both")] = "both",
) -> None:
    """Print every figure with its goal; rates as ratios to the bare handler of the same run."""
    console = Console(width=120)
    try:
        if database != "postgres":
            with tempfile.TemporaryDirectory(prefix="bmt-bench-") as place:
                folder = Path(place)
                url = f"sqlite:///{folder}/bench.db"
                _print_rates(console, url, folder, cases, rounds, seconds)
                console.print(str(asyncio.run(measure_statistics(bench_settings(url, folder)))))
                console.print(str(asyncio.run(measure_push(bench_settings(url, folder)))))
                village = folder / "village"
                village.mkdir()
                console.print(str(asyncio.run(measure_sync(bench_settings(url, folder), village))))
                console.print(str(asyncio.run(measure_photos(bench_settings(url, folder)))))
                console.print(str(asyncio.run(measure_desk(bench_settings(url, folder)))))
                console.print(str(measure_start(bench_settings(url, folder))))
                apart = folder / "reconnect"
                apart.mkdir()
                console.print(str(measure_reconnect(bench_settings(f"sqlite:///{apart}/bench.db", apart))))
            console.print(str(asyncio.run(measure_village_photos())))
            console.print(str(measure_node_start()))
            console.print(str(measure_search()))
        if database != "sqlite":
            with postgres() as url, tempfile.TemporaryDirectory(prefix="bmt-bench-") as place:
                folder = Path(place)
                _print_rates(console, url, folder, min(cases, POSTGRES_CASES), rounds, seconds)
                console.print(str(asyncio.run(measure_push(bench_settings(url, folder)))))
                console.print(str(asyncio.run(measure_desk(bench_settings(url, folder)))))
    except NoWrk as missing:
        console.print(str(missing))
        raise typer.Exit(1) from None


def _print_rates(console: Console, url: str, folder: Path, cases: int, rounds: int, seconds: int) -> None:
    """Fill a township of its own and measure reads, filing and booking there."""
    kind = DatabaseUrl.parse(url).dialect
    began = time.perf_counter()
    asyncio.run(migrate(url))
    prepare(url, folder, cases=cases)
    console.print(f"{kind}: {cases:,} cases stored in {time.perf_counter() - began:.0f} s")
    rows = measure(folder, url, rounds=rounds, seconds=seconds, uncached_goal=UNCACHED_GOAL[kind])
    bookings = f"sqlite:///{folder}/bookings.db" if kind == "sqlite" else url
    asyncio.run(migrate(bookings))
    rows.append(asyncio.run(measure_booking(bookings, rounds=rounds)))
    console.print(_table(kind, rows))


def _table(kind: str, rows: list[Row]) -> Table:
    table = Table(title=f"{kind}: ratios within this run")
    for heading in ("what", "ratio", "goal", "", "seen"):
        table.add_column(heading)
    for row in rows:
        met = "ok" if row.ratio >= row.goal else "missed"
        table.add_row(row.name, f"{row.ratio:.2f}", f"{row.goal:.2f}", met, row.detail)
    return table


if __name__ == "__main__":
    typer.run(main)
