"""`refine show`, `replay` and `export`: reading a run."""

from __future__ import annotations

import asyncio
import difflib
import os
import sys
from pathlib import Path

from rich.console import Console

from refine import export as exporting
from refine import load
from refine import replay as replaying
from refine.cli import showing, terminal
from refine.errors import Fault, UsageError
from refine.journal import Journal
from refine.replay import Difference
from refine.report import summary
from refine.report.history import read
from refine.sandbox.choose import choose
from refine.task import Task
from refine.workers.local import Pool

_DIFF_LINES = 60


def show(run: Path, candidate: str | None, *, prompt: bool, as_json: bool) -> int:
    """A run, or one candidate of it."""
    with Journal.read(run) as journal:
        history = read(journal)
        if candidate is None and not prompt:
            if as_json:
                terminal.print_json(summary.summary(history))
            else:
                showing.print_run(terminal.out(), history)
            return 0
        name = journal.named(candidate) if candidate else history.best
        if name is None:
            raise UsageError(f"{run}: nothing has passed yet; name a candidate: refine show {run} ID --prompt")
        if prompt:
            showing.print_prompt(terminal.out(), history, name, as_json=as_json)
        elif as_json:
            terminal.print_json(summary.whole(history, name))
        else:
            showing.print_candidate(terminal.out(), history, name)
    return 0


def export(run: Path, output: Path | None, *, jsonl: bool) -> int:
    """The best program, or every candidate, to a file or stdout."""
    with Journal.read(run) as journal:
        history = read(journal)
        pieces = (f"{line}\n" for line in exporting.lines(history)) if jsonl else iter([exporting.program(history)])
        if output is None:
            sys.stdout.writelines(pieces)
            sys.stdout.flush()
            return 0
        try:
            with output.open("w", encoding="utf-8") as file:
                file.writelines(pieces)
        except OSError as error:
            raise Fault("journal", f"cannot write {output}: {error.strerror}", retry=False) from error
        terminal.err().print(f"written to {output}", markup=False, soft_wrap=True)
    return 0


# ── replay ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def replay(run: Path, where: str | None, *, verify: bool, sandbox: str, workers: int | None) -> int:
    """1 at the first fact that differs, or if the task is not the one of the run."""
    out = terminal.out()
    with Journal.read(run) as journal:
        task = load.load(where or _task_of(journal.started.task))
        changed = replaying.task_changed(journal.started, task)
        if changed:
            out.print(f"[yellow]task changed:[/yellow] {changed}", soft_wrap=True)
        done = replaying.replayed(journal, task)
        if done.difference is not None:
            _print_difference(out, done.difference)
            return 1
        out.print(f"{done.asks} prompts and {done.placements} placements recomputed: all as recorded", soft_wrap=True)
        differences = asyncio.run(_verified(out, journal, task, sandbox, workers)) if verify else 0
    return 1 if changed or differences else 0


def _task_of(name: str) -> str:
    """Where a task of this name may be: shipped, a folder here, or a file here."""
    return (
        f"{name}.py" if name not in load.names() and not Path(name).is_dir() and Path(f"{name}.py").is_file() else name
    )


async def _verified(out: Console, journal: Journal, task: Task, sandbox: str, workers: int | None) -> int:
    """Verifies everything again and prints what differs; how many did."""
    width = workers or len(os.sched_getaffinity(0))
    chosen = choose(sandbox, image=task.image)
    count, differences = 0, []
    try:
        async with Pool(task, chosen, width=width) as pool:
            async for difference in replaying.reverified(journal, pool, width):
                count += 1
                if difference is not None:
                    differences.append(difference)
                    _print_difference(out, difference)
    finally:
        chosen.close()
    out.print(f"{count} verifications made again: {len(differences)} differ", soft_wrap=True)
    return len(differences)


def _print_difference(out: Console, difference: Difference) -> None:
    out.print(f"[red]fact {difference.seq} differs[/red]: {difference.what}", soft_wrap=True)
    lines = list(
        difflib.unified_diff(
            difference.recorded.splitlines(), difference.recomputed.splitlines(), "recorded", "recomputed", lineterm=""
        )
    )
    for line in lines[:_DIFF_LINES]:
        style = "green" if line.startswith("+") else "red" if line.startswith("-") else "dim"
        out.print(line, style=style, markup=False, soft_wrap=True)
    if len(lines) > _DIFF_LINES:
        out.print(f"... and {len(lines) - _DIFF_LINES} lines more", style="dim")
