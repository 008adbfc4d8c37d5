"""Looking for a counterexample in ball arithmetic: two finite balls that do not overlap refute an equation.

Balls that overlap prove nothing, at any precision. They are evidence that a task may accept by name (`agreement`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import flint

from refine.verifiers.answers import Refuted
from refine.verifiers.symbolic.balls import Ball, Undefined
from refine.verifiers.symbolic.domain import Domains, Point, points
from refine.verifiers.symbolic.evaluate import Compiled, accuracy, compiled, environment

PRECISIONS = (64, 256, 1024)  # bits
_ENOUGH = 48  # certain bits after which a further precision is not tried
WANTED = 20  # points at which both sides must have been seen to agree before a proof is believed

Pair = tuple[Ball, Ball]
Judge = Callable[[Ball, Ball], bool]
"""Whether the two balls certainly contradict the claim."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What was seen.

    Attributes:
        refuted: a counterexample, if one was found.
        agreed: points at which both sides are finite and do not contradict the claim.
        generic: of those drawn at random, how many agreed.
        drawn: how many were drawn at random.
        one_sided: a point at which exactly one side certainly does not exist.
        bits: the fewest certain bits of an agreeing value.
        failed: the last point at which no value could be had.
    """

    refuted: Refuted | None = None
    agreed: int = 0
    generic: int = 0
    drawn: int = 0
    one_sided: Point | None = None
    bits: int = 0
    failed: Point | None = None


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Ball arithmetic of `bits` bits inside of the block."""
    before, flint.ctx.prec = flint.ctx.prec, bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def disjoint(left: Ball, right: Ball) -> bool:
    """Whether the values certainly differ."""
    return bool(left.is_finite() and right.is_finite() and not left.overlaps(right))


def look(
    left: Any,  # noqa: ANN401 - SymPy has no types
    right: Any,  # noqa: ANN401
    over: Domains,
    *,
    contradicts: Judge = disjoint,
    at: tuple[Point, ...] | None = None,
    precisions: tuple[int, ...] = PRECISIONS,
) -> Looked:
    """Evaluates both sides at the points `at` (default: those of the domains), until one contradicts the claim."""
    seen = _Tally()
    sides = compiled(left), compiled(right)
    for point in points(over) if at is None else at:
        refuted = seen.add(point, _seen(sides, point, contradicts, precisions))
        if refuted is not None:
            return Looked(refuted=refuted)
    return seen.looked()


class _Tally:
    def __init__(self) -> None:
        self.agreed = self.generic = self.drawn = 0
        self.one_sided: Point | None = None
        self.failed: Point | None = None
        self.bits = 10_000

    def add(self, point: Point, seen: Refuted | Undefined | int | None) -> Refuted | None:
        self.drawn += point.generic
        if isinstance(seen, Refuted):
            return seen
        if isinstance(seen, Undefined):
            self.one_sided = point if seen.args else self.one_sided
        elif seen is None:
            self.failed = point
        else:
            self.agreed += 1
            self.generic += point.generic
            self.bits = min(self.bits, seen)
        return None

    def looked(self) -> Looked:
        return Looked(None, self.agreed, self.generic, self.drawn, self.one_sided, self.bits, self.failed)


def _seen(
    sides: tuple[Compiled, Compiled], point: Point, contradicts: Judge, precisions: tuple[int, ...]
) -> Refuted | Undefined | int | None:
    """A refutation; or the bits to which both sides agree; or None, no value; or that a side does not exist."""
    best: int | None = None
    for bits in precisions:
        with precision(bits):
            pair = _pair(sides, point)
            if isinstance(pair, Undefined):
                return pair
            left, right = pair
            if contradicts(left, right):
                return _refutation(point, left, right)
            if left.is_finite() and right.is_finite():
                best = min(accuracy(left), accuracy(right))
                if best >= _ENOUGH:
                    return best
    return best


def _pair(sides: tuple[Compiled, Compiled], point: Point) -> Pair | Undefined:
    env = environment(dict(point.values))
    values: list[Ball] = []
    for side in sides:
        try:
            values.append(side(env))
        except Undefined:
            values.append(None)
    left, right = values
    if left is None or right is None:
        return Undefined(*(["one side only"] if (left is None) != (right is None) and _exists(left, right) else []))
    return left, right


def _exists(left: Ball | None, right: Ball | None) -> bool:
    other = right if left is None else left
    return other is not None and bool(other.is_finite())


def _refutation(point: Point, left: Ball, right: Ball) -> Refuted:
    how = "ball arithmetic: the two values are certain to the digits shown"
    return Refuted(how, point.texts(), shown(left, right), shown(right, left))


def shown(ball: Ball, beside: Ball) -> str:
    """The value in as many digits as tell it from the other."""
    for digits in (8, 15, 30, 60, 120):
        text = _decimal(ball, digits)
        if text != _decimal(beside, digits):
            return text
    return _decimal(ball, 15)


def _decimal(ball: Ball, digits: int) -> str:
    middle = ball.mid()
    real = str(middle.real.str(digits, radius=False))
    if ball.imag.is_zero():
        return real
    return f"{real} + {middle.imag.str(digits, radius=False)}*I"


def agreement(left: Any, right: Any, over: Domains, bits: int) -> str | None:  # noqa: ANN401
    """Numeric evidence, if there is as much as asked for: at 40 points (or all there are) and on every one that has
    values, both sides agree to within 2**-bits of the larger of 1 and their size. None if not.
    """
    seen = look(left, right, over, contradicts=_apart(bits), precisions=(2 * bits + 64, 8 * bits + 256))
    enough = seen.agreed >= 40 or (seen.agreed > 0 and len(points(over)) <= seen.agreed)
    if seen.refuted is not None or not enough or seen.one_sided is not None or seen.bits < bits:
        return None
    return f"numeric evidence, not a proof: both sides agree to within 2^-{bits} at {seen.agreed} points"


def _apart(bits: int) -> Judge:
    def judged(left: Ball, right: Ball) -> bool:
        size = max(1.0, float(abs(left.mid()).real.mid())) if left.is_finite() else 1.0
        return bool(left.is_finite() and right.is_finite() and abs(left - right) > size * flint.arb(2) ** -bits)

    return judged
