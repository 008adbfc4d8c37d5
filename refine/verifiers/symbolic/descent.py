"""A point where an expression may be negative, looked for; that it is, is for exact or ball arithmetic to say.

A quadratic form that is not positive semidefinite has a direction in which it is negative, found exactly by elimination
(G. H. Golub and C. F. Van Loan, Matrix Computations, 4.1 and 4.4). Everything else is followed downhill by a pattern
search (R. Hooke and T. A. Jeeves, J. ACM 8, 1961) from the lowest of many points. Then simple fractions nearby are
tried.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy

from refine.verifiers.symbolic.balls import Undefined
from refine.verifiers.symbolic.domain import Domain, Domains, Integer, Point, Real, points
from refine.verifiers.symbolic.evaluate import compiled, rational
from refine.verifiers.symbolic.numeric import precision

Expr = Any
Vector = tuple[Fraction, ...]
_STARTS = 4
_MOVES = 4000  # evaluations for one start
_BITS = 80
_DENOMINATORS = (1, 2, 10, 100, 10**3, 10**4, 10**6, 10**9, 10**12)


def low_points(larger: Expr, over: Domains) -> Iterator[Point]:
    """Points of the domain at which the expression may be below 0, the likeliest first, each in simple fractions."""
    real = [domain for _, domain in over if isinstance(domain, Real)]
    if not over or len(real) < len(over):
        return
    for found in (*_quadratic(larger, over), *_downhill(larger, over)):
        for denominator in _DENOMINATORS:
            yield from _point(over, tuple(value.limit_denominator(denominator) for value in found))
        yield from _point(over, found)


def _point(over: Domains, at: Vector) -> Iterator[Point]:
    if all(_holds(domain, value) for (_, domain), value in zip(over, at, strict=True)):
        named = zip(over, at, strict=True)
        yield Point(tuple((name, (value, Fraction())) for (name, _), value in named), generic=False)


def _holds(domain: Domain, value: Fraction) -> bool:
    return isinstance(domain, Real | Integer) and domain.holds(value)


# ---- quadratic forms -------------------------------------------------------------------------------------------------


def quadratic_form(expr: Expr, names: Sequence[str]) -> sympy.Matrix | None:
    """M with v^T M v the expression, v = (1, x, y, ...); None for what is no polynomial of degree 2 over Q."""
    symbols = [next((s for s in expr.free_symbols if s.name == name), sympy.Symbol(name)) for name in names]
    if not symbols or not expr.is_polynomial(*symbols):
        return None
    poly = sympy.Poly(expr, *symbols)
    if poly.total_degree() != 2:
        return None
    units = [tuple(int(i == j) for j in range(len(symbols))) for i in range(-1, len(symbols))]

    def entry(i: int, j: int) -> Expr:
        both = tuple(map(sum, zip(units[i], units[j], strict=True)))
        return poly.coeff_monomial(both) / (1 + (i != j))

    return sympy.Matrix(len(units), len(units), entry)


def _quadratic(larger: Expr, over: Domains) -> Iterator[Vector]:
    matrix = quadratic_form(larger, [name for name, _ in over])
    if matrix is None or not all(value.is_Rational for value in matrix):
        return
    rows = [[Fraction(int(v.p), int(v.q)) for v in matrix.row(i)] for i in range(matrix.rows)]
    found = negative_direction(rows)
    if found is None:
        return
    first, rest = found[0], found[1:]
    if first:
        yield tuple(value / first for value in rest)
        return
    for size in (1, 10**3, 10**6, 10**12):
        yield tuple(size * value for value in rest)
        yield tuple(-size * value for value in rest)


def negative_direction(matrix: list[list[Fraction]]) -> Vector | None:
    """A rational v with v^T M v < 0 for a symmetric M; None where M is positive semidefinite. By symmetric elimination:
    M = sum over pivots of d w w^T, and v is carried back through the steps.
    """
    size = len(matrix)
    left = [row[:] for row in matrix]
    steps: list[tuple[int, list[Fraction]]] = []
    active = list(range(size))
    while active:
        low = next((i for i in active if left[i][i] < 0), None)
        if low is not None:
            return _carried({low: Fraction(1)}, steps, size)
        pivot = next((i for i in active if left[i][i] > 0), None)
        if pivot is None:
            pair = next(((i, j) for i in active for j in active if left[i][j]), None)
            if pair is None:
                return None
            return _carried(
                {pair[0]: Fraction(1), pair[1]: Fraction(-1 if left[pair[0]][pair[1]] > 0 else 1)}, steps, size
            )
        active.remove(pivot)
        ratio = [left[pivot][j] / left[pivot][pivot] for j in range(size)]
        for i in active:
            for j in active:
                left[i][j] -= left[pivot][i] * ratio[j]
        steps.append((pivot, ratio))
    return None


def _carried(start: Mapping[int, Fraction], steps: list[tuple[int, list[Fraction]]], size: int) -> Vector:
    """The vector on which the remaining form is negative, with each eliminated entry such that its square is 0."""
    found = [start.get(i, Fraction()) for i in range(size)]
    for pivot, ratio in reversed(steps):
        found[pivot] = -sum((ratio[j] * found[j] for j in range(size) if j != pivot), Fraction())
    return tuple(found)


# ---- downhill --------------------------------------------------------------------------------------------------------


def _downhill(larger: Expr, over: Domains) -> Iterator[Vector]:
    function = _floating(larger, over)
    starts = [tuple(real for _, (real, _) in point.values) for point in points(over, 200)]
    with precision(_BITS):
        ranked = sorted((function(at), at) for at in starts)
        for value, at in ranked[:_STARTS]:
            if value < math.inf:
                yield _followed(function, value, at, over)


def _floating(larger: Expr, over: Domains) -> Callable[[Vector], float]:
    """The value in floating point; infinity where there is none or it is not real."""
    function = compiled(larger)
    names = [name for name, _ in over]

    def value(at: Vector) -> float:
        try:
            ball = function({name: rational(part) for name, part in zip(names, at, strict=True)})
        except Undefined:
            return math.inf
        return float(ball.real.mid()) if ball.is_finite() and ball.imag.is_zero() else math.inf

    return value


def _followed(function: Callable[[Vector], float], value: float, at: Vector, over: Domains) -> Vector:
    """Steps along each symbol while they go down, and on in the direction gone; halved where none does."""
    step, moves = Fraction(1, 2), 0
    while step > Fraction(1, 2**40) and moves < _MOVES and value >= 0:
        before = at
        for i in range(len(at)):
            for sign in (1, -1):
                moved = (*at[:i], at[i] + sign * step, *at[i + 1 :])
                moves += 1
                if _holds(over[i][1], moved[i]) and (lower := function(moved)) < value:
                    at, value = moved, lower
                    break
        ahead = tuple(2 * new - old for new, old in zip(at, before, strict=True))
        if at == before:
            step /= 2
        elif all(map(_holds, (domain for _, domain in over), ahead)) and (lower := function(ahead)) < value:
            at, value = ahead, lower
    return at
