"""Domain-randomisation ranges as candidates: the last two steps of DrEureka (Ma et al. 2024, arXiv 2406.01967).

A candidate says from which ranges the physics are drawn, rollout by rollout, and hands over nothing else. The judge
trains a policy with them and with a reward that is given; the reward, which a search may have written, runs in a cell
of its own. The search's score is a simulated proxy: the policy's fitness on robots from the prior, at every distance
from the model's own physics. (Drawn from the whole prior alike, most would be far from it, and policies that work only
where motors are strong would win.) The confirmation is on a fleet that the search never saw.

DrEureka tries each of its 16 configurations on the real robot. Where that is wished, the policies of the best few by
the proxy are in their outcomes (`POLICY`): `refine.verifiers.reward.trials` tries them on one draw of the fleet and
measures the winner on another, because a winner's own trial flatters it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from refine.errors import require
from refine.types import Outcome, Verdict
from refine.verifiers.reward import ranges, reflection, safety
from refine.verifiers.reward.asking import Asked
from refine.verifiers.reward.evaluation import held_out
from refine.verifiers.reward.fleet import Fleet, success
from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.ranges import Ranges
from refine.verifiers.reward.rollouts import fitness
from refine.verifiers.reward.training import Trained, Training, train
from refine.verifiers.reward.trials import POLICY, written
from refine.verifiers.reward.worlds import Numbers, World

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

RANGES: Final = "ranges"
"""The artifact that is the candidate's answer, as JSON."""
_TRAIN, _AUDIT, _PROXY, _FLEET = range(4)
_WORST: Final = 10
"""Percentile of the robots that counts as the worst."""
_LITTLE: Final = 0.15
"""A correlation over some dozens of robots below this, up or down, is none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What candidates are tried in.

    Attributes:
        world: the robot.
        training: how a policy is trained.
        reward: the program whose `reward` trains it.
        prior: the ranges that a candidate's must lie in, from `refine.verifiers.reward.rapp`.
        fleet: what the confirmation is on. It enters no prompt and no sandbox.
        robots: so many of them, in the proxy and in the confirmation.
    """

    world: World
    training: Training
    reward: str
    prior: Ranges
    fleet: Fleet
    robots: int = 64


def evaluate(candidate: Handle, setting: Setting) -> Outcome:
    """The outcome by the proxy. Raises Wrong or CandidateError for what the candidate, or the reward, did."""
    found, trained = _trained(candidate, setting)
    return _told(setting, found, trained, *_proxied(setting, trained), held=_own(setting, trained, candidate.seed))


def confirm(candidate: Handle, setting: Setting) -> Outcome:
    """The outcome on the fleet, trained anew; the robots are drawn from `candidate.seed`, a secret. Raises as above."""
    _, trained = _trained(candidate, setting)
    rng = np.random.default_rng([candidate.seed, _FLEET])
    found = success(setting.world, trained, setting.fleet.robots(rng, setting.robots), rng)
    metrics = {"own_physics": _own(setting, trained, candidate.seed)["own_physics"], "worst_robots": _worst(found)}
    return Outcome(verdict=Verdict.PASSED, score=float(found.mean()), metrics=metrics)


def trained_with(setting: Setting, chosen: Ranges, paying: Handle, seed: int) -> Trained:
    """A policy trained with these ranges, and with the reward that `paying` answers. Raises what the reward does."""
    asked = Asked(paying, np.random.default_rng([seed, _AUDIT]))
    rng = np.random.default_rng([seed, _TRAIN])
    trained = train(setting.world, asked, setting.training, rng, ranges.draws(chosen))
    asked.audit()
    return trained


def _trained(candidate: Handle, setting: Setting) -> tuple[dict[str, ranges.Range], Trained]:
    found = _asked(candidate, setting)
    with candidate.beside(setting.reward) as paying:
        return found, trained_with(setting, found, paying, candidate.seed)


def _asked(candidate: Handle, setting: Setting) -> dict[str, ranges.Range]:
    """The candidate's ranges, which a fresh process must answer again."""
    prior = {name: [low, ranges.nominal(name), high] for name, (low, high) in setting.prior.items()}
    found = ranges.believed(candidate.call("randomisation", prior), setting.prior)
    candidate.restart()
    again = ranges.believed(candidate.call("randomisation", prior), setting.prior)
    require(again == found, "a fresh process answers other ranges: they must not depend on chance, time or memory")
    return found


def _proxied(setting: Setting, trained: Trained) -> tuple[list[Physics], Numbers]:
    """Robots from the prior, the same for every candidate, and the policy's fitness on each."""
    rng = np.random.default_rng(_PROXY)
    robots = ranges.spread(setting.prior, rng, setting.robots)
    return robots, success(setting.world, trained, robots, rng)


def _own(setting: Setting, trained: Trained, seed: int) -> dict[str, float]:
    """Fitness with the model's own physics, and how safely the policy moves."""
    rollouts = held_out(setting.world, trained, seed)
    return {"own_physics": float(fitness(setting.world, rollouts).mean())} | safety.measured(setting.world, rollouts)


def _worst(found: Numbers) -> float:
    return float(np.percentile(found, _WORST))


def _told(
    setting: Setting,
    found: Ranges,
    trained: Trained,
    robots: Sequence[Physics],
    each: Numbers,
    *,
    held: dict[str, float],
) -> Outcome:
    score = float(each.mean())
    feedback = (
        f"Fitness {score:.4g} (0 to 1) over {len(robots)} simulated robots from the prior, "
        f"{_worst(each):.4g} for the worst tenth; {held['own_physics']:.4g} with the model's own physics. "
        f"{against(robots, each, list(setting.prior))} {safety.sentence(held)}"
    )
    return Outcome(
        verdict=Verdict.PASSED,
        score=score,
        metrics={"worst_robots": _worst(each), **held},
        curves=reflection.told(trained),
        feedback=feedback,
        artifacts={RANGES: json.dumps(found), POLICY: written(trained)},
    )


def against(robots: Sequence[Physics], each: Numbers, names: Sequence[str]) -> str:
    """On which robots the policy does less: the correlation of each parameter with its fitness, strongest first."""
    table = ranges.columns(robots, names)
    found = {name: reflection.correlation(table[:, k], each) for k, name in enumerate(names)}
    ranked = sorted((name for name in found if abs(found[name]) > _LITTLE), key=lambda name: -abs(found[name]))
    said = ", ".join(f"{name} {found[name]:+.2f}" for name in ranked)
    return f"Correlation of the robots' parameters with fitness: {said or 'none to speak of'}."
