"""The real line cut where a rational function of one symbol over Q may change sign: exact decisions, cell by cell.

Sturm's theorem isolates the roots (G. E. Collins and R. Loos, Real zeros of polynomials, 1982; SymPy's
implementation); between two neighbouring cuts one rational sample tells the sign.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sympy

from refine.verifiers.symbolic.domain import Real
from refine.verifiers.symbolic.positivity import rational

Expr = Any
_DIGITS = 40


@dataclass(frozen=True, slots=True)
class Cell:
    """A point where something may change (`exact` is it), or an open interval between two (`exact` is a sample)."""

    exact: Expr
    is_point: bool


def quotient(expr: Expr, symbol: Any) -> tuple[Any, Any] | None:  # noqa: ANN401 - a SymPy symbol, polynomials
    """Numerator and denominator as polynomials over Q, with no common factor removed; None for another function."""
    if not expr.is_rational_function(symbol) or expr.free_symbols - {symbol}:
        return None
    parts = [sympy.Poly(part, symbol) for part in sympy.fraction(sympy.together(expr))]
    if not all(part.domain.is_ZZ or part.domain.is_QQ for part in parts):
        return None
    return parts[0], parts[1]


def roots(poly: Any) -> list[Expr]:  # noqa: ANN401 - a sympy.Poly over Q
    """Its different real roots, exact."""
    return [] if poly.is_ground else sorted(set(poly.sqf_part().real_roots()), key=lambda r: r.evalf(_DIGITS))


def cells(cuts: Sequence[Expr], domain: Real) -> list[Cell] | None:
    """The domain as points and open intervals; None where two cuts cannot be told apart by 40 digits."""
    ends = [rational(end) for end in (domain.low, domain.high) if end is not None]
    distinct = _distinct([*cuts, *ends])
    if distinct is None:
        return None
    samples = _samples(distinct)
    alternating = [Cell(samples[0], is_point=False)]
    for cut, sample in zip(distinct, samples[1:], strict=True):
        alternating += [Cell(cut, is_point=True), Cell(sample, is_point=False)]
    return [cell for cell in alternating if _inside(cell.exact, domain)]


def _distinct(cuts: Sequence[Expr]) -> list[Expr] | None:
    found: list[Expr] = []
    for cut in sorted(dict.fromkeys(cuts), key=lambda c: c.evalf(_DIGITS)):
        if found and abs((cut - found[-1]).evalf(_DIGITS)) < sympy.Rational(1, 10**20):
            if sympy.minimal_polynomial(cut - found[-1]) != sympy.Symbol("x"):
                return None
        else:
            found.append(cut)
    return found


def _samples(cuts: list[Expr]) -> list[Expr]:
    """A rational number below all cuts, between each two, and above all."""
    if not cuts:
        return [sympy.S.Zero]
    between = [_simplest_between(a, b) for a, b in itertools.pairwise(cuts)]
    return [sympy.floor(cuts[0]) - 1, *between, sympy.ceiling(cuts[-1]) + 1]


def _simplest_between(low: Expr, high: Expr) -> Expr:
    """The fraction of least denominator in the middle half between two numbers."""
    ends = [sympy.Rational(end.evalf(_DIGITS)) for end in (low, high)]
    quarter = (ends[1] - ends[0]) / 4
    return simplest(ends[0] + quarter, ends[1] - quarter)


def simplest(low: Expr, high: Expr) -> Expr:
    """The fraction of least denominator from `low` to `high`, both rational (by continued fractions; Knuth 4.5.3)."""
    whole = sympy.ceiling(low)
    if whole <= high:
        return sympy.S.Zero if low <= 0 <= high else whole
    below = whole - 1
    return below + 1 / simplest(1 / (high - below), 1 / (low - below))


def _inside(value: Expr, domain: Real) -> bool:
    low, high = (None if end is None else rational(end) for end in (domain.low, domain.high))
    above = low is None or bool(value > low) or (value == low and not domain.open_low)
    below = high is None or bool(value < high) or (value == high and not domain.open_high)
    return above and below


def sign_at(parts: tuple[Any, Any], cell: Cell) -> int | None:
    """The sign of a quotient on a cell: -1, 0, 1, or None where it is not defined."""
    top, bottom = (_sign(part, cell) for part in parts)
    return None if bottom == 0 else top * bottom


def _sign(poly: Any, cell: Cell) -> int:  # noqa: ANN401
    if cell.is_point and cell.exact.is_Rational is not True:
        value = sympy.minimal_polynomial(cell.exact, sympy.Symbol("x"))
        if sympy.rem(poly.as_expr(), value.subs(sympy.Symbol("x"), poly.gen), poly.gen) == 0:
            return 0
        return int(sympy.sign(poly.as_expr().subs(poly.gen, cell.exact).evalf(_DIGITS)))
    return int(sympy.sign(poly.eval(cell.exact)))
