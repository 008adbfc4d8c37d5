"""Factorisations: the product is right, and no factor can be split further."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Literal

import sympy
from flint import fmpz

from refine.errors import Wrong, require
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.build import built
from refine.verifiers.symbolic.domain import Domains, symbols
from refine.verifiers.symbolic.prove import equal
from refine.verifiers.symbolic.tree import Apply, Number, Tree

Field = Literal["Q", "R", "C"]
Expr = Any


def factorisation_of(target: Expr, said: Tree, over: Domains, field: Field = "Q") -> Answer:
    """Whether the product as written, `2^3*5` or `(x-1)*(x^2+1)^2`, equals `target` and has only irreducible factors.

    Args:
        target: an integer, or a polynomial over Q.
        said: the candidate's product, read but not built: building would multiply it out.
        over: the domains of the symbols.
        field: over which a polynomial's factors may not split further: the rationals, reals or complex numbers.

    Raises:
        Wrong: it is no product of integers or polynomials to positive powers.
    """
    found = [(_built(tree, over), power) for tree, power in factors(said)]
    product = sympy.Mul(*[base**power for base, power in found])
    whole = target.is_Integer
    require(not whole or all(base.is_Integer for base, _ in found), "write whole numbers as factors")
    answer = equal(product, target, over)
    if not isinstance(answer, Proved):
        return answer
    for base, _ in found:
        reason = _splits_integer(base) if whole else _splits(base, field)
        if reason is not None:
            return reason
    return Proved("the product is right, and every factor is " + ("prime" if whole else f"irreducible over {field}"))


def factors(tree: Tree, power: int = 1) -> list[tuple[Tree, int]]:
    """The factors of a product as written, each with its exponent."""
    if isinstance(tree, Apply) and tree.head in ("*", "·"):
        return [pair for arg in tree.args for pair in factors(arg, power)]
    if isinstance(tree, Apply) and tree.head == "neg":
        return [(Number(Fraction(-1)), 1), *factors(tree.args[0], power)]
    if isinstance(tree, Apply) and tree.head == "^" and isinstance(tree.args[1], Number):
        exponent = tree.args[1].value
        require(exponent.denominator == 1 and exponent > 0, "write positive whole exponents in a factorisation")
        return factors(tree.args[0], power * int(exponent))
    return [(tree, power)]


def _built(tree: Tree, over: Domains) -> Expr:
    value = built(tree, symbols(over), closed=True)
    require(isinstance(value, sympy.Expr), "write a product of factors")
    return value


def _splits_integer(base: Expr) -> Answer | None:
    if abs(base) == 1 or fmpz(int(abs(base))).is_prime():
        return None
    small = next((p for p in sympy.primerange(2, 10_000) if base % p == 0), None)
    return Refuted(f"{base} is not prime" + (f": {small} divides it" if small else ""))


def _splits(base: Expr, field: Field) -> Answer | None:
    """Why a polynomial factor is not irreducible over the field; None where it is."""
    if not base.free_symbols:
        return None
    require(base.is_polynomial(*base.free_symbols), "write polynomials as factors")
    poly = sympy.Poly(base, *sorted(base.free_symbols, key=str))
    if field == "Q":
        return _splits_rational(poly)
    if not poly.is_univariate:
        return Undecided(("irreducibility over R and C is decided for one symbol only",))
    if field == "R":
        require(all(c.is_real for c in poly.coeffs()), "over R the factors have real coefficients")
    degree = poly.degree()
    if degree == 1:
        return None
    if field == "C" or degree > 2 or poly.discriminant().is_nonnegative:
        return Refuted(f"{base} splits further over {field}")
    return None if poly.discriminant().is_negative else Undecided((f"the sign of the discriminant of {base}",))


def _splits_rational(poly: Any) -> Answer | None:  # noqa: ANN401 - a sympy.Poly
    if not (poly.domain.is_ZZ or poly.domain.is_QQ):
        raise Wrong("over Q the factors have rational coefficients")
    if poly.is_irreducible:
        return None
    return Refuted(f"{poly.as_expr()} = {sympy.factor(poly.as_expr())} splits further over Q")
