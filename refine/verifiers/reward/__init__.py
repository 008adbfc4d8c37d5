"""Rewards as candidates: Eureka's problem (Ma et al. 2023, arXiv 2310.12931) on MuJoCo, on a processor.

A `World` says what robot, what state, what counts as success. `evaluate` trains a policy with the candidate's reward in
the judge and scores the policy; the candidate answers batches of transitions and meets nothing else. `instructed`
writes the part of an instruction that all such tasks share. `Physics` may differ from rollout to rollout.

DrEureka (Ma et al. 2024, arXiv 2406.01967) goes on from a reward: `safety` measures how a policy moves, `rapp` how far
each parameter of the physics may go, `randomising` searches for the domain randomisation within, `trials` chooses and
measures on robots that no search saw.

Why the training is not a harness beside the candidate: here a candidate never meets the simulator, the optimiser, the
policy or the fitness, so that none of them can be edited, read or replaced, and no weights come back that were not
trained. It costs a copy of the transitions, some hundredths of a second in a training of seconds.
"""

from __future__ import annotations

from refine.verifiers.reward.evaluation import evaluate
from refine.verifiers.reward.fleet import Fleet
from refine.verifiers.reward.instruction import instructed, randomised
from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.randomising import Setting
from refine.verifiers.reward.training import Training, train
from refine.verifiers.reward.worlds import State, World, packaged

__all__ = [
    "Fleet",
    "Physics",
    "Setting",
    "State",
    "Training",
    "World",
    "evaluate",
    "instructed",
    "packaged",
    "randomised",
    "train",
]
