from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from refine.errors import CandidateError, Fault, Wrong
from refine.sandbox.cell import Ended
from refine.task import Noise, Task
from refine.types import Limits, Outcome, Resources, Verdict
from refine.verifiers import cascade
from refine.verifiers.handle import Handle
from refine.verifiers.judge import Job, answer, judge
from tests.fakes import toy


class Cell:
    """A cell that answers 7 to every call, or fails as it is told to."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.ended = 0

    def load(self, text: str) -> None: ...

    def call(self, function: str, args: Any, kwargs: Any, **_: Any) -> Any:
        if self.error:
            raise self.error
        return 7

    def end(self) -> Ended:
        self.ended += 1
        return Ended(Resources(cpu_s=0.5, wall_s=1.0, memory_mb=10), "printed")


class Slots:
    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.cells: list[Cell] = []

    def spawn(self, limits: Limits) -> Cell:
        self.cells.append(Cell(self.error))
        return self.cells[-1]


def judging(folder: Path, verify: Any) -> Task:
    task = toy(folder)
    task._verify = verify
    return task


def outcome(folder: Path, verify: Any, error: Exception | None = None) -> Outcome:
    return judge(judging(folder, verify), Slots(error), Job(text="x = 1"))  # type: ignore[arg-type]


@pytest.mark.parametrize("paired", [True, False])
def test_paired_candidates_get_the_same_seeds_and_other_ones_held_out(tmp_path: Path, *, paired: bool) -> None:
    drawn: list[int] = []

    def verify(candidate: Handle) -> float:
        drawn.append(candidate.seed)
        return 1.0

    task = judging(tmp_path, verify)
    task._confirm = verify
    task.noise = Noise(replicates=3, confirming=3, paired=paired)
    jobs = (Job(text="x = 1", seed=5), Job(text="x = 2", seed=5), Job(text="x = 1", seed=6, stage="held-out"))
    for job in jobs:
        judge(task, Slots(), job)  # type: ignore[arg-type]
    one, other, held_out = drawn[:3], drawn[3:6], drawn[6:]
    assert (one == other) is paired
    assert len(set(one + held_out)) == 6, "fresh ones"
    assert len(set(drawn)) == (6 if paired else 9)


def test_a_number_passes_with_what_was_used(tmp_path: Path) -> None:
    result = outcome(tmp_path, lambda candidate: candidate.f(1) * 2)
    assert (result.verdict, result.score) == (Verdict.PASSED, 14.0)
    assert result.resources == Resources(cpu_s=0.5, wall_s=1.0, memory_mb=10)
    assert result.output == "printed"


def raising(error: Exception) -> Any:
    def verify(_candidate: Handle) -> float:
        raise error

    return verify


def test_wrong_and_what_the_candidate_did_are_verdicts(tmp_path: Path) -> None:
    assert outcome(tmp_path, raising(Wrong("they overlap"))).feedback == "they overlap"
    crashed = outcome(tmp_path, lambda c: c.f(), CandidateError(Verdict.TIMEOUT, "after 10 s"))
    assert (crashed.verdict, crashed.score, crashed.feedback) == (Verdict.TIMEOUT, None, "after 10 s")


@pytest.mark.parametrize("score", [math.nan, math.inf, -math.inf, 10**400])
def test_a_score_must_be_finite(tmp_path: Path, score: float) -> None:
    result = outcome(tmp_path, lambda _: score)
    assert result.verdict is Verdict.WRONG
    assert "no number to compare" in result.feedback


@pytest.mark.parametrize("returned", [None, "0.9", True, [1.0], 1j])
def test_what_is_no_score_is_the_verifiers_fault(tmp_path: Path, returned: object) -> None:
    with pytest.raises(Fault, match="the verifier returned") as caught:
        outcome(tmp_path, lambda _: returned)
    assert caught.value.where == "verifier"


def test_what_the_verifier_raises_is_located(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"ZeroDivisionError: .* at test_judge.py:\d+"):
        outcome(tmp_path, lambda _: 1 / 0)


def test_the_cell_ends_whatever_happens(tmp_path: Path) -> None:
    for verify in (lambda c: c.f(), raising(Wrong("no")), raising(ValueError("bug"))):
        slots = Slots()
        answer(judging(tmp_path, lambda c, v=verify: (c.f(), v(c))[1]), slots, Job(text="x = 1").model_dump_json())  # type: ignore[arg-type]
        assert [cell.ended for cell in slots.cells] == [1]


def test_restart_meets_a_fresh_process_and_adds_up(tmp_path: Path) -> None:
    def verify(candidate: Handle) -> float:
        candidate.f()
        candidate.restart()
        return float(candidate.f())

    slots = Slots()
    result = judge(judging(tmp_path, verify), slots, Job(text="x = 1"))  # type: ignore[arg-type]
    assert len(slots.cells) == 2
    assert result.resources.cpu_s == 1.0


def test_a_text_that_is_never_run_costs_no_cell(tmp_path: Path) -> None:
    slots = Slots()
    judge(judging(tmp_path, lambda c: float(len(c.text))), slots, Job(text="abc"))  # type: ignore[arg-type]
    assert slots.cells == []


def test_faults_are_replies(tmp_path: Path) -> None:
    reply = answer(judging(tmp_path, lambda _: None), Slots(), Job(text="x").model_dump_json())  # type: ignore[arg-type]
    assert reply.outcome is None
    assert reply.failure is not None
    assert reply.failure.where == "verifier"
    assert answer(toy(tmp_path), Slots(), "nonsense").failure is not None  # type: ignore[arg-type]


def test_a_cascade_stops_at_the_first_stage_that_refuses(tmp_path: Path) -> None:
    seen: list[str] = []

    def cheap(candidate: Handle) -> float:
        seen.append("cheap")
        if "1" in candidate.text:
            raise Wrong("no ones")
        return 0.0

    def dear(_candidate: Handle) -> float:
        seen.append("dear")
        return 5.0

    task = judging(tmp_path, cascade(cheap, dear))
    assert judge(task, Slots(), Job(text="x = 1")).verdict is Verdict.WRONG  # type: ignore[arg-type]
    assert judge(task, Slots(), Job(text="x = 2")).score == 5.0  # type: ignore[arg-type]
    assert seen == ["cheap", "cheap", "dear"]
    with pytest.raises(ValueError, match="at least one stage"):
        cascade()
