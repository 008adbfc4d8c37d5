"""Constants that are sums of logarithms and inverse functions: a multiple has exp 1, and is less than a turn.

exp(c*a) = 1 says that c*a is a multiple of 2*pi*i; where ball arithmetic shows that |c*a| < 2*pi, it is 0. The inverse
functions disappear under exp: exp(i*atan u)**2 = (1 + i*u)/(1 - i*u), exp(i*asin u) = sqrt(1 - u**2) + i*u, on
principal branches (DLMF 4.23 and 4.37), so that an algebraic number is left, for which being 1 is decided.
"""

from __future__ import annotations

import math
from typing import Any

import sympy
from flint import acb

from refine.verifiers.symbolic.evaluate import compiled
from refine.verifiers.symbolic.numeric import precision
from refine.verifiers.symbolic.rewriting import OTHER
from refine.verifiers.symbolic.ring import vanishes

Expr = Any
_LARGEST = 200  # of a coefficient, which becomes an exponent
_I = sympy.I


def zero_by_turns(value: Expr) -> bool:
    """Whether a constant was shown to be 0 this way."""
    if value.free_symbols:
        return False
    terms = [term.as_coeff_Mul(rational=True) for term in sympy.Add.make_args(sympy.expand(_plain(value)))]
    common = math.lcm(*[int(coefficient.q) for coefficient, _ in terms])
    return any(_is_one(terms, common * step, unit) for unit, step in ((_I, 1), (_I, 2), (sympy.S.One, 1)))


def _plain(value: Expr) -> Expr:
    """Acos and its like by asin, atan and log."""
    return value.replace(
        lambda e: type(e).__name__ in OTHER and isinstance(e, sympy.Function),
        lambda e: OTHER[type(e).__name__](*e.args),
    )


def _is_one(terms: list[tuple[Expr, Expr]], times: int, unit: Expr) -> bool:
    product = sympy.S.One
    for coefficient, rest in terms:
        count = coefficient * times
        factor = _exponential(rest, count, unit)
        if factor is None or abs(count) > _LARGEST:
            return False
        product *= factor
    return _small(terms, times) and _certainly_one(product)


def _exponential(rest: Expr, count: Expr, unit: Expr) -> Expr | None:
    """exp(unit*count*rest) as an algebraic number, or None."""
    if rest == sympy.pi and unit == _I:
        return sympy.exp(_I * sympy.pi * count)
    if isinstance(rest, sympy.atan) and unit == _I and count.is_even:
        u = rest.args[0]
        return ((1 + _I * u) / (1 - _I * u)) ** (count / 2)
    if isinstance(rest, sympy.asin) and unit == _I:
        u = rest.args[0]
        return (sympy.sqrt(1 - u**2) + _I * u) ** count
    if isinstance(rest, sympy.log) and unit == 1:
        return rest.args[0] ** count
    return None


def _small(terms: list[tuple[Expr, Expr]], times: int) -> bool:
    value = sympy.Add(*[coefficient * rest for coefficient, rest in terms])
    with precision(256):
        ball = compiled(value)({})
        return bool(ball.is_finite() and abs(ball) * times < 2 * acb.pi().real)


def _certainly_one(value: Expr) -> bool:
    if vanishes(value - 1):
        return True
    x = sympy.Dummy()
    return bool(sympy.minimal_polynomial(value - 1, x) == x)
