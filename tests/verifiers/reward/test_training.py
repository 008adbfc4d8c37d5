from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from refine import prompts
from refine.prompts import Brief
from refine.types import Candidate, Shown
from refine.verifiers.reward import reflection
from refine.verifiers.reward.evaluation import report
from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.rollouts import roll
from refine.verifiers.reward.training import Training, Watched, train, update
from tests.fakes import toy
from tests.verifiers.reward.robots import FALLING, WORLD

SMALL = Training(iterations=12, directions=6, top=3, step=0.3, noise=0.3, checkpoints=4, watched=2)


def upright(state: Any, action: Any, after: Any) -> Any:
    angle = -(after["angle"] ** 2)
    return angle, {"angle": angle, "bonus": np.ones(len(action))}


def trained(pays: Any = upright, seed: int = 1, **keywords: Any) -> Any:
    return train(WORLD, pays, SMALL, np.random.default_rng(seed), **keywords)


def test_a_good_reward_trains_and_its_opposite_does_not() -> None:
    good = trained().checkpoints
    bad = trained(lambda *asked: (-upright(*asked)[0], {})).checkpoints
    assert good[-1].fitness.mean() > 0.5
    assert bad[-1].fitness.mean() < good[-1].fitness.mean() - 0.3


def test_a_reward_that_says_nothing_leaves_the_policy_as_it_was() -> None:
    assert not trained(lambda _, action, __: (np.full(len(action), 7.0), {})).weights.any()


def test_the_same_seed_trains_the_same_policy() -> None:
    assert np.array_equal(trained().weights, trained().weights)
    assert not np.array_equal(trained().weights, trained(seed=2).weights)


def test_scaling_a_reward_changes_nothing() -> None:
    scaled = trained(lambda *asked: (1000.0 * upright(*asked)[0], {}))
    assert scaled.weights == pytest.approx(trained().weights, rel=1e-6)


def test_physics_are_drawn_once_for_both_signs_of_a_direction() -> None:
    drawn: list[int] = []

    def draws(rng: np.random.Generator, count: int) -> list[Physics]:
        drawn.append(count)
        return [Physics(mass=float(m)) for m in rng.uniform(0.9, 1.1, count)]

    trained(draws=draws)
    assert set(drawn) == {SMALL.directions, SMALL.directions + SMALL.watched}


def test_checkpoints_are_evenly_spaced_and_the_last_one_is_at_the_end() -> None:
    for training in (Training(iterations=55), SMALL, Training(iterations=10)):
        moments = [k for k in range(training.iterations) if training.is_checkpoint(k)]
        assert len(moments) == training.checkpoints
        assert moments[-1] == training.iterations - 1
        assert max(np.diff(moments)) - min(np.diff(moments)) <= 1


def test_an_update_goes_where_returns_rise() -> None:
    tests = np.random.default_rng(0).standard_normal((6, 1, 3))
    wanted = np.array([1.0, -2.0, 0.5])
    returns = np.concatenate([(tests @ wanted).ravel(), -(tests @ wanted).ravel()])
    assert (update(SMALL, tests, returns) @ wanted).item() > 0
    assert not update(SMALL, tests, np.full(12, 3.0)).any()


def test_reflection_tells_curves_and_what_goes_with_fitness() -> None:
    result = trained()
    told = reflection.told(result)
    assert set(told) == {"reward/angle", "reward/bonus", "fitness"}, "no rollout of it ends early"
    assert all(len(values) == SMALL.checkpoints for values in told.values())
    found = reflection.correlations(result.tried)
    assert found["bonus"] == 0.0
    assert found["angle"] > 0.1
    assert "Unrelated to fitness so far: bonus." in reflection.sentences(result)


