from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from refine.errors import CandidateError, Wrong
from refine.types import Verdict
from refine.verifiers.reward.asking import EARLY, Asked, believed
from refine.verifiers.reward.evaluation import evaluate
from refine.verifiers.reward.instruction import instructed
from refine.verifiers.reward.training import Training
from tests.tasks.fake import FakeCandidate
from tests.verifiers.reward.robots import HONEST, WORLD, read

SHORT = Training(iterations=3, directions=4, top=2, checkpoints=2, watched=1)
ONES = np.ones(5)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (None, "must return"),
        (1.0, "must return"),
        ([ONES], "must return"),
        ([ONES, {}, {}], "must return"),
        ([ONES, ONES], "the second is ndarray"),
        ([1.0, {}], r"shape \(\)"),
        ([np.ones(4), {}], r"shape \(4,\)"),
        ([np.ones((5, 1)), {}], r"shape \(5, 1\)"),
        ([["1"] * 5, {}], "not an array of numbers"),
        ([[None] * 5, {}], "not an array of numbers"),
        ([[10**400] * 5, {}], "not an array of numbers"),
        ([[[1.0], *[1.0] * 4], {}], "no array"),
        ([np.ones(5, dtype=complex), {}], "not an array of numbers"),
        ([np.full(5, np.inf), {}], "not finite"),
        ([np.full(5, 1e7), {}], "explodes"),
        ([ONES, {"a": np.full(5, np.nan)}], "component a .* not finite"),
        ([ONES, {"a": "text"}], "component a"),
        ([ONES, {"a": 10**400}], "component a"),
        ([ONES, {"say\nthis": ONES}], "letters, digits and underscores"),
        ([ONES, {"x" * 41: ONES}], "at most 40"),
        ([ONES, {f"c{k}": ONES for k in range(13)}], "at most 12"),
    ],
)
def test_only_a_total_and_named_components_are_an_answer(answer: Any, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        believed(answer, 5)


def test_numbers_of_any_type_are_numbers_and_one_may_stand_for_all() -> None:
    total, parts = believed([[1, 2, 3], {"a": 2, "b": np.float32(0.5), "c": [True, False, True]}], 3)
    assert total.tolist() == [1.0, 2.0, 3.0]
    assert {name: values.tolist() for name, values in parts.items()} == {
        "a": [2.0] * 3,
        "b": [0.5] * 3,
        "c": [1.0, 0.0, 1.0],
    }


def test_an_honest_reward_gets_a_score_curves_and_feedback() -> None:
    outcome = evaluate(FakeCandidate(HONEST, seed=1), WORLD, SHORT)  # type: ignore[arg-type]
    assert outcome.verdict is Verdict.PASSED
    assert outcome.score is not None
    assert 0 <= outcome.score <= 1
    assert set(outcome.curves) == {"reward/angle", "reward/bonus", "fitness"}, "no episode ends early"
    assert "Correlation" in outcome.feedback
    assert evaluate(FakeCandidate(HONEST, seed=1), WORLD, SHORT) == outcome  # type: ignore[arg-type]


STATEFUL = """
n = 0
def reward(state, action, next_state):
    global n
    n += 1
    return (1.0 + (n > {after})) * next_state["angle"], {{}}
"""
NEIGHBOURS = """
def reward(state, action, next_state):
    return next_state["angle"] - next_state["angle"].mean(), {}
"""
LOTS = """
import numpy as np
def reward(state, action, next_state):
    return np.random.default_rng().random(len(action)), {}
"""
CLOCK = """
import time
def reward(state, action, next_state):
    return 9e5 + next_state["angle"] + time.perf_counter() % 1.0, {}
"""


@pytest.mark.parametrize(
    "text", [STATEFUL.format(after=1), STATEFUL.format(after=EARLY), STATEFUL.format(after=5), NEIGHBOURS, LOTS, CLOCK]
)
def test_what_is_no_function_of_the_transition_is_found_out(text: str) -> None:
    training = Training(iterations=9, directions=4, top=2, checkpoints=2, watched=1)
    with pytest.raises(Wrong, match="no function of the transition"):
        evaluate(FakeCandidate(text), WORLD, training)  # type: ignore[arg-type]


class Recording:
    """An honest reward that tells what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, Any, Any]] = []
        self.seed = 3

    def call(self, function: str, state: Any, action: Any, after: Any) -> Any:
        assert function == "reward"
        self.asked.append((state, action, after))
        return [after["angle"] * 0.0 + 1.0, {}]

    def restart(self) -> None:
        pass


def test_nothing_of_the_held_out_rollouts_crosses_the_wall() -> None:
    from refine.verifiers.reward.evaluation import _SCORE, HELD_OUT

    candidate = Recording()
    evaluate(candidate, WORLD, SHORT)  # type: ignore[arg-type]
    held_out = WORLD.start(np.random.default_rng([3, _SCORE]), HELD_OUT)[0].ravel()
    shown = np.concatenate([state["angle"] for state, _, _ in candidate.asked])
    assert not np.isin(held_out, shown).any()
    assert set(candidate.asked[0][0]) == {"angle", "velocity"}, "the declared fields and nothing else"


def test_other_components_than_before_are_refused() -> None:
    text = "n = []\ndef reward(s, a, t):\n    n.append(0)\n    return t['angle'], {f'c{len(n)}': 0.0}\n"
    with pytest.raises(Wrong, match="other names"):
        evaluate(FakeCandidate(text), WORLD, SHORT)  # type: ignore[arg-type]


def test_a_crash_stays_a_crash() -> None:
    with pytest.raises(CandidateError) as caught:
        evaluate(FakeCandidate("def reward(s, a, t):\n    return 1 / 0\n"), WORLD, SHORT)  # type: ignore[arg-type]
    assert caught.value.verdict is Verdict.CRASHED


def test_the_audit_asks_all_again_that_was_kept() -> None:
    candidate = Recording()
    asked = Asked(candidate, np.random.default_rng(0))  # type: ignore[arg-type]
    rows = {"angle": np.arange(100.0), "velocity": np.zeros(100)}
    asked(rows, np.zeros((100, 1)), rows)
    asked.audit()
    again = candidate.asked[-1]
    assert len(again[1]) == 24
    assert set(again[0]["angle"]) <= set(range(100))


def test_the_instruction_shows_the_code_that_runs() -> None:
    said = instructed("Goal.", read, actions=1, about="Steps of 0.04 s.")
    assert '"velocity": qvel[:, 0]' in said
    assert "(n, 1)" in said
    assert "merit" not in said
