"""The task in docs/tasks.md is one: it loads, and a policy is trained with its seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from refine.film import read
from refine.load import load_file
from refine.types import Outcome
from tests.tasks.fake import FakeCandidate

DOCUMENT = Path(__file__).parents[3] / "docs" / "tasks.md"


def slide(folder: Path) -> Any:
    block = DOCUMENT.read_text().partition("```python\n# slide.py\n")[2].partition("```\n")[0]
    (folder / "slide.py").write_text(block)
    return load_file(str(folder / "slide.py"))


def test_the_documented_reward_task_trains_with_its_seed(tmp_path: Path) -> None:
    task = slide(tmp_path)
    candidate: Any = FakeCandidate(task.seeds[0].text)
    candidate.seed = 0
    outcome = task.verify(candidate)
    assert isinstance(outcome, Outcome)
    assert outcome.score == pytest.approx(0.65, abs=0.15)
    assert "Correlation of each component with fitness" in outcome.feedback
    film = read(outcome.artifacts["film/policy"])
    assert film is not None
    assert film.poses[-1, 0, 0] == pytest.approx(1.0, abs=0.15), "the block stands where it should"


def test_its_instruction_shows_the_state_and_not_the_fitness(tmp_path: Path) -> None:
    instruction = slide(tmp_path).instruction
    assert '"place": qpos[:, 0],  # m' in instruction
    assert "0.01" not in instruction
