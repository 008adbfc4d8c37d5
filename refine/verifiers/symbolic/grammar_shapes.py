"""What the grammar makes of the parts it has read: rows, products, brackets, subscripts, mixed numbers."""

from __future__ import annotations

from fractions import Fraction

from refine.errors import Wrong, require
from refine.verifiers.symbolic.grammar_calls import call
from refine.verifiers.symbolic.grammar_tokens import Token
from refine.verifiers.symbolic.tree import RELATIONS, Apply, Name, Number, Tree

AROUND = {"lvert": "Abs", "lfloor": "floor", "lceil": "ceiling"}
SIGNS = {"-": "neg", "pm": "pm", "mp": "mp"}


def spread(tree: Tree) -> list[Tree]:
    return list(tree.args) if isinstance(tree, Apply) and tree.head == "," else [tree]


def joined(head: str, operands: list[Tree]) -> Tree:
    """`x = 2 or 3` is `x = 2 or x = 3`, and values alone are a row."""
    first = operands[0]
    said = [isinstance(tree, Apply) and tree.head in {*RELATIONS, "and", "or"} for tree in operands]
    if not any(said):
        return Apply(",", tuple(item for operand in operands for item in spread(operand)))
    if isinstance(first, Apply) and first.head == "=":
        pairs = zip(operands, said, strict=True)
        return Apply(
            head, tuple(tree if a_statement else Apply("=", (first.args[0], tree)) for tree, a_statement in pairs)
        )
    return Apply(head, tuple(operands))


def product(first: Tree, rest: list[Tree]) -> Tree:
    return Apply("*", (first, *rest)) if rest else first


def negated(sign: str, tree: Tree) -> Tree:
    if sign == "-" and isinstance(tree, Number):
        return Number(-tree.value)
    return Apply(SIGNS[sign], (tree,))


def two_numbers(token: Token) -> str:
    return f"two numbers side by side before {token.text[:20]!r}: write * or + between them"


def proper(tree: Tree | None) -> Fraction | None:
    """The value of a tree that is one positive fraction of two literals below 1."""
    if isinstance(tree, Number) and 0 < tree.value < 1 and tree.value.denominator > 1:
        return tree.value
    if isinstance(tree, Apply) and tree.head == "/" and all(isinstance(arg, Number) for arg in tree.args):
        top, bottom = (arg.value for arg in tree.args if isinstance(arg, Number))
        return top / bottom if 0 < top < bottom and top.denominator == bottom.denominator == 1 else None
    return None


def bracketed(opener: str, items: list[Tree], closer: str) -> Tree:
    if opener in AROUND:
        require(len(items) == 1, f"{opener} takes one value")
        return call(AROUND[opener], items)
    if opener == "{":
        return Apply("{}", tuple(items))
    require(items, "a pair of brackets is empty")
    if len(items) == 1:
        require(opener + closer in {"()", "[]"}, f"{opener}...{closer} needs two ends")
    return items[0] if len(items) == 1 and opener == "(" else Apply(opener + closer, tuple(items))


def index(tree: Tree) -> str:
    """The text of a subscript: x_{12}, x_n, x_{max}."""
    if isinstance(tree, Number) and tree.value.denominator == 1 and tree.value >= 0:
        return str(tree.value)
    if isinstance(tree, Name):
        return tree.name
    if isinstance(tree, Apply) and tree.head == "*":
        return "".join(index(arg) for arg in tree.args)
    raise Wrong("a subscript is a number or a name: x_1, x_{12}, x_n")
