"""A SymPy expression as a function of balls: compiled once, then called at each point."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping
from typing import Any

import sympy
from flint import acb, arb, fmpq

from refine.verifiers.symbolic import balls, special
from refine.verifiers.symbolic.balls import NAN, Ball, Undefined, exact_integer, is_real

Env = Mapping[str, Any]
"""Symbol name -> ball, and ANALYTIC -> whether the function must be analytic on the balls, or else not finite."""
Compiled = Callable[[Env], Ball]
Test = Callable[[Env], bool | None]
"""A condition: None where the balls do not decide it."""
ANALYTIC = ""
_TERMS = 2000  # the longest sum or product that is added up

_MEROMORPHIC = balls.MEROMORPHIC | special.MEROMORPHIC
_CUT = balls.CUT | special.CUT
_CONSTANTS: dict[object, Callable[[], Ball]] = {
    sympy.S.Pi: acb.pi,
    sympy.S.Exp1: lambda: acb(arb.const_e()),
    sympy.S.ImaginaryUnit: lambda: balls.UNIT_I,
    sympy.S.EulerGamma: lambda: acb(arb.const_euler()),
    sympy.S.Catalan: lambda: acb(arb.const_catalan()),
    sympy.S.GoldenRatio: lambda: (1 + acb(5).sqrt()) / 2,
}


def rational(value: Any) -> Ball:  # noqa: ANN401 - a SymPy Rational, a Fraction
    """A rational number as a ball, exact where it is dyadic."""
    return acb(arb(fmpq(int(value.numerator), int(value.denominator))))


@functools.lru_cache(maxsize=4096)
def compiled(expr: Any) -> Compiled:  # noqa: ANN401 - SymPy has no types
    """The expression as a function of balls; what has no evaluation is never finite."""
    for kind, build in _BUILDERS:
        if isinstance(expr, kind):
            return build(expr)
    if isinstance(expr, sympy.core.function.Application):
        return _function(expr)
    return _unknown


def _unknown(_: Env) -> Ball:
    return NAN


def _symbol(expr: Any) -> Compiled:  # noqa: ANN401
    name = expr.name
    return lambda env: env.get(name, NAN)


def _integer(expr: Any) -> Compiled:  # noqa: ANN401
    ball = acb(int(expr))
    return lambda _: ball


def _rational(expr: Any) -> Compiled:  # noqa: ANN401
    value = fmpq(int(expr.p), int(expr.q))
    return lambda _: acb(arb(value))


def _float(expr: Any) -> Compiled:  # noqa: ANN401
    return _rational(sympy.Rational(expr))


def _constant(expr: Any) -> Compiled:  # noqa: ANN401
    value = _CONSTANTS.get(expr)
    if value is None:
        return _undefined if expr in (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo) else _unknown
    return lambda _: value()


def _undefined(_: Env) -> Ball:
    raise Undefined


def _sum_of_terms(expr: Any) -> Compiled:  # noqa: ANN401
    terms = [compiled(arg) for arg in expr.args]

    def total(env: Env) -> Ball:
        found = terms[0](env)
        for term in terms[1:]:
            found = found + term(env)
        return found

    return total


def _product_of_factors(expr: Any) -> Compiled:  # noqa: ANN401
    factors = [compiled(arg) for arg in expr.args]

    def product(env: Env) -> Ball:
        found = factors[0](env)
        for factor in factors[1:]:
            found = found * factor(env)
        return found

    return product


def _power(expr: Any) -> Compiled:  # noqa: ANN401
    base, exponent = compiled(expr.base), expr.exp
    if exponent.is_Integer:
        whole = int(exponent)
        return lambda env: _whole_power(base(env), whole)
    if exponent == sympy.S.Half:
        return lambda env: base(env).sqrt(analytic=env.get(ANALYTIC, False))
    index = compiled(exponent)
    return lambda env: balls.power(base(env), index(env), env.get(ANALYTIC, False))


def _whole_power(ball: Ball, exponent: int) -> Ball:
    if exponent < 0 and ball.is_zero():
        raise Undefined
    return ball**exponent if abs(exponent) < 2**62 else NAN


def _function(expr: Any) -> Compiled:  # noqa: ANN401
    name = type(expr).__name__
    arguments = [compiled(arg) for arg in expr.args]
    if name == "log":
        return lambda env: balls.logarithm(arguments[0](env), env.get(ANALYTIC, False))
    function = _MEROMORPHIC.get(name)
    if function is not None:
        return _applied(function, arguments)
    function = _CUT.get(name)
    return _unknown if function is None else _smooth_only(_applied(function, arguments))


def _applied(function: Callable[..., Ball], arguments: list[Compiled]) -> Compiled:
    if len(arguments) == 1:
        only = arguments[0]
        return lambda env: function(only(env))
    return lambda env: function(*[argument(env) for argument in arguments])


def _smooth_only(function: Compiled) -> Compiled:
    return lambda env: NAN if env.get(ANALYTIC, False) else function(env)


def _piecewise(expr: Any) -> Compiled:  # noqa: ANN401
    branches = [(compiled(value), condition(test)) for value, test in expr.args]

    def chosen(env: Env) -> Ball:
        for value, test in branches:
            holds = test(env)
            if holds is None:
                return NAN
            if holds:
                return value(env)
        raise Undefined

    return _smooth_only(chosen)


def condition(expr: Any) -> Test:  # noqa: ANN401
    """A relation or Boolean as a test of balls."""
    if expr in (sympy.true, sympy.false):
        return lambda _: bool(expr)
    if isinstance(expr, sympy.Not):
        inner = condition(expr.args[0])
        return lambda env: None if (found := inner(env)) is None else not found
    if isinstance(expr, sympy.And | sympy.Or):
        return _junction([condition(arg) for arg in expr.args], all_of=isinstance(expr, sympy.And))
    if isinstance(expr, sympy.core.relational.Relational):
        return _relation(expr)
    return lambda _: None


def _junction(tests: list[Test], *, all_of: bool) -> Test:
    def decided(env: Env) -> bool | None:
        found = [test(env) for test in tests]
        if (not all_of) in found:
            return not all_of
        return None if None in found else all_of

    return decided


def _relation(expr: Any) -> Test:  # noqa: ANN401
    left, right, kind = compiled(expr.lhs), compiled(expr.rhs), expr.rel_op

    def decided(env: Env) -> bool | None:
        return related(kind, left(env), right(env))

    return decided


def related(kind: str, left: Ball, right: Ball) -> bool | None:
    """Whether `left kind right` (==, !=, <, <=, >, >=) for all values of the balls, for none, or None: not decided."""
    if kind in ("==", "!="):
        equal = _equal(left, right)
        return equal if equal is None or kind == "==" else not equal
    if not (is_real(left) and is_real(right)):
        return None
    low, high = (left.real, right.real) if kind in ("<", "<=") else (right.real, left.real)
    certain, impossible = (low < high, low >= high) if kind in ("<", ">") else (low <= high, low > high)
    return True if certain else False if impossible else None


def _equal(left: Ball, right: Ball) -> bool | None:
    if left.is_finite() and right.is_finite() and not left.overlaps(right):
        return False
    return True if left.is_exact and right.is_exact and left == right else None


def _folding(step: Callable[[Ball, Ball], Ball], start: int) -> Callable[[Any], Compiled]:
    def build(expr: Any) -> Compiled:  # noqa: ANN401
        if len(expr.limits) != 1 or len(expr.limits[0]) != 3:
            return _unknown
        variable, low, high = expr.limits[0]
        term, first, last, name = compiled(expr.function), compiled(low), compiled(high), variable.name

        def folded(env: Env) -> Ball:
            begin, end = _index(low, first, env), _index(high, last, env)
            if begin is None or end is None or not -1 <= end - begin <= _TERMS:
                return NAN
            found = acb(start)
            for k in range(begin, end + 1):
                found = step(found, term({**env, name: acb(k)}))
            return found

        return folded

    return build


def _index(bound: Any, at: Compiled, env: Env) -> int | None:  # noqa: ANN401
    return exact_integer(at(env)) if bound.is_finite is not False else None


def _integral(expr: Any) -> Compiled:  # noqa: ANN401
    """Petras' method with rigorous error bounds (F. Johansson, arXiv:1802.07942), between finite ends only."""
    if len(expr.limits) != 1 or len(expr.limits[0]) != 3 or any(b.is_finite is False for b in expr.limits[0][1:]):
        return _unknown
    variable, low, high = expr.limits[0]
    integrand, first, last, name = compiled(expr.function), compiled(low), compiled(high), variable.name

    def integrated(env: Env) -> Ball:
        def at(t: Ball, analytic: bool) -> Ball:  # noqa: FBT001 - as flint calls it
            try:
                return integrand({**env, name: t, ANALYTIC: analytic})
            except Undefined:
                return NAN

        return acb.integral(at, first(env), last(env), eval_limit=2000)

    return _smooth_only(integrated)


