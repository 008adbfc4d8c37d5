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
from random import Random

from refine.distill.begun import begin, named
from refine.distill.clean import apart, cleaned
from refine.distill.examine import Exam, change, exam, examine
from refine.distill.export import write
from refine.distill.rows import Row
from refine.distill.samples import Sample
from refine.distill.train import Recipe, learnable, train
from refine.errors import UsageError
from refine.improve.exercise import Exercise
from refine.improve.measures import ballots, judging
from refine.improve.panel import Judge, judgement
from refine.improve.setting import Setting
from refine.improve.stopping import Round, Rules, stop
from refine.proposers import Proposer
from refine.types import Json, digest

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
        judge: where the worth is an opinion, whose agreement with the truth is then watched: how the model gives it.
    """

    name: str
    amplify: Amplify
    select: Select
    recipe: Recipe
    judge: Judge | None = None


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
    say: Callable[[str], None] = lambda _step: None,
) -> list[Round]:
    """Improves the model in `base` by rounds; round k's model is `out/round-K/model`.

    `connect` makes a proposer for the model in a folder; `observe` is called with each round when it is over, `say`
    with each step when it begins.

    Raises:
        UsageError: nothing that could be learnt came of a round, the recipe cannot rehearse what it is given, or `out`
            holds the rounds of another call.
        Fault: the model fails.
    """
    exercise = _with_rehearsal(exercise, method, say)
    begin(out, _begun(exercise, base, method, seed))
    done: list[Round] = []
    model = base
    for number in range(1, rules.rounds + 1):
        folder = out / f"round-{number}"
        folder.mkdir(parents=True, exist_ok=True)
        tell = functools.partial(_told, say, folder.name)
        one = _kept(folder) or _round(exercise, model, folder, method, connect=connect, seed=seed + number, say=tell)
        one = one.model_copy(update={"number": number, "stop": stop(one, done, rules)})
        (folder / "round.json").write_text(one.model_dump_json(exclude_none=True) + "\n")
        done.append(one)
        observe(one)
        if one.stop:
            break
        model = folder / "model"
    return done


def _begun(exercise: Exercise, base: Path, method: Method, seed: int) -> dict[str, Json]:
    """What all rounds in a folder have in common."""
    parts = (exercise.practice, exercise.held_out, exercise.unrelated)
    asked = [" ".join(f"{one.id} {one.answer}" for one in part) for part in parts]
    return {
        "base": str(base),
        "method": method.name,
        "recipe": method.recipe.model_dump(mode="json"),
        "seed": seed,
        "exercise": digest("\n".join([exercise.name, exercise.system, *asked])),
        "rehearsal": named(exercise.rehearsed),
    }


def _with_rehearsal(exercise: Exercise, method: Method, say: Callable[[str], None]) -> Exercise:
    """Without what the examination asks; only with what the recipe can learn."""
    if not learnable(exercise.rehearsed, method.recipe):
        raise UsageError("what is rehearsed has no worse answers beside the good ones: imitate it, with --nll 1 or so")
    rest = tuple(apart(exercise.rehearsed, _examination(exercise)))
    if len(rest) < len(exercise.rehearsed):
        say(f"{len(exercise.rehearsed) - len(rest)} rows are of the examination, and are not rehearsed")
    return replace(exercise, rehearsed=rest)


def _examination(exercise: Exercise) -> list[str]:
    return [question.text for question in (*exercise.held_out, *exercise.unrelated)]


def _told(say: Callable[[str], None], where: str, step: str) -> None:
    say(f"{where}: {step}")


def _kept(folder: Path) -> Round | None:
    path = folder / "round.json"
    return Round.model_validate_json(path.read_text()) if path.is_file() else None


def _round(
    exercise: Exercise,
    base: Path,
    folder: Path,
    method: Method,
    *,
    connect: Callable[[Path], Proposer],
    seed: int,
    say: Callable[[str], None],
) -> Round:
    """From the model in `base` to the one in `folder/model`."""
    with _open(connect, base) as proposer:
        old = Setting(exercise, proposer, folder, seed, say)
        before = _examined(old, "before")
        judge_before = _on_panel(method, old, "before")
        samples = method.amplify(old)
    rows = cleaned(method.select(samples), _examination(exercise))
    if not rows.rows:
        raise UsageError(
            f"{folder}: no answer is good enough to learn from ({rows.contaminated} rows are of the examination): "
            "ask more often (--samples), or begin with a better base, in a new folder"
        )
    write(rows.rows, folder / "rows.jsonl")
    if not (folder / "model" / "config.json").is_file():
        old_rows = _rehearsed(exercise, len(rows.rows), seed)
        say(f"training on {len(rows.rows)} rows and {len(old_rows)} rehearsed")
        learnt = [*rows.rows, *old_rows]
        train(base, learnt, folder / "model", method.recipe.model_copy(update={"seed": seed}))
    with _open(connect, folder / "model") as proposer:
        new = replace(old, model=proposer)
        after = _examined(new, "after")
        judge_after = _on_panel(method, new, "after")
    counted = {"rows": len(rows.rows), "left_out": rows.duplicates + rows.contaminated}
    judges = {"panel_before": judge_before, "panel_after": judge_after}
    since = _since(folder.parent / "round-1" / "before.db", after[0])
    return Round.model_validate(counted | _gained(before, after) | since | _watched(samples, exercise, method) | judges)


def _rehearsed(exercise: Exercise, rows: int, seed: int) -> list[Row]:
    """Half as many of the rows that should not be forgotten as there are new ones, others in each round."""
    known = exercise.rehearsed
    return Random(f"rehearsed/{seed}").sample(known, min(rows // 2, len(known)))


def _on_panel(method: Method, setting: Setting, when: str) -> float | None:
    return _known(judgement(method.judge, setting, when)) if method.judge is not None else None


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
    setting.say(f"examination {name} the training: {len(exercise.held_out)} questions")
    held = ask(exercise.held_out, setting.folder / f"{name}.db")
    other = ask(exercise.unrelated, setting.folder / f"{name}-unrelated.db") if exercise.unrelated else None
    return held, other


def _gained(before: Exams, after: Exams) -> dict[str, object]:
    gained = change(before[0], after[0])
    found: dict[str, object] = {name: getattr(gained, name) for name in ("before", "after", "low", "high", "verdict")}
    if before[1] is not None and after[1] is not None:
        found["unrelated"] = change(before[1], after[1]).gain
    return found


def _since(of_the_base: Path, after: Exam) -> dict[str, object]:
    gained = change(exam(of_the_base), after)
    found = {"since_base": gained.gain, "since_low": gained.low, "since_high": gained.high}
    return found | {"since_verdict": gained.verdict}


def _watched(samples: Sequence[Sample], exercise: Exercise, method: Method) -> dict[str, object]:
    known = {question.text: question for question in exercise.practice}
    votes = ballots(samples, known)
    return {
        "confidence": _known(votes.confidence),
        "vote_accuracy": _known(votes.accuracy),
        "overstated": votes.calibrated.overstated if votes.calibrated else None,
        "diversity": _known(votes.diversity),
        "judge_accuracy": _known(judging(samples, known).accuracy) if method.judge else None,
    }


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
