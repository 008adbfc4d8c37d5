"""Iterated distillation and amplification on equations: the model alone, and the model with tries and a tool to tell.

A round: TRIES answers to each of QUESTIONS equations, the tool puts each in, and of those that hold the one given most
often is learnt. Measured on held-out equations: greedy (alone), and the chance that at least one of k answers holds
(with search; the unbiased estimate of Chen et al. 2021, "Evaluating large language models trained on code"). `ratio`
says how many times fewer answers the new model needs for what the model before it reached with TRIES.

`again` learns the base's own solved equations once more, in as many steps: is the base only trained too little?
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from benchmarks.improving.records import Arm, Bench, asked, base, run
from benchmarks.improving.self_rewarding import TOKENS, again, given, nothing
from refine.distill.samples import by_prompt
from refine.distill.train import Recipe
from refine.improve.exercise import Exercise
from refine.improve.methods import ida
from refine.improve.rounds import Method
from tasks.equations import base as bases
from tasks.equations import exercise as family

PRACTICE, HELD_OUT = 12_000, 500
QUESTIONS, TRIES, EXAMINED, CONTROLS = 2000, 16, 200, 2
RECIPE = Recipe(epochs=4, batch=64, rate=1e-3, tokens=96)
LEARNT = 1500
"""About as many rows as a round has: what `again` counts its steps by."""


def bench(bench: Bench) -> None:
    exercise = dataclasses.replace(family.exercise(PRACTICE, HELD_OUT, seed=0), tokens=TOKENS)
    own = ida(samples=TRIES, temperature=1.0, questions=QUESTIONS, recipe=RECIPE)
    extra = measured(exercise)
    base(bench, extra, lambda folder: bases.make(folder, seed=bench.seed, size=bench.size))
    run(bench, Arm("ida", exercise, own, bench.rounds, extra))
    rows = again(bench.seed)
    recipe = RECIPE.model_copy(update={"epochs": RECIPE.epochs * LEARNT // len(rows)})
    only = Method("again", nothing, given(rows), recipe)
    run(bench, Arm("again", exercise, only, CONTROLS, extra, alike="ida"))


def measured(exercise: Exercise) -> Callable[[Path, Path], dict[str, Any]]:
    def found(model: Path, folder: Path) -> dict[str, Any]:
        some = exercise.held_out[:EXAMINED]
        said = asked(exercise, model, folder, some, family.substituted, samples=TRIES, temperature=1.0)
        right = [sum(sample.worth is not None for sample in group) for group in by_prompt(said)]
        return {"search": [round(chance(right, k), 4) for k in range(1, TRIES + 1)]}

    return found


def chance(right: Sequence[int], k: int, tries: int = TRIES) -> float:
    """That at least one of k of the `tries` answers holds, mean over the questions; `right` is how many held."""
    return 1 - sum(math.comb(tries - c, k) for c in right) / (len(right) * math.comb(tries, k))


def needed(search: Sequence[float], goal: float) -> float:
    """Answers, linear between whole numbers, that reach `goal`; infinite where all of them do not."""
    reached = 0.0
    for k, value in enumerate(search, 1):
        if value >= goal:
            return k - 1 + (goal - reached) / (value - reached) if k > 1 else 1.0
        reached = value
    return math.inf
