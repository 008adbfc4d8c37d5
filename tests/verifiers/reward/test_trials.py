from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from refine.events import Started, Verified
from refine.journal import Journal
from refine.types import Candidate, Outcome, Verdict
from refine.verifiers.reward.fleet import Fleet, success
from refine.verifiers.reward.policies import Scale
from refine.verifiers.reward.training import Trained
from refine.verifiers.reward.trials import chosen, finalists, read, tried, written
from tests.verifiers.reward.robots import WORLD

HOLDS = Trained(np.array([[-10.0, -1.0, 0.0]]), Scale.unseen(2), (), ())
FALLS = Trained(np.array([[0.0, 0.0, 1.0]]), Scale.unseen(2), (), ())
FLEET = Fleet(factors={"mass": 0.2, "motor": 0.1}, added={"latency": (0.0, 1.0), "slope": (-0.05, 0.05)})


@given(st.integers(0, 2**32))
def test_robots_of_a_fleet_differ_within_its_bounds(seed: int) -> None:
    robots = FLEET.robots(np.random.default_rng(seed), 6)
    assert len({robot.mass for robot in robots}) == 6
    for robot in robots:
        assert 1 / 1.2 <= robot.mass <= 1.2
        assert 1 / 1.1 <= robot.motor <= 1.1
        assert robot.latency in (0, 1)
        assert -0.05 <= robot.slope <= 0.05
        assert robot.damping == 1.0


def test_success_is_of_each_robot() -> None:
    robots = FLEET.robots(np.random.default_rng(0), 3)
    found = success(WORLD, HOLDS, robots, np.random.default_rng(1), starts=2)
    assert found.shape == (3,)
    assert found.mean() > 2 * success(WORLD, FALLS, robots, np.random.default_rng(1), starts=2).mean()


def test_a_policy_written_and_read_does_the_same() -> None:
    scaled = Trained(np.array([[0.1, -0.2, 1 / 3]]), Scale(7.0, np.array([0.1, 0.2]), np.array([1.5, 2.5])), (), ())
    again = read(written(scaled))
    assert np.array_equal(again.weights, scaled.weights)
    assert (again.scale.count, again.scale.mean.tolist()) == (7.0, [0.1, 0.2])
    assert again.scale.deviations.tolist() == [1.5, 2.5]
    with pytest.raises(ValidationError):
        read('{"weights": "all"}')


def test_the_winner_of_the_trial_is_measured_on_other_robots() -> None:
    found = tried(WORLD, {"falls": FALLS, "holds": HOLDS}, FLEET, seed=3, robots=5, trial=3)
    assert found.winner == "holds"
    assert found.trial["holds"] > found.trial["falls"]
    assert found.deployment != found.trial["holds"]
    assert tried(WORLD, {"holds": HOLDS}, FLEET, seed=3, robots=5, trial=1).deployment == found.deployment
    assert chosen({"a": 0.5, "b": 0.5}) == "a"


def outcome(score: float | None) -> Outcome:
    return Outcome(verdict=Verdict.WRONG if score is None else Verdict.PASSED, score=score)


def test_finalists_are_the_best_that_a_journal_verified(tmp_path: Path) -> None:
    started = Started(
        refine="0", task="t", task_digest="d", direction="maximize", metric="m", seed=0, strategy={}, model="mutate",
        sandbox="local", secret="s",
    )  # fmt: skip
    scores = [0.2, None, 0.9, 0.5, 0.9]
    names = [Candidate(f"x = {k}\n").id for k in range(len(scores))]
    with Journal.create(tmp_path / "run.db", started) as journal:
        for k, (name, score) in enumerate(zip(names, scores, strict=True)):
            event = Verified(ask=k, sample=0, candidate=name, outcome=outcome(score))
            journal.append(event, [f"x = {k}\n"])
        journal.append(Verified(ask=9, sample=0, candidate=names[0], outcome=outcome(0.95), repeat=True))
        found = finalists(journal, 3)
    assert list(found) == [names[2], names[4], names[3]]
    assert found[names[3]].score == 0.5
