"""The parts of examples/dreureka.py, and all of it where minutes may be spent."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refine.load import load
from refine.verifiers.reward import Training, evaluate, safety
from tests.tasks.fake import FakeCandidate

EXAMPLE = Path(__file__).parents[2] / "examples" / "dreureka.py"
SHORT = Training(iterations=3, directions=2, top=2, checkpoints=2, watched=1)


def module() -> Any:
    return sys.modules[load(str(EXAMPLE)).verify.__module__]


def test_the_reward_prompt_asks_for_safe_motion_and_its_seed_trains() -> None:
    task = load(str(EXAMPLE))
    assert safety.INSTRUCTION.strip() in task.instruction
    candidate: Any = FakeCandidate(task.seeds[0].text)
    outcome = evaluate(candidate, module().SETTING.world, SHORT)
    assert outcome.passed
    assert {"action_change", "saturation", "torque"} <= outcome.metrics.keys()


def test_the_folder_that_it_writes_is_a_task_with_its_reward_and_its_prior(tmp_path: Path) -> None:
    reward = "def reward(state, action, after):\n    return after['cos_angle'], {}\n"
    folder = tmp_path / "randomise"
    for _ in range(2):  # taken up again, it is written again
        task = module().written(folder, reward, {"mass": (0.8, 1.5)})
    setting = sys.modules[task.verify.__module__].SETTING
    assert setting.reward == reward
    assert dict(setting.prior) == {"mass": (0.8, 1.5)}
    assert "mass: 0.8 to 1.5" in task.instruction
    assert "after['cos_angle']" in task.instruction
    assert task.digest != load("randomise_pendulum").digest
    assert replace(setting, training=SHORT).training == SHORT


@pytest.mark.training
@pytest.mark.timeout(1200)
def test_the_whole_example_runs(tmp_path: Path) -> None:
    sizes = ["--rewards", "2", "--configurations", "2", "--sandbox", "local", "--out", str(tmp_path)]
    done = subprocess.run([sys.executable, EXAMPLE, *sizes], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert "a success is" in done.stdout
    assert "the winner" in done.stdout
    assert "no randomisation" in done.stdout
    assert (tmp_path / "randomise" / "prior.json").is_file()
