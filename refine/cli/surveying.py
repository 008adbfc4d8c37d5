"""`refine survey`: every question asked often, with a bar; then what the answers came to."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from refine import survey as surveys
from refine.budget import Budget
from refine.cli import terminal
from refine.cli.practice import Source, exercise, found, parts
from refine.distill.samples import Sample
from refine.distill.samples import samples as verified
from refine.errors import UsageError
from refine.events import Answered, Fact
from refine.improve.measures import ballots
from refine.proposers import Options, Proposer
from refine.proposers.choose import asked
from refine.questions import Question, Verify, checked, voted

Check = Literal["vote", "answers", "tool"]
Part = Literal["practice", "held-out"]


@dataclass(frozen=True, slots=True)
class Asked:
    """What a survey asks, and how its answers are told apart."""

    name: str
    questions: tuple[Question, ...]
    verify: Verify
    system: str = ""
    tokens: int | None = None


def chosen(source: Source, part: Part, check: Check) -> Asked:
    """From what the command line says.

    Raises:
        UsageError: there is no such file, nothing is left of it, or it has no tool or no answers to check with.
    """
    if found(source.what).suffix == ".py":
        whole = exercise(source)
        wanted = whole.practice if part == "practice" else whole.held_out
        return Asked(whole.name, wanted, _verify(check, wanted, whole.tool), whole.system, whole.tokens)
    rest, held = parts(source)
    wanted = rest if part == "practice" else held
    if not wanted:
        raise UsageError(f"nothing is {part}: --held-out names a file of questions, or a share such as 20%")
    return Asked(source.what.stem, wanted, _verify(check, wanted, None))


def _verify(check: Check, wanted: Sequence[Question], tool: Verify | None) -> Verify:
    if check == "vote":
        return voted
    if check == "answers":
        without = next((question for question in wanted if question.answer is None), None)
        if without is not None:
            raise UsageError(f"--check answers: none is known to {without.text[:80]!r}; --check vote needs none")
        return checked
    if check != "tool":
        raise UsageError(f"--check {check}: write vote (no labels), answers (the file's own) or tool (the exercise's)")
    if tool is None:
        raise UsageError("--check tool: only an exercise can have one, and this has none; --check vote needs none")
    return tool


def survey(
    how: Asked, model: str, path: Path | None, *, plan: dict[str, Any], options: Options, as_json: bool = False
) -> int:
    """Asks what `how` says, or goes on with it, and prints what the votes came to."""
    limits = {name: plan.pop(name) for name in ("usd", "tokens") if plan.get(name) is not None}
    given = {"system": how.system} | {name: value for name, value in plan.items() if value is not None}
    params = options.over({"max_tokens": how.tokens} if how.tokens else {})
    full = surveys.Plan(how.questions, params=params, budget=Budget(**limits), **given)
    where = path or Path("runs") / f"{how.name}.db"
    with terminal.resumable():
        stop = asyncio.run(_survey(full, asked(model, options), where, how))
    known = {question.text: question for question in how.questions}
    found_out = summary(list(verified(where)), known)
    if as_json:
        terminal.print_json({"stop": stop, "journal": str(where), **found_out})
        return 0
    out = terminal.out()
    out.print(f"{escape(stop)}; the answers are in {where}", soft_wrap=True)
    _print(out, found_out)
    return 0


async def _survey(plan: surveys.Plan, proposer: Proposer, path: Path, how: Asked) -> str:
    bar = Progress(
        TextColumn("answers"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), console=terminal.err()
    )
    try:
        with surveys.take_up(path, plan, name=how.name, model=proposer.name, metric="worth") as journal, bar:
            task = bar.add_task("", total=plan.samples * len(plan.questions))

            def observe(fact: Fact) -> None:
                if isinstance(fact.event, Answered):
                    bar.advance(task)

            session = surveys.Survey(plan, journal, proposer, how.verify, observe)
            bar.update(task, completed=session.tally.answered)
            return (await session.go()).detail
    finally:
        await proposer.aclose()


def summary(answers: Sequence[Sample], known: Mapping[str, Question]) -> dict[str, float]:
    """What the votes came to: `confidence` (the majority's share), `diversity` (different answers over answers), and
    where answers are known, how often a `single` answer and the `majority` are right, and by how much confidence
    overstates the latter. Shares of 0 to 1; what is not known is left out.
    """
    votes = ballots(answers, dict(known))
    values: dict[str, float] = {"questions": len(known), "answers": len(answers)}
    values |= {"confidence": votes.confidence, "diversity": votes.diversity}
    if votes.calibrated is not None:
        values |= {"single": _single(answers, known), "majority": votes.accuracy}
        values |= {"overstated": votes.calibrated.overstated}
    return {name: value for name, value in values.items() if not math.isnan(value)}


def _single(answers: Sequence[Sample], known: Mapping[str, Question]) -> float:
    """The share of all answers that is right. Those with the same text are compared once."""
    texts: dict[str, list[str]] = {}
    for one in answers:
        if (question := known.get(one.question)) is not None and question.answer is not None:
            texts.setdefault(one.question, []).append(one.completion)
    right = [outcome.passed for text, said in texts.items() for outcome in checked(known[text], said)]
    return sum(right) / len(right) if right else math.nan


def _print(out: Console, of: Mapping[str, float]) -> None:
    if "confidence" not in of:
        return
    out.print(f"the majority has {of['confidence']:.3f} of the answers; different answers: {of['diversity']:.3f}")
    if "majority" in of:
        right = f"an answer is right in {of['single']:.3f}, the majority in {of['majority']:.3f}"
        out.print(f"{right}; confidence overstates by {of['overstated']:+.3f}", soft_wrap=True)
