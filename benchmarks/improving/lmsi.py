"""Large Language Models Can Self-Improve on ring_road: the vote against what else could have been learnt.

`vote`        the majority's paths, no label used
`again`       the base's labelled walks once more, in orders drawn anew: are its labels used up?
`unfiltered`  paths drawn from all samples
`random`      the paths of a random one of each question's different answers
`oracle`      the paths whose answer is right: what the vote could at best know
`labels`      solutions by the labels of the practised walks: what labels would have bought

All arms learn from at most ROWS rows a round, by the same recipe; those that ask the base share the first survey. The
weak bases have WEAK labelled walks; with them `lmsi_weak` runs the vote and `again`, and `lmsi_words` does on
arithmetic_words, whose base is stopped early.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
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
from refine.improve.rounds import Method, Select
from refine.improve.setting import Setting
from refine.questions import checked, voted
from refine.types import Message, Verdict
from refine.verifiers.vote import vote
from tasks.arithmetic_words import base as taught_words
from tasks.arithmetic_words import exercise as words
from tasks.ring_road import base as bases
from tasks.ring_road import exercise as ring

PRACTICE, HELD_OUT, EXAMINED_BY_VOTE = 2400, 400, 200
SAMPLES, HEAT, LEAST, ROWS = 8, 1.0, 0.4, 5000
CONTROLS = 1
"""Rounds of the arms other than the vote and `again`."""
WEAK = 160
RECIPE = Recipe(epochs=2, batch=64, rate=2e-3, tokens=64)
WORDS = Recipe(epochs=2, batch=32, rate=5e-4, tokens=96)

Lessons = Callable[[int], list[tuple[str, str]]]
"""Questions with right answers, by a seed."""
Choose = Callable[[Sequence[Sample], Random], list[Row]]


def bench(bench: Bench) -> None:
    exercise = ring.exercise(PRACTICE, HELD_OUT, seed=bench.seed)
    base(bench, measured(exercise), lambda folder: bases.make(folder, seed=bench.seed, size=bench.size))
    begun(bench, exercise, RECIPE, solved(ring.walks(bench.seed, bases.WALKS, labelled=True)))
    known = taught(solved(practised(bench.seed)), RECIPE, bench.seed)
    run(bench, Arm("labels", exercise, known, CONTROLS, nothing_more))
    for name, choose in (("unfiltered", everything), ("oracle", truth(exercise)), ("random", anything)):
        own = method(chosen(choose, bench.seed), RECIPE)
        run(bench, Arm(name, exercise, own, CONTROLS, nothing_more, alike="vote"))


def weak(bench: Bench) -> None:
    exercise = ring.exercise(PRACTICE, HELD_OUT, seed=bench.seed)
    base(bench, measured(exercise), lambda folder: bases.make(folder, seed=bench.seed, walks=WEAK, size=bench.size))
    begun(bench, exercise, RECIPE, solved(ring.walks(bench.seed, WEAK, labelled=True)))


def in_words(bench: Bench) -> None:
    exercise = words.exercise()
    base(bench, measured(exercise), lambda folder: taught_words.make(folder, seed=bench.seed, size=bench.size))
    begun(bench, exercise, WORDS, lambda _seed: taught_words.lessons(bench.seed))


def begun(bench: Bench, exercise: Exercise, recipe: Recipe, lessons: Lessons) -> None:
    """The vote, and more training on the labels that the base had."""
    own = method(chosen(voting, bench.seed), recipe)
    run(bench, Arm("vote", exercise, own, bench.rounds, measured(exercise)))
    run(bench, Arm("again", exercise, taught(lessons, recipe, bench.seed), bench.rounds, nothing_more))


def method(select: Select, recipe: Recipe) -> Method:
    return dataclasses.replace(lmsi(samples=SAMPLES, temperature=HEAT, recipe=recipe), select=select)


def taught(lessons: Lessons, recipe: Recipe, seed: int) -> Method:
    """Learns `lessons` of the round's seed instead of what a model says."""
    source = Source("labels", "lessons", 0, 0, "none")

    def amplify(setting: Setting) -> list[Sample]:
        return [
            Sample((Message(role="user", content=asks),), says, Verdict.PASSED, 1.0, source)
            for asks, says in lessons(setting.seed)
        ]

    return dataclasses.replace(method(chosen(everything, seed), recipe), amplify=amplify)


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


def chosen(choose: Choose, seed: int) -> Select:
    """What `choose` takes, ROWS of it at most."""

    def rows(samples: Sequence[Sample]) -> list[Row]:
        chance = Random(f"rows/{seed}")
        found = choose(samples, chance)
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


def truth(exercise: Exercise) -> Choose:
    known = {question.text: question for question in exercise.practice}

    def right(samples: Sequence[Sample], chance: Random) -> list[Row]:
        return everything([one for one in samples if checked(known[one.question], [one.completion])[0].passed], chance)

    return right


def practised(seed: int) -> list[ring.Walk]:
    return ring.walks(seed, PRACTICE + HELD_OUT)[HELD_OUT:]


def solved(walks: list[ring.Walk]) -> Lessons:
    """Solutions of `walks`, about four for each row that is learnt, in orders drawn by the seed."""
    return lambda seed: bases.solutions(walks, -(-4 * ROWS // len(walks)), seed)
