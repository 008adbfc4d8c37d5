"""What a run came to, on a terminal: how it ended, the best program, the table, and where to look further."""

from __future__ import annotations

import shlex

from rich.console import Console
from rich.table import Table

from refine.cli.terminal import duration, number, print_program
from refine.report.history import History
from refine.report.table import BEST, Row, improvement, metrics, on_selection, rows
from refine.task import Reference, Task
from refine.types import Outcome

_METRICS = 6
"""Columns of metrics at most; `refine show --json` has all."""


def print_run(console: Console, history: History, control: History | None, task: Task) -> None:
    """Everything that is printed when a run is over."""
    print_end(console, history)
    print_best(console, history, task.language)
    table = rows(history, control)
    print_table(console, table, history, task.references)
    said = on_selection(table, history.started.direction)
    if said:
        console.print(said, markup=False, soft_wrap=True)
    _print_further(console, history)


def print_end(console: Console, history: History) -> None:
    stopped = history.stopped
    if stopped is not None:
        console.print(f"\nended ({stopped.reason}): {stopped.detail}", markup=False, soft_wrap=True)
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in history.verdicts.items())
    console.print(
        f"{len(history.verified)} candidates in {duration(history.seconds)}: {verdicts or 'none verified'}, "
        f"{history.repeats} repeats" + (f", {len(history.alike)} of them too like another" if history.alike else ""),
        markup=False,
        soft_wrap=True,
    )


def print_best(console: Console, history: History, language: str = "python") -> None:
    best = history.best
    if best is None:
        console.print("\nnothing has passed the verifier yet", style="bold")
        return
    console.print(f"\n[bold]best program[/bold] {best[:8]}, {described(history, best)}", soft_wrap=True)
    print_program(console, history.journal.text(best), language)
    console.print()


def described(history: History, candidate: str) -> str:
    """Score, change from the seed, generations from the start and who made it, in one line."""
    score, seed = history.score(candidate), history.score(history.seed or "")
    change = ""
    if score is not None and seed is not None and candidate != history.seed:
        change = f" ({improvement(score, seed, history.started.direction)})"
    _, answer = history.origin(candidate)
    depth = len(history.lineage(candidate)) - 1
    made = (
        f"{depth} generation{'s' * (depth != 1)} from {'a seed' if history.seed else 'the first'}" if depth else "first"
    )
    note = f": {answer.note}" if answer.note else ""
    return f"score {number(score) or 'none'}{change}; {made}, by {answer.model}{note}".replace("[", r"\[")


# ── the table ────────────────────────────────────────────────────────────────────────────────────────────────────────


def print_table(
    console: Console, found: tuple[Row, ...], history: History, references: tuple[Reference, ...] = ()
) -> None:
    """Scores on the search's and on held-out instances, and each metric as search / held-out."""
    if not found:
        return
    names = metrics(found)[:_METRICS]
    held_out = any(row.held_out is not None for row in found)
    better = "higher" if history.started.direction == "maximize" else "lower"
    console.print(f"{history.started.metric} ({better} is better)", markup=False, soft_wrap=True)
    table = Table()
    table.add_column("program", overflow="fold")
    for heading in ["search score", *(["held-out score"] if held_out else []), *names]:
        table.add_column(heading, justify="right")
    for row in found:
        cells = [_score(row.search), *([_score(row.held_out)] if held_out else [])]
        cells += [_pair(row, name) for name in names]
        table.add_row(row.name, *cells, style="bold" if row.name == BEST else None)
    for name, values in _published(references).items():
        scores = [number(values.get("score")), *([""] if held_out else [])]
        table.add_row(f"{name}, published", *scores, *(number(values.get(metric)) for metric in names), style="dim")
    console.print(table)
    if names and held_out:
        console.print("metrics: on the search's instances / on held-out ones", style="dim")
    for source in dict.fromkeys(reference.source for reference in references):
        console.print(f"published: {source}", style="dim", markup=False, soft_wrap=True)


def _score(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return number(outcome.score) if outcome.passed else outcome.verdict.value


def _pair(row: Row, metric: str) -> str:
    both = [outcome.metrics.get(metric) if outcome else None for outcome in (row.search, row.held_out)]
    return " / ".join("-" if value is None else f"{value:.5g}" for value in both if row.held_out or value is not None)


def _published(references: tuple[Reference, ...]) -> dict[str, dict[str, float]]:
    """Values by metric, by name: one row for what was published about one program."""
    found: dict[str, dict[str, float]] = {}
    for reference in references:
        found.setdefault(reference.name, {})[reference.metric] = reference.value
    return found


def _print_further(console: Console, history: History) -> None:
    run = shlex.quote(str(history.journal.path))
    best = (history.best or "")[:8]
    console.print("\nlook further:", style="bold")
    for command in (f"show {run}", f"show {run} {best}", f"replay {run}", f"export {run} -o best.py"):
        console.print(f"  refine {command}", markup=False, soft_wrap=True)
