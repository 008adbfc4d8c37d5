"""Augmented random search: a policy from rewards alone, by rollouts of perturbed policies.

Mania, Guy and Recht 2018 ("Simple random search of static linear policies is competitive for reinforcement learning"),
version V2-t: observations normalised by running moments, the best directions only, steps scaled by the spread of their
returns. The two policies of a direction begin alike and have the same physics.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from refine.verifiers.reward.physics import PLAIN, Physics
from refine.verifiers.reward.policies import Policies, Scale, shape, untrained
from refine.verifiers.reward.rollouts import Rollouts, fitness, roll
from refine.verifiers.reward.worlds import Numbers, State, World

Parts = Mapping[str, Numbers]
Pays = Callable[[State, Numbers, State], tuple[Numbers, Parts]]
"""A reward: from m states, actions and next states to m totals and the components of each, by name."""
Draws = Callable[[np.random.Generator, int], Sequence[Physics]]
"""Physics for n rollouts: domain randomisation."""

GIVEN_UP = 0.4
"""After this share of the updates a training may be given up."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a policy is trained.

    Attributes:
        iterations: updates.
        directions: perturbations of one update; each is rolled out with both signs.
        top: of these the best, by the better of their two returns, that make the update.
        step: length of an update (alpha).
        noise: standard deviation of a perturbation (nu).
        checkpoints: moments, evenly spaced, the last one at the end, when the policy itself is rolled out.
        watched: rollouts of the policy itself at a checkpoint.
        bar: a fitness; where no rollout has reached it after GIVEN_UP of the updates, the training is hopeless and ends
            there. 0: none is.
    """

    iterations: int = 60
    directions: int = 16
    top: int = 8
    step: float = 0.05
    noise: float = 0.1
    checkpoints: int = 10
    watched: int = 4
    bar: float = 0.0

    @property
    def whole(self) -> Training:
        """The same, never given up: for confirmations."""
        return replace(self, bar=0.0)

    def is_hopeless(self, tried: Sequence[Watched]) -> bool:
        """Whether the rollouts of these updates, not one of which reached the bar, are enough to give up.

        The best of all counts, not the mean: what learns late has single rollouts that succeed long before.
        """
        enough = len(tried) >= GIVEN_UP * self.iterations
        return enough and max(float(each.fitness.max()) for each in tried) < self.bar

    def is_checkpoint(self, iteration: int) -> bool:
        """Whether so many of the evenly spaced moments have come with this iteration, counted from 0."""
        before, after = (self.checkpoints * k // self.iterations for k in (iteration, iteration + 1))
        return after > before


@dataclass(frozen=True, slots=True)
class Watched:
    """Rollouts of one moment, one row each: components per step, fitness, steps until the end."""

    parts: Parts
    fitness: Numbers
    lengths: Numbers


@dataclass(frozen=True, slots=True)
class Trained:
    """The policy, and what happened on the way.

    Attributes:
        weights: (nu, d + 1 or d + 3), of the last update.
        scale: moments of the observations.
        checkpoints: the policy's own rollouts at each.
        tried: those of the perturbed policies, one entry for each update.
    """

    weights: Numbers
    scale: Scale
    checkpoints: tuple[Watched, ...]
    tried: tuple[Watched, ...]

    def policies(self, world: World, count: int) -> Policies:
        """The policy, `count` times side by side."""
        return Policies(np.repeat(self.weights[None], count, axis=0), self.scale, world.clock)


def train(
    world: World, pays: Pays, training: Training, rng: np.random.Generator, draws: Draws | None = None
) -> Trained:
    """A policy trained with a reward; with `draws` in physics that differ from rollout to rollout. What is hopeless by
    the training's bar ends at a checkpoint.
    """
    weights, scale = untrained(world), Scale.unseen(world.observations)
    checkpoints: list[Watched] = []
    tried: list[Watched] = []
    for iteration in range(training.iterations):
        watched = training.watched if training.is_checkpoint(iteration) else 0
        tests = rng.standard_normal((training.directions, *shape(world)))
        rollouts = _tried(
            world, Policies(_around(weights, training.noise * tests, watched), scale, world.clock), rng, draws, watched
        )
        before, action, after = rollouts.transitions()
        total, parts = pays(before, action, after)
        returns = rollouts.summed(total)
        seen = _watched(world, rollouts, parts)
        tried.append(_rows(seen, slice(watched, None)))
        if watched:
            checkpoints.append(_rows(seen, slice(watched)))
        weights = weights + update(training, tests, returns[watched:])
        scale = scale.with_more(world.observe(before))
        if watched and training.is_hopeless(tried):
            break
    return Trained(weights, scale, tuple(checkpoints), tuple(tried))


def _around(weights: Numbers, apart: Numbers, watched: int) -> Numbers:
    """The policy itself `watched` times, then with each perturbation added, then with each taken away."""
    return np.concatenate([np.repeat(weights[None], watched, axis=0), weights + apart, weights - apart])


def _tried(world: World, policies: Policies, rng: np.random.Generator, draws: Draws | None, watched: int) -> Rollouts:
    pairs = (len(policies.weights) - watched) // 2
    once = watched + pairs
    twice = [*range(once), *range(watched, once)]
    positions, velocities = world.start(rng, once)
    physics = draws(rng, once) if draws else [PLAIN] * once
    return roll(world, policies, (positions[twice], velocities[twice]), [physics[k] for k in twice], rng)


def _watched(world: World, rollouts: Rollouts, parts: Parts) -> Watched:
    lengths = rollouts.lengths
    means = {name: rollouts.summed(values) / lengths for name, values in parts.items()}
    return Watched(means, fitness(world, rollouts), lengths)


def _rows(watched: Watched, rows: slice) -> Watched:
    parts = {name: values[rows] for name, values in watched.parts.items()}
    return Watched(parts, watched.fitness[rows], watched.lengths[rows])


def update(training: Training, tests: Numbers, returns: Numbers) -> Numbers:
    """What to add to the weights: tests (N, nu, d) and returns (2 N,), those of plus first.

    Nothing where all returns are equal: such a reward says nothing.
    """
    plus, minus = np.split(returns, 2)
    best = np.argsort(-np.maximum(plus, minus), kind="stable")[: training.top]
    spread = np.concatenate([plus[best], minus[best]]).std()
    if spread <= 1e-12 * max(1.0, float(np.abs(returns).max())):
        return np.zeros(tests.shape[1:])
    apart = (plus[best] - minus[best]) / (len(best) * spread)
    return training.step * np.tensordot(apart, tests[best], axes=1)
