"""Elementary functions in ball arithmetic, as SymPy means them.

A result contains the value of SymPy's principal branch at every point of the arguments' balls, or is not finite. On a
branch cut Arb's conventions and SymPy's agree (continuous from above, Abramowitz-Stegun), and a ball that lies
across a cut gives a ball around both sides. Arb: F. Johansson, IEEE Trans. Comput. 66 (2017) 1281-1292.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flint import acb, arb

Ball = Any
"""`flint.acb`, which has no type annotations."""


class Undefined(Exception):  # noqa: N818 - what the value is
    """The value certainly does not exist at this point: a division by exactly zero, a pole, log 0."""


NAN: Ball = acb(arb.nan())
HALF: Ball = acb(arb(1) / 2)
ONE: Ball = acb(1)
UNIT_I: Ball = acb(0, 1)


def exact_integer(ball: Ball) -> int | None:
    """The integer that the ball is, where it is exactly one."""
    if not ball.is_exact or not ball.imag.is_zero():
        return None
    found = ball.real.unique_fmpz()
    return None if found is None or ball.real != found else int(found)


def is_zero(ball: Ball) -> bool:
    """Whether the ball is exactly 0."""
    return bool(ball.is_zero())


def is_real(ball: Ball) -> bool:
    """Whether the ball holds real numbers only."""
    return bool(ball.imag.is_zero())


def over(top: Ball, bottom: Ball) -> Ball:
    """The quotient. Raises `Undefined` where the divisor is exactly 0."""
    if is_zero(bottom):
        raise Undefined
    return top / bottom


def power(base: Ball, exponent: Ball, analytic: bool = False) -> Ball:  # noqa: FBT001, FBT002 - a table's column
    """`exp(exponent*log(base))`, with 0**0 = 1 and 0**p = 0 for p of positive real part, as SymPy has it."""
    if is_zero(base):
        return _power_of_zero(exponent)
    whole = exact_integer(exponent)
    if whole is not None and abs(whole) < 2**62:
        return base**whole
    return base.pow(exponent, analytic=analytic)


def _power_of_zero(exponent: Ball) -> Ball:
    if is_zero(exponent):
        return ONE
    if exponent.real > 0:
        return acb(0)
    if exponent.real < 0:
        raise Undefined
    return NAN


def logarithm(z: Ball, analytic: bool = False) -> Ball:  # noqa: FBT001, FBT002 - a table's column
    """The principal logarithm. Raises `Undefined` at exactly 0."""
    if is_zero(z):
        raise Undefined
    return z.log(analytic=analytic)


def absolute(z: Ball) -> Ball:
    """The absolute value."""
    return acb(abs(z))


def argument(z: Ball) -> Ball:
    """The argument in (-pi, pi]. Raises `Undefined` at exactly 0."""
    if is_zero(z):
        raise Undefined
    return acb(z.arg())


def sign(z: Ball) -> Ball:
    """z/|z|, and 0 at 0."""
    return acb(z.real.sgn()) if is_real(z) else z.sgn()


def floor(z: Ball) -> Ball:
    """The floor of real and imaginary part."""
    return acb(z.real.floor(), z.imag.floor())


def ceiling(z: Ball) -> Ball:
    """The ceiling of real and imaginary part."""
    return acb(z.real.ceil(), z.imag.ceil())


def modulo(a: Ball, b: Ball) -> Ball:
    """The remainder a - b*floor(a/b) of real numbers."""
    return a - b * floor(over(a, b)) if is_real(a) and is_real(b) else NAN


def maximum(*balls: Ball) -> Ball:
    """The largest of real numbers."""
    return _folded(balls, lambda a, b: a.max(b))


def minimum(*balls: Ball) -> Ball:
    """The smallest of real numbers."""
    return _folded(balls, lambda a, b: a.min(b))


def _folded(balls: tuple[Ball, ...], step: Callable[[Ball, Ball], Ball]) -> Ball:
    if not all(is_real(ball) for ball in balls):
        return NAN
    found = balls[0].real
    for ball in balls[1:]:
        found = step(found, ball.real)
    return acb(found)


def heaviside(z: Ball, middle: Ball = HALF) -> Ball:
    """0 below 0, 1 above, `middle` at exactly 0."""
    if not is_real(z):
        return NAN
    if is_zero(z):
        return middle
    return ONE if z.real > 0 else acb(0) if z.real < 0 else NAN


def angle(y: Ball, x: Ball) -> Ball:
    """atan2 of real numbers. Raises `Undefined` at the origin."""
    return argument(acb(x.real, y.real)) if is_real(x) and is_real(y) else NAN


def equal_kronecker(a: Ball, b: Ball) -> Ball:
    """1 where both are the same exact number, 0 where they certainly differ."""
    if a.is_exact and b.is_exact and a == b:
        return ONE
    return NAN if a.overlaps(b) else acb(0)


def _reciprocal(function: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    return lambda z: function(over(ONE, z))


def _inverse(function: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    """1/function, undefined where that is exactly 0."""
    return lambda z: over(ONE, function(z))


def _at_zero(value: Callable[[], Ball], elsewhere: Callable[[Ball], Ball]) -> Callable[[Ball], Ball]:
    return lambda z: value() if is_zero(z) else elsewhere(z)


def _half_pi() -> Ball:
    return acb.pi() / 2


MEROMORPHIC: dict[str, Callable[..., Ball]] = {
    "exp": lambda z: z.exp(),
    "sin": lambda z: z.sin(),
    "cos": lambda z: z.cos(),
    "tan": lambda z: z.tan(),
    "cot": lambda z: over(z.cos(), z.sin()),
    "sec": lambda z: z.sec(),
    "csc": _inverse(lambda z: z.sin()),
    "sinh": lambda z: z.sinh(),
    "cosh": lambda z: z.cosh(),
    "tanh": lambda z: z.tanh(),
    "coth": lambda z: over(z.cosh(), z.sinh()),
    "sech": lambda z: z.sech(),
    "csch": _inverse(lambda z: z.sinh()),
    "sinc": lambda z: z.sinc(),
}
"""Analytic wherever finite, so that a rigorous integration may call them without further care."""

CUT: dict[str, Callable[..., Ball]] = {
    "log": logarithm,
    "asin": lambda z: z.asin(),
    "acos": lambda z: z.acos(),
    "atan": lambda z: z.atan(),
    "acot": _at_zero(_half_pi, _reciprocal(lambda z: z.atan())),
    "asec": _reciprocal(lambda z: z.acos()),
    "acsc": _reciprocal(lambda z: z.asin()),
    "asinh": lambda z: z.asinh(),
    "acosh": lambda z: z.acosh(),
    "atanh": lambda z: z.atanh(),
    "acoth": _at_zero(lambda: _half_pi() * UNIT_I, _reciprocal(lambda z: z.atanh())),
    "asech": _reciprocal(lambda z: z.acosh()),
    "acsch": _reciprocal(lambda z: z.asinh()),
    "atan2": angle,
    "Abs": absolute,
    "arg": argument,
    "sign": sign,
    "re": lambda z: acb(z.real),
    "im": lambda z: acb(z.imag),
    "conjugate": lambda z: z.conjugate(),
    "floor": floor,
    "ceiling": ceiling,
    "frac": lambda z: z - floor(z) if is_real(z) else NAN,
    "Mod": modulo,
    "Max": maximum,
    "Min": minimum,
    "Heaviside": heaviside,
    "KroneckerDelta": equal_kronecker,
}
"""With branch cuts or jumps: where a proof needs analyticity these are not evaluated."""
