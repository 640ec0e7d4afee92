"""The township on the command line: set up, serve, demo, settings."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from api_spec.bundle import SUFFIX
from backend import carrying
from backend.app import utc_now
from backend.archive.commands import commands as archive_commands
from backend.audit.proving import Finding, Kept
from backend.backup.restoring import restore
from backend.backup.service import Backups, BackupState, Manifest, Refused
from backend.db import DatabaseInUse
from backend.demo.processes import DemoFailed
from backend.demo.run import run_demo
from backend.intake.health import by_trouble, line_of
from backend.looking import beside, looking
from backend.migrate import SchemaMismatch
from backend.office import VAULT_KEY_FILE, open_office, vault_key
from backend.people.service import NewAccount
from backend.serve import PortTaken, serve, serve_worker
from backend.settings import BadSettings, Settings, describe, load
from backend.setup import first_administrator, set_up
from backend.upward.words import report_lines

cli = typer.Typer(help="便民通：the township's program.", no_args_is_help=True, add_completion=False)


def _settings(*, serving: bool = True) -> Settings:
    try:
        return load(os.environ, serving=serving)
    except BadSettings as bad:
        typer.echo(f"设置有误：{bad}", err=True)
        raise typer.Exit(2) from None


def _refused(reason: Exception) -> typer.Exit:
    typer.echo(str(reason), err=True)
    return typer.Exit(1)


@cli.command("serve")
def serve_command() -> None:
    """Run the township with the settings of the environment."""
    settings = _settings()
    try:
        code = serve(settings)
    except (PortTaken, DatabaseInUse, SchemaMismatch) as refused:
        raise _refused(refused) from None
    raise typer.Exit(code)


@cli.command("worker", hidden=True)
def worker_command() -> None:
    """One of several processes of `serve`."""
    raise typer.Exit(serve_worker(_settings()))


@cli.command("demo")
def demo_command() -> None:
    """Township, one village node and the WeChat stand-in with demo people, on this machine."""
    try:
        code = run_demo(os.environ)
    except (PortTaken, BadSettings, DemoFailed) as refused:
        raise _refused(refused) from None
    raise typer.Exit(code)


@cli.command("setup")
def setup_command(
    login: Annotated[str, typer.Option(help="login name of the first system administrator")],
    name: Annotated[str, typer.Option(help="their name")],
) -> None:
    """Import what comes with the product and make the first administrator."""
    settings = _settings()
    first = asyncio.run(_set_up(settings, login, name))
    typer.echo(
        f"已建立。管理员账号 {first.account.login_name}，初始密码 {first.first_password}（只显示这一次，首次登录须修改）"
    )


async def _set_up(settings: Settings, login: str, name: str) -> NewAccount:
    async with open_office(settings, clock=utc_now) as office:
        at = utc_now()
        tenant_id = await set_up(office, at=at)
        return await first_administrator(office, tenant_id, login_name=login, name=name, at=at)


@cli.command("backup")
def backup_command() -> None:
    """Make a backup now, restore it into a scratch place and open it there; also while the township runs."""
    try:
        made, registered = asyncio.run(_back_up(_settings()))
    except (Refused, SchemaMismatch) as refused:
        raise _refused(refused) from None
    typer.echo(f"备份 {made.name} 已做好并验证：{made.size / 1e6:.1f} MB，村里记录 {made.records} 条。")
    if not made.keys_inside:
        typer.echo("数据密钥没有放进备份，请另外保管好（BMT_VAULT_KEY 或 vault.key），没有它备份读不出来。")
    if not registered:
        typer.echo("便民通正在运行，五分钟内会自己登记这份备份。")


async def _back_up(settings: Settings) -> tuple[Manifest, bool]:
    """The backup, and whether the promise to the villages is written already: a running township does that itself."""
    if not settings.vault_key and not (settings.data / VAULT_KEY_FILE).is_file():
        raise Refused("数据文件夹里没有 vault.key，也没有设 BMT_VAULT_KEY：没有密钥的备份读不出来。")
    backups = Backups(settings, key=vault_key(settings), clock=utc_now)
    made = await backups.make(at=utc_now())
    try:
        async with open_office(beside(settings), clock=utc_now) as office:
            await backups.promise(office.intake.vouch)
    except DatabaseInUse:
        return made, False
    return made, True


@cli.command("backups")
def backups_command() -> None:
    """List the backups, oldest first."""
    backups = Backups(_settings(serving=False), key=b"", clock=utc_now)
    for each in asyncio.run(backups.all()):
        state = BackupState(each.state).zh
        typer.echo(
            f"{each.name}  {state}  {each.size / 1e6:.1f} MB  村里记录 {each.records} 条  {each.problem}".rstrip()
        )
    typer.echo(asyncio.run(backups.cover(at=utc_now())).sentence or "备份正常。")


@cli.command("restore")
def restore_command(
    name: Annotated[str, typer.Argument(help="name of the backup, as `backups` lists it")],
) -> None:
    """Put a backup back in the place of a stopped township; what was there is set aside."""
    try:
        aside = asyncio.run(restore(_settings(), name, at=utc_now()))
    except Refused as refused:
        raise _refused(refused) from None
    typer.echo(
        f"已恢复备份 {name}。" + (f"原来的数据改名为 {aside}，确认无误后可以自行删除。" if aside else "")
    )
    typer.echo("请启动便民通；各村电脑联网后会自动补传备份以后的件。")


@cli.command("upward")
def upward_command() -> None:
    """What was not reported upward, since when and why; also while the township runs."""
    try:
        for line in asyncio.run(_upward(_settings(serving=False))):
            typer.echo(line)
    except (Refused, SchemaMismatch) as refused:
        raise _refused(refused) from None


async def _upward(settings: Settings) -> list[str]:
    async with looking(settings, clock=utc_now) as office:
        reports = [
            await office.upward.report(tenant_id, at=utc_now()) for tenant_id in office.catalogue.tenant_ids
        ]
    return [line for report in reports for line in report_lines(report)]


@cli.command("nodes")
def nodes_command() -> None:
    """Every village computer and how it is, those in trouble first; also while the township runs."""
    try:
        for line in asyncio.run(_nodes(_settings(serving=False))):
            typer.echo(line)
    except (Refused, SchemaMismatch) as refused:
        raise _refused(refused) from None


async def _nodes(settings: Settings) -> list[str]:
    at = utc_now()
    async with looking(settings, clock=utc_now) as office:
        cards = [
            card
            for tenant_id in office.catalogue.tenant_ids
            for card in await office.intake.nodes.cards(tenant_id)
        ]
    lines = [line_of(card, health) for card, health in by_trouble(cards, at)]
    held = sum(card.held for card in cards)
    return [*lines, f"共 {len(cards)} 台村级电脑，搁置等处理的记录 {held} 条。"]


@cli.command("verify")
def verify_command() -> None:
    """Prove that nothing was altered or taken away: log, histories, anchors; also while the township runs."""
    try:
        found = asyncio.run(_verify(_settings(serving=False)))
    except (Refused, SchemaMismatch) as refused:
        raise _refused(refused) from None
    for one in found:
        place = " ".join(
            part for part in (one.subject_id, f"第 {one.number} 条" if one.number else "") if part
        )
        typer.echo(f"{one.what.zh}  {place}  {one.why}", err=True)
    if found:
        typer.echo(f"有 {len(found)} 处对不上，请立即保全数据库。", err=True)
        raise typer.Exit(1)
    typer.echo(f"{'、'.join(kept.zh for kept in Kept)}全部核对过，没有被改动。")
    typer.echo("每条登记从存下印记起受保护，十分钟存一次；这次核对不包括：排班、账号、事项库和材料照片。")


async def _verify(settings: Settings) -> list[Finding]:
    at = utc_now()
    async with looking(settings, clock=utc_now) as office:
        return [
            finding
            for tenant_id in office.catalogue.tenant_ids
            for finding in await office.proving.findings(tenant_id, at=at)
        ]


bundles = typer.Typer(help="Bundles villages bring on a stick.", no_args_is_help=True)
cli.add_typer(bundles, name="bundle")


@bundles.command("import")
def import_bundle(
    file: Annotated[Path, typer.Argument(help="one part, *.gtb")],
    reply: Annotated[
        Path | None, typer.Option(help="where to leave the reply; default: beside the file")
    ] = None,
) -> None:
    """Take one part of a bundle in and leave the reply for the village. May run while the township does."""
    settings = _settings()
    target = reply or file.with_name(f"{file.stem}-huizhi{SUFFIX}")
    try:
        typer.echo(asyncio.run(carrying.bring(settings, file, reply=target, clock=utc_now)))
    except (carrying.NotBrought, SchemaMismatch) as refused:
        raise _refused(refused) from None


cli.add_typer(archive_commands(_settings, clock=utc_now), name="archive")


@cli.command("settings")
def settings_command() -> None:
    """Every setting with its unit and default."""
    sys.stdout.write(describe() + "\n")


if __name__ == "__main__":
    cli()
