from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.reward.physics import Physics
from refine.verifiers.reward.policies import Policies, Scale, shape
from refine.verifiers.reward.rollouts import Rollouts, fitness, roll
from tests.verifiers.reward.robots import FALLING, WORLD


def policies(count: int, weights: Any = (0.0, 0.0, 0.0)) -> Policies:
    return Policies(np.tile(np.array(weights, dtype=float), (count, 1, 1)), Scale.unseen(2))


def rolled(world: Any, count: int = 4, weights: Any = (0.0, 0.0, 0.0), **keywords: Any) -> Rollouts:
    return roll(world, policies(count, weights), world.start(np.random.default_rng(3), count), **keywords)


def test_a_rollout_is_what_single_steps_make_of_it() -> None:
    import mujoco

    rollouts = rolled(WORLD, 3, (-1.0, -0.2, 0.1))
    data = mujoco.MjData(WORLD.model)
    data.qpos[:] = WORLD.start(np.random.default_rng(3), 3)[0][1]
    for step in range(WORLD.horizon):
        assert rollouts.states["angle"][step, 1] == pytest.approx(data.qpos[0], abs=1e-12)
        data.ctrl[:] = np.clip(-data.qpos[0] - 0.2 * data.qvel[0] + 0.1, -1, 1)
        assert rollouts.actions[step, 1] == pytest.approx(data.ctrl)
        mujoco.mj_step(WORLD.model, data, WORLD.skip)


@given(st.integers(1, 6), st.integers(0, 5))
@settings(max_examples=15, deadline=None)
def test_company_changes_nothing(count: int, place: int) -> None:
    place %= count
    starts = FALLING.start(np.random.default_rng(count), count)
    together = roll(FALLING, policies(count), starts)
    alone = roll(FALLING, policies(1), (starts[0][[place]], starts[1][[place]]))
    assert np.array_equal(together.positions[:, place], alone.positions[:, 0])
    assert np.array_equal(together.valid[:, place], alone.valid[:, 0])


def test_an_ended_rollout_counts_no_more() -> None:
    rollouts = rolled(FALLING)
    assert (rollouts.lengths < FALLING.horizon).all(), "without torque it falls"
    before, action, _ = rollouts.transitions()
    assert len(action) == rollouts.lengths.sum()
    assert (np.abs(before["angle"]) < 1.0).all()
    ones = rollouts.summed(np.ones(len(action)))
    assert np.array_equal(ones, rollouts.lengths)
    assert (fitness(FALLING, rollouts) <= rollouts.lengths / FALLING.horizon).all()
    assert (np.diff(rollouts.valid.astype(int), axis=0) <= 0).all(), "what ended stays ended"


def test_transitions_are_neighbours_in_time() -> None:
    rollouts = rolled(WORLD)
    before, _, after = rollouts.transitions()
    assert np.array_equal(before["angle"][4:], after["angle"][:-4]), "four rollouts side by side"


def test_fitness_is_the_mean_merit() -> None:
    rollouts = rolled(WORLD, weights=(-3.0, -0.5, 0.0))
    share = (np.abs(rollouts.states["angle"][1:]) < 0.2).mean(axis=0)
    assert fitness(WORLD, rollouts) == pytest.approx(share)


def test_latency_delays_what_arrives_by_whole_steps() -> None:
    late = rolled(WORLD, 1, (0.0, 0.0, 1.0), physics=[Physics(latency=5)])
    never = rolled(WORLD, 1)
    assert np.array_equal(late.positions[:6], never.positions[:6])
    assert not np.array_equal(late.positions[6], never.positions[6])


def test_each_rollout_has_its_own_physics() -> None:
    starts = WORLD.start(np.random.default_rng(3), 3)
    mixed = roll(WORLD, policies(3), starts, [Physics(), Physics(gravity=0.0), Physics()])
    plain = roll(WORLD, policies(3), starts)
    assert np.array_equal(mixed.positions[:, [0, 2]], plain.positions[:, [0, 2]])
    assert np.ptp(mixed.positions[:, 1]) == 0.0, "nothing moves without gravity"


def test_observation_noise_is_the_generators_own() -> None:
    noisy = [Physics(observation_noise=0.5)] * 2

    def angles(seed: int) -> Any:
        return rolled(WORLD, 2, (1.0, 0.0, 0.0), physics=noisy, rng=np.random.default_rng(seed)).positions

    assert np.array_equal(angles(1), angles(1))
    assert not np.array_equal(angles(1), angles(2))


def test_the_clock_is_seen_by_the_policy() -> None:
    world = replace(WORLD, clock=1.0)
    assert shape(world) == (1, 5)
    timed = replace(policies(1, (0.0, 0.0, 0.0, 1.0, 0.0)), clock=world.clock)
    rollouts = roll(world, timed, world.start(np.random.default_rng(3), 1))
    seconds = np.arange(world.horizon) * world.control_seconds
    assert rollouts.actions[:, 0, 0] == pytest.approx(np.sin(2 * np.pi * seconds))


@given(st.integers(1, 40), st.integers(1, 40), st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_moments_of_parts_are_those_of_the_whole(first: int, second: int, seed: int) -> None:
    rows = np.random.default_rng(seed).normal(5.0, 2.0, (first + second, 3))
    scale = Scale.unseen(3).with_more(rows[:first]).with_more(rows[first:])
    assert scale.mean == pytest.approx(rows.mean(axis=0))
    assert scale.deviations / scale.count == pytest.approx(rows.var(axis=0))


def test_an_observation_that_never_varies_is_centred_only() -> None:
    scale = Scale.unseen(1).with_more(np.full((10, 1), 4.0))
    assert scale.normalised(np.array([[4.0], [5.0]])) == pytest.approx(np.array([[0.0], [1.0]]))
