"""Deciding zero in a ring of fractions: the first and fastest symbolic proof.

An expression becomes a fraction of polynomials over Q. Its generators are the symbols and the *kernels*: exp of a
monomial, a root, a logarithm, a gamma function, any other function. Relations that hold (g**q = base for a root,
i**2 = -1) are divided out. A numerator that reduces to 0 proves that the expression is 0 wherever all its parts are
defined: the relations are true and the rest is ring arithmetic. One that does not proves nothing, for kernels may be
dependent in ways unknown here; but without kernels (rational functions over Q) it decides.
The approach is that of J. Moses, Algebraic simplification: a guide for the perplexed, CACM 14 (1971) 527-537.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from refine.verifiers.symbolic.rewriting import rewritten

Expr = Any
Poly = Any
Fraction = tuple[Poly, Poly]
"""Numerator and denominator."""

_TERMS = 20_000  # a product that could have more is not computed
_POWER = 400
_INFINITE = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


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


def vanishes(expr: Expr) -> bool:
    """Whether the normal form shows that `expr` is 0 wherever all its parts are defined.

    Raises:
        TooLarge: the polynomials would be too large to be worth it.
    """
    if expr.has(*_INFINITE):
        return False
    kernels = Kernels()
    _scan(expr, kernels)
    ring = _Ring(kernels)
    top, bottom = ring.fraction(expr)
    return bool(ring.reduced(top) == 0) and bool(ring.reduced(bottom) != 0)


def _scan(expr: Expr, kernels: Kernels) -> None:
    """Meets all kernels of an expression, inner ones first."""
    if expr.is_Rational:
        return
    if expr.is_Add or expr.is_Mul:
        for arg in expr.args:
            _scan(arg, kernels)
    elif isinstance(expr, sympy.exp):
        _scan_exponential(expr.exp, kernels)
    elif expr.is_Pow:
        _scan_power(expr.base, expr.exp, kernels)
    elif expr is sympy.S.Exp1:
        _scan_exponential(sympy.S.One, kernels)
    else:
        _scan_other(expr, kernels)


def _scan_other(expr: Expr, kernels: Kernels) -> None:
    simpler = _simpler(expr)
    if simpler is not None:
        _scan(simpler, kernels)
    elif type(expr).__name__ in _SHIFTS:
        _meet_shifted(expr, kernels)
    else:
        canonical = _canonical(expr)
        if _real_absolute(canonical):
            _scan(canonical.args[0], kernels)
        kernels.meet("atom", canonical)


def _real_absolute(expr: Expr) -> bool:
    return isinstance(expr, sympy.Abs) and bool(expr.args[0].is_extended_real)


def _scan_exponential(exponent: Expr, kernels: Kernels) -> None:
    for monomial, coefficient in _terms(exponent):
        kernels.meet("exp", monomial, int(coefficient.q))


def _scan_power(base: Expr, exponent: Expr, kernels: Kernels) -> None:
    for monomial, coefficient in _terms(exponent):
        if monomial != 1:
            for log_factor, count in _logarithms(base):
                if log_factor.has(sympy.Symbol):
                    _scan(log_factor.args[0], kernels)
                kernels.meet("exp", monomial * log_factor, int((coefficient * count).q))
        elif coefficient.is_Integer:
            _scan(base, kernels)
        else:
            for factor, count in _radicands(base):
                _scan(factor, kernels)
                kernels.meet("root", factor, int((coefficient * count).q))


def _terms(expr: Expr) -> list[tuple[Expr, Expr]]:
    """(monomial, rational coefficient) of a sum; the constant term's monomial is 1."""
    expr = sympy.expand(expr) if expr.is_Add or expr.is_Mul or expr.is_Pow else expr
    pairs = [term.as_coeff_Mul(rational=True) for term in sympy.Add.make_args(expr)]
    return [(monomial, coefficient) for coefficient, monomial in pairs]


def _radicands(base: Expr) -> Iterator[tuple[Expr, int]]:
    """A base as factors whose roots multiply to its root: the primes of a positive rational."""
    if base.is_Rational and base.is_positive:
        yield from ((sympy.Integer(p), n) for p, n in sympy.factorrat(base, limit=10_000).items())
    else:
        yield base, 1


