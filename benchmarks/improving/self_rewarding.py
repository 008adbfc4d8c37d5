"""Self-Rewarding Language Models on equations: who chooses the pairs that the model learns from?

`self`       the model gives its own answers points: the better against the worse
`verified`   the tool gives them, by putting the value in
`random`     chance gives them
`forgetful`  as `self`, but no judgement is rehearsed
`best`       as `self`, but the better answers are only imitated (SFT)
`again`      no pairs: the base's own solved equations once more, in as many steps (SFT only)

The base is M1: it has learnt to solve and to judge, until more of the same lessons did not help. Each round draws other
equations, learns pairs by preference and imitation, and but for `forgetful` rehearses some of the base's lessons
about judging. `panel_after` is how well the new model judges what the base once answered.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.improving.records import Arm, Bench, base, run
from refine.distill.rows import Row
from refine.distill.samples import Sample, Source
from refine.distill.train import Recipe
from refine.improve.exercise import Exercise
from refine.improve.methods import practised, self_rewarding
from refine.improve.rounds import Method
from refine.improve.setting import Setting
from refine.questions import Question, Verify
from refine.types import Message, Outcome, Verdict
from tasks.equations import base as bases
from tasks.equations import exercise as family

PRACTICE, HELD_OUT = 12_000, 500
QUESTIONS, SAMPLES, CONTROLS = 1500, 8, 2
RECIPE = Recipe(method="dpo", epochs=5, batch=64, rate=1e-3, beta=0.1, nll=5.0, tokens=96)
PAIRS = 1000
"""About as many as a round makes: what `again` counts its steps by."""
TOKENS = 40
"""Of an answer and of a judgement, at most."""


def bench(bench: Bench) -> None:
    exercise = practice(bench.seed)
    base(bench, nothing_more, lambda folder: bases.make(folder, seed=bench.seed, size=bench.size))
    own = self_rewarding(
        samples=SAMPLES, temperature=1.0, questions=QUESTIONS, draws=1, judge_tokens=TOKENS, recipe=RECIPE
    )
    run(bench, Arm("self", exercise, own, bench.rounds, nothing_more))
    for name, verify in (("verified", family.substituted), ("random", by_chance(bench.seed))):
        method = dataclasses.replace(own, amplify=partial(surveyed_by, verify))
        run(bench, Arm(name, exercise, method, CONTROLS, nothing_more))
    forgetting = dataclasses.replace(exercise, rehearsed=())
    run(bench, Arm("forgetful", forgetting, own, CONTROLS, nothing_more, alike="self"))
    imitating = dataclasses.replace(own, recipe=RECIPE.model_copy(update={"method": "sft"}))
    run(bench, Arm("best", exercise, imitating, CONTROLS, nothing_more, alike="self"))
    run(bench, Arm("again", forgetting, more_lessons(bench.seed), CONTROLS, nothing_more, alike="self"))


def practice(seed: int) -> Exercise:
    """The equations of seed 0, which no base has been taught; and what the base of `seed` rehearses."""
    exercise = family.exercise(PRACTICE, HELD_OUT, seed=0)
    return dataclasses.replace(exercise, tokens=TOKENS, rehearsed=tuple(bases.judgements(seed)))


def nothing_more(_model: Path, _folder: Path) -> dict[str, Any]:
    return {}


def surveyed_by(verify: Verify, setting: Setting) -> list[Sample]:
    return practised(setting, verify=verify, samples=SAMPLES, temperature=1.0, questions=QUESTIONS)


def by_chance(seed: int) -> Verify:
    """Points of no meaning; the same text has the same."""

    def verify(question: Question, texts: Sequence[str]) -> list[Outcome]:
        points = {text: Random(f"{seed}/{question.id}/{text.strip()}").random() for text in texts}
        return [Outcome(verdict=Verdict.PASSED, score=points[text]) for text in texts]

    return verify


def more_lessons(seed: int) -> Method:
    """Imitates the base's own solved equations, in as many steps as a round of pairs has."""
    rows = again(seed)
    recipe = RECIPE.model_copy(update={"method": "sft", "epochs": RECIPE.epochs * PAIRS // len(rows)})
    return Method("again", nothing, given(rows), recipe)


def nothing(_setting: Setting) -> list[Sample]:
    return []


def given(rows: list[Row]) -> Callable[[Sequence[Sample]], list[Row]]:
    return lambda _samples: rows


def again(seed: int) -> list[Row]:
    source = Source("lessons", "equations", 0, 0, "none")
    solved = bases.lessons(seed)[: bases.SOLVED]
    return [Row((Message(role="user", content=asks),), says, None, 1.0, (source,)) for asks, says in solved]
