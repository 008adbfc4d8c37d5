"""Domain-randomisation ranges as candidates: the last two steps of DrEureka (Ma et al. 2024, arXiv 2406.01967).

A candidate says from which ranges the physics are drawn, rollout by rollout, and hands over nothing else. The judge
trains a policy with them and with a reward that is given; the reward, which a search may have written, runs in a cell
of its own. The search's score is a simulated proxy: the policy's fitness on robots from the prior, at every distance
from the model's own physics. (Drawn from the whole prior alike, most would be far from it, and policies that work only
where motors are strong would win.) The confirmation is on a fleet that the search never saw.

DrEureka tries each of its 16 configurations on the real robot. Where that is wished, the policies of the best few by
the proxy are in their outcomes: `refine.verifiers.reward.trials` tries them on one draw of the fleet and
measures the winner on another, because a winner's own trial flatters it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from refine.errors import require
from refine.types import Outcome, Verdict
from refine.verifiers.reward import ranges, reflection, safety
from refine.verifiers.reward.asking import Asked
from refine.verifiers.reward.evaluation import held_out, kept
from refine.verifiers.reward.fleet import Fleet, success
from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.ranges import Ranges
from refine.verifiers.reward.rollouts import Rollouts, fitness
from refine.verifiers.reward.training import Trained, Training, train
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
    chosen, trained = _trained(candidate, setting)
    rollouts = held_out(setting.world, trained, candidate.seed)
    robots, each = proxied(setting, trained)
    moves = moved(setting.world, rollouts)
    score, worst = float(each.mean()), _worst(each)
    return Outcome(
        verdict=Verdict.PASSED,
        score=score,
        metrics={"worst_robots": worst, **moves},
        curves=reflection.told(trained),
        feedback=f"Fitness {score:.4g} (0 to 1) over {len(robots)} simulated robots from the prior, {worst:.4g} for "
        f"the worst tenth; {moves['own_physics']:.4g} with the model's own physics. "
        f"{against(robots, each, list(setting.prior))} {safety.sentence(moves)}",
        artifacts={RANGES: json.dumps(chosen), **kept(setting.world, trained, rollouts)},
    )


def confirm(candidate: Handle, setting: Setting) -> Outcome:
    """The outcome on the fleet, trained anew; the robots are drawn from `candidate.seed`, a secret. Raises as above."""
    _, trained = _trained(candidate, replace(setting, training=setting.training.whole))
    rng = np.random.default_rng([candidate.seed, _FLEET])
    found = success(setting.world, trained, setting.fleet.robots(rng, setting.robots), rng)
    own = moved(setting.world, held_out(setting.world, trained, candidate.seed))["own_physics"]
    metrics = {"own_physics": own, "worst_robots": _worst(found)}
    return Outcome(verdict=Verdict.PASSED, score=float(found.mean()), metrics=metrics)


def proxied(setting: Setting, trained: Trained) -> tuple[list[Physics], Numbers]:
    """Robots from the prior, the same for every candidate, and the policy's fitness on each."""
    rng = np.random.default_rng(_PROXY)
    robots = ranges.spread(setting.prior, rng, setting.robots)
    return robots, success(setting.world, trained, robots, rng)


def moved(world: World, rollouts: Rollouts) -> dict[str, float]:
    """Fitness with the model's own physics, and how safely the policy moves."""
    return {"own_physics": float(fitness(world, rollouts).mean())} | safety.measured(world, rollouts)


def _trained(candidate: Handle, setting: Setting) -> tuple[dict[str, ranges.Range], Trained]:
    """The candidate's ranges, and a policy trained with them and with the setting's reward, which is audited."""
    chosen, seed = _asked(candidate, setting), candidate.seed
    with candidate.beside(setting.reward) as paying:
        asked = Asked(paying, np.random.default_rng([seed, _AUDIT]))
        rng = np.random.default_rng([seed, _TRAIN])
        trained = train(setting.world, asked, setting.training, rng, ranges.draws(chosen))
        asked.audit()
    return chosen, trained


def _asked(candidate: Handle, setting: Setting) -> dict[str, ranges.Range]:
    """The candidate's ranges, which a fresh process must answer again."""
    prior = {name: [low, ranges.nominal(name), high] for name, (low, high) in setting.prior.items()}
    found = ranges.believed(candidate.call("randomisation", prior), setting.prior)
    candidate.restart()
    again = ranges.believed(candidate.call("randomisation", prior), setting.prior)
    require(again == found, "a fresh process answers other ranges: they must not depend on chance, time or memory")
    return found


def _worst(found: Numbers) -> float:
    return float(np.percentile(found, _WORST))


def against(robots: Sequence[Physics], each: Numbers, names: Sequence[str]) -> str:
    """On which robots the policy does less: the correlation of each parameter with its fitness, strongest first."""
    table = ranges.columns(robots, names)
    found = {name: reflection.correlation(table[:, k], each) for k, name in enumerate(names)}
    ranked = sorted((name for name in found if abs(found[name]) > _LITTLE), key=lambda name: -abs(found[name]))
    said = ", ".join(f"{name} {found[name]:+.2f}" for name in ranked)
    return f"Correlation of the robots' parameters with fitness: {said or 'none to speak of'}."
