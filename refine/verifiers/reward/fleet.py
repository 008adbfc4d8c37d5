"""Robots that differ from the model in everything at once: the "real" world of DrEureka's problem.

A fleet is a distribution. What it holds never enters a sandbox or a prompt; some of its parameters (a slope, a payload)
may be ones that no candidate can randomise, as in reality.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.ranges import Ranges, drawn
from refine.verifiers.reward.rollouts import fitness, roll
from refine.verifiers.reward.training import Trained
from refine.verifiers.reward.worlds import Numbers, World


@dataclass(frozen=True, slots=True)
class Fleet:
    """How the robots differ.

    Attributes:
        factors: parameters that are factors, each with a spread s: from 1 / (1 + s) to 1 + s, uniform in the logarithm.
        added: parameters that are added, each with its range.
    """

    factors: Mapping[str, float] = field(default_factory=dict)
    added: Ranges = field(default_factory=dict)

    def robots(self, rng: np.random.Generator, count: int) -> list[Physics]:
        logs = {name: (-math.log1p(spread), math.log1p(spread)) for name, spread in self.factors.items()}
        factors = {name: np.exp(rng.uniform(low, high, count)) for name, (low, high) in logs.items()}
        rows = [{name: float(values[k]) for name, values in factors.items()} for k in range(count)]
        return [_with(robot, row) for robot, row in zip(drawn(self.added, rng, count), rows, strict=True)]


def _with(robot: Physics, factors: Mapping[str, float]) -> Physics:
    known = {name: getattr(robot, name) for name in Physics.__slots__}
    return Physics(**(known | dict(factors)))


def success(
    world: World, trained: Trained, robots: Sequence[Physics], rng: np.random.Generator, starts: int = 1
) -> Numbers:
    """Fitness of the policy on each robot, the mean over so many rollouts, (robots,)."""
    each = [robot for robot in robots for _ in range(starts)]
    begun = world.start(rng, len(each))
    found = fitness(world, roll(world, trained.policies(world, len(each)), begun, each, rng))
    means: Numbers = found.reshape(len(robots), starts).mean(axis=1)
    return means
