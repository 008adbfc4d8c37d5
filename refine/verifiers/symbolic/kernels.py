"""The kernels of an expression: what a ring of fractions has for generators beside the symbols.

A kernel is exp of a monomial, a root, or any other function of its arguments. `scan` meets those of an expression,
inner ones first; the rest says, for one part of an expression, which kernels it is made of.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy

from refine.verifiers.symbolic.rewriting import rewritten

Expr = Any


class TooLarge(Exception):  # noqa: N818 - what the polynomial would be
    """The normal form is not worth its size."""


@dataclass(slots=True)
class Kernels:
    """The generators of one question, in the order in which they were met: inner ones first.

    Attributes:
        names: key -> index. A key is ("exp", monomial), ("root", base), ("atom", expression) or, for a function with
            shifts, (its name, the index in `shifted`).
        parts: index -> the common denominator of the exponents: the generator is the kernel's root of that order.
        shifted: for gamma and digamma: the arguments, of those that differ by an integer the lowest.
    """

    names: dict[tuple[str, Expr], int] = field(default_factory=dict)
    parts: dict[int, int] = field(default_factory=dict)
    shifted: dict[str, list[Expr]] = field(default_factory=dict)

    def meet(self, kind: str, what: Expr, part: int = 1) -> int:
        """The index of a kernel, whose exponents have the denominator `part`."""
        index = self.names.setdefault((kind, what), len(self.names))
        self.parts[index] = math.lcm(self.parts.get(index, 1), part)
        return index


def scan(expr: Expr, kernels: Kernels) -> None:
    """Meets all kernels of an expression, inner ones first."""
    if expr.is_Rational:
        return
    if expr.is_Add or expr.is_Mul:
        for arg in expr.args:
            scan(arg, kernels)
    elif isinstance(expr, sympy.exp):
        _scan_exponential(expr.exp, kernels)
    elif expr.is_Pow:
        _scan_power(expr.base, expr.exp, kernels)
    elif expr is sympy.S.Exp1:
        _scan_exponential(sympy.S.One, kernels)
    else:
        _scan_other(expr, kernels)


def _scan_other(expr: Expr, kernels: Kernels) -> None:
    written = simpler(expr)
    if written is not None:
        scan(written, kernels)
    elif type(expr).__name__ in SHIFTS:
        _meet_shifted(expr, kernels)
    else:
        same = canonical(expr)
        if real_absolute(same):
            scan(same.args[0], kernels)
        kernels.meet("atom", same)


def real_absolute(expr: Expr) -> bool:
    return isinstance(expr, sympy.Abs) and bool(expr.args[0].is_extended_real)


def _scan_exponential(exponent: Expr, kernels: Kernels) -> None:
    for monomial, coefficient in terms(exponent):
        if isinstance(monomial, sympy.log):
            _scan_power(monomial.args[0], coefficient, kernels)
        else:
            kernels.meet("exp", monomial, int(coefficient.q))


def _scan_power(base: Expr, exponent: Expr, kernels: Kernels) -> None:
    for monomial, coefficient in terms(exponent):
        if monomial != 1:
            for log_factor, count in logarithms(base):
                if log_factor.has(sympy.Symbol):
                    scan(log_factor.args[0], kernels)
                kernels.meet("exp", monomial * log_factor, int((coefficient * count).q))
        elif coefficient.is_Integer:
            scan(base, kernels)
        else:
            for factor, count in radicands(base):
                scan(factor, kernels)
                kernels.meet("root", factor, int((coefficient * count).q))


def terms(expr: Expr) -> list[tuple[Expr, Expr]]:
    """(monomial, rational coefficient) of a sum; the constant term's monomial is 1."""
    expr = sympy.expand(expr) if expr.is_Add or expr.is_Mul or expr.is_Pow else expr
    pairs = [term.as_coeff_Mul(rational=True) for term in sympy.Add.make_args(expr)]
    return [(monomial, coefficient) for coefficient, monomial in pairs]


def radicands(base: Expr) -> Iterator[tuple[Expr, int]]:
    """A base as factors whose roots multiply to its root: the primes of a positive rational."""
    if base.is_Rational and base.is_positive:
        yield from ((sympy.Integer(p), n) for p, n in sympy.factorrat(base, limit=10_000).items())
    else:
        yield base, 1


