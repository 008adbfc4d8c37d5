"""The rounds: amplify with the model at hand, distil what that found, examine the new model, and decide to go on.

Everything is in one folder, `round-K/` for each round, and every step is skipped that left its result there: the same
call goes on where it was stopped.
"""

from __future__ import annotations

import asyncio
import functools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field

from refine.distill.clean import cleaned
from refine.distill.examine import Exam, change, examine
from refine.distill.export import write
from refine.distill.rows import Row
from refine.distill.samples import Sample
from refine.distill.train import Recipe, train
from refine.errors import UsageError
from refine.improve.exercise import Exercise
from refine.improve.measures import ballots, judging
from refine.proposers import Proposer
from refine.types import Frozen


@dataclass(frozen=True, slots=True)
class Setting:
    """What a round works with: the model at hand, the round's own folder and seed."""

    exercise: Exercise
    model: Proposer
    folder: Path
    seed: int


Amplify = Callable[[Setting], list[Sample]]
"""From the model at hand to verified samples."""
Select = Callable[[Sequence[Sample]], list[Row]]


@dataclass(frozen=True, slots=True)
class Method:
    """A way to improve: a preset of the one loop.

    Attributes:
        amplify: makes samples that are better than the model's first answer, and says what each is worth.
        select: chooses what is learnt from them.
        recipe: how.
        judged: whether the worth is a judge's opinion, whose agreement with the truth is then watched.
    """

    name: str
    amplify: Amplify
    select: Select
    recipe: Recipe
    judged: bool = False


class Rules(Frozen):
    """When to stop before the last round.

    Attributes:
        rounds: at most.
        patience: so many rounds in a row without a shown gain end it.
        diversity: answers that differ, as a share of the samples, below which the model has collapsed.
        judgement: agreement of the judge with the truth, below which its opinions are no reward; and the fall from
            the first round that is taken for reward hacking.
    """

    rounds: int = Field(default=3, ge=1)
    patience: int = Field(default=1, ge=1)
    diversity: float = Field(default=0.02, ge=0)
    judgement: float = Field(default=0.6, ge=0, le=1)
    fall: float = Field(default=0.15, ge=0)


class Round(Frozen):
    """What one round came to; accuracies are greedy and held out. `stop` says why there is no other."""

    number: int = 0
    rows: int
    left_out: int
    before: float
    after: float
    low: float
    high: float
    verdict: str
    unrelated: float | None = None
    confidence: float | None = None
    vote_accuracy: float | None = None
    overstated: float | None = None
    diversity: float | None = None
    judge_accuracy: float | None = None
    stop: str = ""


def improve(
    exercise: Exercise,
    base: Path,
    out: Path,
    method: Method,
    rules: Rules,
    *,
    connect: Callable[[Path], Proposer],
    seed: int = 0,
    observe: Callable[[Round], None] = lambda _round: None,
) -> list[Round]:
    """Improves the model in `base` by rounds; round k's model is `out/round-K/model`.

    `connect` makes a proposer for the model in a folder; `observe` is called with each round when it is over.

    Raises:
        UsageError: nothing that could be learnt came of a round. Fault: the model fails.
    """
    done: list[Round] = []
    model = base
    for number in range(1, rules.rounds + 1):
        folder = out / f"round-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        one = _kept(folder) or _round(exercise, model, folder, method, connect=connect, seed=seed + number)
        one = one.model_copy(update={"number": number, "stop": stop(one, done, rules)})
        (folder / "round.json").write_text(one.model_dump_json(exclude_none=True) + "\n")
        done.append(one)
        observe(one)
        if one.stop:
            break
        model = folder / "model"
    return done


def _kept(folder: Path) -> Round | None:
    path = folder / "round.json"
    return Round.model_validate_json(path.read_text()) if path.is_file() else None


def _round(
    exercise: Exercise, model: Path, folder: Path, method: Method, *, connect: Callable[[Path], Proposer], seed: int
) -> Round:
    with _open(connect, model) as proposer:
        old = Setting(exercise, proposer, folder, seed)
        before = _examined(old, "before")
        samples = method.amplify(old)
    held_out = [question.text for question in (*exercise.held_out, *exercise.unrelated)]
    rows = cleaned(method.select(samples), held_out)
    if not rows.rows:
        raise UsageError(f"{folder}: no answer is good enough to learn from; sample more, or lower the threshold")
    write(rows.rows, folder / "rows.jsonl")
    if not (folder / "model" / "config.json").is_file():
        train(model, rows.rows, folder / "model", method.recipe.model_copy(update={"seed": seed}))
    with _open(connect, folder / "model") as proposer:
        after = _examined(replace(old, model=proposer), "after")
    counted = {"rows": len(rows.rows), "left_out": rows.duplicates + rows.contaminated}
    return Round.model_validate(counted | _gained(before, after) | _watched(samples, exercise, method))


@contextmanager
def _open(connect: Callable[[Path], Proposer], model: Path) -> Iterator[Proposer]:
    """Closed also where something fails: the memory may be needed for another one."""
    proposer = connect(model)
    try:
        yield proposer
    finally:
        asyncio.run(proposer.aclose())


Exams = tuple[Exam, "Exam | None"]
"""On what was held out, and on what is unrelated."""


def _examined(setting: Setting, name: str) -> Exams:
    exercise = setting.exercise
    ask = functools.partial(examine, setting.model, system=exercise.system, tokens=exercise.tokens)
    held = ask(exercise.held_out, setting.folder / f"{name}.db")
    other = ask(exercise.unrelated, setting.folder / f"{name}-unrelated.db") if exercise.unrelated else None
    return held, other


def _gained(before: Exams, after: Exams) -> dict[str, object]:
    gained = change(before[0], after[0])
    found: dict[str, object] = {name: getattr(gained, name) for name in ("before", "after", "low", "high", "verdict")}
    if before[1] is not None and after[1] is not None:
        found["unrelated"] = change(before[1], after[1]).gain
    return found


def _watched(samples: Sequence[Sample], exercise: Exercise, method: Method) -> dict[str, object]:
    known = {question.text: question for question in exercise.practice}
    votes = ballots(samples, known)
    return {
        "confidence": _known(votes.confidence),
        "vote_accuracy": _known(votes.accuracy),
        "overstated": votes.calibrated.overstated if votes.calibrated else None,
        "diversity": _known(votes.diversity),
        "judge_accuracy": _known(judging(samples, known).accuracy) if method.judged else None,
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value


def stop(one: Round, earlier: Sequence[Round], rules: Rules) -> str:
    """Why there should be no round after `one`, which came after `earlier`; or ""."""
    latest = [*earlier, one][-rules.patience :]
    if len(latest) == rules.patience and all(each.verdict != "better" for each in latest):
        return f"held out: {one.verdict} ({one.before:.3f} to {one.after:.3f}, {one.low:+.3f} to {one.high:+.3f})"
    if one.diversity is not None and one.diversity < rules.diversity:
        return f"the answers do not differ any more (diversity {one.diversity:.3f})"
    if one.judge_accuracy is not None:
        first = next((r.judge_accuracy for r in earlier if r.judge_accuracy is not None), one.judge_accuracy)
        if one.judge_accuracy < rules.judgement or first - one.judge_accuracy > rules.fall:
            return f"the judge tells right from wrong in {one.judge_accuracy:.3f} of the pairs: its reward is hacked"
    return ""