def _derivative(expr: Any) -> Compiled:  # noqa: ANN401
    done = expr.doit()
    return _unknown if done.has(sympy.Derivative) else compiled(done)


def _flagged(expr: Any) -> Compiled:  # noqa: ANN401
    test = condition(expr)

    def indicated(env: Env) -> Ball:
        holds = test(env)
        return NAN if holds is None else acb(int(holds))

    return indicated


def environment(values: Mapping[str, tuple[Any, Any]]) -> dict[str, Ball]:
    """Exact values, (real, imaginary) by name, as balls of the current precision."""
    return {name: acb(rational(re).real, rational(im).real) for name, (re, im) in values.items()}


def accuracy(ball: Ball) -> int:
    """Bits of the value that are certain, relative to the larger of the value and 1; large for exact balls."""
    size = max(1.0, float(abs(ball.mid()).real.mid())) if ball.is_finite() else math.inf
    radius = float(ball.rad()) if size < math.inf else math.inf
    return 10_000 if radius == 0 else -10_000 if radius == math.inf else int(-math.log2(radius / size))


_BUILDERS: list[tuple[Any, Callable[[Any], Compiled]]] = [
    (sympy.Symbol, _symbol),
    (sympy.Integer, _integer),
    (sympy.Add, _sum_of_terms),
    (sympy.Mul, _product_of_factors),
    (sympy.exp, _function),
    (sympy.Pow, _power),
    (sympy.Rational, _rational),
    (sympy.Float, _float),
    (sympy.NumberSymbol, _constant),
    (type(sympy.I), _constant),
    (sympy.Number, _constant),
    (type(sympy.zoo), _constant),
    (sympy.Piecewise, _piecewise),
    (sympy.Sum, _folding(lambda a, b: a + b, 0)),
    (sympy.Product, _folding(lambda a, b: a * b, 1)),
    (sympy.Integral, _integral),
    (sympy.Derivative, _derivative),
    (sympy.logic.boolalg.Boolean, _flagged),
]