def test_the_next_prompt_shows_components_fitness_and_length_beside_the_code(tmp_path: Path) -> None:
    def falling(state: Any, action: Any, after: Any) -> Any:
        angle = after["angle"] ** 2
        return angle, {"angle": angle, "bonus": np.full(len(action), 100.0)}

    falls = train(FALLING, falling, SMALL, np.random.default_rng(1))
    rollouts = roll(FALLING, falls.policies(FALLING, 8), FALLING.start(np.random.default_rng(2), 8))
    parent = Shown(Candidate("x = 1\n"), report(FALLING, SMALL, falls, rollouts))
    text = prompts.messages(Brief(toy(tmp_path), (parent,)))[1].content
    for said in ("reward/angle: ", "fitness: ", "episode_length: ", "Hardly moves at all: reward/bonus.", "x = 1"):
        assert said in text, said
    assert "Dominates its group: reward/bonus." in text
    assert "Unrelated to fitness so far: bonus." in text


def test_a_training_that_learns_nothing_says_so_and_gives_no_advice_about_fitness() -> None:
    still = trained(lambda _, action, __: (np.zeros(len(action)), {"nothing": 0.0 * action[:, 0]}))
    same = tuple(replace(moment, fitness=0.0 * moment.fitness) for moment in still.checkpoints)
    told = reflection.told(replace(still, checkpoints=same))
    assert set(told) == {"reward/nothing"}
    assert reflection.sentences(replace(still, checkpoints=same)).startswith("Fitness was 0 at every checkpoint")


@pytest.mark.parametrize(("checkpoints", "ends"), [(4, 6), (12, 5), (3, 8), (1, 12)])
def test_a_hopeless_training_ends_at_the_first_checkpoint_after_two_fifths(checkpoints: int, ends: int) -> None:
    barred = replace(SMALL, bar=0.5, checkpoints=checkpoints)
    hanging = replace(WORLD, start=lambda _, n: (np.full((n, 1), np.pi), np.zeros((n, 1))))
    given_up = train(hanging, upright, barred, np.random.default_rng(1))
    assert len(given_up.tried) == ends
    assert len(given_up.checkpoints) == sum(barred.is_checkpoint(k) for k in range(ends))
    whole = train(hanging, upright, barred.whole, np.random.default_rng(1))
    assert len(whole.tried) == SMALL.iterations
    if ends < SMALL.iterations:
        rollouts = roll(hanging, given_up.policies(hanging, 4), hanging.start(np.random.default_rng(2), 4))
        feedback = report(hanging, barred, given_up, rollouts).feedback
        said = f"Stopped early at checkpoint {len(given_up.checkpoints)}, update {ends} of 12: none of the {12 * ends}"
        assert said in feedback
        assert f"after {ends} updates" in feedback


def test_one_rollout_that_reaches_the_bar_is_hope() -> None:
    def tried(*best: float) -> list[Watched]:
        return [Watched({}, np.array([0.0, each]), np.ones(2)) for each in best]

    barred = replace(SMALL, iterations=5, bar=0.5)
    assert barred.is_hopeless(tried(0.4, 0.1))
    assert not barred.is_hopeless(tried(0.6, 0.0))
    assert not barred.is_hopeless(tried(0.0)), "too early"
    assert not barred.whole.is_hopeless(tried(0.0, 0.0))


def test_a_training_with_hope_is_the_same_with_a_bar() -> None:
    with_bar = train(WORLD, upright, replace(SMALL, bar=0.1), np.random.default_rng(1))
    assert np.array_equal(with_bar.weights, trained().weights)
    assert reflection.given_up(replace(SMALL, bar=0.1), with_bar) == ""


def test_a_component_against_fitness_is_named() -> None:
    fitness = np.array([0.0, 0.5, 1.0, 0.2])
    watched = Watched({"up": fitness * 2, "down": -fitness, "flat": np.ones(4)}, fitness, np.ones(4))
    assert reflection.correlations([watched]) == pytest.approx({"up": 1.0, "down": -1.0, "flat": 0.0})
    assert reflection.correlations([]) == {}
