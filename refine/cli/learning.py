"""`refine distill` and `improve`: a model trained on what was verified, and asked again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape

from refine.cli import terminal
from refine.cli.practice import Source, exercise, held
from refine.cli.wish import unfit
from refine.distill.distil import Choice, Distilled, Plan, distil, rows
from refine.distill.examine import Change
from refine.distill.export import rows as read_rows
from refine.distill.export import write
from refine.distill.rows import Row
from refine.distill.train import Recipe
from refine.errors import UsageError
from refine.improve import rounds
from refine.improve.exercise import Exercise
from refine.improve.methods import METHODS, tool_of
from refine.improve.serving import serving, transformers
from refine.improve.stopping import Round, Rules
from refine.questions import Question

# ── distill ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def distill(
    runs: Sequence[Path],
    base: Path | None,
    out: Path,
    choice: Choice,
    *,
    recipe: dict[str, Any],
    selection: dict[str, Any],
    held_out: str | None,
    unrelated: str | None,
    as_json: bool,
) -> int:
    """Rows alone where `out` is a file, else a model with its card."""
    given = _given(selection) | {"held_out": _read(held_out), "unrelated": _read(unrelated)}
    how = recipe_of(Recipe(method="dpo" if choice == "dpo" else "sft"), recipe)
    plan = Plan(tuple(runs), base or Path(), out, choice, how, **given)
    if out.suffix in (".jsonl", ".parquet"):
        made = rows(plan)
        count = write(made.rows, out)
        terminal.out().print(f"{count} rows in {out}", soft_wrap=True)
        return 0
    if base is None:
        raise UsageError("name the model to train with --base FOLDER, or a file of rows with -o rows.jsonl")
    quiet = terminal.err()
    with terminal.resumable():
        done = distil(plan, transformers, lambda text: quiet.print(escape(text), soft_wrap=True))
    if as_json:
        terminal.print_json(_as_json(done, out))
    else:
        _print_distilled(terminal.out(), done, out)
    return 0


def recipe_of(preset: Recipe, given: dict[str, Any]) -> Recipe:
    """`preset`, with what is given in its place.

    Raises:
        UsageError: a value does not fit, or weighs a preference where none is learnt.
    """
    values = _given(given)
    try:
        how = Recipe.model_validate(preset.model_dump() | values)
    except ValidationError as error:
        raise unfit(error) from error
    strange = [name for name in ("beta", "nll") if name in values and how.method != "dpo"]
    if strange:
        raise UsageError(f"--{strange[0]} is of dpo: nothing is preferred here")
    return how


def _given(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _read(named: str | None) -> tuple[Question, ...]:
    return held(named) if named is not None else ()


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
    source: Source,
    base: Path,
    out: Path,
    method: str,
    *,
    rules: Rules,
    settings: dict[str, Any],
    recipe: dict[str, Any],
    unrelated: Path | None,
    rehearse: Path | None,
    max_tokens: int | None,
    serve: str,
    seed: int,
    as_json: bool,
) -> int:
    """A line for each round."""
    if method not in METHODS:
        raise UsageError(f"--method {method}: write one of {', '.join(METHODS)}")
    if not (base / "config.json").is_file():
        raise UsageError(f"--base {base} holds no config.json: name the folder of a model as transformers keeps it")
    practised = exercise(source, unrelated)
    if rehearse is not None:
        practised = replace(practised, rehearsed=_rehearsed(rehearse))
    if max_tokens is not None:
        practised = replace(practised, tokens=max_tokens, judge=replace(practised.judge, tokens=max_tokens))
    _enough(practised, settings.get("questions"))
    if settings.get("least") is not None and method != "lmsi":
        raise UsageError(f"--least is the share of votes that lmsi asks for: leave it out with --method {method}")
    if method == "ida":
        tool_of(practised)
    preset = METHODS[method]
    how = recipe_of(preset().recipe, recipe)
    err = terminal.err()
    console = terminal.err() if as_json else terminal.out()
    with terminal.resumable(), serving(serve, base, lora=how.lora, rounds=rules.rounds) as connect:
        done = rounds.improve(
            practised,
            base,
            out,
            preset(recipe=how, **_given(settings)),
            rules,
            connect=connect,
            seed=seed,
            observe=lambda one: _print_round(console, one),
            say=lambda step: err.print(escape(step), soft_wrap=True),
        )
    if as_json:
        terminal.print_json([one.model_dump(mode="json", exclude_none=True) for one in done])
    else:
        console.print(best(done, out), soft_wrap=True)
    return 0


def _rehearsed(path: Path) -> tuple[Row, ...]:
    rows = tuple(read_rows(path))
    if not rows:
        raise UsageError(f"--rehearse {path}: there are no rows in it")
    return rows


def _enough(practised: Exercise, wanted: int | None) -> None:
    has = len(practised.practice)
    if wanted is not None and wanted > has:
        raise UsageError(f"--questions {wanted}: {practised.name} has {has} to practise; leave it out to take them all")


def best(done: Sequence[Round], out: Path) -> str:
    """Which model to take: the last that was shown to be better than the base."""
    better = [one.number for one in done if one.since_verdict == "better"]
    if not better:
        return f"no model was shown to be better than the base; what was made is in {escape(str(out))}"
    return f"better than the base: {escape(str(out))}/round-{better[-1]}/model"


def _print_round(out: Console, one: Round) -> None:
    parts = [f"round {one.number}: held out {one.before:.3f} to {one.after:.3f} ({one.low:+.3f} to {one.high:+.3f})"]
    parts.append(f"{one.rows} rows")
    named = (
        ("majority right", one.vote_accuracy),
        ("confidence", one.confidence),
        ("judge right", one.judge_accuracy),
        ("on the panel", one.panel_before),
        ("then", one.panel_after),
        ("diversity", one.diversity),
        ("unrelated", one.unrelated),
    )
    parts += [f"{words} {value:.3f}" for words, value in named if value is not None]
    if one.number > 1 and one.since_base is not None:
        parts.append(f"since the base {one.since_base:+.3f} ({one.since_low:+.3f} to {one.since_high:+.3f})")
    out.print("; ".join(parts), soft_wrap=True)
    if one.stop:
        out.print(f"  stops: {one.stop}", soft_wrap=True)
