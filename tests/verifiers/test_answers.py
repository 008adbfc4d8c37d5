"""Answers: each says what it knows in a sentence, and a set of them makes an outcome."""

from __future__ import annotations

from refine.types import Verdict
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided, scored

ANSWERS: dict[str, Answer] = {
    "first": Proved("polynomial normal form"),
    "second": Refuted("disjoint balls", {"x": "-1"}, "1", "-1"),
    "third": Undecided(("simplify: no answer within 1 s", "numeric: agrees at 40 points")),
}


def test_a_refutation_shows_the_point_and_both_values() -> None:
    sentence = ANSWERS["second"].feedback()
    assert "x = -1" in sentence
    assert "left side is 1" in sentence
    assert "right side is -1" in sentence
    assert "disjoint balls" in sentence


def test_a_refutation_without_a_point_is_a_sentence_too() -> None:
    assert Refuted("the number of roots is 3").feedback() == "refuted: the claim fails (the number of roots is 3)"


def test_a_huge_value_is_cut() -> None:
    assert len(Refuted("numbers", {"x": "9" * 10_000}, "1", "2").feedback()) < 600


def test_undecided_says_what_was_tried() -> None:
    assert "simplify: no answer within 1 s; numeric" in ANSWERS["third"].feedback()


def test_the_score_counts_what_is_proved() -> None:
    outcome = scored(ANSWERS)
    assert outcome.verdict is Verdict.PASSED
    assert outcome.score == 1.0
    assert outcome.instances == {"first": 1.0, "second": 0.0, "third": 0.0}
    assert "first" not in outcome.feedback
    assert "third: undecided" in outcome.feedback


def test_minimising_counts_what_is_not_proved() -> None:
    outcome = scored(ANSWERS, direction="minimize")
    assert outcome.score == 2.0
    assert outcome.instances["first"] == 0.0
