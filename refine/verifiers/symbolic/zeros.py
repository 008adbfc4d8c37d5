"""Where an expression of one real symbol may be zero: a finite superset of its zeros, exact, or nothing known.

Roots are removed by resultants with their defining equations, irrational coefficients by the norm, which may add zeros
and loses none (H. Cohen, A Course in Computational Algebraic Number Theory, 1993, section 3.6); then Sturm isolates.
What is a polynomial in one exponential, logarithm or the like is inverted.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

from refine.verifiers.symbolic.cover import positive
from refine.verifiers.symbolic.domain import Domains, Real
from refine.verifiers.symbolic.evaluate import compiled
from refine.verifiers.symbolic.numeric import precision
from refine.verifiers.symbolic.positivity import certainly_nonzero, certainly_positive, rational

Expr = Any
Symbol = Any
_DEGREE = 40
_PERIODS = 1000
_INVERSES: dict[str, tuple[Any, Real]] = {
    "exp": (sympy.log, Real(low=0, open_low=True)),
    "log": (sympy.exp, Real()),
    "asinh": (sympy.sinh, Real()),
    "sinh": (sympy.asinh, Real()),
    "tanh": (sympy.atanh, Real(-1, 1, open_low=True, open_high=True)),
}
"""Functions that are one to one on the real numbers: what undoes them, and which values they take."""
_WAVES = {"sin": sympy.S.Zero, "cos": sympy.pi / 2}


def nowhere_zero(expr: Expr, over: Domains) -> bool:
    """Whether the expression is certainly not 0 on the whole domain. Of one that may be complex, nothing is known."""
    if not expr.free_symbols:
        return certainly_nonzero(expr, ())
    if certainly_nonzero(expr, over) or positive(expr, over) or positive(-expr, over):
        return True
    found = zeros(expr, over)
    return found is not None and not found


def certainly_above(expr: Expr, over: Domains) -> bool:
    """Whether the expression is certainly real and above 0 on the whole domain."""
    return certainly_positive(expr, over) or positive(expr, over)


def zeros(expr: Expr, over: Domains) -> tuple[Expr, ...] | None:
    """All numbers of the domain at which the expression, a function of one real symbol, may be 0; None: not known."""
    free = expr.free_symbols
    symbol = next(iter(free), None)
    domain = None if symbol is None else dict(over).get(symbol.name)
    if len(free) != 1 or not isinstance(domain, Real):
        return None
    found = _zeros(expr, symbol, domain)
    return None if found is None else tuple(dict.fromkeys(value for value in found if _may_hold(value, domain)))


def _zeros(expr: Expr, symbol: Symbol, domain: Real) -> list[Expr] | None:
    if isinstance(expr, sympy.Abs) or (expr.is_Pow and expr.exp.is_positive):
        return _zeros(expr.args[0], symbol, domain)
    factors = sympy.Mul.make_args(sympy.factor(sympy.together(expr)))
    if len(factors) > 1:
        return _union([_zeros_of_factor(factor, symbol, domain) for factor in factors])
    return _zeros_of_factor(factors[0], symbol, domain)


def _zeros_of_factor(expr: Expr, symbol: Symbol, domain: Real) -> list[Expr] | None:
    if not expr.has(symbol):
        return [] if certainly_nonzero(expr, ()) else None
    if expr.is_Pow and (expr.exp.is_negative or expr.base.is_positive):
        return []
    if isinstance(expr, sympy.Abs) or (expr.is_Pow and expr.exp.is_positive):
        return _zeros(expr.args[0], symbol, domain)
    name = type(expr).__name__
    if name in _WAVES:
        return _periodic(expr.args[0], _WAVES[name], symbol, domain)
    for way in (_linear, _norm):
        found = way(expr, symbol)
        if found is not None:
            return found
    return _inverted(expr, symbol, domain)


def _union(parts: list[list[Expr] | None]) -> list[Expr] | None:
    known = [part for part in parts if part is not None]
    return [value for part in known for value in part] if len(known) == len(parts) else None


def _linear(expr: Expr, symbol: Symbol) -> list[Expr] | None:
    if not expr.is_polynomial(symbol) or sympy.degree(expr, symbol) != 1:
        return None
    slope, offset = sympy.Poly(expr, symbol).all_coeffs()
    return [-offset / slope] if certainly_nonzero(slope, ()) else None


def _norm(expr: Expr, symbol: Symbol) -> list[Expr] | None:
    """The real roots of a polynomial over Q that is 0 wherever the algebraic function is; None for another function."""
    top = sympy.fraction(sympy.together(expr))[0]
    while True:
        root = next((part for part in top.atoms(sympy.Pow) if _is_root(part, symbol) and not _nested(part, top)), None)
        if root is None:
            break
        slot = sympy.Dummy()
        made = top.subs(root, slot)
        if made.has(root) or not made.is_polynomial(slot):
            return None
        relation = sympy.fraction(sympy.together(slot ** int(root.exp.q) - root.base ** int(root.exp.p)))[0]
        top = sympy.resultant(sympy.fraction(sympy.together(made))[0], relation, slot)
    if not top.is_polynomial(symbol) or top == 0:
        return None
    return _roots(sympy.Poly(top, symbol, extension=True))


def _is_root(part: Expr, symbol: Symbol) -> bool:
    return bool(part.has(symbol) and part.exp.is_Rational and not part.exp.is_Integer)


def _nested(part: Expr, top: Expr) -> bool:
    """Whether the root stands under another one, which is to be removed first."""
    return any(other != part and other.exp.is_Rational and not other.exp.is_Integer and other.has(part)
               for other in top.atoms(sympy.Pow))  # fmt: skip


def _roots(poly: Any) -> list[Expr] | None:  # noqa: ANN401 - a sympy.Poly
    if poly.degree() > _DEGREE or not (poly.domain.is_ZZ or poly.domain.is_QQ or poly.domain.is_Algebraic):
        return None
    rational_poly = poly.norm() if poly.domain.is_Algebraic else poly
    if rational_poly.degree() > _DEGREE or not rational_poly:
        return None
    return [] if rational_poly.is_ground else list(rational_poly.sqf_part().real_roots(multiple=True))


def _periodic(argument: Expr, first: Expr, symbol: Symbol, domain: Real) -> list[Expr] | None:
    """The numbers first + k*pi, for an argument that is linear, on a bounded domain."""
    if domain.low is None or domain.high is None or not argument.is_polynomial(symbol):
        return None
    poly = sympy.Poly(argument, symbol)
    if poly.degree() != 1:
        return None
    slope, offset = poly.all_coeffs()
    ends = [((slope * rational(end) + offset - first) / sympy.pi).evalf(40) for end in (domain.low, domain.high)]
    low, high = sympy.floor(min(ends)) - 1, sympy.ceiling(max(ends)) + 1
    if high - low > _PERIODS:
        return None
    return [(first + k * sympy.pi - offset) / slope for k in range(int(low), int(high) + 1)]


def _inverted(expr: Expr, symbol: Symbol, domain: Real) -> list[Expr] | None:
    """Of a polynomial in one invertible function F(u): u is the inverse of a root."""
    made = {part for part in sympy.preorder_traversal(expr) if type(part).__name__ in _INVERSES and part.has(symbol)}
    for part in sorted(made, key=sympy.default_sort_key):
        slot = sympy.Dummy(real=True)
        outer = expr.subs(part, slot)
        values = None if outer.has(symbol) else _zeros_of_factor(outer, slot, Real())
        if values is not None:
            return _union([_preimage(part, value, symbol, domain) for value in values])
    return None


def _preimage(made: Expr, value: Expr, symbol: Symbol, domain: Real) -> list[Expr] | None:
    inverse, values = _INVERSES[type(made).__name__]
    return _zeros(made.args[0] - inverse(value), symbol, domain) if _may_hold(value, values) else []


def _may_hold(value: Expr, domain: Real) -> bool:
    """Whether a number may lie in the domain: as far as ball arithmetic tells it from the ends."""
    if value.is_Rational:
        return domain.holds(Fraction(int(value.p), int(value.q)))
    with precision(256):
        ball = compiled(value)({})
        if not ball.is_finite():
            return True
        low = domain.low is None or not compiled(rational(domain.low))({}).real > ball.real
        high = domain.high is None or not compiled(rational(domain.high))({}).real < ball.real
    return bool(low and high)
