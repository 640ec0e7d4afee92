"""The catalogue on the command line, for whoever keeps it in files.

python -m backend.catalogue validate [FILE]        judge a CSV or xlsx file, or the data that comes with the product
python -m backend.catalogue import FILE            take it into the database of DATABASE_URL
python -m backend.catalogue export FILE            write all items; the ending chooses CSV or xlsx
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from api_spec.catalogue import Item
from backend.actors import system
from backend.catalogue import loader, validator
from backend.catalogue.county_list import ListReading
from backend.catalogue.imports import read_file
from backend.catalogue.loader import BadData
from backend.catalogue.service import Catalogue
from backend.catalogue.sheet_files import UnreadableFile
from backend.catalogue.validator import Severity
from backend.catalogue.values import FileFormat, Imported, ListImported
from backend.db import DatabaseInUse, open_database
from backend.faults import Fault
from backend.settings import Settings

T = TypeVar("T")

cli = typer.Typer(help="The catalogue in files.", no_args_is_help=True, add_completion=False)
Database = Annotated[str, typer.Option("--database", envvar="DATABASE_URL", help="URL of the database.")]
Prefix = Annotated[str, typer.Option("--township", help="Case prefix of the township, SD.")]


@cli.command("validate")
def validate_command(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False)] = None,
) -> None:
    """Say everything that is wrong; the exit code is 1 if something keeps an item from being published."""
    try:
        items = _items(file) if file else loader.items()
    except (UnreadableFile, BadData) as bad:
        raise _refused(str(bad)) from None
    findings = validator.check_all(items)
    for finding in findings:
        typer.echo(f"{finding.severity.zh}  {finding.item_code}  {finding.field}  {finding.sentence}")
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    typer.echo(f"共 {len(items)} 个事项，{errors} 处必须改正，{len(findings) - errors} 处建议核对。")
    raise typer.Exit(1 if errors else 0)


@cli.command("import")
def import_command(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)],
    name: Annotated[str, typer.Option(help="What a published list is called, with its edition.")] = "",
    database: Database = "",
    township: Prefix = "",
) -> None:
    """Take in items as drafts, or a county's list of items. Whole or not at all."""

    content = file.read_bytes()

    async def take_in(catalogue: Catalogue, tenant_id: str) -> Imported | ListImported:
        by = system(tenant_id)
        return await catalogue.import_file(
            tenant_id, content, name=name or file.stem, by=by, at=datetime.now(UTC)
        )

    _tell(_run(database, township, take_in))


def _tell(done: Imported | ListImported) -> None:
    if isinstance(done, Imported):
        typer.echo(
            f"新增 {len(done.added)} 个、修改 {len(done.changed)} 个、未变 {len(done.unchanged)} 个事项。"
        )
        return
    dirty = [entry for entry in done.entries if entry.warnings]
    for entry in dirty:
        typer.echo(f"第 {entry.line} 行  {entry.code}  {'、'.join(each.zh for each in entry.warnings)}")
    typer.echo(
        f"清单“{done.name}”共 {len(done.entries)} 行，其中 {len(dirty)} 行编码有问题；新存 {done.added} 行。"
    )


@cli.command("export")
def export_command(file: Path, database: Database = "", township: Prefix = "") -> None:
    """Write the latest version of every item."""
    try:
        file_format = FileFormat(file.suffix.removeprefix(".").lower())
    except ValueError:
        raise _refused("文件名要以 .csv 或 .xlsx 结尾。") from None

    async def give_out(catalogue: Catalogue, tenant_id: str) -> bytes:
        return await catalogue.export_file(tenant_id, file_format)

    file.write_bytes(_run(database, township, give_out))
    typer.echo(f"已写出 {file}。")


def _items(file: Path) -> list[Item]:
    """Raises UnreadableFile."""
    reading = read_file(file.read_bytes())
    if isinstance(reading, ListReading):
        raise UnreadableFile("这是一份权责清单，不是办事指南；清单用 import 导入。")
    if reading.wrong:
        raise UnreadableFile("\n".join(each.sentence for each in reading.wrong))
    return reading.items


def _run(database: str, prefix: str, work: Callable[[Catalogue, str], Awaitable[T]]) -> T:
    async def opened() -> T:
        async with open_database(Settings(database_url=database).url):
            catalogue = Catalogue()
            return await work(catalogue, await catalogue.tenant_by_prefix(prefix))

    try:
        return asyncio.run(opened())
    except Fault as fault:
        raise _refused("\n".join(each.sentence for each in fault.wrong) or str(fault)) from None
    except DatabaseInUse as in_use:
        raise _refused(str(in_use)) from None


def _refused(reason: str) -> typer.Exit:
    typer.echo(reason, err=True)
    return typer.Exit(1)


if __name__ == "__main__":
    cli()
