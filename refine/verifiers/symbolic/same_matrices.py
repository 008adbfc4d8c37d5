"""Matrices as rows of trees, and their sums and products, so that [[1, 2]] + [[3, 4]] meets [[4, 6]]."""

from __future__ import annotations

from collections.abc import Callable

from refine.verifiers.symbolic.grammar_calls import matrix
from refine.verifiers.symbolic.same_shapes import is_a
from refine.verifiers.symbolic.tree import Apply, Number, Tree, whole

Rows = list[tuple[Tree, ...]]
_ENTRIES = 400
"""Entries of a product that is written out, at most."""


def rows_of(tree: Tree) -> Rows | None:
    """The rows of a matrix, written out or as sums and products of such; None for anything else, shapes that do not
    fit included.
    """
    if is_a(tree, "[]") and all(is_a(arg, "[]") for arg in tree.args):
        tree = matrix(tree)
    if is_a(tree, "matrix"):
        return [row.args for row in tree.args if isinstance(row, Apply)]
    if not isinstance(tree, Apply) or tree.head not in _JOINED:
        return None
    parts = [rows_of(arg) for arg in tree.args]
    if not any(parts):
        return None
    return _folded(tree, parts)


def _folded(tree: Apply, parts: list[Rows | None]) -> Rows | None:
    found: Tree | Rows = parts[0] or tree.args[0]
    if tree.head == "neg":
        return _scaled(whole(-1), found) if isinstance(found, list) else None
    for part, arg in zip(parts[1:], tree.args[1:], strict=True):
        joined = _JOINED[tree.head](found, part or arg)
        if joined is None:
            return None
        found = joined
    return found if isinstance(found, list) else None


def _plus(a: Tree | Rows, b: Tree | Rows) -> Tree | Rows | None:
    if not (isinstance(a, list) and isinstance(b, list)) or [len(row) for row in a] != [len(row) for row in b]:
        return None
    return [tuple(Apply("+", pair) for pair in zip(x, y, strict=True)) for x, y in zip(a, b, strict=True)]


def _times(a: Tree | Rows, b: Tree | Rows) -> Tree | Rows | None:
    if not isinstance(a, list):
        return _scaled(a, b) if isinstance(b, list) else Apply("*", (a, b))
    if not isinstance(b, list):
        return _scaled(b, a)
    if len(a[0]) != len(b) or len(a) * len(b) * len(b[0]) > _ENTRIES:
        return None
    columns = list(zip(*b, strict=True))
    return [tuple(_dot(row, column) for column in columns) for row in a]


def _dot(row: tuple[Tree, ...], column: tuple[Tree, ...]) -> Tree:
    terms = tuple(Apply("*", pair) for pair in zip(row, column, strict=True))
    return terms[0] if len(terms) == 1 else Apply("+", terms)


def _scaled(by: Tree, rows: Rows) -> Rows:
    return [tuple(Apply("*", (by, entry)) for entry in row) for row in rows]


def _over(a: Tree | Rows, b: Tree | Rows) -> Tree | Rows | None:
    if isinstance(b, list):
        return None
    return _scaled(Apply("/", (Number(whole(1).value), b)), a) if isinstance(a, list) else Apply("/", (a, b))


_JOINED: dict[str, Callable[[Tree | Rows, Tree | Rows], Tree | Rows | None]] = {
    "+": _plus,
    "neg": _plus,
    "*": _times,
    "/": _over,
}