def logarithms(base: Expr) -> Iterator[tuple[Expr, int]]:
    """The logarithm of a base as a sum: primes, and i*pi for a negative rational."""
    if base.is_Rational and base != 0:
        yield from ((sympy.log(p), n) for p, n in radicands(abs(base)))
        if base.is_negative:
            yield sympy.I * sympy.pi, 1
    elif base is sympy.S.Exp1:
        yield sympy.S.One, 1
    elif (parts := quadratic(base)) is not None:
        yield from _of_quadratic(*parts)
    elif base == 0:  # 0**n is 1 at n = 0: no exponential
        raise TooLarge
    else:
        yield sympy.log(base), 1


def quadratic(base: Expr) -> tuple[Expr, Expr, Expr] | None:
    """(a, b, d) of a + b*sqrt(d), all rational; None for anything else."""
    if not base.is_Add or len(base.args) != 2 or not base.args[0].is_Rational:
        return None
    b, root = base.args[1].as_coeff_Mul(rational=True)
    whole = root.is_Pow and root.exp == sympy.S.Half and root.base.is_Integer and root.base.is_positive
    return (base.args[0], b, root.base) if whole else None


def _of_quadratic(a: Expr, b: Expr, d: Expr) -> Iterator[tuple[Expr, int]]:
    """The logarithm of a + b*sqrt(d) by that of the larger of it and its conjugate, with coprime positive integers, so
    that the powers of both solutions of a quadratic equation are related: their product is rational.
    """
    content = sympy.gcd(a, b)
    larger = abs(a / content) + abs(b / content) * sympy.sqrt(d)
    yield from ((sympy.log(p), n) for p, n in radicands(abs(content)))
    if (a + b * sympy.sqrt(d)).is_negative:
        yield sympy.I * sympy.pi, 1
    same = a * b > 0
    if not same:
        yield from ((sympy.log(p), n) for p, n in radicands(abs(a**2 - d * b**2) / content**2))
    yield sympy.log(larger), 1 if same else -1


def simpler(expr: Expr) -> Expr | None:
    if isinstance(expr, sympy.log):
        return _split_logarithm(expr)
    found = rewritten(expr) if isinstance(expr, sympy.core.function.Application) else None
    return None if found is None or found == expr else found


def _split_logarithm(expr: Expr) -> Expr | None:
    argument = expr.args[0]
    if argument.is_Rational and argument.is_positive:
        parts = [n * sympy.log(p) for p, n in radicands(argument)]
        found = sympy.Add(*parts)
    else:
        factored = sympy.factor(argument) if argument.is_Add or argument.is_Mul else argument
        found = sympy.expand_log(sympy.log(factored))
    return None if found == expr else found


def canonical(expr: Expr) -> Expr:
    """The same function of expanded arguments, so that equal arguments written differently meet."""
    if not isinstance(expr, sympy.Function):
        return expr
    return expr.func(*[sympy.expand(sympy.cancel(arg)) if arg.free_symbols else arg for arg in expr.args])


SHIFTS = {"gamma": 0, "polygamma": 1, "subfactorial": 0}
"""Functions with f(z+1) by f(z): name -> position of that argument."""


def family(expr: Expr) -> str | None:
    name = type(expr).__name__
    if name == "polygamma" and expr.args[0] != 0:
        return None
    if name == "subfactorial" and not expr.args[0].is_integer:
        return None
    return name


def _meet_shifted(expr: Expr, kernels: Kernels) -> None:
    name, argument = family(expr), sympy.expand(expr.args[SHIFTS[type(expr).__name__]])
    if name is None:
        kernels.meet("atom", canonical(expr))
        return
    if name == "subfactorial":
        scan(sympy.S.NegativeOne**argument, kernels)
    known = kernels.shifted.setdefault(name, [])
    for i, other in enumerate(known):
        shift = sympy.expand(argument - other)
        if shift.is_Integer:
            known[i] = argument if shift < 0 else other
            return
    known.append(argument)
    scan(argument, kernels)
    kernels.meet(name, sympy.Integer(len(known) - 1))
