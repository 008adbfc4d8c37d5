"""Large Language Models Can Self-Improve on ring_road: the vote against what else could have been learnt.

`vote`        the majority's paths, no label used
`unfiltered`  paths drawn from all samples
`random`      the paths of a random one of each question's different answers
`oracle`      the paths whose answer is right: what the vote could at best know
`again`       the base's own labelled walks once more, as many rows: is the base only trained too little?
`labels`      solutions by the labels of the practised walks, as many rows: what labels would have bought

All arms learn from at most ROWS rows, by the same recipe, and share the first survey.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.improving.records import Arm, Bench, asked, base, run
from refine.distill.rows import Row, imitated
from refine.distill.samples import Sample, Source, by_prompt
from refine.distill.train import Recipe
from refine.improve.exercise import Exercise
from refine.improve.measures import ballots
from refine.improve.methods import lmsi
from refine.improve.rounds import Method, Select, Setting
from refine.questions import checked, voted
from refine.types import Message
from refine.verifiers.vote import vote
from tasks.ring_road import base as bases
from tasks.ring_road import exercise as ring

PRACTICE, HELD_OUT, EXAMINED_BY_VOTE = 500, 400, 150
SAMPLES, HEAT, LEAST, ROWS = 16, 1.0, 0.3, 2500
RECIPE = Recipe(epochs=4, batch=64, rate=2e-3, tokens=64)


def bench(bench: Bench) -> None:
    exercise = ring.exercise(PRACTICE, HELD_OUT, seed=bench.seed)
    base(bench, measured(exercise), lambda folder: bases.make(folder, seed=bench.seed))
    run(bench, Arm("vote", exercise, method(chosen(voting, bench.seed)), bench.rounds, measured(exercise)))
    for name, rows in (("again", again(bench.seed)), ("labels", solved(bench.seed))):
        only = dataclasses.replace(method(partial(given, rows)), amplify=nothing)
        run(bench, Arm(name, exercise, only, 1, nothing_more, alike="vote"))
    for name, select in (("unfiltered", everything), ("oracle", truth(exercise)), ("random", anything)):
        run(bench, Arm(name, exercise, method(chosen(select, bench.seed)), 1, nothing_more, alike="vote"))


def method(select: Select) -> Method:
    return dataclasses.replace(lmsi(samples=SAMPLES, temperature=HEAT, recipe=RECIPE), select=select)


def measured(exercise: Exercise) -> Callable[[Path, Path], dict[str, Any]]:
    """Of a model: its majority on held-out walks, how sure it is, and how often one sample is right."""

    def found(model: Path, folder: Path) -> dict[str, Any]:
        some = exercise.held_out[:EXAMINED_BY_VOTE]
        said = asked(exercise, model, folder, some, voted, samples=SAMPLES, temperature=HEAT)
        known = {question.text: question for question in some}
        votes = ballots(said, known)
        right = [checked(known[sample.question], [sample.completion])[0].passed for sample in said]
        return {
            "majority": votes.accuracy,
            "sure": votes.confidence,
            "sample": sum(right) / len(right),
        }

    return found


def nothing_more(_model: Path, _folder: Path) -> dict[str, Any]:
    return {}


# ── what is learnt ───────────────────────────────────────────────────────────────────────────────────────────────────


def chosen(select: Callable[[Sequence[Sample], Random], list[Row]], seed: int) -> Select:
    """What `select` chooses, ROWS of it at most."""

    def rows(samples: Sequence[Sample]) -> list[Row]:
        chance = Random(f"rows/{seed}")
        found = select(samples, chance)
        return chance.sample(found, min(ROWS, len(found)))

    return rows


def voting(samples: Sequence[Sample], _chance: Random) -> list[Row]:
    return imitated(samples, least=LEAST)


def everything(samples: Sequence[Sample], _chance: Random) -> list[Row]:
    return imitated([dataclasses.replace(sample, worth=1.0) for sample in samples])


def anything(samples: Sequence[Sample], chance: Random) -> list[Row]:
    taken: list[Sample] = []
    for group in by_prompt(samples):
        if groups := vote([sample.completion for sample in group]).groups:
            taken += [group[place] for place in chance.choice(groups)]
    return everything(taken, chance)


def truth(exercise: Exercise) -> Callable[[Sequence[Sample], Random], list[Row]]:
    known = {question.text: question for question in exercise.practice}

    def right(samples: Sequence[Sample], chance: Random) -> list[Row]:
        return everything([one for one in samples if checked(known[one.question], [one.completion])[0].passed], chance)

    return right


def nothing(_setting: Setting) -> list[Sample]:
    return []


def given(rows: list[Row], _samples: Sequence[Sample]) -> list[Row]:
    return rows


def again(seed: int) -> list[Row]:
    return labelled(bases.lessons(seed), seed)


def solved(seed: int) -> list[Row]:
    """Right solutions of the practised walks, in as many orders as there are samples."""
    walks = ring.walks(seed, PRACTICE + HELD_OUT)[HELD_OUT:]
    return labelled(bases.solutions(walks, SAMPLES, seed), seed)


def labelled(pairs: list[tuple[str, str]], seed: int) -> list[Row]:
    different = sorted(set(pairs))
    picked = Random(f"rows/{seed}").sample(different, min(ROWS, len(different)))
    source = Source("labels", "ring_road", 0, 0, "none")
    return [Row((Message(role="user", content=asks),), says, None, 1.0, (source,)) for asks, says in picked]
