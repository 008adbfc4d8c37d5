"""Real interval arithmetic with ends at infinity: where an expression is certainly real, and between which bounds.

Balls have a middle, so half a line is no ball. Here an interval is a pair of ends, rounded outwards (R. E. Moore,
Interval Analysis, 1966); a function that is not monotone is enclosed by a ball (Arb) where its argument is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

import sympy
from flint import acb, arb

from refine.verifiers.symbolic.balls import Undefined
from refine.verifiers.symbolic.evaluate import compiled, rational

Expr = Any
Arb = Any
Interval = tuple[Arb, Arb]
"""The lower and the upper end, either of them perhaps infinite."""
Side = tuple[Fraction | None, Fraction | None]
"""Between two rational numbers; None is infinity."""
Box = tuple[Side, ...]

Enclosing = Callable[[Mapping[str, Interval]], Interval]

_INCREASING = {
    "exp": lambda a: a.exp(),
    "atan": lambda a: a.atan(),
    "sinh": lambda a: a.sinh(),
    "asinh": lambda a: a.asinh(),
    "tanh": lambda a: a.tanh(),
    "erf": lambda a: a.erf(),
    "erfi": lambda a: a.erfi(),
}
_WAVES = ("sin", "cos")


class NotReal(Exception):  # noqa: N818 - what the value may be
    """The value may be undefined, or no real number, somewhere on the box."""


def enclosed(function: Enclosing, names: list[str], box: Box) -> Interval | None:
    """The bounds of the values on the box, or None."""
    try:
        return function({name: _ends(side) for name, side in zip(names, box, strict=True)})
    except (NotReal, Undefined):
        return None


def _ends(side: Side) -> Interval:
    low = arb.neg_inf() if side[0] is None else rational(side[0]).real.lower()
    high = arb.pos_inf() if side[1] is None else rational(side[1]).real.upper()
    return low, high


def enclosing(expr: Expr) -> Enclosing:
    """The expression as a function of intervals. It raises `NotReal` where a value may be none, or not real."""
    if expr.is_Symbol:
        return lambda box: _known(box, expr.name)
    if not expr.free_symbols:
        return _number(expr)
    parts = [enclosing(arg) for arg in expr.args]
    if expr.is_Add:
        return lambda box: _folded(_sum, [part(box) for part in parts])
    if expr.is_Mul:
        return lambda box: _folded(_product, [part(box) for part in parts])
    if expr.is_Pow:
        return _power(expr, parts)
    return _function(expr, parts)


def _known(box: Mapping[str, Interval], name: str) -> Interval:
    if name not in box:
        raise NotReal
    return box[name]


def _number(expr: Expr) -> Enclosing:
    function = compiled(expr)

    def value(_: Mapping[str, Interval]) -> Interval:
        return _from_ball(function({}))

    return value


def _from_ball(ball: Any) -> Interval:  # noqa: ANN401 - an acb
    if not ball.imag.is_zero() or not ball.is_finite():
        raise NotReal
    return ball.real.lower(), ball.real.upper()


def _folded(step: Callable[[Interval, Interval], Interval], values: list[Interval]) -> Interval:
    found = values[0]
    for value in values[1:]:
        found = step(found, value)
    return found


def _sum(a: Interval, b: Interval) -> Interval:
    return _hull([a[0] + b[0]])[0], _hull([a[1] + b[1]])[1]


def _product(a: Interval, b: Interval) -> Interval:
    return _hull([_times(x, y) for x in a for y in b])


def _hull(values: list[Arb]) -> Interval:
    """From the least to the greatest; the whole line where one is infinity minus infinity."""
    if any(value.is_nan() for value in values):
        return arb.neg_inf(), arb.pos_inf()
    return _least([value.lower() for value in values]), _most([value.upper() for value in values])


def _times(x: Arb, y: Arb) -> Arb:
    """0 times infinity is 0 here: an infinite end is no value that is reached."""
    if x == 0 or y == 0:
        return arb(0)
    if x.is_finite() and y.is_finite():
        return x * y
    return arb.pos_inf() if (x > 0) == (y > 0) else arb.neg_inf()


def _least(values: list[Arb]) -> Arb:
    found = values[0]
    for value in values[1:]:
        found = min(found, value)
    return found


def _most(values: list[Arb]) -> Arb:
    return -_least([-value for value in values])


def _power(expr: Expr, parts: list[Enclosing]) -> Enclosing:
    base, exponent = parts
    if expr.exp.is_Integer:
        whole = int(expr.exp)
        return lambda box: _whole_power(base(box), whole)
    if expr.exp.is_Rational:
        index = rational(expr.exp).real
        return lambda box: _root(base(box), index)
    if expr.base == sympy.E:
        return lambda box: _monotone(_INCREASING["exp"], exponent(box))
    return lambda box: _monotone(_INCREASING["exp"], _product(_logarithm(base(box)), exponent(box)))


def _whole_power(base: Interval, exponent: int) -> Interval:
    if exponent < 0:
        low, high = _whole_power(base, -exponent)
        if not (low > 0 or high < 0):
            raise NotReal
        return (1 / high).lower(), (1 / low).upper()
    low, high = base
    ends = [_raised(low, exponent), _raised(high, exponent)]
    return _hull(ends if exponent % 2 == 1 or low >= 0 or high <= 0 else [arb(0), *ends])


def _raised(value: Arb, exponent: int) -> Arb:
    if value.is_finite():
        return value**exponent
    return arb.neg_inf() if value < 0 and exponent % 2 == 1 else arb.pos_inf()


def _root(base: Interval, exponent: Arb) -> Interval:
    low, high = base
    if exponent < 0:
        root = _root(base, -exponent)
        if not root[0] > 0:
            raise NotReal
        return (1 / root[1]).lower(), (1 / root[0]).upper()
    if not low >= 0:
        raise NotReal
    return _most([arb(0), _rooted(low, exponent).lower()]), _rooted(high, exponent).upper()


def _rooted(value: Arb, exponent: Arb) -> Arb:
    return value if value == 0 or value == arb.pos_inf() else value**exponent


def _logarithm(value: Interval) -> Interval:
    low, high = value
    if not low >= 0:
        raise NotReal
    bottom = arb.neg_inf() if low == 0 else low.log().lower()
    return bottom, high if high == arb.pos_inf() else high.log().upper()


def _monotone(function: Callable[[Arb], Arb], value: Interval) -> Interval:
    low, high = function(value[0]), function(value[1])
    if low.is_nan() or high.is_nan():
        raise NotReal
    return low.lower(), high.upper()


def _function(expr: Expr, parts: list[Enclosing]) -> Enclosing:
    name = type(expr).__name__
    if name == "log" and len(parts) == 1:
        return lambda box: _logarithm(parts[0](box))
    if name == "tan":
        return lambda box: _tangent(parts[0](box))
    if name in _INCREASING:
        return lambda box: _monotone(_INCREASING[name], parts[0](box))
    if name == "Abs":
        return lambda box: _size(parts[0](box))
    return _by_ball(expr, parts, bounded=name in _WAVES)


def _tangent(value: Interval) -> Interval:
    """It rises where the ball of its values is finite, for then no pole is inside."""
    low, high = value
    if not (low.is_finite() and high.is_finite() and low.union(high).tan().is_finite()):
        raise NotReal
    return _monotone(lambda a: a.tan(), value)


def _size(value: Interval) -> Interval:
    low, high = value
    if low >= 0:
        return value
    return (-high, -low) if high <= 0 else (arb(0), _most([-low, high]))


def _by_ball(expr: Expr, parts: list[Enclosing], *, bounded: bool) -> Enclosing:
    """The function's ball on the balls around its arguments; of a sine or cosine, [-1, 1] where those are unbounded."""
    slots = [sympy.Dummy(real=True) for _ in parts]
    function = compiled(expr.func(*slots))
    names = [slot.name for slot in slots]
    distinct = len(set(names)) == len(names)

    def value(box: Mapping[str, Interval]) -> Interval:
        sides = [part(box) for part in parts]
        if not distinct or not all(low.is_finite() and high.is_finite() for low, high in sides):
            if bounded:
                return arb(-1), arb(1)
            raise NotReal
        return _from_ball(function({n: acb(low.union(high)) for n, (low, high) in zip(names, sides, strict=True)}))

    return value
