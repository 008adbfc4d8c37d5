"""Functions written by simpler ones, by equations that hold wherever both sides are defined, on principal branches.

What is rewritten: inverse functions by asin, atan and log; factorials and binomials by gamma; circular and hyperbolic
functions by exp. Sources: NIST Digital Library of Mathematical Functions, chapters 4 and 5.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sympy
from sympy import I, S, exp, gamma, log, pi, sqrt

Expr = Any


def _wave(a: Expr) -> tuple[Expr, Expr]:
    return exp(I * a), exp(-I * a)


def _hyperbolic(a: Expr) -> tuple[Expr, Expr]:
    return exp(a), exp(-a)


def _sine(e: Expr, f: Expr) -> Expr:
    return -I * (e - f) / 2


def _tangent(e: Expr, f: Expr) -> Expr:
    return -I * (e - f) / (e + f)


def _binomial(n: Expr, k: Expr) -> Expr | None:
    """By gamma functions only from n = 0, or for an integer k from 0: below, conventions differ."""
    if n.is_nonnegative or (k.is_integer and k.is_nonnegative):
        return gamma(n + 1) / (gamma(k + 1) * gamma(n - k + 1))
    return None


def _fibonacci(n: Expr, *more: Expr) -> Expr | None:
    """By Binet's formula, for integers, where the powers of -1 are real (DLMF 24.15(iv) and 26.11)."""
    return (_GOLDEN**n - (-1) ** n * _GOLDEN**-n) / sqrt(5) if n.is_integer and not more else None


def _polylog(s: Expr, z: Expr) -> Expr | None:
    """Of order 1 and of orders from 0 down, by log and as a rational function (DLMF 25.12)."""
    if s == 1:
        return -log(1 - z)
    low = s.is_Integer and -_ORDERS <= s <= 0
    return sympy.expand_func(sympy.polylog(s, z)) if low else None


_GOLDEN = (1 + sqrt(5)) / 2
_ORDERS = 12
"""Of a polylogarithm that is written as a rational function, at most."""


def signs_resolved(expr: Expr) -> Expr:
    """The expression with sign(a) as a/|a| where it divides by |a| anyway, so that nothing is claimed at a = 0."""
    divided = {p.base.args[0] for p in expr.atoms(sympy.Pow) if isinstance(p.base, sympy.Abs) and p.exp.is_negative}
    found = {s: s.args[0] / sympy.Abs(s.args[0]) for s in expr.atoms(sympy.sign) if s.args[0] in divided}
    return expr.xreplace(found) if found else expr


CIRCULAR: dict[str, Callable[..., Expr]] = {
    "sin": lambda a: _sine(*_wave(a)),
    "cos": lambda a: sum(_wave(a)) / 2,
    "tan": lambda a: _tangent(*_wave(a)),
    "cot": lambda a: 1 / _tangent(*_wave(a)),
    "sec": lambda a: 2 / sum(_wave(a)),
    "csc": lambda a: 1 / _sine(*_wave(a)),
    "sinh": lambda a: (exp(a) - exp(-a)) / 2,
    "cosh": lambda a: sum(_hyperbolic(a)) / 2,
    "tanh": lambda a: (exp(a) - exp(-a)) / sum(_hyperbolic(a)),
    "coth": lambda a: sum(_hyperbolic(a)) / (exp(a) - exp(-a)),
    "sech": lambda a: 2 / sum(_hyperbolic(a)),
    "csch": lambda a: 2 / (exp(a) - exp(-a)),
}

OTHER: dict[str, Callable[..., Expr]] = {
    "acos": lambda a: pi / 2 - sympy.asin(a),
    "acot": lambda a: sympy.atan(1 / a),
    "asec": lambda a: pi / 2 - sympy.asin(1 / a),
    "acsc": lambda a: sympy.asin(1 / a),
    "asinh": lambda a: log(a + sqrt(a**2 + 1)),
    "acosh": lambda a: log(a + sqrt(a - 1) * sqrt(a + 1)),
    "atanh": lambda a: (log(1 + a) - log(1 - a)) / 2,
    "acoth": lambda a: (log(1 + 1 / a) - log(1 - 1 / a)) / 2,
    "asech": lambda a: log(1 / a + sqrt(1 / a - 1) * sqrt(1 / a + 1)),
    "acsch": lambda a: log(1 / a + sqrt(1 / a**2 + 1)),
    "factorial": lambda n: gamma(n + 1),
    "binomial": _binomial,
    "RisingFactorial": lambda x, k: gamma(x + k) / gamma(x),
    "FallingFactorial": lambda x, k: gamma(x + 1) / gamma(x - k + 1),
    "beta": lambda a, b: gamma(a) * gamma(b) / gamma(a + b),
    "fibonacci": _fibonacci,
    "lucas": lambda n: _GOLDEN**n + (-1) ** n * _GOLDEN**-n if n.is_integer else None,
    "polylog": _polylog,
    "catalan": lambda n: gamma(2 * n + 1) / (gamma(n + 1) * gamma(n + 2)),
    "erfc": lambda a: 1 - sympy.erf(a),
    "digamma": lambda a: sympy.polygamma(0, a),
    "harmonic": lambda n, *order: S.EulerGamma + sympy.polygamma(0, n + 1) if not order else None,
}


def _larger(*args: Expr) -> Expr | None:
    return (args[0] + args[1] + sympy.Abs(args[0] - args[1])) / 2 if len(args) == 2 else None


def _smaller(*args: Expr) -> Expr | None:
    return (args[0] + args[1] - sympy.Abs(args[0] - args[1])) / 2 if len(args) == 2 else None


OTHER |= {"Max": _larger, "Min": _smaller}
RULES = CIRCULAR | OTHER


def rewritten(expr: Expr) -> Expr | None:
    """A function's value by simpler functions; None where there is no rule."""
    rule = RULES.get(type(expr).__name__)
    return None if rule is None else rule(*expr.args)


def rational_floats(expr: Expr) -> Expr:
    """The expression with every float as the rational number that it exactly is."""
    floats = expr.atoms(sympy.Float)
    return expr.xreplace({f: sympy.Rational(f) for f in floats}) if floats else expr
