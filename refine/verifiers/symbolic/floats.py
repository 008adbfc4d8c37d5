"""Formulas in floating point, and how alike two lists of values are: for partial credit, and proof of nothing."""

from __future__ import annotations

import cmath
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from refine.verifiers.symbolic.tree import Apply, Name, Number, Tree

FAILURES = (ArithmeticError, KeyError, TypeError, ValueError)
"""What `number` raises where a formula has no value here."""
_CONSTANTS = {"pi": math.pi, "e": math.e, "E": math.e, "GoldenRatio": (1 + math.sqrt(5)) / 2}
_ELEMENTARY = ("exp", "log", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
_FAR = 50  # beyond it floating point needs long for the special functions
_MOST = 1000  # terms of a harmonic number


def number(node: Tree, at: Mapping[str, float]) -> complex:
    """The value with these values for the symbols.

    Raises:
        KeyError: a name or a function has no value here.
        ArithmeticError, TypeError, ValueError: arithmetic's own, for values out of range.
    """
    match node:
        case Number(value=value):
            return float(value)
        case Name(name=name):
            return at[name] if name in at else _CONSTANTS[name]
        case Apply(head=head, args=args):
            return _operations()[head](*(number(arg, at) for arg in args))


def alike(got: Sequence[complex], want: Sequence[complex]) -> float:
    """1 where equal, 0 for nothing but zeros: by the relative distance, and a little by the shape alone."""
    size, own = sum(abs(w) ** 2 for w in want), sum(abs(g) ** 2 for g in got)
    off = sum(abs(g - w) ** 2 for g, w in zip(got, want, strict=True))
    along = abs(sum(g.conjugate() * w for g, w in zip(got, want, strict=True))) ** 2
    if not all(map(math.isfinite, (own, off, along))) or own == 0:
        return 0.0
    return 0.7 * max(0.0, 1 - math.sqrt(off / size)) + 0.3 * along / (own * size)


@lru_cache
def _operations() -> dict[str, Callable[..., complex]]:
    from mpmath import fp  # noqa: PLC0415 - heavy, and only the judge needs it

    special = {"Ei": "ei", "Si": "si", "Ci": "ci", "li": "li"}
    special |= {name: name for name in ("erf", "erfc", "erfi", "fresnels", "fresnelc", "gamma")}
    return {
        "+": lambda *terms: sum(terms),
        "*": lambda *factors: math.prod(factors),
        "/": operator.truediv,
        "^": operator.pow,
        "neg": operator.neg,
        "Abs": abs,
        **{name: getattr(cmath, name) for name in (*_ELEMENTARY, "asinh", "acosh", "atanh")},
        **{head: _moderate(getattr(fp, name)) for head, name in special.items()},
        **dict.fromkeys(("!", "factorial"), lambda n: _gamma(n + 1)),
        "binomial": lambda n, k: _gamma(n + 1) / (_gamma(k + 1) * _gamma(n - k + 1)),
        "harmonic": _harmonic,
    }


def _moderate(function: Callable[[Any], complex]) -> Callable[[Any], complex]:
    def bounded(z: complex) -> complex:
        if abs(z) > _FAR:
            raise ValueError
        return function(z if z.imag else z.real)

    return bounded


def _gamma(z: complex) -> float:
    """Of real numbers; others raise TypeError."""
    if z.imag:
        raise TypeError
    return math.gamma(z.real)


def _harmonic(n: complex) -> float:
    """Of whole numbers up to a thousand; others raise ValueError."""
    if n != int(abs(n)) or abs(n) > _MOST:
        raise ValueError
    return math.fsum(1 / k for k in range(1, int(abs(n)) + 1))
