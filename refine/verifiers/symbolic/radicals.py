"""Roots taken apart, as far as the signs allow on the whole domain, so that equal roots look the same."""

from __future__ import annotations

from typing import Any

import sympy

from refine.verifiers.symbolic.domain import Domains
from refine.verifiers.symbolic.positivity import certainly_positive
from refine.verifiers.symbolic.ring import vanishes

Expr = Any


def zero(expr: Expr, over: Domains) -> bool:
    """Whether a normal form shows that the expression is 0, as it is or with its roots taken apart.

    Raises:
        kernels.TooLarge: the polynomials would be too large.
    """
    if vanishes(expr):
        return True
    split = split_roots(expr, over)
    return bool(split != expr and vanishes(split))


def split_roots(expr: Expr, over: Domains) -> Expr:
    """The expression with (p*f)**e as p**e * f**e for every factor p that is certainly positive."""
    return expr.replace(_is_root, lambda power: _split(power, over))


def _is_root(expr: Expr) -> bool:
    return bool(expr.is_Pow and expr.exp.is_Rational and not expr.exp.is_Integer and not expr.base.is_Atom)


def _split(power: Expr, over: Domains) -> Expr:
    factored = sympy.factor(sympy.together(power.base))
    found, rest, negative = sympy.S.One, sympy.S.One, 0
    for factor in sympy.Mul.make_args(factored):
        sign = 1 if certainly_positive(factor, over) else -1 if certainly_positive(-factor, over) else 0
        negative += sign == -1
        if sign:
            found *= _power_of_positive(sign * factor, power.exp, over)
        else:
            rest *= factor
    return found * ((-1) ** (negative % 2) * rest) ** power.exp


def _power_of_positive(factor: Expr, exponent: Expr, over: Domains) -> Expr:
    """(b**n)**e = b**(n*e), where b itself is positive."""
    if factor.is_Pow and factor.exp.is_Integer:
        if certainly_positive(factor.base, over):
            return factor.base ** (factor.exp * exponent)
        if factor.exp.is_even and factor.base.is_real:
            return abs(factor.base) ** (factor.exp * exponent)
    return factor**exponent
