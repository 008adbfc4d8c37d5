"""Divisions over integers, where every point counts: a divisor that is 0 at one of them leaves a hole in the formula.

SymPy cancels n/n while it builds, so this looks at what the text says.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import sympy

from refine.errors import Wrong
from refine.verifiers.answers import Answer, Proved, Undecided
from refine.verifiers.symbolic.build import built
from refine.verifiers.symbolic.domain import Domain, Domains, Integer, Real, symbols
from refine.verifiers.symbolic.tree import Apply, Name, Number, Tree, names
from refine.verifiers.symbolic.zeros import nowhere_zero, zeros


def whole(answer: Answer, said: Tree, over: Domains, given: Tree | None = None) -> Answer:
    """`answer`, but a proof about integers stands only if no divisor in `said` can be 0 there; those that the task's
    own statement `given` has too are its business.
    """
    integers = {name for name, domain in over if isinstance(domain, Integer)}
    if not (isinstance(answer, Proved) and integers):
        return answer
    known = set(_divisors(given)) if given is not None else set()
    for divisor in dict.fromkeys(_divisors(said)):
        if divisor not in known and set(names(divisor)) & integers and (where := _hole(divisor, over)):
            return Undecided((f"the sides agree where both exist, but a divisor may be 0 {where}",))
    return answer


def _divisors(tree: Tree) -> Iterator[Tree]:
    if not isinstance(tree, Apply):
        return
    if tree.head == "/":
        yield tree.args[1]
    if tree.head == "^" and _is_negative(tree.args[1]):
        yield tree.args[0]
    for part in tree.args:
        yield from _divisors(part)


def _is_negative(tree: Tree) -> bool:
    """Whether an exponent may be below 0: a plain number that is not says no."""
    if isinstance(tree, Number):
        return tree.value < 0
    return isinstance(tree, Apply) and tree.head == "neg" and not isinstance(tree.args[0], Name)


def _hole(divisor: Tree, over: Domains) -> str:
    """Where the divisor is, or may be, 0; "" where it never is."""
    try:
        value = built(divisor, symbols(over), closed=True)
    except Wrong:
        return "somewhere"
    if nowhere_zero(value, over):
        return ""
    continuous = tuple((name, Real(d.low, d.high) if isinstance(d, Integer) else d) for name, d in over)
    real = value.subs({symbol: symbols(continuous)[name] for name, symbol in symbols(over).items()})
    found = zeros(real, continuous)
    if found is None:
        return f"somewhere: {value}"
    domain = dict(over)[next(iter(real.free_symbols)).name]
    points = [zero for zero in found if _may_be_one_of(zero, domain)]
    return f"at {points[0]}" if points else ""


def _may_be_one_of(zero: sympy.Expr, domain: Domain) -> bool:
    """Whether it may be a point of the domain; a number that is rational and no integer is none of the integers."""
    if isinstance(domain, Integer) and zero.is_Rational:
        return domain.holds(Fraction(int(zero.p), int(zero.q)))
    return not (isinstance(domain, Integer) and zero.is_irrational)
