"""Many policies act side by side, each in its own rollout, by MuJoCo's batched stepping on one thread."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from refine.verifiers.reward.physics import PLAIN, Physics, variant
from refine.verifiers.reward.policies import Policies
from refine.verifiers.reward.worlds import Indices, Mask, Numbers, State, World, library

Start = tuple[Numbers, Numbers]
"""Positions (n, nq) and velocities (n, nv)."""


@dataclass(frozen=True, slots=True)
class Rollouts:
    """What happened in n rollouts of T control steps.

    Attributes:
        states: the named quantities, each of shape (T + 1, n) or (T + 1, n, k).
        actions: (T, n, nu), as the policies chose them (latency comes after).
        valid: (T, n): whether the rollout had not ended before the step.
        positions: (T + 1, n, nq), for pictures.
        velocities: (T + 1, n, nv).
    """

    states: State
    actions: Numbers
    valid: Mask
    positions: Numbers
    velocities: Numbers

    def transitions(self) -> tuple[State, Numbers, State]:
        """States, actions and next states of all valid steps, m rows each: by time, then by rollout."""
        before = {name: values[:-1][self.valid] for name, values in self.states.items()}
        after = {name: values[1:][self.valid] for name, values in self.states.items()}
        return before, self.actions[self.valid], after

    def summed(self, values: Numbers) -> Numbers:
        """Sums over time, (n,), of one number for each valid step, as `transitions` orders them."""
        placed = np.zeros(self.valid.shape)
        placed[self.valid] = values
        total: Numbers = placed.sum(axis=0)
        return total

    @property
    def lengths(self) -> Numbers:
        """Valid steps of each rollout."""
        lengths: Numbers = self.valid.sum(axis=0).astype(np.float64)
        return lengths


def fitness(world: World, rollouts: Rollouts) -> Numbers:
    """Mean merit over the horizon, 0 to 1, of each rollout."""
    _, action, after = rollouts.transitions()
    result: Numbers = rollouts.summed(world.merit(after, action)) / world.horizon
    return result


def roll(
    world: World,
    policies: Policies,
    start: Start,
    physics: Sequence[Physics] = (),
    rng: np.random.Generator | None = None,
) -> Rollouts:
    """One rollout of each of the n policies from its start.

    Args:
        world: what is simulated.
        policies: n of them.
        start: positions and velocities, n rows.
        physics: one for each rollout; empty for the model's own.
        rng: for observation noise, where physics have some.
    """
    stage = _Stage(world, physics or [PLAIN] * len(start[0]), rng or np.random.default_rng(0))
    return stage.play(policies, start)


@functools.lru_cache(maxsize=8)
def _tools(model: Any) -> tuple[Any, Any, int]:  # noqa: ANN401 - MuJoCo's types are compiled
    """A stepper on this very thread, its working memory, and the length of a state."""
    mujoco = library()
    full = mujoco.mjtState.mjSTATE_FULLPHYSICS
    return mujoco.rollout.Rollout(nthread=0), mujoco.MjData(model), int(mujoco.mj_stateSize(model, full))


class _Stage:
    """Steps a batch whose rollouts end one by one; those that ended are no longer stepped."""

    def __init__(self, world: World, physics: Sequence[Physics], rng: np.random.Generator) -> None:
        self.world = world
        self.rng = rng
        self.models = [variant(world, each.mechanical) for each in physics]
        self.latency = np.array([each.latency for each in physics])
        self.noise = np.array([each.observation_noise for each in physics])
        self.one = all(model is self.models[0] for model in self.models)

    def play(self, policies: Policies, start: Start) -> Rollouts:
        world, model = self.world, self.world.model
        count, steps, split = len(start[0]), world.horizon, 1 + model.nq
        states = np.zeros((steps + 1, count, split + model.nv))  # time, positions, velocities
        states[0, :, 1:split], states[0, :, split:] = start
        actions = np.zeros((steps, count, model.nu))
        valid = np.zeros((steps, count), dtype=bool)
        active = np.arange(count)
        for step in range(steps):
            now = states[step, active]
            seen = world.read(now[:, 1:split], now[:, split:])
            active, seen = self._alive(active, seen) if step else (active, seen)
            if not len(active):
                states[step + 1 :] = states[step]
                break
            actions[step, active] = self._acts(policies, seen, step, active)
            valid[step, active] = True
            states[step + 1] = states[step]
            states[step + 1, active] = self._stepped(states[step, active], self._late(actions, step, active), active)
        positions, velocities = states[:, :, 1:split], states[:, :, split:]
        return Rollouts(_named(world, positions, velocities), actions, valid, positions, velocities)

    def _alive(self, active: Indices, seen: State) -> tuple[Indices, State]:
        if self.world.alive is None:
            return active, seen
        keep = self.world.alive(seen)
        return (active, seen) if keep.all() else (active[keep], {name: rows[keep] for name, rows in seen.items()})

    def _acts(self, policies: Policies, seen: State, step: int, active: Indices) -> Numbers:
        observed = policies.scale.normalised(self.world.observe(seen))
        if self.noise.any():
            drawn = self.rng.standard_normal((len(self.models), observed.shape[1]))
            observed = observed + (self.noise[:, None] * drawn)[active]
        return policies.act(observed, step * self.world.control_seconds, active)

    def _late(self, actions: Numbers, step: int, active: Indices) -> Numbers:
        """The actions that arrive at this step; before the first one arrives, none."""
        if not self.latency.any():
            arrived: Numbers = actions[step, active]
            return arrived
        earlier = step - self.latency[active]
        return np.where(earlier[:, None] >= 0, actions[np.maximum(earlier, 0), active], 0.0)

    def _stepped(self, now: Numbers, action: Numbers, active: Indices) -> Numbers:
        """The states after one control step."""
        stepper, data, size = _tools(self.world.model)
        padded = np.zeros((len(now), size))
        padded[:, : now.shape[1]] = now
        models = self.models[0] if self.one else [self.models[index] for index in active]
        controls = np.repeat(action[:, None, :], self.world.skip, axis=1)
        after, _ = stepper.rollout(models, [data], padded, controls)
        result: Numbers = after[:, -1, : now.shape[1]]
        return result


def _named(world: World, positions: Numbers, velocities: Numbers) -> State:
    """The named quantities of all states, with the axes of time and rollouts kept apart."""
    shape = positions.shape[:2]
    flat = world.read(positions.reshape(-1, positions.shape[2]), velocities.reshape(-1, velocities.shape[2]))
    return {name: values.reshape(*shape, *values.shape[1:]) for name, values in flat.items()}
