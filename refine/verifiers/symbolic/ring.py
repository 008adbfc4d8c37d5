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
from typing import Any

import sympy
from flint import Ordering, fmpq, fmpq_mpoly_ctx

from refine.verifiers.symbolic import cyclotomic
from refine.verifiers.symbolic.kernels import (
    SHIFTS,
    Kernels,
    TooLarge,
    canonical,
    family,
    logarithms,
    radicands,
    real_absolute,
    scan,
    simpler,
    terms,
)
from refine.verifiers.symbolic.rewriting import signs_resolved

Expr = Any
Poly = Any
Fraction = tuple[Poly, Poly]
"""Numerator and denominator."""

_TERMS = 20_000  # a product that could have more is not computed
_POWER = 400
_INFINITE = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def vanishes(expr: Expr) -> bool:
    """Whether the normal form shows that `expr` is 0 wherever all its parts are defined.

    Raises:
        TooLarge: the polynomials would be too large to be worth it.
    """
    if expr.has(*_INFINITE):
        return False
    expr = signs_resolved(expr).xreplace({sympy.S.GoldenRatio: (1 + sympy.sqrt(5)) / 2})
    kernels = Kernels()
    scan(expr, kernels)
    ring = _Ring(kernels)
    top, bottom = ring.fraction(expr)
    return bool(ring.reduced(top) == 0) and bool(ring.reduced(bottom) != 0)


class _Ring:
    def __init__(self, kernels: Kernels) -> None:
        kernels.meet("atom", sympy.I)
        self.kernels = kernels
        self.turns = cyclotomic.settle(kernels)
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
            return self._exponential(terms(expr.exp))
        if expr.is_Pow:
            return self._power(expr.base, expr.exp)
        return self._exponential([(sympy.S.One, sympy.S.One)]) if expr is sympy.S.Exp1 else self._other(expr)

    def _other(self, expr: Expr) -> Fraction:
        written = simpler(expr)
        if written is not None:
            return self.fraction(written)
        if type(expr).__name__ in SHIFTS and family(expr) is not None:
            return self._shifted(expr)
        return self._generator("atom", canonical(expr), 1)

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

    def _exponential(self, pairs: list[tuple[Expr, Expr]]) -> Fraction:
        found = (self.one, self.one)
        for monomial, coefficient in pairs:
            if isinstance(monomial, sympy.log):  # exp(q*log(t)) is t**q, everywhere
                found = self._times(found, self._power(monomial.args[0], coefficient))
            else:
                found = self._times(found, self._generator("exp", monomial, coefficient))
        return found

    def _power(self, base: Expr, exponent: Expr) -> Fraction:
        found = (self.one, self.one)
        for monomial, coefficient in terms(exponent):
            if monomial != 1:
                for log_factor, count in logarithms(base):
                    found = self._times(found, self._generator("exp", monomial * log_factor, coefficient * count))
            elif coefficient.is_Integer:
                found = self._times(found, self._raised(self.fraction(base), int(coefficient)))
            else:
                for factor, count in radicands(base):
                    found = self._times(found, self._generator("root", factor, coefficient * count))
        return found

    def _shifted(self, expr: Expr) -> Fraction:
        """gamma(r + k) = gamma(r)*r*(r+1)*...; psi(r + k) = psi(r) + 1/r + 1/(r+1) + ...;
        !(n + 1) = (n + 1)*!n + (-1)**(n + 1) of derangements.
        """
        name = str(family(expr))
        argument = sympy.expand(expr.args[SHIFTS[type(expr).__name__]])
        for i, lowest in enumerate(self.kernels.shifted[name]):
            shift = sympy.expand(argument - lowest)
            if shift.is_Integer:
                return self._climbed(name, i, lowest, int(shift))
        raise TooLarge

    def _climbed(self, name: str, index: int, lowest: Expr, shift: int) -> Fraction:
        if shift > _POWER:
            raise TooLarge
        found = self._generator(name, sympy.Integer(index), 1)
        start = self.fraction(lowest)
        for k in range(shift):
            step = (start[0] + k * start[1], start[1])
            if name == "subfactorial":
                found = self._times(found, self._plus(step, (self.one, self.one)))
                found = self._plus(found, self.fraction(sympy.S.NegativeOne ** (lowest + k + 1)))
            else:
                found = self._times(found, step) if name == "gamma" else self._plus(found, (step[1], step[0]))
        return found

    def _plus(self, a: Fraction, b: Fraction) -> Fraction:
        return self._mul(a[0], b[1]) + self._mul(b[0], a[1]), self._mul(a[1], b[1])

    def reduced(self, poly: Poly) -> Poly:
        """The polynomial modulo the relations, up to a factor that is not 0: outer kernels first."""
        for (kind, what), index in sorted(self.kernels.names.items(), key=lambda item: -item[1]):
            relation = self._relation(kind, what, index)
            if relation is not None:
                poly = self._divided(poly, index, *relation)
        return self._turned(poly) if self.turns else poly

    def _turned(self, poly: Poly) -> Poly:
        """The polynomial modulo the cyclotomic relation of exp(i*pi/n)."""
        index = self.kernels.names[cyclotomic.TURN]
        found: dict[tuple[int, ...], Any] = {}
        for exponents, coefficient in poly.to_dict().items():
            for power, times in cyclotomic.reduced(exponents[index], self.turns).items():
                key = (*exponents[:index], power, *exponents[index + 1 :])
                found[key] = found.get(key, 0) + coefficient * fmpq(times.numerator, times.denominator)
        return self.context.from_dict({key: value for key, value in found.items() if value})

    def _root_of_unity(self, kind: str, what: Expr, part: int) -> tuple[int, Fraction] | None:
        """The relations of i and of roots to exp(i*pi/n)."""
        if kind == "atom" and what is sympy.I:
            return 1, self._raised((self._turn(), self.one), self.turns // 2)
        known = cyclotomic.root(what, self.turns) if kind == "root" and part % 2 == 0 else None
        if known is None:
            return None
        total = self.context.constant(0)
        for power, times in known.items():
            total = total + self._turn() ** power * fmpq(times.numerator, times.denominator)
        return part // 2, (total, self.one)

    def _turn(self) -> Poly:
        return self.generators[self.kernels.names[cyclotomic.TURN]]

    def _relation(self, kind: str, what: Expr, index: int) -> tuple[int, Fraction] | None:
        """(q, base) of a relation generator**q = base."""
        part = self.kernels.parts[index]
        if self.turns and (known := self._root_of_unity(kind, what, part)):
            return known
        if kind == "root":
            return (part, self.fraction(what)) if part > 1 else None
        if kind == "exp":
            return self._turning(what, part)
        if what is sympy.I and kind == "atom":
            return 2, (-self.one, self.one)
        if kind == "atom" and real_absolute(what):
            return 2, self._raised(self.fraction(what.args[0]), 2)
        return None

    def _turning(self, what: Expr, part: int) -> tuple[int, Fraction] | None:
        """The relation of exp(i*pi*n) for an integer n; that of a z = exp(i*pi/n) of roots of unity comes last."""
        turns = what / (sympy.I * sympy.pi)
        if turns == 1:
            return None if self.turns else (part, (-self.one, self.one))
        return (2 * part, (self.one, self.one)) if turns.is_integer else None

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
