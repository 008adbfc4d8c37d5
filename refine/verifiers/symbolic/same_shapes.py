"""The shapes of statements: both readings of ±, the items of a row, the pieces of a set."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeGuard

from refine.verifiers.symbolic.grammar_names import CONSTANTS
from refine.verifiers.symbolic.tree import BRACKETS, RELATIONS, Apply, Name, Tree, heads, names, text
from refine.verifiers.symbolic.tree_signs import has_sign, spread

_OPEN = {"<": True, "<=": False}
_TURNED = {">": "<", ">=": "<="}


def is_a(tree: Tree, *heads: str) -> TypeGuard[Apply]:
    return isinstance(tree, Apply) and tree.head in heads


def unknown(tree: Tree) -> bool:
    return isinstance(tree, Name) and tree.name not in CONSTANTS


def is_set(tree: Tree) -> bool:
    named = isinstance(tree, Name) and tree.name in {"Reals", "Integers", "Rationals", "Naturals", "Complexes"}
    return named or is_a(tree, "union", "intersect", "minus", "and", "<", "<=", ">", ">=", "!=", "(]", "[)")


def value(tree: Tree) -> Tree:
    """What is said of the unknown: x in S says S; ± says both; [5] is 5."""
    if not isinstance(tree, Apply):
        return tree
    if tree.head == "[]" and len(tree.args) == 1 and not is_a(tree.args[0], "[]"):
        return tree.args[0]
    if tree.head == "in" and unknown(tree.args[0]):
        return tree.args[1]
    return _both(tree) or tree


def _both(tree: Apply) -> Tree | None:
    if not has_sign(tree) or tree.head in {"()", "matrix"}:
        return None
    listed = tree.args if tree.head in {",", "{}", "or"} else (tree,)
    return Apply("or" if tree.head == "or" else "{}", tuple(item for arg in listed for item in spread(arg)))


def items(tree: Tree) -> tuple[Tree, ...]:
    """The entries of a row, a set or a list; one answer is a row of one."""
    if tree == Name("EmptySet"):
        return ()
    listed = isinstance(tree, Apply) and tree.head in {",", "{}", "[]"}
    return tree.args if listed and isinstance(tree, Apply) else (tree,)


def free(tree: Tree) -> set[str]:
    """The names in it that are no constants."""
    return names(tree) - CONSTANTS.keys()


def shown(tree: Tree) -> str:
    return text(tree)[:200]


def kind(tree: Tree) -> str:
    """What a number can be told from; "" for what is not known."""
    if is_a(tree, "matrix"):
        return "a matrix" if len(tree.args) > 1 else ""
    if is_a(tree, "[]"):
        return "" if any(is_a(arg, "[]") for arg in tree.args) else "a list or an interval"
    if is_a(tree, "()"):
        return "a point"
    if heads(tree) & {"[)", "(]", "union"}:
        return "an interval"
    plain = not heads(tree) & (BRACKETS | RELATIONS | {"matrix", "and", "or", "{}", ",", "ratio", "intersect", "minus"})
    return "a number" if plain and not names(tree) & _SETS else ""


_SETS = frozenset({"Reals", "Integers", "Rationals", "Naturals", "Naturals0", "Complexes", "EmptySet", "true", "false"})


# pieces


@dataclass(frozen=True, slots=True)
class Piece:
    """An interval: its ends, and whether each is open."""

    low: Tree
    high: Tree
    left_open: bool
    right_open: bool


def piece_said(piece: Piece) -> str:
    return f"{'[('[piece.left_open]}{text(piece.low)}, {text(piece.high)}{'])'[piece.right_open]}"[:200]


def pieces(tree: Tree) -> tuple[Piece, ...] | None:
    """The intervals whose union a statement on one unknown says, as written; None for anything else."""
    if is_a(tree, "union", "or"):
        found = [pieces(value(arg)) for arg in tree.args]
        return tuple(p for part in found if part for p in part) if all(part is not None for part in found) else None
    if isinstance(tree, Apply) and tree.head in BRACKETS and len(tree.args) == 2:
        return (Piece(*tree.args, left_open=tree.head[0] == "(", right_open=tree.head[1] == ")"),)
    if is_a(tree, "and"):
        return _between(tree.args)
    return _ray(tree)


def _ray(tree: Tree) -> tuple[Piece, ...] | None:
    """That x < 3 is (-oo, 3), and x != 3 is (-oo, 3) with (3, oo)."""
    turned = _name_first(tree)
    if turned is None:
        return None
    head, bound = turned
    low, high = Apply("neg", (Name("oo"),)), Name("oo")
    if head == "!=":
        return Piece(low, bound, left_open=True, right_open=True), Piece(bound, high, left_open=True, right_open=True)
    if head in _OPEN:
        return (Piece(low, bound, left_open=True, right_open=_OPEN[head]),)
    return (Piece(bound, high, left_open=_OPEN[_TURNED[head]], right_open=True),)


def _name_first(tree: Tree) -> tuple[str, Tree] | None:
    """The relation and its other side, with the unknown on the left: 3 > x is x < 3."""
    if not isinstance(tree, Apply) or tree.head not in {"<", "<=", ">", ">=", "!="}:
        return None
    left, right = tree.args
    if unknown(left) and not unknown(right):
        return tree.head, right
    if unknown(right) and not unknown(left):
        back = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "!=": "!="}
        return back[tree.head], left
    return None


def _between(parts: Iterable[Tree]) -> tuple[Piece, ...] | None:
    """1 < x <= 3, or x > 1 and x <= 3."""
    rays = [_ray(part) for part in parts]
    low = [ray[0] for ray in rays if ray and len(ray) == 1 and ray[0].high == Name("oo")]
    high = [ray[0] for ray in rays if ray and len(ray) == 1 and ray[0].high != Name("oo")]
    if len(rays) != 2 or len(low) != 1 or len(high) != 1:
        return None
    return (Piece(low[0].low, high[0].high, left_open=low[0].left_open, right_open=high[0].right_open),)
