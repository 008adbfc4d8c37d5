"""Jumps shown rigorously: between two points a formula changes by more, or less, than its derivative allows.

If F were continuous on [a, b] and F' = f there but for single points, the mean value theorem would put
(F(b) - F(a))/(b - a) into the hull of f([a, b]) (J. Dieudonné, Foundations of Modern Analysis, 1960, 8.5.1, which
holds for complex values too). Balls of both that are disjoint show that F is not continuous.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from flint import acb

from refine.verifiers.answers import Refuted
from refine.verifiers.symbolic.balls import Ball, Undefined
from refine.verifiers.symbolic.domain import Domains, Real
from refine.verifiers.symbolic.evaluate import Compiled, compiled, rational
from refine.verifiers.symbolic.numeric import precision, shown

Expr = Any
_BITS = 160
_CELLS = 96
_TRIED = 6  # cells that are looked at closely, those first in which the change is least like the derivative
_DEPTH = 60
_REACH = Fraction(13)


def jump(formula: Expr, derivative: Expr, over: Domains, near: tuple[Fraction, ...] = ()) -> Refuted | None:
    """A jump of a formula of one real symbol, whose derivative is known wherever it has one; None if none was found.
    `near` are points beside which to look first.
    """
    name, domain = over[0] if len(over) == 1 else ("", None)
    if not isinstance(domain, Real):
        return None
    whole, slope = compiled(formula), compiled(derivative)
    with precision(_BITS):
        cells = sorted(_cells(whole, slope, name, domain, near), key=lambda cell: -cell[0])
        for _, low, high in cells[:_TRIED]:
            found = _closer(whole, slope, name, low, high)
            if found is not None:
                return found
    return None


def _cells(
    whole: Compiled, slope: Compiled, name: str, domain: Real, near: tuple[Fraction, ...]
) -> Iterator[tuple[float, Fraction, Fraction]]:
    for low, high in pairwise(_grid(domain, near)):
        gap = _mismatch(whole, slope, name, low, high)
        if gap is not None:
            yield gap, low, high


def _grid(domain: Real, near: tuple[Fraction, ...]) -> list[Fraction]:
    low = Fraction(domain.low) if domain.low is not None else None
    high = Fraction(domain.high) if domain.high is not None else None
    start = low if low is not None else (high - 2 * _REACH if high is not None else -_REACH)
    end = high if high is not None else start + 2 * _REACH
    step = (end - start) / _CELLS
    inside = [start + step * k + step / 7 for k in range(_CELLS)]
    beside = [at + sign * step / 3 for at in near for sign in (1, -1)]
    return sorted({value for value in (*inside, *beside) if domain.holds(value)})


def _mismatch(whole: Compiled, slope: Compiled, name: str, low: Fraction, high: Fraction) -> float | None:
    """How much the change differs from the derivative in the middle times the width, in floating point."""
    left, right, steep = _at(whole, name, low), _at(whole, name, high), _at(slope, name, (low + high) / 2)
    if left is None or right is None or steep is None:
        return None
    return float(abs(right - left - steep * rational(high - low)).mid())


def _at(function: Compiled, name: str, x: Fraction) -> Ball | None:
    return _value(function, {name: rational(x)})


def _value(function: Compiled, env: dict[str, Ball]) -> Ball | None:
    try:
        found = function(env)
    except Undefined:
        return None
    return found if found.is_finite() else None


def _closer(whole: Compiled, slope: Compiled, name: str, low: Fraction, high: Fraction) -> Refuted | None:
    """Halves the cell towards the larger mismatch until the balls are disjoint."""
    for _ in range(_DEPTH):
        found = _shown(whole, slope, name, low, high)
        if found is not None:
            return found
        middle = (low + high) / 2
        left, right = (_mismatch(whole, slope, name, *pair) for pair in ((low, middle), (middle, high)))
        if left is None or right is None:
            middle = (2 * low + high) / 3
            left, right = (_mismatch(whole, slope, name, *pair) for pair in ((low, middle), (middle, high)))
        if left is None or right is None:
            return None
        low, high = (low, middle) if left >= right else (middle, high)
    return None


def _shown(whole: Compiled, slope: Compiled, name: str, low: Fraction, high: Fraction) -> Refuted | None:
    left, right = _at(whole, name, low), _at(whole, name, high)
    ends = rational(low).real, rational(high).real
    steep = _value(slope, {name: acb(ends[0].union(ends[1]))})
    if left is None or right is None or steep is None:
        return None
    change, allowed = right - left, steep * rational(high - low)
    if change.overlaps(allowed):  # a rectangle of complex numbers is convex
        return None
    how = f"it jumps between {name} = {_short(low)} and {name} = {_short(high)}"
    sides = ("your formula has changed by", f"since {name} = {_short(low)}, and its derivative allows about")
    return Refuted(how, {name: _short(high)}, shown(change, allowed), shown(allowed, change), sides)


def _short(value: Fraction) -> str:
    return f"{float(value):.12g}"
