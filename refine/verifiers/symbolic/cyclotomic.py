"""Roots of unity in the ring: sqrt(2), sqrt(3), sqrt(5), i and the nested roots of cos(k*pi/n) by one of them.

SymPy writes cos(pi/4) as sqrt(2)/2 and leaves exp(i*(x + pi/4)) as it is: two generators that depend on each other,
unknown to a normal form. With z = exp(i*pi/n) both are polynomials in z, whose one relation is the cyclotomic one,
Phi_2n(z) = 0, irreducible over Q (L. Washington, Introduction to Cyclotomic Fields, chapter 2).
"""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache
from typing import Any

import sympy

from refine.verifiers.symbolic.kernels import Kernels

Expr = Any
Powers = dict[int, Fraction]
"""A polynomial in z: exponent -> coefficient."""

TURN = ("exp", sympy.I * sympy.pi)
_LARGEST = 120  # of n
_NEEDED = {2: 4, 3: 6, 5: 5}
"""Radicand -> n of which a multiple has its root."""


def settle(kernels: Kernels) -> int:
    """The n of z, which the kernel of exp(i*pi) is given for its denominator; 0 where there is nothing to relate."""
    index = kernels.names.get(TURN)
    if index is None or kernels.parts[index] == 1:
        return 0
    roots = [what for kind, what in kernels.names if kind == "root"]
    needed = [_NEEDED[int(what)] for what in roots if what in _NEEDED]
    n = math.lcm(2, kernels.parts[index], *needed)
    if n > _LARGEST:
        return 0
    kernels.parts[index] = n
    return n


def root(what: Expr, n: int) -> Powers | None:
    """The square root of a radicand as a polynomial in z; None where it is not known to be one."""
    if what in _NEEDED:
        needed = _NEEDED[int(what)]
        wave = _wave(n // needed, n, Fraction(2 if needed == 5 else 1))  # sqrt(5) is 4*cos(pi/5) - 1
        return {0: Fraction(-1), **wave} if needed == 5 else wave
    return None if what.is_Rational else _nested(n).get(what)


def _wave(k: int, n: int, times: Fraction) -> Powers:
    """That many times 2*cos(k*pi/n) = z^k + z^-k, where z^-k = -z^(n-k)."""
    return {k: times, n - k: -times}


@cache
def _nested(n: int) -> dict[Expr, Powers]:
    """Radicand -> root, for those cosines of k*pi/n that SymPy writes as one nested square root."""
    found = {}
    for k in range(1, n):
        coefficient, rest = sympy.cos(sympy.pi * k / n).as_coeff_Mul()
        if rest.is_Pow and rest.exp == sympy.S.Half and not rest.base.is_Rational and k * 2 != n:
            found[rest.base] = _wave(k, n, Fraction(1, 2) / Fraction(int(coefficient.p), int(coefficient.q)))
    return found


@cache
def reduced(exponent: int, n: int) -> Powers:
    """z^exponent modulo Phi_2n."""
    x = sympy.Symbol("x")
    turns, rest = divmod(exponent, n)
    remainder = sympy.Poly(x**rest, x).rem(sympy.Poly(sympy.cyclotomic_poly(2 * n, x), x))
    sign = -1 if turns % 2 else 1
    return {power: Fraction(sign * int(coefficient)) for (power,), coefficient in remainder.terms() if coefficient}
