"""Whether two sets of reals are the same, where their texts differ: R without 0 against a union of two rays."""

from __future__ import annotations

from refine.verifiers.symbolic.build import Object, built, sympy
from refine.verifiers.symbolic.tree import Tree


def compared(given: Tree, expected: Tree) -> bool | None:
    """Whether both trees say the same set of reals; None where SymPy does not know. A tree is plain data.

    Raises:
        Wrong: one of them says no set.
    """
    mine, theirs = _set(given), _set(expected)
    if mine == theirs:
        return True
    rest = sympy().Union(mine - theirs, theirs - mine)
    empty = rest.is_empty
    return bool(empty) if empty is not None else None


def _set(tree: Tree) -> Object:
    """A set as it is, an inequality in one unknown as where it holds."""
    s = sympy()
    value = built(tree, {}, closed=False)
    if isinstance(value, s.Set):
        return value
    if isinstance(value, s.logic.boolalg.Boolean):
        (unknown,) = value.free_symbols
        real = s.Dummy(real=True)
        return value.subs(unknown, real).as_set()
    return s.FiniteSet(value)
