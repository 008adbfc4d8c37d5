"""`refine new`, `check` and `tasks`: tasks before any run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from refine import check as checking
from refine import load, scaffold
from refine.check import Finding
from refine.cli import terminal
from refine.errors import Fault, TaskError, UsageError
from refine.sandbox import Sandbox
from refine.task import Task
from refine.types import Json

Finder = Callable[[Finding], None]
_SIGNS = {True: "[green]✓[/green]", False: "[red]✗[/red]", None: "[dim]-[/dim]"}


def new(name: str, kind: str) -> int:
    """Writes the folder and says what to do with it."""
    out = terminal.out()
    for path in scaffold.new(name, kind, Path()):
        out.print(f"  {path}", markup=False, soft_wrap=True)
    model = " --model PROVIDER/NAME" if kind == "text" else ""
    out.print(f"next: refine check {name}; refine run {name}{model}; then make {name}/task.py yours", soft_wrap=True)
    return 0


# ── check ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def check(what: str, models: tuple[str, ...], sandbox: str, *, as_json: bool) -> int:
    """Prints each finding as soon as it is known, or all as JSON; 1 if the task fails, 3 if the world does."""
    out = terminal.out()
    findings: list[Finding] = []
    asyncio.run(_look(what, models, sandbox, findings, None if as_json else out))
    code = checking.exit_code(findings)
    if as_json:
        listed: list[Json] = [
            {"name": f.name, "ok": f.ok, "detail": f.detail, "blame": f.blame if f.ok is False else None}
            for f in findings
        ]
        terminal.print_json({"task": what, "ok": code == 0, "findings": listed})
    else:
        failed = sum(finding.ok is False for finding in findings)
        out.print(f"{failed} of {len(findings)} checks failed" if failed else f"all {len(findings)} checks are fine")
    return code


async def _look(what: str, models: tuple[str, ...], name: str, findings: list[Finding], out: Console | None) -> None:
    def found(finding: Finding) -> None:
        findings.append(finding)
        if out is not None:
            sign, blame = _SIGNS[finding.ok], " (world)" if finding.blame == "world" and finding.ok is False else ""
            out.print(f"{sign} {escape(finding.name)}{blame}  [dim]{escape(finding.detail)}[/dim]", soft_wrap=True)

    task = _imported(what, found)
    if task is None:
        return
    sandbox = _sandbox(task, name, found)
    if sandbox is not None:
        try:
            for finding in checking.walls(sandbox):
                found(finding)
            async for finding in checking.check(task, sandbox):
                found(finding)
        finally:
            sandbox.close()
    if models:
        found(await checking.model(task, models))


def _imported(what: str, found: Finder) -> Task | None:
    """The task, or None after telling what is wrong with it. Raises `UsageError` if there is no such task."""
    try:
        task = load.load(what)
        assert task.verify is not None
    except TaskError as error:
        found(Finding("imports", False, str(error)))
        return None
    found(Finding("imports", True, f"{task.name}: {task.metric}, {task.direction}"))
    return task


def _sandbox(task: Task, name: str, found: Finder) -> Sandbox | None:
    from refine.sandbox.choose import choose  # noqa: PLC0415 - a task that does not import needs none

    try:
        sandbox = choose(name, image=task.image)
    except (Fault, UsageError) as error:
        found(Finding("sandbox", False, str(error), "world"))
        return None
    found(Finding("sandbox", True, sandbox.describe()))
    return sandbox


# ── tasks ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def tasks(*, as_json: bool) -> int:
    """Each shipped task in a line, with its published values."""
    loaded = [load.load(name) for name in load.names()]
    if as_json:
        terminal.print_json([_as_json(task) for task in loaded])
        return 0
    table = Table("task", "what", "metric", "best known")
    for task in loaded:
        known = "\n".join(f"{_where(r.metric)}{r.value:.7g}: {r.name}" for r in task.references) or "none"
        table.add_row(task.name, escape(_about(task)), escape(f"{task.metric} ({task.direction})"), escape(known))
    terminal.out().print(table)
    return 0


def _where(metric: str) -> str:
    return "" if metric == "score" else f"{metric} "


def _about(task: Task) -> str:
    """The first sentence of the instruction."""
    first = " ".join(task.instruction.split("\n\n")[0].split())
    return first.split(". ")[0].rstrip(".")


def _as_json(task: Task) -> Json:
    return {
        "name": task.name,
        "about": _about(task),
        "metric": task.metric,
        "direction": task.direction,
        "language": task.language,
        "target": task.target,
        "references": [reference.model_dump(mode="json") for reference in task.references],
    }
