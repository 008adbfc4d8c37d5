"""Where the sign of an expression is certain: by SymPy's assumptions, or by counting a polynomial's roots (Sturm)."""

from __future__ import annotations

from typing import Any

import sympy

from refine.verifiers.symbolic.domain import Domains, Real

Expr = Any


def certainly_positive(expr: Expr, over: Domains) -> bool:
    """Whether the expression is known to be above 0 on the whole domain."""
    if expr.is_positive:
        return True
    if _root_outweighs(expr, over):
        return True
    together = sympy.cancel(expr) if expr.free_symbols else expr
    return bool(together.is_positive) or _polynomial_positive(together, over)


def certainly_nonzero(expr: Expr, over: Domains) -> bool:
    """Whether the expression is known to be real and not 0 on the whole domain."""
    if expr.is_real and expr.is_nonzero:
        return True
    return certainly_positive(expr, over) or certainly_positive(-expr, over)


def _root_outweighs(expr: Expr, over: Domains) -> bool:
    """sqrt(b) + a with b > a**2, for a real."""
    if not expr.is_Add or len(expr.args) != 2:
        return False
    for root, other in (expr.args, expr.args[::-1]):
        if root.is_Pow and root.exp == sympy.S.Half and other.is_real:
            return certainly_positive(sympy.expand(root.base - other**2), over)
    return False


def _polynomial_positive(expr: Expr, over: Domains) -> bool:
    """A rational function over Q of one real symbol: no roots and no poles in the domain, and positive inside."""
    found = _univariate(expr, over)
    if found is None:
        return False
    symbol, domain = found
    top, bottom = sympy.fraction(expr)
    parts = [sympy.Poly(part, symbol) for part in (top, bottom)]
    if not all(part.domain.is_ZZ or part.domain.is_QQ for part in parts):
        return False
    sample = _inside(domain)
    free = all(part.is_ground or roots_in(part, domain) == 0 for part in parts)
    return free and bool(parts[0].eval(sample) * parts[1].eval(sample) > 0)


def _univariate(expr: Expr, over: Domains) -> tuple[Any, Real] | None:
    free = expr.free_symbols
    if len(free) != 1 or not expr.is_rational_function(*free):
        return None
    symbol = next(iter(free))
    domain = dict(over).get(symbol.name)
    return (symbol, domain) if isinstance(domain, Real) else None


def rational(bound: Any) -> Any:  # noqa: ANN401 - a Fraction or int
    """A bound as a SymPy Rational."""
    return sympy.Rational(int(bound.numerator), int(bound.denominator))


def roots_in(poly: Any, domain: Real) -> int:  # noqa: ANN401 - a sympy.Poly over Q
    """How many different real roots lie in the domain, its open ends left out."""
    low = None if domain.low is None else rational(domain.low)
    high = None if domain.high is None else rational(domain.high)
    count = int(poly.count_roots(low, high))
    ends = {(low, domain.open_low), (high, domain.open_high)}
    return count - sum(1 for end, is_open in ends if end is not None and is_open and poly.eval(end) == 0)


def _inside(domain: Real) -> Any:  # noqa: ANN401
    if domain.low is not None and domain.high is not None:
        return (rational(domain.low) + rational(domain.high)) / 2
    if domain.low is not None:
        return rational(domain.low) + 1
    return sympy.S.Zero if domain.high is None else rational(domain.high) - 1
