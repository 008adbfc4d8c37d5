"""What a text says, as plain frozen data: numbers, names and applied heads. Nothing here can execute anything.

Heads are the canonical function names of `grammar_names` and
`+ * / ^ neg ! !! pm mp % deg = != < <= > >= in -> and or union intersect minus ratio`,
brackets with two or more entries `() [] (] [)`, `{}` with any number, `,` (answers in a row without brackets),
`matrix` (of `row`s), `cases`, and the operators of calculus `Sum Product Integral Limit Derivative Piecewise`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Number:
    """A literal: decimals are exact, 0.1 is one tenth."""

    value: Fraction


@dataclass(frozen=True, slots=True)
class Name:
    name: str


@dataclass(frozen=True, slots=True)
class Apply:
    head: str
    args: tuple[Tree, ...]


Tree = Number | Name | Apply

RELATIONS = frozenset({"=", "!=", "<", "<=", ">", ">=", "in"})
BRACKETS = frozenset({"()", "[]", "(]", "[)"})
CALCULUS = frozenset({"Sum", "Product", "Integral", "Limit", "Derivative", "Piecewise"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a text may be at most, before SymPy sees any of it.

    Attributes:
        characters: of the text.
        nodes: numbers, names and operators.
        depth: levels of brackets, groups, powers and signs.
        digits: of one literal.
        exponent: largest degree of a power whose base is not a plain number, as in (x + 1)^n.
        bits: of any number that SymPy may come to write out, numerator and denominator together.
        argument: largest argument of factorial, binomial, gamma, zeta and their like.
    """

    characters: int = 4000
    nodes: int = 1000
    depth: int = 30
    digits: int = 200
    exponent: int = 1000
    bits: int = 20_000
    argument: int = 1000


def whole(value: int) -> Number:
    return Number(Fraction(value))


def parts(tree: Tree) -> Iterator[Tree]:
    """The tree and everything in it, in no order that matters; not by recursion."""
    rest: list[Tree] = [tree]
    while rest:
        node = rest.pop()
        yield node
        if isinstance(node, Apply):
            rest.extend(node.args)


def heads(tree: Tree) -> set[str]:
    return {node.head for node in parts(tree) if isinstance(node, Apply)}


def names(tree: Tree) -> set[str]:
    """Every name that occurs, constants such as `pi` and bound variables included."""
    return {node.name for node in parts(tree) if isinstance(node, Name)}


def replaced(tree: Tree, new: Callable[[Apply], Tree | None]) -> Tree:
    """The tree with `new(node)` for every application where that is not None; `new` sees the children already done."""
    if not isinstance(tree, Apply):
        return tree
    done = Apply(tree.head, tuple(replaced(arg, new) for arg in tree.args))
    other = new(done)
    return done if other is None else other


_INFIX = {"=": " = ", "!=": " != ", "in": " in ", "and": " and ", "or": " or ", "->": " -> ", ",": ", ", "+": " + "} | {
    **{head: f" {head} " for head in ("<", "<=", ">", ">=", "union", "intersect")},
    "minus": " setminus ",
    "ratio": ":",
    **{head: head for head in ("*", "/", "^")},
}
_POSTFIX = {"!": "!", "!!": "!!", "%": "%", "deg": "°"}
_PREFIX = {"neg": "-", "pm": "±", "mp": "∓"}


def text(tree: Tree) -> str:
    """The tree as infix text with every bracket written; reading that text gives the tree again, but for matrices'
    rows and mixed numbers, which come back as lists and sums.
    """
    if isinstance(tree, Number):
        value = str(tree.value)
        return value if value.isdigit() else f"({value})"
    if isinstance(tree, Name):
        return tree.name
    return _applied(tree.head, [text(arg) for arg in tree.args])


def _applied(head: str, inside: list[str]) -> str:
    if head in _INFIX:
        shown = _INFIX[head].join(inside)
        return shown if head == "," else f"({shown})"
    if head in _PREFIX:
        return f"({_PREFIX[head]}{inside[0]})"
    if head in _POSTFIX:
        return f"({inside[0]}{_POSTFIX[head]})"
    if head in BRACKETS or head == "{}":
        return head[0] + ", ".join(inside) + head[1]
    return _listed(head, inside)


def _listed(head: str, inside: list[str]) -> str:
    if head in {"matrix", "row"}:
        return f"[{', '.join(inside)}]"
    return f"{head}({', '.join(inside)})"
