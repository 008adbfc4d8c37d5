from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from refine.types import Candidate, Limits, Outcome, Usage, Verdict, digest


@pytest.mark.parametrize("verdict", [v for v in Verdict if v is not Verdict.PASSED])
def test_only_what_passed_has_a_score(verdict: Verdict) -> None:
    assert Outcome(verdict=verdict).score is None
    with pytest.raises(ValidationError, match="a score exists with PASSED"):
        Outcome(verdict=verdict, score=1.0)
    with pytest.raises(ValidationError, match="a score exists with PASSED"):
        Outcome(verdict=Verdict.PASSED)


@pytest.mark.parametrize("score", [math.nan, math.inf, "0.9", None])
def test_a_score_is_a_finite_number(score: object) -> None:
    with pytest.raises(ValidationError):
        Outcome.model_validate_json(f'{{"verdict": "passed", "score": {score!r}}}'.replace("'", '"'), strict=True)


def test_values_do_not_change() -> None:
    outcome = Outcome(verdict=Verdict.PASSED, score=1.0)
    with pytest.raises(ValidationError, match="frozen"):
        outcome.score = 99.0  # type: ignore[misc]
    with pytest.raises(AttributeError):
        Candidate("x").text = "y"  # type: ignore[misc]


@given(st.text(), st.text())
def test_an_id_is_of_the_text_alone(one: str, other: str) -> None:
    assert (Candidate(one).id == Candidate(other).id) == (one == other)
    assert len(Candidate(one).id) == 32


def test_any_text_has_a_digest() -> None:
    assert digest("\ud800") != digest("?")


def test_limits_and_prices_are_checked_where_they_are_stated() -> None:
    for wrong in ({"seconds": 0}, {"memory_mb": 1}, {"minutes": 1}):
        with pytest.raises(ValidationError):
            Limits.model_validate(wrong)
    with pytest.raises(ValidationError):
        Usage(usd=-1.0)
    assert Usage().usd is None, "no price is known, which is not 0"
