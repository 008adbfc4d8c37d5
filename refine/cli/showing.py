"""A run and its candidates on a terminal, from the journal alone."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from refine.cli import terminal
from refine.cli.results import described, print_best, print_end, print_table
from refine.cli.terminal import duration, number
from refine.events import Faulted, Verified
from refine.report.history import History, series
from refine.report.models import records
from refine.report.table import rows
from refine.types import Json, Outcome

_BARS = "▁▂▃▄▅▆▇█"
_CURVE_WIDTH = 60
_LINEAGE = 12
_CHILDREN = 8
_FAILURES = 3


def print_run(console: Console, history: History) -> None:
    """Identity, end, best, lineage, curve, table, spend, faults and the last failures."""
    started = history.started
    _fields(
        console,
        {
            "run": str(history.journal.path),
            "task": f"{started.task}: {started.metric}, {started.direction}",
            "model": f"{started.model}, strategy {started.strategy.get('name')}, seed {started.seed}",
            **({"lessons": f"by {started.reflector}"} if started.reflector else {}),
            **({"advice": " ".join(history.advice.split())} if history.advice else {}),
            **({"judge": f"{started.judge}: scores are judged, not verified"} if started.judge else {}),
            "sandbox": history.sandbox,
            "sessions": str(history.sessions),
        },
    )
    if history.stopped is None:
        console.print("\nnot ended: it is running, or it was broken off and `refine run` goes on with it")
    print_end(console, history)
    print_best(console, history)
    _print_lineage(console, history, history.best)
    _print_curve(console, history)
    print_table(console, rows(history), history)
    _print_spend(console, history)
    _print_models(console, history)
    _print_faults(console, history)
    for failed in history.failures(_FAILURES):
        _print_failure(console, failed)
    for name in list(history.alike)[: -_FAILURES - 1 : -1]:
        console.print(f"too alike: {name[:8]}, {_likeness(history.alike[name])}", markup=False, soft_wrap=True)


def _fields(console: Console, fields: dict[str, str]) -> None:
    for name, value in fields.items():
        console.print(f"{name:9} {value}", markup=False, soft_wrap=True)


def _print_lineage(console: Console, history: History, best: str | None) -> None:
    line = history.lineage(best) if best else ()
    if len(line) < 2:
        return
    console.print("lineage, latest first", style="bold")
    for name in line[:_LINEAGE]:
        _, answer = history.origin(name)
        score = number(history.score(name)) or "none"
        console.print(f"  {name[:8]}  {score:>12}  {answer.note or answer.model}", markup=False, soft_wrap=True)
    if len(line) > _LINEAGE:
        console.print(f"  ... and {len(line) - _LINEAGE} generations before, from {line[-1][:8]}")
    console.print()


def sparkline(history: History) -> str:
    """The best score after equal shares of the candidates, one character each; low bars are low scores."""
    scores = list(series(history, min(_CURVE_WIDTH, max(1, len(history.verified)))))
    known = [score for score in scores if score is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    steps = len(_BARS) - 1
    level = (lambda score: round(steps * (score - low) / (high - low))) if high > low else (lambda _: steps)
    return "".join(" " if score is None else _BARS[level(score)] for score in scores)


def _print_curve(console: Console, history: History) -> None:
    if not history.curve:
        return
    (_, first, _), (count, last, _) = history.curve[0], history.curve[-1]
    console.print(f"[bold]best score[/bold] against candidates: {number(first)} to {number(last)}", soft_wrap=True)
    console.print(f"  {sparkline(history)}", markup=False, soft_wrap=True)
    console.print(
        f"  {len(history.curve) - 1} improvements in {len(history.verified)} candidates, the last at {count}\n",
        soft_wrap=True,
    )


def _print_spend(console: Console, history: History) -> None:
    if not history.spend:
        return
    table = Table("model", title="spend", title_justify="left")
    for heading in ("answers", "prompt tokens", "completion tokens", "cost"):
        table.add_column(heading, justify="right")
    for row in history.spend:
        tokens = (row.prompt_tokens, row.completion_tokens) if row.language_model else ("n/a", "n/a")
        table.add_row(escape(row.model), str(row.answers), str(tokens[0]), str(tokens[1]), row.in_words())
    console.print(table)


def _print_models(console: Console, history: History) -> None:
    """Who did what, where there were several."""
    found = records(history)
    if len(found) < 2:
        return
    table = Table("model", title="models", title_justify="left")
    for heading in ("answers", "lessons", "passed", "improved", "cost", "time", "of the last quarter"):
        table.add_column(heading, justify="right")
    for row in found:
        cost = "n/a" if row.usd is None else f"${row.usd:.4f}"
        time = "n/a" if row.seconds is None else duration(row.seconds)
        counts = (row.answers, row.lessons, row.passed, row.improved)
        table.add_row(escape(row.model), *map(str, counts), cost, time, f"{row.recently:.0%}")
    console.print(table)


def _print_faults(console: Console, history: History) -> None:
    if not history.faults:
        return
    last = history.faults[-1]
    assert isinstance(last.event, Faulted)
    when = datetime.fromtimestamp(last.at, UTC).isoformat(sep=" ", timespec="seconds")
    text = f"{len(history.faults)} faults of the world; the last at {when}: {last.event.where}: {last.event.message}"
    console.print(text, markup=False, soft_wrap=True)


def _likeness(rejected: Verified) -> str:
    assert rejected.alike is not None, "it was not verified for its likeness"
    near = f"near-duplicate of {rejected.alike[:8]} (similarity {rejected.similarity})"
    return f"ask {rejected.ask}: not verified, rejected as {near}"


def _print_failure(console: Console, failed: Verified) -> None:
    assert failed.outcome is not None, "failures() gives those that have an outcome"
    feedback = " ".join(failed.outcome.feedback.split())[:300]
    name = (failed.candidate or "no candidate")[:8] if failed.candidate else "no candidate"
    console.print(
        f"failed: {name}, ask {failed.ask}: {failed.outcome.verdict}: {feedback}", markup=False, soft_wrap=True
    )


# ── one candidate ────────────────────────────────────────────────────────────────────────────────────────────────────


def print_candidate(console: Console, history: History, name: str) -> None:
    """The program, its outcome with all evidence, where it comes from, and what came of it."""
    ask, answer = history.origin(name)
    console.print(f"[bold]candidate[/bold] {name}", soft_wrap=True)
    console.print(described(history, name), soft_wrap=True)
    terminal.print_program(console, history.journal.text(name))
    outcome = history.outcome(name)
    if outcome is not None:
        _print_outcome(console, "search", outcome)
    elif name in history.alike:
        console.print(_likeness(history.alike[name]), markup=False, soft_wrap=True)
    for confirmed in history.confirmed:
        if confirmed.candidate == name and confirmed.on == "held-out":
            _print_outcome(console, f"held-out, as {confirmed.name}", confirmed.outcome)
    console.print(
        f"\n[bold]origin[/bold] ask {ask.ask}, sample {answer.sample}, by {escape(answer.model)}", soft_wrap=True
    )
    usage = answer.usage
    used = "no language model" if usage is None else f"{usage.prompt_tokens} + {usage.completion_tokens} tokens"
    price = "" if usage is None else " unpriced" if usage.usd is None else f" ${usage.usd:.6f}"
    console.print(f"  {used}{price}" + (f", finished: {answer.finish}" if answer.finish else ""), markup=False)
    if answer.note:
        console.print(f"  {answer.note}", markup=False, soft_wrap=True)
    _print_relatives(console, history, "parents shown", ask.parents)
    _print_relatives(console, history, "shown in prompts that made", history.children(name))


def _print_outcome(console: Console, where: str, outcome: Outcome) -> None:
    score = f", score {outcome.score!r}" if outcome.passed else ""
    console.print(f"\n[bold]outcome[/bold] ({where}): {outcome.verdict}{score}", soft_wrap=True)
    used = outcome.resources
    console.print(f"  {used.wall_s:.3f} s, {used.cpu_s:.3f} s of CPU, {used.memory_mb:.0f} MiB")
    for what in ("metrics", "features", "instances"):
        values: dict[str, float] = getattr(outcome, what)
        if values:
            shown = ", ".join(f"{key} {value:.6g}" for key, value in values.items())
            console.print(f"  {what}: {shown}", markup=False, soft_wrap=True)
    drawn = {name for name in outcome.artifacts if name.startswith(("plot/", "film/"))}  # for `refine plot`
    written = [(name, text) for name, text in outcome.artifacts.items() if name not in drawn]
    for what, text in (("feedback", outcome.feedback), ("it printed", outcome.output), *written):
        if text.strip():
            console.print(f"  {what}:", markup=False)
            console.print("\n".join(f"    {line}" for line in text.rstrip().splitlines()), markup=False, soft_wrap=True)


def _print_relatives(console: Console, history: History, title: str, names: tuple[str, ...]) -> None:
    if not names:
        return
    console.print(f"[bold]{title}[/bold]")
    for name in names[:_CHILDREN]:
        outcome = history.outcome(name)
        state = "" if outcome is None else number(outcome.score) or outcome.verdict.value
        console.print(f"  {name[:8]}  {state}", markup=False)
    if len(names) > _CHILDREN:
        console.print(f"  ... and {len(names) - _CHILDREN} more")


def print_prompt(console: Console, history: History, name: str, *, as_json: bool) -> None:
    """The messages exactly as they were sent; a seed was asked of nobody."""
    ask, _ = history.origin(name)
    messages = history.journal.messages(ask.messages)
    if as_json:
        sent: list[Json] = [{"role": message.role, "content": message.content} for message in messages]
        terminal.print_json({"ask": ask.ask, "params": ask.params, "messages": sent})
        return
    if not messages:
        console.print("it is a seed: nothing was sent for it")
    for message in messages:
        console.print(f"[{message.role}]", style="bold", markup=False)
        console.file.flush()
        sys.stdout.write(message.content + "\n\n")
