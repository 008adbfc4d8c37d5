"""Word problems: made answers are right, solutions are found by their headings, and nothing tells what is expected."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from refine.errors import TaskError, Wrong
from refine.load import load, load_file
from refine.types import Outcome

TASK = load("word_problems")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
Numbers = list[Fraction]


class Text:
    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the candidate must never run, but {name!r} was asked of it")


def verified(text: str, task: Any = TASK) -> Outcome:
    candidate: Any = Text(text)
    outcome = task.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


def tanks(n: Numbers) -> Fraction:
    """Simulated: the level after an hour from empty, leak and all."""
    steps = math.lcm(*(int(k) for k in n[:3]))
    return Fraction(steps) / sum(sign * Fraction(steps) / k for sign, k in zip((1, 1, -1), n, strict=False))


def tried(holds: Callable[[int], bool]) -> Fraction:
    (found,) = [k for k in range(500) if holds(k)]
    return Fraction(found)


AGAIN: dict[str, Callable[[Numbers], Fraction]] = {
    "shopping": lambda n: n[5] - (n[0] * n[1] + n[2] * n[3]) * (1 - n[4] / 100),
    "journey": lambda n: 60 * (n[0] / n[1] + n[3] / n[4]) + n[2],
    "garden": lambda n: 4 * n[2] ** 2 + 2 * n[2] * (2 * n[0] + n[1]),
    "sharing": lambda n: n[4] + n[0] * n[1] / sum(n[1:4]),
    "filling": tanks,
    "average": lambda n: n[1] + n[2] * (n[0] + 1),
    "village": lambda n: n[1] - n[2] - n[1] * n[2] / 100,
    "ages": lambda n: n[0] * tried(lambda k: k * (n[0] + 1) + 2 * n[1] == n[2]),
    "legs": lambda n: tried(lambda k: 4 * k + 2 * (n[0] - k) == n[1]),
    "saving": lambda n: sum((n[0] + n[1] * k for k in range(int(n[2]))), Fraction()) - n[3],
}
"""Each kind again, another way, out of the numbers in its question."""


@pytest.mark.parametrize("kind", MODULE.KINDS, ids=lambda kind: kind.__name__)
def test_made_answers_are_right(kind: Any) -> None:
    from random import Random

    for seed in range(100):
        question, _, answer = kind(Random(seed), "Jun")
        numbers = [Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", question)]
        assert Fraction(answer.strip("$")) == AGAIN[kind.__name__](numbers), question


def test_a_seed_always_makes_the_same_problems_and_another_makes_others() -> None:
    assert MODULE.made(0, 20) == MODULE.PROBLEMS == MODULE.made(0, 20)
    assert not set(MODULE.made(1, 20)) & set(MODULE.PROBLEMS)


def test_the_prompt_has_every_question_and_no_answer() -> None:
    for k, problem in enumerate(MODULE.PROBLEMS, 1):
        assert f"Problem {k}: {problem.question}" in TASK.instruction
        assert problem.solution not in TASK.instruction
    tail = TASK.instruction
    for problem in MODULE.PROBLEMS:
        tail = tail.replace(problem.question, "")
    assert not re.search(r"\$|\d{2}/\d", tail), "nothing but the questions has amounts and fractions"


@pytest.mark.parametrize("name", ["wrong", "half", "boxes_before", "either", "plus_or_minus", "symbol", "undefined"])
def test_feedback_never_tells_what_is_expected(name: str) -> None:
    """Only what the candidate itself wrote, and which problem it was."""
    outcome = verified(TEXTS[name])
    given = MODULE.sections(TEXTS[name])
    for line in outcome.feedback.splitlines():
        k = int(line.removeprefix("Problem ").partition(":")[0])
        expected = MODULE.PROBLEMS[k - 1].answer.strip("$")
        said = line.partition(": ")[2]
        assert expected not in re.findall(r"-?\d+(?:[./]\d+)?", said) or expected in given[k]


def test_score_and_instances() -> None:
    outcome = verified(TEXTS["half"])
    assert outcome.score == 0.5
    assert [outcome.instances[str(k)] for k in range(1, 21)] == [1.0, 0.0] * 10
    assert outcome.metrics == {"right": 10.0, "answered": 20.0}


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("Problem 1\na\nProblem 2\nb", [1, 2]),
        ("## Problem 2:\na\n**Problem 1.**\nb", [1, 2]),
        ("Here they are.\n\nPROBLEM 3) a", [3]),
        ("As in Problem 2, said at the start.\nProblem 1\n\nsee Problem 2", [1]),
    ],
)
def test_headings(text: str, numbers: list[int]) -> None:
    assert sorted(MODULE.sections(text)) == numbers


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("42", "write a line"),
        ("Problem 21\n1", "there is no problem 21"),
        ("Problem 0\n1", "there is no problem 0"),
        ("Problem 4\n1\nProblem 4\n2", "problem 4 has two solutions"),
    ],
)
def test_sections_that_are_refused(text: str, message: str) -> None:
    with pytest.raises(Wrong, match=message):
        verified(text)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("12", "12"),
        (r"He ran 3 km and 9 km.\n#### 1,200", "1,200"),
        (r"so $x = \boxed{\frac{3}{4}}$", r"\frac{3}{4}"),
        ("blue whale", "blue whale"),
        (7, "7"),
    ],
)
def test_ones_own_problems_are_read_as_data_sets_have_them(answer: object, expected: str) -> None:
    line = json.dumps({"question": "How many?", "answer": answer, "level": 5}).replace("\\\\n", "\\n")
    (problem,) = MODULE.read([line, ""], "own.jsonl")
    assert (problem.question, problem.answer) == ("How many?", expected)


@pytest.mark.parametrize("line", ["no json", "[1]", '{"question": "?"}', "3"])
def test_a_line_that_is_no_problem_is_named(line: str) -> None:
    with pytest.raises(TaskError, match=r"own\.jsonl, line 2"):
        MODULE.read(['{"question": "?", "answer": 1}', line], "own.jsonl")


def test_none_and_too_many_are_refused() -> None:
    for count in (0, 51):
        with pytest.raises(TaskError, match=f"has {count} problems"):
            MODULE.read(['{"question": "?", "answer": 1}'] * count, "own.jsonl")


def test_a_file_beside_a_copy_of_the_task_takes_the_place_of_what_is_made(tmp_path: Path) -> None:
    shutil.copy(Path(MODULE.__file__), tmp_path / "task.py")
    lines = ['{"question": "What is 6 times 7?", "answer": "#### 42"}', '{"question": "Red or blue?", "answer": "Red"}']
    (tmp_path / "problems.jsonl").write_text("\n".join(lines), encoding="utf-8")
    own = load_file(str(tmp_path / "task.py"))
    assert "What is 6 times 7?" in own.instruction
    assert "42" not in own.instruction
    assert own.golden == ()
    assert verified("Problem 1\n6*7 = 42\n\\boxed{42}\nProblem 2\nThe answer is red.", own).score == 1.0


def test_the_program_prints_problems_that_can_be_read_back() -> None:
    command = [sys.executable, str(MODULE.__file__), "--seed", "3", "--count", "4"]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [(p.question, p.answer) for p in MODULE.read(lines, "printed")] == [
        (p.question, p.answer) for p in MODULE.made(3, 4)
    ]
