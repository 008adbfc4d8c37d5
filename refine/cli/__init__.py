"""The command line. `refine --help` loads nothing heavy: each command imports what it needs when it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    import typer

_CHARS = 1000
"""Of an error's message: one line, but not a novel."""


def main() -> None:
    """The `refine` command."""
    sys.exit(run(sys.argv[1:]))


def run(argv: Sequence[str]) -> int:
    """Runs one command line; the exit code.

    0 done, 1 the task's or the user's fault, 2 usage, 3 the world's, 130 Ctrl-C. An error is one line on stderr; with
    `--debug` anywhere it is a traceback.
    """
    args = [arg for arg in argv if arg != "--debug"]
    if len(args) < len(argv):
        return _debugged(args)
    from refine.errors import RefineError  # noqa: PLC0415 - after the debug hook, so that it sees all

    try:
        return _run(args)
    except RefineError as error:
        return _said(str(error), error.exit_code)


def _run(args: Sequence[str]) -> int:
    """Errors of the command line itself become one line here; all others are the caller's."""
    import typer  # noqa: PLC0415 - so that importing refine.cli costs nothing

    from refine.cli.app import app  # noqa: PLC0415 - as above

    try:
        return int(app(args=list(args) or ["--help"], prog_name="refine", standalone_mode=False, obj=tuple(args)) or 0)
    except _usage_error() as error:
        return _said(f"{error.format_message()} (refine --help)", 2)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:  # `refine export RUN | head`: who reads has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _usage_error() -> type[typer.BadParameter]:
    """The class of all errors in a command line. Typer exports this one leaf of it only, and brings click along in
    some versions and a copy of its own in others.
    """
    import typer  # noqa: PLC0415 - as in _run

    root = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
    return cast("type[typer.BadParameter]", root)


def _debugged(args: Sequence[str]) -> int:
    from rich.traceback import install  # noqa: PLC0415 - only for those who ask for it

    from refine.errors import RefineError  # noqa: PLC0415 - as above

    install(show_locals=False, suppress=["typer", "click"])
    try:
        return _run(args)
    except RefineError as error:
        sys.excepthook(type(error), error, error.__traceback__)
        return error.exit_code


def _said(message: str, code: int) -> int:
    line = " ".join(message.split())
    print(f"refine: error: {line[:_CHARS]}", file=sys.stderr)  # noqa: T201 - the one place that says errors
    return code
