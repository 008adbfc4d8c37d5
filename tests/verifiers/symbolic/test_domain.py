"""Domains: the assumptions they grant, and the points they offer."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.verifiers.symbolic import plain
from refine.verifiers.symbolic.domain import (
    Complex,
    Domain,
    Integer,
    Real,
    domains,
    finite,
    nonnegative,
    points,
    positive,
    symbol,
)

BOUNDS = st.none() | st.fractions(min_value=-50, max_value=50)


@st.composite
def reals(draw: st.DrawFn) -> Real:
    low, high = draw(BOUNDS), draw(BOUNDS)
    if low is not None and high is not None:
        low, high = min(low, high), max(low, high) + 1
    return Real(low, high, draw(st.booleans()), draw(st.booleans()))


@st.composite
def integers(draw: st.DrawFn) -> Integer:
    low, high = draw(st.none() | st.integers(-99, 99)), draw(st.none() | st.integers(-99, 99))
    return Integer(low, high) if low is None or high is None else Integer(min(low, high), max(low, high))


@given(reals() | integers())
def test_every_point_lies_in_the_domain(domain: Real | Integer) -> None:
    found = points(domains({"x": domain, "y": Real()}))
    assert all(domain.holds(dict(point.values)["x"][0]) for point in found)
    assert any(point.generic for point in found)


@given(reals() | integers() | st.just(Complex()))
def test_a_domain_survives_being_written(domain: Domain) -> None:
    written = plain.written({"x": domain})
    assert isinstance(written, dict)
    assert plain.read(written) == (("x", domain),)  # type: ignore[arg-type]


def test_points_are_the_same_every_time_and_include_where_formulas_fail() -> None:
    over = domains({"x": Real()})
    points.cache_clear()
    first = points(over)
    points.cache_clear()
    assert points(over) == first
    assert {Fraction(0), Fraction(1), Fraction(-1)} <= {dict(p.values)["x"][0] for p in first}


def test_a_small_finite_domain_is_looked_at_in_full() -> None:
    over = domains({"m": Integer(0, 3), "n": Integer(-1, 1)})
    assert finite(over)
    assert len(points(over)) == 12
    assert not finite(domains({"n": Integer(0)}))


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        (positive(), {"is_positive": True, "is_real": True}),
        (nonnegative(), {"is_nonnegative": True, "is_positive": None}),
        (Real(), {"is_real": True, "is_nonnegative": None}),
        (Real(-1, 1), {"is_real": True, "is_nonnegative": None}),
        (Real(high=0, open_high=True), {"is_negative": True}),
        (Integer(1), {"is_integer": True, "is_positive": True}),
        (Complex(), {"is_real": None, "is_complex": True}),
    ],
)
def test_a_symbol_knows_what_its_domain_grants_and_no_more(domain: Domain, known: dict[str, bool | None]) -> None:
    made = symbol("x", domain)
    assert {name: getattr(made, name) for name in known} == known


def test_an_empty_domain_is_refused() -> None:
    with pytest.raises(ValueError, match="empty"):
        Real(2, 1)
