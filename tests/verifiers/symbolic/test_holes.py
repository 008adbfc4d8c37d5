"""Over integers a formula that is cancelled still has its holes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.answers import Proved, Refuted, Undecided
from refine.verifiers.symbolic import Integer, Real, equals, identity


@pytest.mark.parametrize(
    ("asked", "said", "domain"),
    [
        ("1", "n/n", Integer()),
        ("1", "n/n", Integer(-5, 5)),
        ("0", "sin(pi*n)/n", Integer(0)),
        ("n+1", "(n^2-1)/(n-1)", Integer()),
        ("1", "n*n^(-1)", Integer()),
        ("n", "n*(n^2-4)/(n^2-4)", Integer(0, 2)),
    ],
)
def test_a_hole_is_no_proof(asked: str, said: str, domain: Integer) -> None:
    assert not isinstance(equals(asked, said, n=domain), Proved)


@pytest.mark.parametrize(
    ("asked", "said", "domain"),
    [
        ("1", "n/n", Integer(1)),
        ("1", "(2*n+1)/(2*n+1)", Integer()),
        ("n+1", "(n^2-1)/(n-1)", Integer(2)),
        ("1/(n-1)", "1/(n-1)", Integer()),
        ("n", "n*(n^2-2)/(n^2-2)", Integer()),
        ("1", "x/x", Real()),
    ],
)
def test_what_has_none_in_the_domain_is_proved(asked: str, said: str, domain: Integer | Real) -> None:
    found = equals(asked, said, x=domain) if "x" in said else equals(asked, said, n=domain)
    assert isinstance(found, Proved)


def test_an_identity_over_integers_holds_at_each() -> None:
    found = identity("n*n^(-1) = 1", n=Integer())
    assert isinstance(found, Undecided)
    assert "at 0" in found.feedback()
    assert isinstance(identity("n*n^(-1) = 1", n=Integer(3)), Proved)


@given(st.integers(-9, 9), st.integers(-9, 9), st.integers(0, 9))
@settings(max_examples=30)
def test_a_divisor_decides_by_its_root(root: int, low: int, width: int) -> None:
    found = equals("n", f"n*(n-({root}))/(n-({root}))", n=Integer(low, low + width))
    assert isinstance(found, Proved) == (not low <= root <= low + width)
    assert not isinstance(found, Refuted) or low <= root <= low + width
