"""The township on the command line: set up, serve, demo, settings."""

import asyncio
import os
import sys
from typing import Annotated

import typer

from backend.app import utc_now
from backend.db import DatabaseInUse
from backend.demo.processes import DemoFailed
from backend.demo.run import run_demo
from backend.migrate import SchemaMismatch
from backend.office import open_office
from backend.people.service import NewAccount
from backend.serve import PortTaken, serve, serve_worker
from backend.settings import BadSettings, Settings, describe, load
from backend.setup import first_administrator, set_up

cli = typer.Typer(help="便民通：the township's program.", no_args_is_help=True, add_completion=False)


def _settings() -> Settings:
    try:
        return load(os.environ)
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


@cli.command("settings")
def settings_command() -> None:
    """Every setting with its unit and default."""
    sys.stdout.write(describe() + "\n")


if __name__ == "__main__":
    cli()
