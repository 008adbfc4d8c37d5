"""Majorities: what counts as the same answer, who wins, and what confidence is worth."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.verifiers.answers import Proved
from refine.verifiers.symbolic import same_answer
from refine.verifiers.vote import _INTEGER, _proved, calibration, vote


def test_answers_that_say_the_same_vote_together() -> None:
    found = vote(["so it is \\boxed{1/2}", "#### 0.5", "The answer is 3.", "\\boxed{\\frac{2}{4}}", "no idea"])
    assert found.winner == "1/2"
    assert found.agreeing == (0, 1, 3)
    assert found.groups == ((0, 1, 3), (2,))
    assert found.abstained == (4,)
    assert found.confidence == 3 / 5


def test_what_cannot_be_read_agrees_with_itself_alone() -> None:
    odd = "\\boxed{)(}"
    found = vote([odd, odd, "\\boxed{7}", "\\boxed{][}"])
    assert found.groups[0] == (0, 1)
    assert len(found.groups) == 3


def test_of_equal_ones_the_first_wins() -> None:
    assert vote(["#### 2", "#### 1", "#### 1", "#### 2"]).winner == "2"


@pytest.mark.parametrize("texts", [[], ["nothing here", "nor here"]])
def test_no_answer_is_no_winner(texts: list[str]) -> None:
    found = vote(texts)
    assert (found.winner, found.confidence, found.agreeing) == (None, 0.0, ())


numbers = st.lists(st.one_of(st.none(), st.integers(0, 4)), max_size=30)


def _exact(said: list[int | None]) -> list[str]:
    return ["" if n is None else str(n) for n in said]


@given(numbers)
def test_every_completion_is_in_one_group_or_abstained(said: list[int | None]) -> None:
    found = vote(_exact(said), answer=lambda text: text or None, same=lambda a, b: a == b)
    places = [place for group in found.groups for place in group]
    assert sorted([*places, *found.abstained]) == list(range(len(said)))
    assert all(len({said[place] for place in group}) == 1 for group in found.groups)


@given(numbers)
def test_nobody_has_more_votes_than_the_winner(said: list[int | None]) -> None:
    found = vote(_exact(said), answer=lambda text: text or None, same=lambda a, b: a == b)
    votes = {n: said.count(n) for n in said if n is not None}
    assert found.confidence == (max(votes.values()) / len(said) if votes else 0.0)
    if votes:
        assert votes[int(found.winner or "")] == max(votes.values())


def test_confidence_that_is_earned_is_calibrated_and_boasting_is_overstated() -> None:
    honest = [(0.75, True)] * 3 + [(0.75, False)]
    boasting = [(0.95, True)] + [(0.95, False)] * 3
    assert calibration(honest).error == 0.0
    assert calibration(boasting).overstated == pytest.approx(0.7)
    assert calibration(honest + boasting).error == pytest.approx(0.35)
    assert [(b.low, b.count) for b in calibration(honest + boasting, bins=4).bins] == [(0.75, 8)]


def test_no_questions_have_no_calibration() -> None:
    found = calibration([])
    assert found.bins == ()
    assert math.isnan(found.error)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1), st.integers(1, 20))
def test_the_overstatement_is_mean_confidence_less_accuracy(judged: list[tuple[float, bool]], bins: int) -> None:
    found = calibration(judged, bins=bins)
    mean = sum(c for c, _ in judged) / len(judged)
    right = sum(r for _, r in judged) / len(judged)
    assert found.overstated == pytest.approx(mean - right, abs=1e-9)
    assert abs(found.overstated) <= found.error + 1e-9


def test_answers_that_are_no_formulas_agree_with_the_same_words() -> None:
    found = vote(
        ["The answer is Paris.", "The answer is  paris", "#### London", "#### PARIS", "the answer is Paris or London"]
    )
    assert found.agreeing == (0, 1, 3)
    assert len(found.groups) == 3


integers = st.one_of(st.integers(-20, 20), st.integers(-(10**30) + 1, 10**30 - 1))


@given(integers, integers)
def test_integers_compared_as_texts_are_the_same_as_by_the_solver(one: int, other: int) -> None:
    assert _INTEGER.fullmatch(str(one))
    assert _proved(str(one), str(other)) == isinstance(same_answer(str(one), str(other), percent="sign"), Proved)


@pytest.mark.parametrize("text", ["-0", "07", "1.0", "+5", "5%", "1,000", "101_2", "3:30", "5 cm", "٣", "", "5\n"])
def test_what_can_be_written_in_other_ways_is_no_plain_integer(text: str) -> None:
    assert not _INTEGER.fullmatch(text)


def test_numbers_in_any_way_to_write_them_still_vote_together() -> None:
    found = vote(["#### 7", "#### 07", "#### 7.0", "#### 14/2", "#### 8", "#### -0", "#### 0"])
    assert found.groups == ((0, 1, 2, 3), (5, 6), (4,))
