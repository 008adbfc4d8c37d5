"""What holds for every task whose candidates are rewards, without training to the end."""

from __future__ import annotations

import inspect
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from refine.errors import CandidateError, Wrong
from refine.load import load
from refine.task import Task
from refine.verifiers.reward import Training, World, evaluate
from refine.verifiers.reward.policies import Policies, Scale, shape
from refine.verifiers.reward.rollouts import Rollouts, fitness, roll
from tests.tasks.fake import FakeCandidate

NAMES = sorted(folder.name for folder in (Path(__file__).parents[2] / "tasks").glob("reward_*"))
SHORT = Training(iterations=3, directions=2, top=2, checkpoints=2, watched=1)


def parts(name: str) -> tuple[Task, Any]:
    """The task and its module."""
    task = load(name)
    return task, sys.modules[task.verify.__module__]


def world_of(name: str) -> World:
    world = parts(name)[1].WORLD
    assert isinstance(world, World)
    return world


def random_rollouts(world: World, count: int = 6) -> Rollouts:
    rng = np.random.default_rng(4)
    weights = 0.3 * rng.standard_normal((count, *shape(world)))
    return roll(world, Policies(weights, Scale.unseen(world.observations), world.clock), world.start(rng, count))


@pytest.mark.parametrize("name", NAMES)
def test_a_world_is_whole(name: str) -> None:
    world = world_of(name)
    rollouts = random_rollouts(world)
    before, action, after = rollouts.transitions()
    assert all(np.isfinite(values).all() for values in after.values())
    merit = world.merit(after, action)
    assert merit.shape == (len(action),)
    assert ((merit >= 0) & (merit <= 1)).all()
    assert ((fitness(world, rollouts) >= 0) & (fitness(world, rollouts) <= 1)).all()
    positions, velocities = world.start(np.random.default_rng(1), 50)
    begun = world.read(positions, velocities)
    assert world.alive is None or world.alive(begun).all()
    assert all(len(values) == 50 for values in begun.values())
    assert before.keys() == begun.keys()


@pytest.mark.parametrize("name", NAMES)
def test_the_instruction_has_the_code_of_the_state_and_not_of_the_fitness(name: str) -> None:
    task, module = parts(name)
    for line in inspect.getsource(module.read).splitlines():
        assert line.strip() in task.instruction
    assert f"(n, {module.WORLD.actions})" in task.instruction
    assert "merit" not in task.instruction
    assert inspect.getsource(module.merit).splitlines()[-1].strip() not in task.instruction
    assert f"{module.WORLD.horizon} steps of {module.WORLD.control_seconds:g} s" in task.instruction
    assert not module.WORLD.clock or f"clock of {module.WORLD.clock:g} Hz" in task.instruction


@pytest.mark.parametrize("name", NAMES)
def test_every_field_of_the_grammar_is_one_of_the_seeds(name: str) -> None:
    task = load(name)
    names: dict[str, Any] = {}
    exec(task.seeds[0].text, names)  # noqa: S102 - written in this repository
    known = set(inspect.signature(names["components"]).parameters) | {"np"}
    for terminal in task.grammar.terminals:
        assert set(compile(terminal, "terminal", "eval").co_names) <= known | {"abs", "square"}, terminal


@pytest.mark.parametrize("name", NAMES)
def test_the_sparse_reward_is_the_fitness(name: str) -> None:
    world = world_of(name)
    before, action, after = random_rollouts(world).transitions()
    names: dict[str, Any] = {}
    exec((load(name).folder / "golden" / "sparse.py").read_text(), names)  # noqa: S102 - as above
    assert names["reward"](before, action, after)[0] == pytest.approx(world.merit(after, action))


@pytest.mark.parametrize("name", NAMES)
def test_rewards_meant_to_pass_pay_and_the_others_do_not(name: str) -> None:
    task, world = load(name), world_of(name)
    for case in task.golden:
        candidate: Any = FakeCandidate(case.text)
        if case.kind == "pass":
            assert evaluate(candidate, world, SHORT).passed
        elif case.name not in ("reads_fitness", "edits_simulator", "counts_in_a_file"):  # these need walls around them
            with pytest.raises((Wrong, CandidateError)):
                evaluate(candidate, world, SHORT)


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_the_same_cheats(name: str) -> None:
    kinds = {case.name: case.kind for case in load(name).golden}
    assert {"reads_fitness", "edits_simulator", "pays_nan", "explodes", "counts_calls", "memorised_policy"} <= {
        case for case, kind in kinds.items() if kind == "cheat"
    }
    assert {"human", "sparse", "discovered", "constant"} == {case for case, kind in kinds.items() if kind == "pass"}
