"""Policies tried on robots that no search saw: the winner is chosen on one draw of a fleet and measured on another.

The best of several on one set of robots is better there than anywhere else (the winner's curse), so what chose it must
not be what is reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from refine.events import Verified
from refine.journal import Journal
from refine.types import Frozen, Outcome
from refine.verifiers.reward.fleet import Fleet, success
from refine.verifiers.reward.policies import Scale
from refine.verifiers.reward.training import Trained
from refine.verifiers.reward.worlds import World

POLICY: Final = "policy"
"""The artifact of an outcome that is the trained policy: what `written` wrote."""
TRIAL, DEPLOYMENT = range(2)
"""Two draws of a fleet from one seed."""
STARTS = 4
"""Rollouts on each robot."""


class _Policy(Frozen):
    weights: tuple[tuple[float, ...], ...]
    count: float
    mean: tuple[float, ...]
    deviations: tuple[float, ...]


def finalists(journal: Journal, count: int) -> dict[str, Outcome]:
    """The outcomes of the best of a run by the search's own score, by the candidate's id; of equals the earlier."""
    found: dict[str, Outcome] = {}
    for fact in journal.facts():
        event = fact.event
        if isinstance(event, Verified) and event.candidate and event.outcome and event.outcome.score is not None:
            found.setdefault(event.candidate, event.outcome)
    ranked = sorted(found, key=lambda name: -(found[name].score or 0.0))
    return {name: found[name] for name in ranked[:count]}


def written(trained: Trained) -> str:
    """The policy as JSON: weights and moments of the observations, and nothing of how it came to be."""
    scale = trained.scale
    return _Policy(
        weights=tuple(tuple(row) for row in trained.weights.tolist()),
        count=float(scale.count),
        mean=tuple(scale.mean.tolist()),
        deviations=tuple(scale.deviations.tolist()),
    ).model_dump_json()


def read(text: str) -> Trained:
    """What `written` wrote. Raises pydantic's ValidationError."""
    policy = _Policy.model_validate_json(text)
    scale = Scale(policy.count, np.array(policy.mean), np.array(policy.deviations))
    return Trained(np.array(policy.weights), scale, (), ())


@dataclass(frozen=True, slots=True)
class Tried:
    """Mean fitness by name on the robots of the trial, who won there, and what that one does on the others."""

    trial: Mapping[str, float]
    winner: str
    deployment: float


def chosen(trial: Mapping[str, float]) -> str:
    """The name of the best; of equals the first."""
    return max(trial, key=lambda name: trial[name])


def tried(
    world: World, policies: Mapping[str, Trained], fleet: Fleet, *, seed: int, robots: int = 64, trial: int = 8
) -> Tried:
    """Tries every policy on the same few robots, and the best one on as many others as a figure needs.

    Args:
        world: the robot that all the others differ from.
        policies: by name.
        fleet: how they differ.
        seed: of both draws.
        robots: in the deployment.
        trial: in the trial: a real one is dear.
    """
    found = {name: on_draw(world, policy, fleet, (seed, TRIAL), trial) for name, policy in policies.items()}
    winner = chosen(found)
    return Tried(found, winner, on_draw(world, policies[winner], fleet, (seed, DEPLOYMENT), robots))


def on_draw(world: World, policy: Trained, fleet: Fleet, draw: tuple[int, int], robots: int) -> float:
    """Mean fitness on one draw, a seed and TRIAL or DEPLOYMENT: the same robots and initial states for every policy."""
    rng = np.random.default_rng(draw)
    return float(success(world, policy, fleet.robots(rng, robots), rng, starts=STARTS).mean())
