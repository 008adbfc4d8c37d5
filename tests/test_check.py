from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from refine.check import Finding, _repeats, _verified, exit_code, judged, model
from refine.errors import Fault
from refine.task import Golden
from refine.types import Outcome, Verdict
from tests.fakes import Scores, toy


def passed(score: float) -> Outcome:
    return Outcome(verdict=Verdict.PASSED, score=score)


WRONG = Outcome(verdict=Verdict.WRONG, feedback="no")


def case(kind: str, **known: object) -> Golden:
    return Golden.model_validate({"name": "case", "kind": kind, "text": "x", **known})


@pytest.mark.parametrize(
    ("golden", "outcome", "right"),
    [
        (case("pass"), passed(1), True),
        (case("pass"), WRONG, False),
        (case("pass", score=1.0, tolerance=0.1), passed(1.05), True),
        (case("pass", score=1.0), passed(1.05), False),
        (case("pass", score=1.0), WRONG, False),
        (case("fail", verdict="wrong"), WRONG, True),
        (case("fail", verdict="timeout"), WRONG, False),
        (case("fail"), passed(1), False),
        (case("cheat", verdict="crashed"), WRONG, False),
        (case("cheat", no_better_than=5.0), passed(5), True),
        (case("cheat", no_better_than=5.0), passed(5.1), False),
        (case("cheat", no_better_than=5.0), WRONG, True),
        (case("cheat"), passed(1), False),
    ],
)
def test_golden_cases(tmp_path: Path, golden: Golden, outcome: Outcome, right: bool) -> None:  # noqa: FBT001 - a case
    assert judged(golden, outcome, toy(tmp_path))[0] is right


def test_a_cheat_gains_downwards_where_less_is_better(tmp_path: Path) -> None:
    task = toy(tmp_path, direction="minimize")
    assert judged(case("cheat", no_better_than=5.0), passed(5.1), task)[0]
    assert not judged(case("cheat", no_better_than=5.0), passed(4.9), task)[0]


async def test_a_score_that_changes_is_found(tmp_path: Path) -> None:
    numbers = itertools.count()
    task = toy(tmp_path)
    finding = await _repeats("same score twice", Scores(lambda _: passed(next(numbers))), task.seeds[0], "search")
    assert finding.ok is False
    assert "score 0, then score 1" in finding.detail
    assert (await _repeats("same score twice", Scores(), task.seeds[0], "search")).ok


async def test_a_seed_that_fails_is_the_tasks_fault(tmp_path: Path) -> None:
    task = toy(tmp_path, seeds=("x = 13\n",))
    found = [finding async for finding in _verified(task, Scores())]
    assert any(finding.name == "seed" and finding.ok is False and "unlucky" in finding.detail for finding in found)
    assert exit_code(found) == 1


@pytest.mark.parametrize(("where", "code"), [("verifier", 1), ("sandbox", 3)])
async def test_whose_fault_a_fault_is(tmp_path: Path, where: str, code: int) -> None:
    workers = Scores()
    workers.faults = itertools.repeat(Fault("verifier" if where == "verifier" else "sandbox", "it broke"))
    found = [finding async for finding in _verified(toy(tmp_path), workers)]
    assert exit_code(found) == code


def test_the_world_goes_before_the_task() -> None:
    assert exit_code([]) == 0
    assert exit_code([Finding("a", None, "")]) == 0
    assert exit_code([Finding("a", False, ""), Finding("b", False, "", "world")]) == 3


async def test_models(tmp_path: Path) -> None:
    task = toy(tmp_path)
    assert (await model(task, ["mutate"])).ok
    unknown = await model(task, ["gpt5"])
    assert unknown.ok is False
    assert "means nothing here" in unknown.detail
