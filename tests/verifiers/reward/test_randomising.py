from __future__ import annotations

import json

import numpy as np
import pytest

from refine.errors import CandidateError, Wrong
from refine.types import Outcome
from refine.verifiers.reward import Fleet, Physics, Setting, Training, randomised, randomising, trials
from tests.tasks.fake import FakeCandidate
from tests.verifiers.reward.robots import HONEST, WORLD

SHORT = Training(iterations=6, directions=4, top=2, step=0.3, noise=0.3, checkpoints=2, watched=1)
PRIOR = {"mass": (0.5, 2.0), "latency": (0.0, 1.0)}
FLEET = Fleet(factors={"mass": 0.3}, added={"slope": (0.01, 0.02)})
SETTING = Setting(WORLD, SHORT, HONEST, PRIOR, FLEET, robots=6)
ALL = "def randomisation(prior):\n    return {name: (low, high) for name, (low, own, high) in prior.items()}\n"
NONE = "def randomisation(prior):\n    return {}\n"


def evaluated(text: str, seed: int = 0) -> Outcome:
    return randomising.evaluate(FakeCandidate(text, seed), SETTING)  # type: ignore[arg-type]


def test_ranges_get_a_score_a_policy_and_feedback() -> None:
    outcome = evaluated(ALL)
    assert outcome.score is not None
    assert 0 <= outcome.score <= 1
    assert json.loads(outcome.artifacts[randomising.RANGES]) == {"mass": [0.5, 2.0], "latency": [0.0, 1.0]}
    assert trials.read(outcome.artifacts[trials.POLICY]).weights.shape == (1, 3)
    assert {"own_physics", "worst_robots", "torque", "action_change", "saturation"} <= outcome.metrics.keys()
    assert "reward/angle" in outcome.curves
    assert "Correlation of the robots' parameters" in outcome.feedback
    assert "slope" not in outcome.feedback, "the fleet enters no prompt"
    assert evaluated(ALL) == outcome


def test_ranges_are_what_the_policy_is_trained_with() -> None:
    varied, plain = (trials.read(evaluated(text).artifacts[trials.POLICY]).weights for text in (ALL, NONE))
    assert not np.array_equal(varied, plain)


def test_the_confirmation_is_on_robots_drawn_from_the_secret() -> None:
    one, same, other = (randomising.confirm(FakeCandidate(NONE, seed), SETTING) for seed in (1, 1, 2))  # type: ignore[arg-type]
    assert one == same
    assert one.score != other.score
    assert one.artifacts == {}


BEYOND = "def randomisation(prior):\n    return {'mass': (0.1, 1.0)}\n"
EDITS = "def randomisation(prior):\n    prior['mass'][0] = 0.1\n    return {'mass': (0.1, 1.0)}\n"
LOTS = """
import random
def randomisation(prior):
    return {'mass': (random.SystemRandom().uniform(0.5, 1), 1.0)}
"""
COUNTS = """
calls = [0]
def randomisation(prior):
    calls[0] += 1
    return {'mass': (1.0 - 0.1 * calls[0], 1.0)}
"""


@pytest.mark.parametrize(
    ("text", "says"),
    [(BEYOND, "leaves the prior"), (EDITS, "leaves the prior"), (LOTS, "a fresh process answers other ranges")],
)
def test_what_a_candidate_may_not_answer(text: str, says: str) -> None:
    with pytest.raises(Wrong, match=says):
        evaluated(text)


def test_a_process_is_asked_once_so_that_counting_tells_it_nothing() -> None:
    assert json.loads(evaluated(COUNTS).artifacts[randomising.RANGES]) == {"mass": [0.9, 1.0]}


def test_the_reward_is_held_to_what_rewards_are_held_to() -> None:
    explodes = "def reward(state, action, after):\n    return after['angle'] * 1e9, {}\n"
    broken = Setting(WORLD, SHORT, explodes, PRIOR, FLEET, robots=2)
    with pytest.raises(Wrong, match="explodes"):
        randomising.evaluate(FakeCandidate(NONE), broken)  # type: ignore[arg-type]
    missing = Setting(WORLD, SHORT, "x = 1\n", PRIOR, FLEET, robots=2)
    with pytest.raises(CandidateError):
        randomising.evaluate(FakeCandidate(NONE), missing)  # type: ignore[arg-type]


def test_feedback_says_on_which_robots_the_policy_does_less() -> None:
    robots = [Physics(mass=mass, motor=1.0 + 0.01 * (k % 2)) for k, mass in enumerate(np.linspace(0.5, 2.0, 20))]
    said = randomising.against(robots, np.linspace(1.0, 0.0, 20), ["mass", "motor", "damping"])
    assert "mass -1.00" in said
    assert "motor" not in said
    assert "damping" not in said
    assert "none to speak of" in randomising.against(robots, np.ones(20), ["mass"])


def test_the_instruction_shows_prior_and_reward() -> None:
    said = randomised("Stand.", HONEST, PRIOR)
    assert "mass: 0.5 to 2 (the model's own: 1)" in said
    assert 'angle = -next_state["angle"] ** 2' in said
    assert "def randomisation(prior: dict) -> dict:" in said
    assert '{"mass": (low, high), ...}' in said
