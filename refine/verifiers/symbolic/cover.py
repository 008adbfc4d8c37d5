"""Signs on a whole domain, by covering it with boxes on which interval arithmetic decides.

A box that is not decided is cut in two across its widest side, half a line at twice its end (branch and bound;
R. E. Moore, Interval Analysis, 1966).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from refine.verifiers.symbolic.domain import Complex, Domains
from refine.verifiers.symbolic.intervals import Box, Enclosing, Side, enclosed, enclosing
from refine.verifiers.symbolic.numeric import precision

Expr = Any
_BITS = 64
_BOXES = 1500
_FAR = Fraction(2**40)


def positive(expr: Expr, over: Domains) -> bool:
    """Whether the expression is certainly real and above 0 on the whole domain, its open ends included."""
    return _everywhere(expr, over, lambda low: bool(low > 0))


def nonnegative(expr: Expr, over: Domains) -> bool:
    """Whether the expression is certainly real and at least 0 on the whole domain, its open ends included."""
    return _everywhere(expr, over, lambda low: bool(low >= 0))


def _everywhere(expr: Expr, over: Domains, fine: Callable[[Any], bool]) -> bool:
    """Whether the domain can be covered by boxes on which the lower bound is as wanted."""
    if any(isinstance(domain, Complex) for _, domain in over):
        return False
    function = enclosing(expr)
    names = [name for name, _ in over]
    waiting = [box_of(over)]
    with precision(_BITS):
        for _ in range(_BOXES):
            if not waiting:
                return True
            box = waiting.pop()
            found = enclosed(function, names, box)
            if found is not None and fine(found[0]):
                continue
            halves = _halves(box)
            if halves is None or not _somewhere(function, names, box):
                return False
            waiting.extend(halves)
    return False


def box_of(over: Domains) -> Box:
    """The ends of the domains, of integers too."""
    ends = [(domain.low, domain.high) for _, domain in over if not isinstance(domain, Complex)]
    return tuple(tuple(None if end is None else Fraction(end) for end in pair) for pair in ends)  # type: ignore[misc]


def _somewhere(function: Enclosing, names: list[str], box: Box) -> bool:
    """Whether the value at one point of the box is not certainly 0 or below: else there is nothing to search for."""
    point = tuple(_point(side) for side in box)
    found = enclosed(function, names, tuple((at, at) for at in point))
    return found is None or not found[1] < 0


def _point(side: Side) -> Fraction:
    low, high = side
    if low is not None and high is not None:
        return (low + high) / 2
    return high - 1 if low is None and high is not None else Fraction(0) if low is None else low + 1


def _halves(box: Box) -> list[Box] | None:
    """The box cut in two across its widest side; None where that is tiny, or unbounded and far out."""
    widths = [_FAR * 4 if low is None or high is None else high - low for low, high in box]
    if not widths or max(widths) < Fraction(1, 2**30):
        return None
    i = widths.index(max(widths))
    middle = _middle(*box[i])
    if abs(middle) > _FAR:
        return None
    low, high = box[i]
    return [(*box[:i], side, *box[i + 1 :]) for side in ((low, middle), (middle, high))]


def _middle(low: Fraction | None, high: Fraction | None) -> Fraction:
    if low is not None and high is not None:
        return (low + high) / 2
    if low is None and high is None:
        return Fraction(0)
    end, sign = (low, 1) if low is not None else (high, -1)
    assert end is not None
    return end + sign * max(Fraction(1), abs(end))
