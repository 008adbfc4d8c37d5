"""Examinations: nobody is called better by chance."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from refine.distill.examine import Exam, change, examine
from tests.test_survey import SUMS, Adds

answers = st.lists(st.booleans(), min_size=1, max_size=40)


def exam(right: list[bool]) -> Exam:
    return Exam("m", tuple(right))


@given(answers)
def test_a_model_is_not_better_than_itself(right: list[bool]) -> None:
    found = change(exam(right), exam(right))
    assert (found.gain, found.low, found.high) == (0, 0, 0)
    assert found.verdict == "no difference shown"


@given(answers, st.data())
def test_the_gain_is_inside_its_interval_and_turns_with_the_sides(right: list[bool], data: st.DataObject) -> None:
    other = data.draw(st.lists(st.booleans(), min_size=len(right), max_size=len(right)))
    there, back = change(exam(right), exam(other)), change(exam(other), exam(right))
    assert there.low - 1e-9 <= there.gain <= there.high + 1e-9
    assert there.gain == pytest.approx(-back.gain)
    assert {there.verdict, back.verdict} in ({"better", "worse"}, {"no difference shown"})


def test_one_question_more_shows_nothing_and_many_do() -> None:
    assert change(exam([False] * 9 + [True]), exam([False] * 8 + [True] * 2)).verdict == "no difference shown"
    assert change(exam([False] * 50), exam([True] * 20 + [False] * 30)).verdict == "better"


@pytest.mark.parametrize(
    ("gained", "lost", "verdict"),
    [
        (3, 0, "no difference shown"),
        (5, 0, "no difference shown"),  # the bootstrap alone says 0.01 to 0.10
        (6, 0, "better"),
        (0, 6, "worse"),
        (9, 2, "no difference shown"),
        (10, 2, "better"),
    ],
)
@pytest.mark.parametrize("alike", [0, 88])
def test_few_questions_that_differ_show_what_the_exact_test_says(
    gained: int, lost: int, verdict: str, alike: int
) -> None:
    before = exam([False] * gained + [True] * lost + [True] * alike)
    after = exam([True] * gained + [False] * lost + [True] * alike)
    found = change(before, after)
    assert found.verdict == verdict
    assert found.p == pytest.approx(binomtest(gained, gained + lost).pvalue)


def test_an_examination_is_a_journal_and_is_not_paid_twice(tmp_path: Path) -> None:
    model = Adds()
    assert examine(model, SUMS, tmp_path / "exam.db").accuracy == 1.0
    again = Adds()
    assert examine(again, SUMS, tmp_path / "exam.db").right == (True,) * 6
    assert again.calls == []
