"""Word problems made from nothing: every solution holds, sets share nothing, and no trick answer is taken for right."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from refine.improve.exercise import load
from refine.improve.tiny import beside
from refine.load import shipped
from refine.questions import Question, checked
from refine.verifiers.vote import vote

FOLDER = shipped() / "arithmetic_words"
CASES = [json.loads(line) for line in (FOLDER / "golden" / "answers.jsonl").read_text().splitlines()]
words: Any = beside(str(FOLDER / "README.md"), "exercise")
base: Any = beside(str(FOLDER / "README.md"), "base")
STEP = re.compile(r"(\d+) ([-+*/]) (\d+) = (\d+)")
DOES = {"+": int.__add__, "-": int.__sub__, "*": int.__mul__, "/": int.__floordiv__}


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_an_answer_is_what_it_must_be(case: dict[str, Any]) -> None:
    question = Question(text=case["question"], answer=case["known"])
    assert checked(question, [case["text"]])[0].passed is case["right"], case["why"]


def test_no_trick_joins_the_majority() -> None:
    """Three honest answers; a text that agrees with all of them, or with two of different value, would be in it."""
    tricks = [case["text"] for case in CASES if not case["right"]]
    found = vote(["#### 13", "#### 13", "#### 13", *tricks])
    assert found.winner == "13"
    assert found.agreeing == (0, 1, 2)


def test_every_step_of_every_solution_holds() -> None:
    for problem in words.problems(3, 400):
        for step in problem.steps:
            found = STEP.fullmatch(step)
            assert found is not None, step
            one, sign, other, value = found.groups()
            assert DOES[sign](int(one), int(other)) == int(value) <= words.MOST, step
        assert problem.solution.endswith(f"= {problem.answer} #### {problem.answer}")


def test_a_known_answer_is_that_of_the_question() -> None:
    """By another way than the generator's: the numbers of the question in their order."""
    for question in words.asked(words.problems(5, 400)):
        assert question.answer == str(_worked(question.text)), question.text


def _worked(text: str) -> int:
    numbers = [int(n) for n in re.findall(r"\d+", text)]
    signs = dict.fromkeys(words.MORE, 1) | dict.fromkeys(words.LESS, -1)
    changes = sum(signs[verb] * int(n) for verb, n in re.findall(r"(\w+) (\d+)", text) if verb in signs)
    if "bags" in text:
        return numbers[0] * numbers[1] + changes
    if "together" in text:
        return 2 * numbers[0] + numbers[1] + changes
    if "shares" in text:
        return numbers[0] // numbers[1] + changes
    return numbers[0] + changes


def test_practice_examination_and_lessons_share_nothing() -> None:
    exercise = load(FOLDER)
    practised, examined = ({question.text for question in side} for side in (exercise.practice, exercise.held_out))
    learnt = {question for question, _ in base.lessons(0)}
    assert (len(practised), len(examined), len(learnt)) == (1000, 500, base.LESSONS)
    assert not practised & examined
    assert not learnt & (practised | examined)


def test_the_same_seed_makes_the_same_problems() -> None:
    assert words.problems(1, 50) == words.problems(1, 50)
    assert words.problems(1, 50) != words.problems(2, 50)
