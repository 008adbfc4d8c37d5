"""Equations modulo 13: the tool finds what holds without knowing the root, and no trick answer passes it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from refine.improve.exercise import load
from refine.improve.tiny import beside
from refine.load import shipped
from refine.questions import Question, checked
from refine.types import Verdict
from refine.verifiers import rubric

FOLDER = shipped() / "equations"
CASES = [json.loads(line) for line in (FOLDER / "golden" / "answers.jsonl").read_text().splitlines()]
family: Any = beside(str(FOLDER / "README.md"), "exercise")
base: Any = beside(str(FOLDER / "README.md"), "base")


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_an_answer_is_what_it_must_be(case: dict[str, Any]) -> None:
    (found,) = family.substituted(Question(text=case["question"]), [case["text"]])
    assert found.passed is case["right"], case["why"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_the_judge_is_asked_about_a_value_and_nothing_else(case: dict[str, Any]) -> None:
    (message,) = family.asked_to_judge(case["question"], case["text"])
    content, words = message.content, message.content.split()
    assert content.startswith("judge 2 x + 3 = 10 x + 9 at ")
    assert words[-2] in {"nothing", *map(str, range(13))}
    assert words[-1] == "."


def test_the_tool_agrees_with_the_known_root_and_never_looks_at_it() -> None:
    for one in family.equations(4, 200):
        texts = [f"#### {x}" for x in range(13)]
        found = family.substituted(Question(text=one.question), texts)
        assert [outcome.passed for outcome in found] == [x == one.root for x in range(13)]
        known = Question(text=one.question, answer=str(one.root))
        assert [outcome.passed for outcome in checked(known, texts)] == [x == one.root for x in range(13)]
        assert {outcome.verdict for outcome in found} == {Verdict.PASSED, Verdict.WRONG}


@pytest.mark.parametrize("turned", [False, True])
def test_every_solution_holds(turned: bool) -> None:  # noqa: FBT001 - a parameter of a test
    for one in family.equations(5, 200):
        steps, _, root = one.solution(turned=turned).partition(" #### ")
        assert family.read(one.question) == one
        assert int(root) == one.root
        for step in steps.split(" ; "):
            left, sign, right, _, value = step.split()
            said, a, b = int(value), int(left), int(right)
            assert (said * b - a if sign == "/" else a - b - said) % 13 == 0, step


def test_a_judgement_gives_five_points_to_the_root_and_none_to_another() -> None:
    for one in family.equations(6, 60):
        points = [rubric.score(family.judgement(one, x)) for x in (*range(13), None)]
        assert points == [5.0 if x == one.root else 0.0 for x in (*range(13), None)]


def test_practice_examination_and_lessons_share_nothing() -> None:
    exercise = load(FOLDER)
    assert exercise.tool is not None
    practised, examined = ({question.text for question in side} for side in (exercise.practice, exercise.held_out))
    lessons = base.lessons(0)
    learnt = {family.read(question).question for question, _ in lessons}
    assert (len(practised), len(examined), len(lessons)) == (3000, 500, base.SOLVED + base.JUDGED)
    assert not practised & examined
    assert not learnt & (practised | examined)


def test_what_is_rehearsed_are_judgements_that_the_base_was_taught() -> None:
    rows, taught = base.judgements(1), dict(base.lessons(1))
    assert len(rows) == base.REHEARSED
    for row in rows:
        assert row.question.startswith("judge ")
        assert taught[row.question] == row.chosen
        assert row.rejected is None


def test_there_are_only_so_many_equations() -> None:
    with pytest.raises(ValueError, match="ask for fewer than 25000"):
        family.equations(0, 25_000)
