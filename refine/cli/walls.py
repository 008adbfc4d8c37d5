"""`refine sandbox`: the image, and what the sandbox stops here."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape

from refine.cli import terminal
from refine.sandbox import choose
from refine.types import Json

_SIGNS = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: " "}


def build(name: str, base: str | None, wheels: Path | None) -> int:
    """Builds the image, printing what the engine says."""
    from refine.sandbox import images  # noqa: PLC0415 - needs the docker package, which may be missing

    out = terminal.out()
    for line in images.build(name, base or images.BASE, wheels):
        out.print(line, markup=False, soft_wrap=True)
    return 0


def status(*, as_json: bool) -> int:
    """3 if no sandbox works here."""
    facts = choose.status()
    works = not any(fact.name == "sandbox" and fact.good is False for fact in facts)
    if as_json:
        listed: list[Json] = [{"name": fact.name, "value": fact.value, "good": fact.good} for fact in facts]
        terminal.print_json({"works": works, "facts": listed})
        return 0 if works else 3
    out = terminal.out()
    width = max(len(fact.name) for fact in facts)
    for fact in facts:
        out.print(f"{_SIGNS[fact.good]} {escape(fact.name.ljust(width))}  {escape(fact.value)}", soft_wrap=True)
    return 0 if works else 3
