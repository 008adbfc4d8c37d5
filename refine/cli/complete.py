"""What the shell may complete, and `--version`. Imports its sources only when asked."""

from __future__ import annotations

import typer


def tasks(incomplete: str) -> list[str]:
    from refine.load import names  # noqa: PLC0415 - while completing, never for --help

    return _beginning(names(), incomplete)


def strategies(incomplete: str) -> list[str]:
    from refine.strategies import names  # noqa: PLC0415 - as above

    return _beginning(names(), incomplete)


def sandboxes(incomplete: str) -> list[str]:
    return _beginning(("auto", "docker", "local", "none"), incomplete)


def shares(incomplete: str) -> list[str]:
    return _beginning(("bandit", "weighted"), incomplete)


def kinds(incomplete: str) -> list[str]:
    return _beginning(("python", "expression", "text"), incomplete)


def version(value: bool) -> None:  # noqa: FBT001 - the shape of an option's callback
    if value:
        from refine import __version__  # noqa: PLC0415 - as above

        typer.echo(f"refine {__version__}")
        raise typer.Exit


def _beginning(words: tuple[str, ...], incomplete: str) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
