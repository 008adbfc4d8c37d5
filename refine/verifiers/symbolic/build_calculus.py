"""Sums, products, integrals, limits, derivatives and cases as SymPy objects, unevaluated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from refine.errors import require
from refine.verifiers.symbolic.tree import Apply, Name, Number, Tree

Object = Any
"""Whatever SymPy makes."""


class Builder(Protocol):
    """What builds the parts."""

    s: Object

    def any(self, tree: Tree) -> Object:
        """The object that a tree says."""

    def expressions(self, trees: Sequence[Tree]) -> list[Object]:
        """Numbers and formulas, or `Wrong`."""

    def bound(self, tree: Tree) -> Object:
        """The variable of a sum or an integral."""

    def within(self, bound: Sequence[Object], tree: Tree) -> Object:
        """The formula in which these variables are bound."""


def calculus(build: Builder, head: str, trees: Sequence[Tree]) -> Object:
    """The unevaluated object of one of `tree.CALCULUS`.

    Raises:
        Wrong: its arguments do not fit.
    """
    if head == "Piecewise":
        return _piecewise(build, trees)
    if head == "Limit":
        return _limit(build, trees)
    ranges = _ranges(build, head, trees[1:])
    body = build.within([limits[0] for limits in ranges], trees[0])
    return getattr(build.s, head)(body, *(limits if len(limits) > 1 else limits[0] for limits in ranges))


def _ranges(build: Builder, head: str, trees: Sequence[Tree]) -> list[tuple[Object, ...]]:
    ends = {"Sum": (3,), "Product": (3,), "Integral": (1, 3), "Derivative": (1, 2)}[head]
    ranges = [_limits(build, tree, ends) for tree in (_pairs(trees) if head == "Derivative" else trees)]
    require(ranges, f"{head} needs a variable")
    orders = [r[1] for r in ranges if head == "Derivative" and len(r) == 2]
    require(all(n.is_Integer and 0 < n <= 20 for n in orders), "a derivative has an order of 1 to 20")
    return ranges


def _limits(build: Builder, tree: Tree, ends: Sequence[int]) -> tuple[Object, ...]:
    items = tree.args if isinstance(tree, Apply) and tree.head in {"()", "[]"} else (tree,)
    require(len(items) in ends, "write the variable and its range as (n, 1, 10)")
    return (build.bound(items[0]), *build.expressions(items[1:]))


def _pairs(trees: Sequence[Tree]) -> list[Tree]:
    """Derivative's arguments: (f, x), (f, x, 2), (f, (x, 2)), (f, x, y)."""
    out: list[Tree] = []
    for tree in trees:
        if isinstance(tree, Number) and out:
            out[-1] = Apply("()", (out[-1], tree))
        else:
            out.append(tree)
    return out


def _limit(build: Builder, trees: Sequence[Tree]) -> Object:
    body, *rest = trees
    first = rest[0] if len(rest) == 1 else None
    flat = [body, *(first.args if isinstance(first, Apply) else rest)]
    require(len(flat) == 3, "write a limit as Limit(formula, x, 0)")
    point, side = _sided(flat[2])
    variable = build.bound(flat[1])
    return build.s.Limit(build.within([variable], flat[0]), variable, build.any(point), side)


def _sided(point: Tree) -> tuple[Tree, str]:
    """Where a limit goes, and from which side: 0^+ from above, 0 from both."""
    if isinstance(point, Apply) and point.head == "^" and point.args[1] in {Name("+"), Name("-")}:
        return point.args[0], "+" if point.args[1] == Name("+") else "-"
    return point, "+-"


def _piecewise(build: Builder, trees: Sequence[Tree]) -> Object:
    pairs = [tree.args for tree in trees if isinstance(tree, Apply) and tree.head == "()" and len(tree.args) == 2]
    require(len(pairs) == len(trees), "write Piecewise((value, condition), ..., (value, True))")
    return build.s.Piecewise(*((build.any(value), build.any(condition)) for value, condition in pairs))
