"""Equal derivatives on an interval, and equal at one point of it: equal everywhere on it.

Only where both sides are certainly analytic on the whole interval, which is shown part by part: a logarithm's argument
is positive, a divisor is not 0. A jump of an inverse function (pi in a sum of arctangents) cannot slip through.
"""

from __future__ import annotations

from typing import Any

import sympy

from refine.verifiers.symbolic.domain import Domains, Real
from refine.verifiers.symbolic.kernels import vanishes
from refine.verifiers.symbolic.positivity import certainly_nonzero, certainly_positive, rational

Expr = Any

_ENTIRE = {
    *("exp", "sin", "cos", "sinh", "cosh", "tanh", "sech", "atan", "asinh", "erf", "erfc", "erfi", "Si", "Shi"),
    *("fresnels", "fresnelc", "airyai", "airybi", "airyaiprime", "airybiprime"),
}
_TRIED = (0, 1, -1, 2, sympy.Rational(1, 2))


def constant_difference(diff: Expr, over: Domains) -> str | None:
    """How `diff` was shown to be 0 on the whole domain, or None."""
    for name, domain in over:
        symbol = next((s for s in diff.free_symbols if s.name == name), None)
        if symbol is None or not isinstance(domain, Real) or not smooth(diff, over):
            continue
        if not vanishes(sympy.diff(diff, symbol)):
            continue
        for value in _values(domain):
            if vanishes(diff.subs(symbol, value)):
                return f"equal derivatives by {name} on the whole domain, and equal at {name} = {value}"
    return None


def _values(domain: Real) -> list[Expr]:
    ends = [rational(end) for end in (domain.low, domain.high) if end is not None]
    return [v for v in (*map(sympy.sympify, _TRIED), *ends) if domain.holds(_fraction(v))]


def _fraction(value: Expr) -> Any:  # noqa: ANN401
    from fractions import Fraction  # noqa: PLC0415

    return Fraction(int(value.p), int(value.q))


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
    return name == "acosh" and certainly_positive(args[0] - 1, over)
