"""The command line, in the order in which one lives with the bot."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from lines_bot.settings import BadSettings, Settings, load_settings

cli = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
_CANNOT_START = 2


def _tell_version(is_asked: bool) -> None:
    if is_asked:
        typer.echo(f"lines-bot {version('lines-bot')}")
        raise typer.Exit


@cli.callback()
def begin(
    _version: Annotated[
        bool,
        typer.Option("--version", help="Say which version this is.", callback=_tell_version, is_eager=True),
    ] = False,
) -> None:
    """Run ELMA365 / BRIX live chats from Telegram."""


@cli.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the chat page; 0 takes a free one.")
    ] = 8080,
) -> None:
    """Start everything embedded and print the address of the chat page."""
    from lines_bot.demo import demonstrate, make_token
    from lines_bot.logs import log_to_console

    token = make_token()
    log_to_console("WARNING", [token])
    _finish(asyncio.run(demonstrate(port, token, typer.echo)))


@cli.command()
def bridge(
    fit: Annotated[
        Path | None, typer.Option(help="What `probe` wrote: the script is written for that company.")
    ] = None,
) -> None:
    """Print the module that runs inside ELMA365, and the steps to set it up."""
    folder = Path(__file__).parent / "lines"
    script = (folder / "bridge.ts").read_text(encoding="utf-8")
    if fit is not None:
        from lines_bot.probe.command import ProbeFailed, fit_script

        try:
            script = fit_script(script, fit)
        except ProbeFailed as failure:
            _finish(str(failure))
    typer.echo((folder / "bridge_steps.txt").read_text(encoding="utf-8"), err=True)
    typer.echo(script)


@cli.command()
def settings() -> None:
    """Print every setting with an explanation, to fill in: lines-bot settings > .env."""
    folder = Path(__file__).parent / "settings"
    typer.echo((folder / "example.env").read_text(encoding="utf-8"), nl=False)


@cli.command()
def check(
    send: Annotated[bool, typer.Option("--send", help="Send a test alert to each chat of alerts.")] = False,
) -> None:
    """Try the settings one by one and say what to do about each that fails."""
    settings = _load()
    from lines_bot.check import check as list_findings
    from lines_bot.logs import clean

    async def report() -> bool:
        good = True
        async for finding in list_findings(settings, send_alerts=send):
            good = good and finding.is_good
            line = f"{finding.mark:4} {finding.name}: {finding.words}"
            typer.echo(clean(line, settings.secrets()))
        return good

    raise typer.Exit(0 if asyncio.run(report()) else 1)


@cli.command()
def probe(
    file: Annotated[Path, typer.Option(help="Where to write what was seen.")] = Path("probe.json"),
) -> None:
    """Say where this company's ELMA365 differs from the bridge's guesses; nothing is changed."""
    settings = _load()
    from lines_bot.connections import make_lines
    from lines_bot.lines.probe import Probe
    from lines_bot.logs import clean
    from lines_bot.probe.command import ProbeFailed, look, report

    async def look_at_lines() -> Probe:
        async with make_lines(settings, deadline=60, timeout=60) as lines:
            return await look(lines)

    try:
        for line in report(asyncio.run(look_at_lines()), file):
            typer.echo(line)
    except ProbeFailed as failure:
        _finish(clean(str(failure), settings.secrets()))


@cli.command()
def run() -> None:
    """Run the bot with the settings of the environment and .env."""
    settings = _load()
    from lines_bot.logs import clean
    from lines_bot.runner import serve_forever

    problem = asyncio.run(serve_forever(settings))
    _finish(problem and clean(problem, settings.secrets()))


@cli.command()
def backup(file: Annotated[Path, typer.Argument(help="The copy to write.")]) -> None:
    """Copy the bot's memory while it works."""
    from lines_bot.memory_commands import back_up

    _tell(lambda: back_up(_load(), file))


@cli.command()
def restore(file: Annotated[Path, typer.Argument(help="A copy that `backup` wrote.")]) -> None:
    """Put a copy in the place of the bot's memory; the bot is stopped meanwhile."""
    from lines_bot.memory_commands import restore as put_back

    _tell(lambda: put_back(_load(), file, datetime.now()))


@cli.command()
def move(to_url: Annotated[str, typer.Argument(help="The new DATABASE_URL, of an empty database.")]) -> None:
    """Carry the bot's memory over into another database, like from SQLite to PostgreSQL."""
    from lines_bot.memory_commands import move_to

    _tell(lambda: asyncio.run(move_to(_load(), to_url)))


@cli.command()
def forget(
    who: Annotated[str, typer.Argument(help="A person's number in Telegram, or a client's id in Lines.")],
) -> None:
    """Take a person's or a client's data out of the bot's memory."""
    from lines_bot.memory_commands import forget as forget_them

    _tell(lambda: asyncio.run(forget_them(_load(), who)))


@cli.command()
def sandbox(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the Lines server; 0 takes a free one.")
    ] = 8090,
) -> None:
    """Run the embedded Lines server alone, to try a real Telegram bot against it."""
    from lines_bot.demo import serve_sandbox
    from lines_bot.logs import log_to_console

    log_to_console("WARNING", [])
    _finish(asyncio.run(serve_sandbox(port, typer.echo)))


def main() -> None:
    cli()


def _load() -> Settings:
    try:
        settings = load_settings()
    except BadSettings as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(_CANNOT_START) from None
    from lines_bot.logs import log_to_console

    log_to_console(settings.log_level, settings.secrets())
    return settings


def _tell(command: Callable[[], str]) -> None:
    """Print what came of a command, or end with the sentence about what did not."""
    from lines_bot.memory_commands import CommandFailed

    try:
        typer.echo(command())
    except CommandFailed as failure:
        _finish(str(failure))


def _finish(problem: str | None) -> None:
    """A problem is a sentence that kept the bot from starting."""
    if problem is not None:
        typer.echo(problem, err=True)
        raise typer.Exit(_CANNOT_START)


if __name__ == "__main__":
    main()
