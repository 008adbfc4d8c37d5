"""`refine survey`, `distill` and `improve`: a model asked, trained and asked again."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from refine import survey as surveying
from refine.budget import Budget
from refine.cli import terminal
from refine.distill.distil import Choice, Distilled, Plan, distil, rows
from refine.distill.examine import Change
from refine.distill.export import write
from refine.distill.samples import samples as verified
from refine.distill.train import Recipe
from refine.errors import UsageError
from refine.events import Answered, Fact
from refine.improve import rounds
from refine.improve.exercise import load
from refine.improve.measures import ballots
from refine.improve.methods import METHODS
from refine.improve.rounds import Round, Rules
from refine.proposers import Options, Proposer
from refine.proposers.choose import asked
from refine.questions import Question, Verify, checked, questions, voted

CHECKS: dict[str, Verify] = {"vote": voted, "answers": checked}


# ── survey ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def survey(file: Path, model: str, path: Path | None, *, check: str, plan: dict[str, Any], options: Options) -> int:
    """Asks, with a bar; then what the votes came to."""
    if check not in CHECKS:
        raise UsageError(f"--check {check}: write vote (no labels) or answers (the file's own)")
    wanted = questions(file)
    limits = {name: plan.pop(name) for name in ("usd", "tokens") if plan.get(name) is not None}
    full = surveying.Plan(wanted, params=options.over({}), budget=Budget(**limits), **_given(plan))
    where = path or Path("runs") / f"{file.stem}.db"
    proposer = asked(model, options)
    stop = asyncio.run(_survey(full, proposer, where, file.stem, CHECKS[check]))
    out = terminal.out()
    out.print(f"{escape(stop)}; the answers are in {where}", soft_wrap=True)
    _print_votes(out, where, wanted)
    return 0


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


async def _survey(plan: surveying.Plan, proposer: Proposer, path: Path, name: str, verify: Verify) -> str:
    bar = Progress(
        TextColumn("answers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=terminal.err()
    )
    try:
        with surveying.take_up(path, plan, name=name, model=proposer.name, metric="worth") as journal, bar:
            task = bar.add_task("", total=plan.samples * len(plan.questions))

            def observe(fact: Fact) -> None:
                if isinstance(fact.event, Answered):
                    bar.advance(task)

            session = surveying.Survey(plan, journal, proposer, verify, observe)
            bar.update(task, completed=session.tally.answered)
            return (await session.go()).detail
    finally:
        await proposer.aclose()


def _print_votes(out: Console, path: Path, wanted: Sequence[Question]) -> None:
    found = ballots(verified(path), {question.text: question for question in wanted})
    out.print(f"the majority has {found.confidence:.3f} of the answers; different answers: {found.diversity:.3f}")
    if found.calibrated is not None:
        gap = found.calibrated
        out.print(f"it is right in {found.accuracy:.3f}; confidence overstates by {gap.overstated:+.3f}")


# ── distill ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def distill(
    runs: Sequence[Path],
    base: Path | None,
    out: Path,
    choice: Choice,
    *,
    recipe: Recipe,
    selection: dict[str, Any],
    held_out: Path | None,
    unrelated: Path | None,
    as_json: bool,
) -> int:
    """Rows alone where `out` is a file, else a model with its card."""
    given = _given(selection) | {"held_out": _read(held_out), "unrelated": _read(unrelated)}
    plan = Plan(tuple(runs), base or Path(), out, choice, recipe, **given)
    if out.suffix in (".jsonl", ".parquet"):
        made = rows(plan)
        count = write(made.rows, out)
        terminal.out().print(f"{count} rows in {out}", soft_wrap=True)
        return 0
    if base is None:
        raise UsageError("name the model to train with --base FOLDER, or a file of rows with -o rows.jsonl")
    quiet = terminal.err()
    done = distil(plan, lambda path: rounds.connected(path, plan.tokens), lambda text: quiet.print(escape(text)))
    if as_json:
        terminal.print_json(_as_json(done, out))
    else:
        _print_distilled(terminal.out(), done, out)
    return 0


def _read(path: Path | None) -> tuple[Question, ...]:
    return questions(path) if path is not None else ()


def _as_json(done: Distilled, out: Path) -> dict[str, Any]:
    def told(change: Change | None) -> dict[str, Any] | None:
        names = ("before", "after", "gain", "low", "high", "verdict")
        return {name: getattr(change, name) for name in names} if change is not None else None

    rest = {"rows": len(done.rows.rows), "steps": done.trained.steps, "losses": list(done.trained.losses)}
    changes = {"held_out": told(done.held_out), "unrelated": told(done.unrelated)}
    return {"model": str(out), "verdict": done.verdict, **changes, **rest}


def _print_distilled(out: Console, done: Distilled, path: Path) -> None:
    for words, change in (("held out", done.held_out), ("unrelated", done.unrelated)):
        if change is not None:
            interval = f"{change.low:+.3f} to {change.high:+.3f}"
            out.print(f"{words}: {change.before:.3f} to {change.after:.3f} ({interval}): {change.verdict}")
    out.print(f"[bold]{escape(done.verdict)}[/bold]; the model and its card are in {path}", soft_wrap=True)


# ── improve ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def improve(
    what: Path,
    base: Path,
    out: Path,
    method: str,
    *,
    rules: Rules,
    settings: dict[str, Any],
    recipe: dict[str, Any],
    examined: tuple[Path | None, Path | None],
    seed: int,
    as_json: bool,
) -> int:
    """A line for each round."""
    if method not in METHODS:
        raise UsageError(f"--method {method}: write one of {', '.join(METHODS)}")
    exercise = load(what, *examined)
    preset = METHODS[method]
    how = preset().recipe.model_copy(update=_given(recipe))
    chosen = preset(recipe=how, **_given(settings))
    console = terminal.err() if as_json else terminal.out()
    done = rounds.improve(
        exercise,
        base,
        out,
        chosen,
        rules,
        connect=lambda path: rounds.connected(path, exercise.tokens),
        seed=seed,
        observe=lambda one: _print_round(console, one),
    )
    if as_json:
        terminal.print_json([one.model_dump(mode="json", exclude_none=True) for one in done])
    else:
        console.print(f"the models are in {out}/round-K/model", soft_wrap=True)
    return 0


def _print_round(out: Console, one: Round) -> None:
    parts = [f"round {one.number}: held out {one.before:.3f} to {one.after:.3f} ({one.low:+.3f} to {one.high:+.3f})"]
    parts.append(f"{one.rows} rows")
    named = (
        ("majority right", one.vote_accuracy),
        ("confidence", one.confidence),
        ("judge right", one.judge_accuracy),
        ("diversity", one.diversity),
        ("unrelated", one.unrelated),
    )
    parts += [f"{words} {value:.3f}" for words, value in named if value is not None]
    out.print("; ".join(parts), soft_wrap=True)
    if one.stop:
        out.print(f"  stops: {one.stop}", soft_wrap=True)
