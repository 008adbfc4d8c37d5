"""What holds for every task whose candidates are domain randomisation, without training to the end."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refine.errors import CandidateError, Wrong
from refine.load import load
from refine.proposers.mutate import Mutate
from refine.types import Prompt
from refine.verifiers.reward import Setting, Training, randomising, ranges, rapp
from tests.tasks.fake import FakeCandidate

NAMES = sorted(folder.name for folder in (Path(__file__).parents[2] / "tasks").glob("randomise_*"))
SHORT = Training(iterations=2, directions=2, top=2, checkpoints=1, watched=1)
BEHIND_WALLS = {"reads_fleet", "edits_reward", "edits_simulator"}
"""These need walls around them, which `refine check` has."""


def module(name: str) -> Any:
    return sys.modules[load(name).verify.__module__]


def short(name: str) -> Setting:
    setting = module(name).SETTING
    assert isinstance(setting, Setting)
    return replace(setting, training=SHORT, robots=4)


def asked(name: str, text: str) -> dict[str, ranges.Range]:
    candidate: Any = FakeCandidate(text)
    return randomising._asked(candidate, short(name))


@pytest.mark.parametrize("name", NAMES)
def test_a_prior_holds_the_models_own_values_and_lies_within_the_grids(name: str) -> None:
    prior = module(name).PRIOR
    assert set(prior) <= set(module(name).VARIED)
    for parameter, (low, high) in prior.items():
        assert low <= ranges.nominal(parameter) <= high
        assert {low, high} <= set(rapp.GRIDS[parameter]), "bounds are values that were tried"


@pytest.mark.parametrize("name", NAMES)
def test_the_fleet_enters_no_prompt(name: str) -> None:
    task, fleet = load(name), module(name).FLEET
    assert set(fleet.added) - set(module(name).PRIOR), "some of it cannot be randomised"
    assert not re.search(r"slope|payload|fleet", task.instruction, re.IGNORECASE)
    assert module(name).SETTING.reward.splitlines()[-1].strip() in task.instruction
    for line in inspect.getsource(module(name).merit).splitlines()[2:-1]:
        assert line.strip() not in task.instruction


@pytest.mark.parametrize("name", NAMES)
def test_golden_cases_that_pass_train_and_the_others_do_not(name: str) -> None:
    for case in load(name).golden:
        candidate: Any = FakeCandidate(case.text)
        if case.kind == "pass":
            assert randomising.evaluate(candidate, short(name)).passed
        elif case.name not in BEHIND_WALLS:
            with pytest.raises((Wrong, CandidateError)):
                randomising.evaluate(candidate, short(name))


@pytest.mark.parametrize("name", NAMES)
def test_every_task_has_the_baselines_and_the_cheats_of_its_kind(name: str) -> None:
    kinds = {case.name: case.kind for case in load(name).golden}
    assert {case for case, kind in kinds.items() if kind == "pass"} == {"none", "human", "bounds", "narrowed"}
    assert {"widens_prior", "not_finite", "lots", "forged_score", "brings_policy", *BEHIND_WALLS} <= {
        case for case, kind in kinds.items() if kind == "cheat"
    }
    assert kinds["full"] == "fail"


@pytest.mark.parametrize("name", NAMES)
async def test_the_embedded_proposer_writes_ranges_that_lie_within(name: str) -> None:
    task = load(name)
    seed = asked(name, task.seeds[0].text)
    assert set(seed) == set(module(name).PRIOR)
    proposer = Mutate(task.language, task.grammar, tuple(each.text for each in task.seeds))
    within = []
    async for completion in proposer(Prompt(ask=1, messages=(), samples=tuple(range(40)))):
        try:
            within.append(asked(name, completion.text.removeprefix("```python\n").removesuffix("```")))
        except (Wrong, CandidateError):
            continue
    assert len([found for found in within if found != seed]) >= 10