def _logarithms(base: Expr) -> Iterator[tuple[Expr, int]]:
    """The logarithm of a base as a sum: primes, and i*pi for a negative rational."""
    if base.is_Rational and base != 0:
        yield from ((sympy.log(p), n) for p, n in _radicands(abs(base)))
        if base.is_negative:
            yield sympy.I * sympy.pi, 1
    elif base is sympy.S.Exp1:
        yield sympy.S.One, 1
    elif base == 0:  # 0**n is 1 at n = 0: no exponential
        raise TooLarge
    else:
        yield sympy.log(base), 1


def _simpler(expr: Expr) -> Expr | None:
    if isinstance(expr, sympy.log):
        return _split_logarithm(expr)
    found = rewritten(expr) if isinstance(expr, sympy.core.function.Application) else None
    return None if found is None or found == expr else found


def _split_logarithm(expr: Expr) -> Expr | None:
    argument = expr.args[0]
    if argument.is_Rational and argument.is_positive:
        parts = [n * sympy.log(p) for p, n in _radicands(argument)]
        found = sympy.Add(*parts)
    else:
        factored = sympy.factor(argument) if argument.is_Add or argument.is_Mul else argument
        found = sympy.expand_log(sympy.log(factored))
    return None if found == expr else found


def _canonical(expr: Expr) -> Expr:
    """The same function of expanded arguments, so that equal arguments written differently meet."""
    if not isinstance(expr, sympy.Function):
        return expr
    return expr.func(*[sympy.expand(sympy.cancel(arg)) if arg.free_symbols else arg for arg in expr.args])


_SHIFTS = {"gamma": 0, "polygamma": 1}
"""Functions with f(z+1) by f(z): name -> position of that argument."""


def _family(expr: Expr) -> str | None:
    name = type(expr).__name__
    if name == "polygamma" and expr.args[0] != 0:
        return None
    return name


def _meet_shifted(expr: Expr, kernels: Kernels) -> None:
    family, argument = _family(expr), sympy.expand(expr.args[_SHIFTS[type(expr).__name__]])
    if family is None:
        kernels.meet("atom", _canonical(expr))
        return
    known = kernels.shifted.setdefault(family, [])
    for i, other in enumerate(known):
        shift = sympy.expand(argument - other)
        if shift.is_Integer:
            known[i] = argument if shift < 0 else other
            return
    known.append(argument)
    _scan(argument, kernels)
    kernels.meet(family, sympy.Integer(len(known) - 1))


