"""Exact numbers and arithmetic expressions out of untrusted plain data.

A float *is* a rational number, so what a candidate hands over can be decided with no tolerance at all. A text is parsed
with Python's own grammar and read node by node against an allow-list; nothing of it is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import math
import sys
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from refine.errors import Wrong, require


def number(value: object, what: str) -> Fraction:
    """The real number that `value` (int, float, numpy scalar) exactly is.

    Args:
        value: anything that came over the wall.
        what: its name in the message, such as "circle 3: radius".

    Raises:
        Wrong: it is a bool, NaN, infinite, beyond the largest float, or no number at all.
    """
    plain = value.item() if isinstance(value, np.generic) else value
    require(isinstance(plain, int | float) and not isinstance(plain, bool), f"{what} is a {_kind(plain)}, not a number")
    assert isinstance(plain, int | float)  # for the type checker: `require` has just said so
    if isinstance(plain, int):
        require(abs(plain) <= sys.float_info.max, f"{what} is larger than any float")
    else:
        require(math.isfinite(plain), f"{what} is {plain}: it must be finite")
    return Fraction(plain)


def rows(value: object, count: int, width: int, what: str) -> list[tuple[Fraction, ...]]:
    """A table of numbers: a list (or numpy array) of exactly `count` rows of exactly `width` numbers each.

    Raises:
        Wrong: it has another shape or holds something else. `what` names a row: "circle".
    """
    table = value.tolist() if isinstance(value, np.ndarray) else value
    require(isinstance(table, list | tuple), f"expected a list of {count} {what}s, got a {_kind(table)}")
    assert isinstance(table, list | tuple)
    require(len(table) == count, f"expected exactly {count} {what}s, got {len(table)}")
    return [_row(row, width, f"{what} {i}") for i, row in enumerate(table)]


def _row(value: object, width: int, what: str) -> tuple[Fraction, ...]:
    row = value.tolist() if isinstance(value, np.ndarray) else value
    require(isinstance(row, list | tuple), f"{what} is a {_kind(row)}, not {width} numbers")
    assert isinstance(row, list | tuple)
    require(len(row) == width, f"{what} has {len(row)} entries, not {width}")
    return tuple(number(entry, f"{what}, entry {j}") for j, entry in enumerate(row))


def _kind(value: object) -> str:
    """A word for the message. Not the value itself: it may be huge, and a huge int cannot even be printed."""
    return "None" if value is None else type(value).__name__


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a text may be at most, before anything is computed from it."""

    characters: int = 2000
    nodes: int = 400
    depth: int = 40
    digits: int = 12


def expressions(text: str, names: Collection[str], bounds: Bounds | None = None) -> tuple[ast.expr, ...]:
    """Parses one arithmetic expression, or a tuple of them, and admits it node by node.

    Allowed: the given names, integer literals, `+ - * / **`, signs and brackets. The trees are data for the caller's
    own walk; they are never compiled or evaluated.

    Raises:
        Wrong: anything else is in it, or it exceeds the bounds. The message says what to write instead.
    """
    bounds = bounds or Bounds()
    tree = _parsed(text.strip(), bounds)
    _measure(tree, bounds)
    parts = tuple(tree.elts) if isinstance(tree, ast.Tuple) else (tree,)
    for part in parts:
        for node in ast.walk(part):
            _admit(node, names, bounds)
    return parts


def _parsed(text: str, bounds: Bounds) -> ast.expr:
    require(text, "the candidate is empty: write one expression")
    require(len(text) <= bounds.characters, f"{len(text)} characters: at most {bounds.characters} are allowed")
    require(text.isascii(), "only ASCII characters are allowed: letters that merely look like Latin ones are refused")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise Wrong(f"not one Python expression: {error.msg} (line {error.lineno}, column {error.offset})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Wrong(f"not one Python expression: {type(error).__name__} while parsing") from None


def _measure(tree: ast.expr, bounds: Bounds) -> None:
    """Refuses a tree too large or too deep to be walked by recursion; so this itself does not recurse."""
    levels: list[ast.AST] = [tree]
    nodes = depth = 0
    while levels:
        nodes, depth = nodes + len(levels), depth + 1
        require(nodes <= bounds.nodes, f"too long: more than {bounds.nodes} names, numbers and operators")
        require(depth <= bounds.depth, f"nested too deeply: more than {bounds.depth} levels")
        levels = [child for node in levels for child in _operands(node)]


def _operands(node: ast.AST) -> Iterator[ast.AST]:
    """The children that count: not the operator, and not the context of a name."""
    return (c for c in ast.iter_child_nodes(node) if not isinstance(c, ast.operator | ast.unaryop | ast.expr_context))


_INSTEAD: dict[type[ast.AST], str] = {
    ast.FloorDiv: "`//` is not allowed: write `/`, which is exact here",
    ast.BitXor: "`^` is not a power: write `**`",
    ast.Call: "calls are not allowed: not of sum, of factorial, nor of anything else",
    ast.Attribute: "attributes (`a.b`) are not allowed",
    ast.Lambda: "functions are not allowed",
    ast.IfExp: "conditions are not allowed: one formula must hold for every value",
    ast.Compare: "conditions are not allowed: one formula must hold for every value",
    ast.Subscript: "tables are not allowed: one formula must hold for every value",
    ast.List: "tables are not allowed: one formula must hold for every value",
    ast.Dict: "tables are not allowed: one formula must hold for every value",
    ast.Tuple: "a tuple inside of another expression is not allowed",
}
_ALLOWED = (
    *(ast.BinOp, ast.UnaryOp, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div, ast.Pow, ast.UAdd, ast.USub),
)


def _admit(node: ast.AST, names: Collection[str], bounds: Bounds) -> None:
    if isinstance(node, ast.Name):
        require(node.id in names, f"the name {node.id[:40]!r} is not known here; known: {', '.join(sorted(names))}")
    elif isinstance(node, ast.Constant):
        _admit_literal(node.value, bounds)
    elif not isinstance(node, _ALLOWED):
        raise Wrong(_INSTEAD.get(type(node), f"{type(node).__name__} is not allowed: only + - * / ** and brackets"))


def _admit_literal(value: object, bounds: Bounds) -> None:
    require(not isinstance(value, float), "decimals are not exact: write 1/2 instead of 0.5")
    require(type(value) is int, f"a literal {_kind(value)} is not allowed: only integers")
    assert isinstance(value, int)
    require(value < 10**bounds.digits, f"an integer of more than {bounds.digits} digits is not allowed")
