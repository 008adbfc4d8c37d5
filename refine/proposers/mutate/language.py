"""What an expression language has, read off its examples: a task says by its terminals what a formula is made of."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass

import numpy as np

from refine.proposers.mutate.chance import pick, weighted
from refine.proposers.mutate.grammar import number
from refine.proposers.mutate.program import nodes, value_of
from refine.task import Grammar

_ALWAYS: tuple[type[ast.operator], ...] = (ast.Add, ast.Sub, ast.Mult)
_UNLESS_WORDS: tuple[type[ast.operator], ...] = (ast.Div, ast.Pow)
"""Also there, unless the examples show operators of machine words or whole division."""
_WORDS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.LShift, ast.RShift, ast.FloorDiv, ast.Mod)
_SMALL = (1, 2, 3, 4, 5, 6)


@dataclass(frozen=True, slots=True)
class Words:
    """What formulas may be made of.

    Attributes:
        terminals: whole expressions.
        variables: names that are no functions.
        functions: unary functions, by name.
        constants: numbers worth trying.
        operators: binary operators, as often as they are worth trying.
        signs: unary operators.
        comparisons: none where no example compares.
        decimals: whether a number may have a point.
    """

    terminals: tuple[str, ...]
    variables: tuple[str, ...]
    functions: tuple[str, ...]
    constants: tuple[float, ...]
    operators: tuple[type[ast.operator], ...]
    signs: tuple[type[ast.unaryop], ...]
    comparisons: tuple[type[ast.cmpop], ...]
    decimals: bool


@functools.lru_cache(maxsize=256)
def words(parents: tuple[str, ...], grammar: Grammar) -> Words:
    """What the parents use and the grammar offers. Raises SyntaxError where one is no expression."""
    trees = [ast.parse(text.strip(), mode="eval") for text in [*parents, *grammar.terminals]]
    found = [node for tree in trees for node in nodes(tree)]
    called = [node.func.id for node in found if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    modules = {f.split(".")[0] for f in grammar.functions}
    names = {node.id for node in found if isinstance(node, ast.Name)} - set(called) - modules
    shown = {type(node.op) for node in found if isinstance(node, ast.BinOp)}
    usual = (*_ALWAYS, *(() if shown & set(_WORDS) else _UNLESS_WORDS))
    numbers = {float(value) for node in found if (value := value_of(node)) is not None and abs(value) < 1e12}
    decimals = any(not value.is_integer() for value in (*grammar.constants, *numbers))
    signs = {type(node.op) for node in found if isinstance(node, ast.UnaryOp)} | {ast.USub}
    return Words(
        terminals=grammar.terminals,
        variables=tuple(sorted(names)),
        functions=tuple(dict.fromkeys([*grammar.functions, *sorted({c for c in called if c not in ("max", "min")})])),
        constants=tuple(dict.fromkeys([*_SMALL, *grammar.constants, *sorted(numbers)])),
        operators=tuple(dict.fromkeys([*usual, *sorted(shown, key=lambda op: op.__name__)])),
        signs=tuple(sorted(signs, key=lambda op: op.__name__)),
        comparisons=tuple(
            sorted(
                {type(op) for node in found if isinstance(node, ast.Compare) for op in node.ops},
                key=lambda op: op.__name__,
            )
        ),
        decimals=decimals,
    )


def leaf(rng: np.random.Generator, known: Words) -> ast.expr:
    """A terminal, a variable or a number."""
    form = weighted(rng, ((5.0, known.terminals), (3.0, known.variables), (3.0, ())))
    return ast.parse(pick(rng, form), mode="eval").body if form else constant(rng, known)


def literal(value: float) -> ast.expr:
    """A whole number as it is (a mask of bits has ten digits), any other to five digits."""
    if not float(value).is_integer():
        return number(value)
    body = ast.Constant(abs(int(value)))
    return ast.UnaryOp(ast.USub(), body) if value < 0 else body


def constant(rng: np.random.Generator, known: Words) -> ast.expr:
    value = pick(rng, known.constants)
    if known.decimals and rng.random() < 0.3:
        value *= float(np.exp(0.5 * rng.standard_normal()))
    return literal(value)


def grow(rng: np.random.Generator, known: Words, depth: int) -> ast.expr:
    """A new formula of at most `depth` operations one above the other."""
    if depth <= 0 or rng.random() < 0.25:
        return leaf(rng, known)
    inner = grow(rng, known, depth - 1)
    if rng.random() < 0.2:
        return wrapped(rng, known, inner)
    return joined(rng, known, inner, grow(rng, known, depth - 1))


def joined(rng: np.random.Generator, known: Words, left: ast.expr, right: ast.expr) -> ast.expr:
    """Two formulas by an operator, seldom by a comparison; an exponent is a small number or linear in a variable."""
    if known.comparisons and rng.random() < 0.06:
        return ast.Compare(left, [pick(rng, known.comparisons)()], [right])
    operator = pick(rng, known.operators)
    if operator is ast.Pow:
        return ast.BinOp(left, ast.Pow(), ast.Constant(pick(rng, (2, 2, 3, 4))))
    return ast.BinOp(left, operator(), right)


def wrapped(rng: np.random.Generator, known: Words, inner: ast.expr) -> ast.expr:
    """A function of a formula, its negative or its like."""
    if known.functions and rng.random() < 0.6:
        return ast.Call(ast.parse(pick(rng, known.functions), mode="eval").body, [inner], [])
    return ast.UnaryOp(pick(rng, known.signs)(), inner)
