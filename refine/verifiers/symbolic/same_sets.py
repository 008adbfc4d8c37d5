"""Whether two sets of reals are the same, where their texts differ: R without 0 against a union of two rays."""

from __future__ import annotations

from refine.errors import require
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided
from refine.verifiers.symbolic.build import Object, built, sympy
from refine.verifiers.symbolic.read import tree
from refine.verifiers.symbolic.tree import BRACKETS, Apply


def compared(given: str, expected: str) -> Answer:
    """What the solver's worker does with the two texts.

    Raises:
        Wrong: one of them is no set of reals.
    """
    mine, theirs = _set(given), _set(expected)
    if mine == theirs:
        return Proved("the same set")
    rest = sympy().Union(mine - theirs, theirs - mine)
    if rest.is_empty is None:
        return Undecided(("sets: SymPy does not know whether their difference is empty",))
    return Proved("their difference is empty") if rest.is_empty else Refuted(f"they differ in {rest!s:.100}")


def _set(written: str) -> Object:
    """A set as it is, an inequality in one unknown as where it holds, a number as a set of one."""
    s = sympy()
    said = tree(written)
    if isinstance(said, Apply) and said.head in BRACKETS and len(said.args) == 2:
        said = Apply("union", (said,))  # here (1, 2) is an interval and not a point
    value = built(said, {}, closed=False)
    if isinstance(value, s.Set):
        return value
    if value in (s.true, s.false):
        return s.Reals if value == s.true else s.EmptySet
    if isinstance(value, s.logic.boolalg.Boolean):
        require(len(value.free_symbols) == 1, "write a set, or inequalities in one unknown")
        (unknown,) = value.free_symbols
        return value.subs(unknown, s.Dummy(real=True)).as_set()
    return s.FiniteSet(value)
