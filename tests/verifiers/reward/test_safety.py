from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from refine.verifiers.reward import instructed, safety
from refine.verifiers.reward.evaluation import report
from refine.verifiers.reward.policies import Policies, Scale
from refine.verifiers.reward.rollouts import roll
from refine.verifiers.reward.training import Training, train
from refine.verifiers.reward.worlds import World
from tests.verifiers.reward.robots import FALLING, WORLD, read

SHORT = Training(iterations=3, directions=2, top=2, checkpoints=2, watched=1)


def measured(world: World, constant: float, angle: float = 0.0) -> dict[str, float]:
    """Of two policies: one answers `constant`, the other the sign of the angle at full force, if `angle` is given."""
    weights = np.array([[[angle, 0.0, constant]]] * 2)
    rollouts = roll(world, Policies(weights, Scale.unseen(2)), (np.full((2, 1), 0.1), np.zeros((2, 1))))
    return safety.measured(world, rollouts)


@pytest.mark.parametrize("constant", [0.0, 0.3, -0.5, 1.0])
def test_a_constant_force_is_smooth_and_weighs_what_it_is(constant: float) -> None:
    found = measured(WORLD, constant)
    assert found["action_change"] == 0.0
    assert found["torque"] == pytest.approx(abs(constant))
    assert found["saturation"] == (1.0 if constant == 1.0 else 0.0)


def test_a_policy_that_bangs_is_told_from_one_that_does_not() -> None:
    gentle, hard = measured(WORLD, 0.0, -2.0), measured(WORLD, 0.0, -1000.0)
    assert hard["action_change"] > 5 * gentle["action_change"] > 0
    assert hard["saturation"] > 0.9 > gentle["saturation"]
    assert hard["torque"] > gentle["torque"]


def test_steps_after_the_end_do_not_count() -> None:
    found = measured(FALLING, 0.7)
    assert found["torque"] == pytest.approx(0.7), "zeros after a fall would make it less"
    assert found["action_change"] == 0.0, "and so would the jump to them"


def test_an_outcome_reports_them() -> None:
    def pays(_: Any, action: Any, __: Any) -> Any:
        return -np.square(action[:, 0]), {}

    trained = train(WORLD, pays, SHORT, np.random.default_rng(0))
    rollouts = roll(WORLD, trained.policies(WORLD, 4), WORLD.start(np.random.default_rng(1), 4))
    outcome = report(WORLD, SHORT, trained, rollouts)
    found = safety.measured(WORLD, rollouts)
    assert found.items() <= outcome.metrics.items()
    assert safety.sentence(found) in outcome.feedback


def test_the_instruction_asks_for_safety_where_it_is_wished() -> None:
    plain = instructed("Stand.", read, actions=1)
    safe = instructed("Stand.", read, actions=1, safety=safety.INSTRUCTION)
    assert "real robot" in safe
    assert "real robot" not in plain
    for name in measured(WORLD, 0.0):
        assert name in safe
