"""Equal derivatives on an interval, and equal at one point of it: equal everywhere on it.

Only where both sides are certainly analytic on the whole interval, which is shown part by part: a logarithm's argument
is positive, a divisor is not 0. A jump of an inverse function (pi in a sum of arctangents) cannot slip through.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import sympy

from refine.verifiers.symbolic.domain import Domain, Domains, Real
from refine.verifiers.symbolic.positivity import certainly_nonzero, certainly_positive, rational
from refine.verifiers.symbolic.radicals import zero
from refine.verifiers.symbolic.turns import zero_by_turns

Expr = Any

_ENTIRE = {
    *("exp", "sin", "cos", "sinh", "cosh", "tanh", "sech", "atan", "asinh", "erf", "erfc", "erfi", "Si", "Shi"),
    *("fresnels", "fresnelc", "airyai", "airybi", "airyaiprime", "airybiprime"),
}
_QUARTER_TURN = sympy.Rational(157, 100)  # a little less than pi/2
_TRIED = (0, 1, -1, 2, sympy.Rational(1, 2))


def constant_difference(diff: Expr, over: Domains) -> str | None:
    """How `diff` was shown to be 0 on the whole domain, or None. At a closed end of it the value itself must be 0."""
    inside = tuple((name, interior(domain)) for name, domain in over)
    for name, domain in inside:
        symbol = next((s for s in diff.free_symbols if s.name == name), None)
        if symbol is None or not isinstance(domain, Real) or not smooth(diff, inside):
            continue
        if not zero(sympy.diff(diff, symbol), inside) or not _ends_agree(diff, symbol, dict(over)[name], over):
            continue
        for value in _values(domain):
            rest = diff.subs(symbol, value)
            if zero(rest, inside) or zero_by_turns(rest):
                return f"equal derivatives by {name} on the whole domain, and equal at {name} = {value}"
    return None


def interior(domain: Domain) -> Domain:
    """The domain without its ends."""
    return replace(domain, open_low=True, open_high=True) if isinstance(domain, Real) else domain


def _ends_agree(diff: Expr, symbol: Any, domain: Domain, over: Domains) -> bool:  # noqa: ANN401 - a SymPy symbol
    """Whether the difference is 0 at the ends that belong to the domain, where it may not be analytic."""
    assert isinstance(domain, Real)
    closed = [(domain.low, domain.open_low), (domain.high, domain.open_high)]
    ends = [rational(end) for end, is_open in closed if end is not None and not is_open]
    return all(zero(rest, over) or zero_by_turns(rest) for rest in (diff.subs(symbol, end) for end in ends))


def _values(domain: Real) -> list[Expr]:
    values = [sympy.sympify(value) for value in _TRIED]
    middle = [] if domain.low is None or domain.high is None else [(rational(domain.low) + rational(domain.high)) / 2]
    return [v for v in (*values, *middle) if domain.holds(Fraction(int(v.p), int(v.q)))]


def smooth(expr: Expr, over: Domains) -> bool:
    """Whether the expression is certainly real and analytic on the whole domain."""
    if expr.is_number:
        return bool(expr.is_real and expr.is_finite)
    if expr.is_Symbol:
        return isinstance(dict(over).get(expr.name), Real)
    if not all(smooth(arg, over) for arg in expr.args):
        return False
    if expr.is_Add or expr.is_Mul:
        return True
    if expr.is_Pow:
        return _smooth_power(expr.base, expr.exp, over)
    return _smooth_function(type(expr).__name__, expr.args, over)


def _smooth_power(base: Expr, exponent: Expr, over: Domains) -> bool:
    if exponent.is_Integer:
        return bool(exponent.is_positive) or certainly_nonzero(base, over)
    return certainly_positive(base, over)


def _smooth_function(name: str, args: tuple[Expr, ...], over: Domains) -> bool:
    if name in _ENTIRE:
        return True
    if name in ("log", "gamma", "loggamma", "LambertW"):
        return certainly_positive(args[0], over)
    if name in ("asin", "acos", "atanh"):
        return certainly_positive(sympy.expand(1 - args[0] ** 2), over)
    if name in ("tan", "sec"):
        return all(certainly_positive(_QUARTER_TURN + sign * args[0], over) for sign in (1, -1))
    return name == "acosh" and certainly_positive(args[0] - 1, over)
