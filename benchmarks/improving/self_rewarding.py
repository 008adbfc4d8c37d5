"""Self-Rewarding Language Models on equations: who chooses the pairs that the model learns from?

`self`       the model gives its own answers points: the better against the worse
`verified`   the tool gives them, by putting the value in
`random`     chance gives them
`forgetful`  as `self`, but no judgement is replayed

The base has learnt to solve and to judge (M1: "SFT only" is what it stays at). Each round is DPO on its pairs; but for
`forgetful` every arm also gets REPLAYED pairs of a right judgement and one of another value, so that what is
preferred in answers does not wash out what was learnt about judging.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.improving.records import Arm, Bench, base, run, setting
from refine.distill.rows import Row, preferred
from refine.distill.samples import Sample, Source
from refine.distill.train import Recipe
from refine.improve.exercise import Exercise
from refine.improve.measures import judging
from refine.improve.methods import judged, practised, self_rewarding
from refine.improve.rounds import Method, Setting
from refine.questions import Question, Verify
from refine.types import Message, Outcome, Verdict
from tasks.equations import base as bases
from tasks.equations import exercise as family

PRACTICE, HELD_OUT, JUDGED = 400, 400, 200
SAMPLES, DRAWS, REPLAYED, CONTROLS = 6, 2, 200, 2
RECIPE = Recipe(method="dpo", epochs=2, batch=32, rate=3e-4, beta=0.1, tokens=96)
TOKENS = 40
"""Of an answer and of a judgement, at most."""


def bench(bench: Bench) -> None:
    exercise = practice()
    extra = measured(exercise)
    base(bench, extra, lambda folder: bases.make(folder, seed=bench.seed, size=bench.size))
    own = self_rewarding(samples=SAMPLES, temperature=1.0, draws=DRAWS, judge_tokens=TOKENS, recipe=RECIPE)
    run(bench, Arm("self", exercise, replaying(own, bench.seed), bench.rounds, extra))
    for name, verify in (("verified", family.substituted), ("random", by_chance(bench.seed))):
        method = dataclasses.replace(own, amplify=surveyed_by(verify), judged=False)
        run(bench, Arm(name, exercise, replaying(method, bench.seed), CONTROLS, extra))
    run(bench, Arm("forgetful", exercise, own, CONTROLS, extra, alike="self"))


def practice() -> Exercise:
    """The equations of seed 0, which no base has been taught."""
    return dataclasses.replace(family.exercise(PRACTICE, HELD_OUT, seed=0), tokens=TOKENS)


def surveyed_by(verify: Verify) -> Callable[[Setting], list[Sample]]:
    def amplify(setting: Setting) -> list[Sample]:
        return practised(setting, verify=verify, samples=SAMPLES, temperature=1.0)

    return amplify


def by_chance(seed: int) -> Verify:
    """Points of no meaning; the same text has the same."""

    def verify(question: Question, texts: Sequence[str]) -> list[Outcome]:
        points = {text: Random(f"{seed}/{question.id}/{text.strip()}").random() for text in texts}
        return [Outcome(verdict=Verdict.PASSED, score=points[text]) for text in texts]

    return verify


def replaying(method: Method, seed: int) -> Method:
    replayed = judgements(seed)
    return dataclasses.replace(method, select=lambda samples: [*preferred(samples), *replayed])


def judgements(seed: int) -> list[Row]:
    """Of the lessons about judging that the base had: the right judgement, against that of another value."""
    chance = Random(f"judgements/{seed}")
    taken = set(family.equations(0, PRACTICE + HELD_OUT))
    found = [one for one in family.equations(1000 + seed, 8000) if one not in taken][:REPLAYED]
    source = Source("judgements", "equations", 0, 0, "none")
    rows = []
    for one in found:
        x = chance.choice((one.root, chance.randrange(family.PRIME)))
        other = chance.choice([y for y in range(family.PRIME) if y != x])
        prompt = family.asked_to_judge(one.question, f"#### {x}")
        rows.append(Row(prompt, family.judgement(one, x), family.judgement(one, other), 1.0, (source,)))
    return rows


def measured(exercise: Exercise) -> Callable[[Path, Path], dict[str, Any]]:
    """Of a model: how well it tells right values from wrong ones, on values that it did not choose itself."""
    known = {one.text: one for one in exercise.held_out[:JUDGED]}
    chance = Random("values")
    values = [(one, f"#### {x}") for one in known.values() for x in (int(str(one.answer)), other(one, chance))]
    source = Source("values", "equations", 0, 0, "none")
    said = [
        Sample((Message(role="user", content=one.text),), text, Verdict.PASSED, 0.0, source) for one, text in values
    ]

    def found(model: Path, folder: Path) -> dict[str, Any]:
        opinions = judged(said, setting(exercise, model, folder / "judge"), draws=1, tokens=TOKENS)
        unread = sum(one.worth is None for one in opinions) / len(opinions)
        return {"judge": judging(opinions, known).accuracy, "unread": unread}

    return found


def other(question: Question, chance: Random) -> int:
    return chance.choice([x for x in range(family.PRIME) if str(x) != question.answer])
