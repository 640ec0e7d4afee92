"""The township on the command line: serve, demo, settings."""

import os
import sys

import typer

from backend.demo.run import run_demo
from backend.serve import PortTaken, serve, serve_worker
from backend.settings import BadSettings, Settings, describe, load

cli = typer.Typer(help="便民通: the township's program.", no_args_is_help=True, add_completion=False)


def _settings() -> Settings:
    try:
        return load(os.environ)
    except BadSettings as bad:
        typer.echo(f"设置有误:{bad}", err=True)
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
    except PortTaken as taken:
        raise _refused(taken) from None
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
    except (PortTaken, BadSettings) as refused:
        raise _refused(refused) from None
    raise typer.Exit(code)


@cli.command("settings")
def settings_command() -> None:
    """Every setting with its unit and default."""
    sys.stdout.write(describe() + "\n")


if __name__ == "__main__":
    cli()
