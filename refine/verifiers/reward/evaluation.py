"""A candidate reward's outcome: a policy is trained with it here, and is scored by a fitness that it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from refine.types import Outcome, Verdict
from refine.verifiers.reward import reflection
from refine.verifiers.reward.asking import Asked
from refine.verifiers.reward.rollouts import fitness, roll
from refine.verifiers.reward.training import Trained, Training, train
from refine.verifiers.reward.worlds import Numbers, World

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

HELD_OUT = 32
"""Rollouts that the score is the mean of. Their initial states never cross the wall."""
_TRAIN, _SCORE, _AUDIT = range(3)


def evaluate(candidate: Handle, world: World, training: Training) -> Outcome:
    """Trains with the candidate's `reward` from the seed `candidate.seed`, audits it, scores the policy.

    Raises Wrong or CandidateError for what the candidate did, MissingExtra where MuJoCo is not installed.
    """
    asked = Asked(candidate, np.random.default_rng([candidate.seed, _AUDIT]))
    trained = train(world, asked, training, np.random.default_rng([candidate.seed, _TRAIN]))
    asked.audit()
    return report(world, training, trained, scored(world, trained, candidate.seed))


def scored(world: World, trained: Trained, seed: int) -> tuple[Numbers, Numbers]:
    """Fitness and length of the policy's held-out rollouts, (HELD_OUT,) each."""
    start = world.start(np.random.default_rng([seed, _SCORE]), HELD_OUT)
    rollouts = roll(world, trained.policies(world, HELD_OUT), start)
    return fitness(world, rollouts), rollouts.lengths


def report(world: World, training: Training, trained: Trained, held_out: tuple[Numbers, Numbers]) -> Outcome:
    found, lengths = held_out
    score = float(found.mean())
    steps = f"{lengths.mean():.0f} of {world.horizon} steps"
    return Outcome(
        verdict=Verdict.PASSED,
        score=score,
        metrics={"worst_start": float(found.min()), "episode_length": float(lengths.mean())},
        curves=reflection.told(trained),
        feedback=f"Fitness {score:.4g} (0 to 1) after {training.iterations} updates, mean episode {steps}. "
        + reflection.sentences(trained),
    )