class _Ring:
    def __init__(self, kernels: Kernels) -> None:
        kernels.meet("atom", sympy.I)
        self.kernels = kernels
        names = tuple(f"g{i}" for i in range(len(kernels.names)))
        self.context = fmpq_mpoly_ctx.get(names, Ordering.lex)
        self.generators = self.context.gens()
        self.one = self.context.constant(1)

    def fraction(self, expr: Expr) -> Fraction:
        """The expression over the generators."""
        if expr.is_Rational:
            return self.context.constant(fmpq(int(expr.p), int(expr.q))), self.one
        if expr.is_Add:
            return self._total(expr)
        if expr.is_Mul:
            found = (self.one, self.one)
            for arg in expr.args:
                found = self._times(found, self.fraction(arg))
            return found
        if isinstance(expr, sympy.exp):
            return self._exponential(_terms(expr.exp))
        if expr.is_Pow:
            return self._power(expr.base, expr.exp)
        return self._exponential([(sympy.S.One, sympy.S.One)]) if expr is sympy.S.Exp1 else self._other(expr)

    def _other(self, expr: Expr) -> Fraction:
        simpler = _simpler(expr)
        if simpler is not None:
            return self.fraction(simpler)
        if type(expr).__name__ in _SHIFTS and _family(expr) is not None:
            return self._shifted(expr)
        return self._generator("atom", _canonical(expr), 1)

    def _total(self, expr: Expr) -> Fraction:
        top, bottom = self.context.constant(0), self.one
        for arg in expr.args:
            n, d = self.fraction(arg)
            if d == bottom:
                top = top + n
            else:
                common = bottom.gcd(d)
                left, right = d / common, bottom / common
                top, bottom = self._mul(top, left) + self._mul(n, right), self._mul(bottom, left)
        return top, bottom

    def _times(self, a: Fraction, b: Fraction) -> Fraction:
        return self._mul(a[0], b[0]), self._mul(a[1], b[1])

    def _mul(self, a: Poly, b: Poly) -> Poly:
        if len(a) * len(b) > _TERMS * 50:
            raise TooLarge
        return a * b

    def _raised(self, a: Fraction, n: int) -> Fraction:
        a, n = (a, n) if n >= 0 else ((a[1], a[0]), -n)
        for part in a:
            if n > _POWER * 10 or (len(part) > 1 and math.comb(n + len(part) - 1, len(part) - 1) > _TERMS):
                raise TooLarge
        return a[0] ** n, a[1] ** n

    def _generator(self, kind: str, what: Expr, exponent: Expr) -> Fraction:
        index = self.kernels.names.get((kind, what))
        if index is None:
            raise TooLarge
        count = sympy.Rational(exponent) * self.kernels.parts[index]
        return self._raised((self.generators[index], self.one), int(count))

    def _exponential(self, terms: list[tuple[Expr, Expr]]) -> Fraction:
        found = (self.one, self.one)
        for monomial, coefficient in terms:
            found = self._times(found, self._generator("exp", monomial, coefficient))
        return found

    def _power(self, base: Expr, exponent: Expr) -> Fraction:
        found = (self.one, self.one)
        for monomial, coefficient in _terms(exponent):
            if monomial != 1:
                for log_factor, count in _logarithms(base):
                    found = self._times(found, self._generator("exp", monomial * log_factor, coefficient * count))
            elif coefficient.is_Integer:
                found = self._times(found, self._raised(self.fraction(base), int(coefficient)))
            else:
                for factor, count in _radicands(base):
                    found = self._times(found, self._generator("root", factor, coefficient * count))
        return found

    def _shifted(self, expr: Expr) -> Fraction:
        """gamma(r + k) = gamma(r)*r*(r+1)*...; psi(r + k) = psi(r) + 1/r + 1/(r+1) + ..."""
        family = str(_family(expr))
        argument = sympy.expand(expr.args[_SHIFTS[type(expr).__name__]])
        for i, lowest in enumerate(self.kernels.shifted[family]):
            shift = sympy.expand(argument - lowest)
            if shift.is_Integer:
                return self._climbed(family, i, lowest, int(shift))
        raise TooLarge

    def _climbed(self, family: str, index: int, lowest: Expr, shift: int) -> Fraction:
        if shift > _POWER:
            raise TooLarge
        found = self._generator(family, sympy.Integer(index), 1)
        start = self.fraction(lowest)
        for k in range(shift):
            step = (start[0] + k * start[1], start[1])
            found = self._times(found, step) if family == "gamma" else self._plus(found, (step[1], step[0]))
        return found

    def _plus(self, a: Fraction, b: Fraction) -> Fraction:
        return self._mul(a[0], b[1]) + self._mul(b[0], a[1]), self._mul(a[1], b[1])

    def reduced(self, poly: Poly) -> Poly:
        """The polynomial modulo the relations, up to a factor that is not 0: outer kernels first."""
        for (kind, what), index in sorted(self.kernels.names.items(), key=lambda item: -item[1]):
            relation = self._relation(kind, what, index)
            if relation is not None:
                poly = self._divided(poly, index, *relation)
        return poly

    def _relation(self, kind: str, what: Expr, index: int) -> tuple[int, Fraction] | None:
        """(q, base) of a relation generator**q = base."""
        part = self.kernels.parts[index]
        if kind == "root":
            return (part, self.fraction(what)) if part > 1 else None
        if what is sympy.I and kind == "atom":
            return 2, (-self.one, self.one)
        if kind == "atom" and _real_absolute(what):
            return 2, self._raised(self.fraction(what.args[0]), 2)
        if kind == "exp":
            turns = what / (sympy.I * sympy.pi)
            if turns == 1:
                return part, (-self.one, self.one)
            if turns.is_integer:
                return 2 * part, (self.one, self.one)
        return None

    def _divided(self, poly: Poly, index: int, degree: int, base: Fraction) -> Poly:
        rows: dict[int, dict[tuple[int, ...], Any]] = {}
        for exponents, coefficient in poly.to_dict().items():
            times, rest = divmod(exponents[index], degree)
            rows.setdefault(times, {})[(*exponents[:index], rest, *exponents[index + 1 :])] = coefficient
        if not rows or set(rows) == {0}:
            return poly
        most = max(rows)
        found = self.context.constant(0)
        for times, row in rows.items():
            top, _ = self._raised((base[0], self.one), times)
            bottom, _ = self._raised((base[1], self.one), most - times)
            found = found + self._mul(self._mul(self.context.from_dict(row), top), bottom)
        return found
