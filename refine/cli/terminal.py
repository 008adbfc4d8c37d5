"""Where output goes: results to stdout, what happens meanwhile to stderr. A pipe gets lines as wide as they need."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.syntax import Syntax

from refine.types import Json

_PIPE_COLUMNS = 120


def out() -> Console:
    return Console(highlight=False, width=_width(sys.stdout.isatty()))


def err() -> Console:
    return Console(highlight=False, stderr=True, width=_width(sys.stderr.isatty()))


def _width(terminal: bool) -> int | None:  # noqa: FBT001 - its only argument
    return None if terminal or "COLUMNS" in os.environ else _PIPE_COLUMNS


@contextmanager
def resumable() -> Iterator[None]:
    """For what keeps all it did: says so at Ctrl-C."""
    try:
        yield
    except KeyboardInterrupt:
        err().print("stopped; the same command goes on from here")
        raise


def print_json(value: Json) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def print_program(console: Console, text: str, language: str = "python") -> None:
    """Highlighted on a terminal; in a pipe exactly the text."""
    if console.is_terminal and language != "text":
        console.print(Syntax(text.rstrip(), "python", background_color="default", word_wrap=True))
    else:
        console.print(text.rstrip(), markup=False, soft_wrap=True)


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.7g}"


def duration(seconds: float) -> str:
    """1h02, 3m07 or 12s."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}h{whole % 3600 // 60:02}"
    return f"{whole // 60}m{whole % 60:02}" if whole >= 60 else f"{whole}s"
