"""A candidate reward's outcome: a policy is trained with it here, and is scored by a fitness that it never saw."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from refine.film import PREFIX, Film, written
from refine.types import Outcome, Verdict
from refine.verifiers.reward import reflection, safety, trials
from refine.verifiers.reward.asking import Asked
from refine.verifiers.reward.filming import filmed
from refine.verifiers.reward.rollouts import Rollouts, fitness, roll
from refine.verifiers.reward.training import Trained, Training, train
from refine.verifiers.reward.trials import POLICY
from refine.verifiers.reward.worlds import Numbers, World

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

HELD_OUT = 32
"""Rollouts that the score is the mean of. Their initial states never cross the wall."""
FILM = f"{PREFIX}policy"
"""The artifact that shows what the policy does."""
_TRAIN, _SCORE, _AUDIT = range(3)


def evaluate(candidate: Handle, world: World, training: Training) -> Outcome:
    """Trains with the candidate's `reward` from the seed `candidate.seed`, audits it, scores the policy.

    Raises Wrong or CandidateError for what the candidate did, MissingExtra where MuJoCo is not installed.
    """
    asked = Asked(candidate, np.random.default_rng([candidate.seed, _AUDIT]))
    trained = train(world, asked, training, np.random.default_rng([candidate.seed, _TRAIN]))
    asked.audit()
    return report(world, training, trained, held_out(world, trained, candidate.seed))


def held_out(world: World, trained: Trained, seed: int) -> Rollouts:
    """The policy's rollouts that the score is the mean of, HELD_OUT of them."""
    start = world.start(np.random.default_rng([seed, _SCORE]), HELD_OUT)
    return roll(world, trained.policies(world, HELD_OUT), start)


def report(world: World, training: Training, trained: Trained, rollouts: Rollouts) -> Outcome:
    """The outcome of a training whose policy did this."""
    found, lengths = fitness(world, rollouts), rollouts.lengths
    score = float(found.mean())
    motion = safety.measured(world, rollouts)
    steps = f"{lengths.mean():.0f} of {world.horizon} steps"
    return Outcome(
        verdict=Verdict.PASSED,
        score=score,
        metrics={"worst_start": float(found.min()), "episode_length": float(lengths.mean()), **motion},
        curves=reflection.told(trained),
        feedback=f"This training: fitness {score:.4g} of 1 after {len(trained.tried)} updates, mean episode {steps}. "
        f"{reflection.given_up(training, trained)}{reflection.sentences(trained)} {safety.sentence(motion)}",
        artifacts=kept(world, trained, rollouts),
    )


def kept(world: World, trained: Trained, rollouts: Rollouts) -> dict[str, str]:
    """The artifacts of a training: a film of the policy, and the policy."""
    return {FILM: written(_film(world, rollouts, fitness(world, rollouts))), POLICY: trials.written(trained)}


def _film(world: World, rollouts: Rollouts, found: Numbers) -> Film:
    """Of the rollout whose fitness is the median, until it ends."""
    row = int(np.argsort(found, kind="stable")[len(found) // 2])
    end = int(rollouts.lengths[row]) + 1
    title = f"fitness {found[row]:.2f}, the median of {len(found)} starts"
    return filmed(world, rollouts.positions[:end, row], title)
