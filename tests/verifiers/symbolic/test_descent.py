"""Looking for a point at which something is negative: quadratic forms exactly, others downhill."""

from __future__ import annotations

from fractions import Fraction

import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.verifiers.symbolic.cells import simplest
from refine.verifiers.symbolic.descent import low_points, negative_direction, quadratic_form
from refine.verifiers.symbolic.domain import Integer, Real, symbols

entries = st.fractions(-4, 4, max_denominator=4)


def _matrix(size: int, values: list[Fraction]) -> list[list[Fraction]]:
    taken = iter(values)
    upper = {(i, j): next(taken) for i in range(size) for j in range(i, size)}
    return [[upper[min(i, j), max(i, j)] for j in range(size)] for i in range(size)]


@given(st.integers(1, 4), st.lists(entries, min_size=10, max_size=10))
@settings(max_examples=60, deadline=None)
def test_a_direction_is_negative_and_there_is_none_where_the_form_is_semidefinite(
    size: int, values: list[Fraction]
) -> None:
    matrix = _matrix(size, values)
    found = negative_direction(matrix)
    whole = sympy.Matrix(size, size, lambda i, j: sympy.Rational(matrix[i][j].numerator, matrix[i][j].denominator))
    if found is None:
        assert whole.is_positive_semidefinite
    else:
        assert sum(found[i] * matrix[i][j] * found[j] for i in range(size) for j in range(size)) < 0


@given(st.lists(st.lists(entries, min_size=3, max_size=3), min_size=1, max_size=3))
@settings(max_examples=30, deadline=None)
def test_sums_of_squares_have_no_negative_direction(rows: list[list[Fraction]]) -> None:
    gram = [[sum((row[i] * row[j] for row in rows), Fraction()) for j in range(3)] for i in range(3)]
    assert negative_direction(gram) is None


def test_a_quadratic_form_is_the_polynomial() -> None:
    x, y = sympy.symbols("x y")
    matrix = quadratic_form(x**2 + 3 * x * y - 2 * y + 5, ["x", "y"])
    assert matrix is not None
    v = sympy.Matrix([1, x, y])
    assert sympy.expand((v.T * matrix * v)[0] - (x**2 + 3 * x * y - 2 * y + 5)) == 0
    assert quadratic_form(x**3, ["x"]) is None
    assert quadratic_form(sympy.sin(x), ["x"]) is None


def test_points_lie_in_the_domain() -> None:
    over = (("x", Real(1, 2)), ("y", Real(0, open_low=True)))
    x, y = symbols(over).values()
    found = list(low_points((x - 3) ** 2 + y - 2, over))
    assert found
    for point in found:
        for (_, domain), (_, (value, _)) in zip(over, point.values, strict=True):
            assert isinstance(domain, Real)
            assert domain.holds(value)
    assert not list(low_points(x, (("x", Integer(0)),)))


@given(st.fractions(-50, 50, max_denominator=99), st.fractions(min_value=Fraction(1, 10**6), max_value=3))
@settings(max_examples=60, deadline=None)
def test_the_simplest_fraction_lies_between_and_none_has_a_smaller_denominator(low: Fraction, width: Fraction) -> None:
    ends = [sympy.Rational(value.numerator, value.denominator) for value in (low, low + width)]
    found = simplest(*ends)
    assert ends[0] <= found <= ends[1]
    smaller = range(1, min(int(found.q), 200))
    assert not any(sympy.ceiling(ends[0] * q) <= ends[1] * q for q in smaller)
