"""Untrusted text to a formula that numpy computes: read by an allow-list, computed by walking the tree, never run."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from refine.errors import Wrong, require
from refine.verifiers.exact import Bounds

Floats = NDArray[np.float64]
FUNCTIONS: Mapping[str, np.ufunc] = {
    **{name: getattr(np, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh", "sinh", "cosh")},
    "abs": np.abs,
}
CONSTANTS = 16
_FREE = re.compile(r"c[0-9]{1,2}")
_OPERATORS: Mapping[type[ast.operator], np.ufunc] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
_INSTEAD: Mapping[type[ast.AST], str] = {
    ast.Subscript: "tables are not allowed: write a formula",
    ast.List: "tables are not allowed: write a formula",
    ast.IfExp: "conditions are not allowed: one formula for all data",
    ast.Compare: "conditions are not allowed: one formula for all data",
    ast.Attribute: "attributes (`a.b`) are not allowed: write sin(x), not np.sin(x)",
    ast.Tuple: "a tuple is not allowed here",
}


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that has been read.

    Attributes:
        tree: its syntax tree; every free constant is a name c0, c1, ... in it.
        constants: the names of the free constants, in the order of their numbers.
        complexity: names, numbers, operators and calls in it.
    """

    tree: ast.expr
    constants: tuple[str, ...]
    complexity: int

    @property
    def text(self) -> str:
        return ast.unparse(self.tree)

    def values(self, inputs: Mapping[str, Floats], constants: Sequence[float]) -> Floats:
        """The formula at n points, of shape (n,); NaN or infinite where it has no value there.

        Args:
            inputs: each variable's values, of shape (n,).
            constants: in the order of `self.constants`.
        """
        names: dict[str, Floats | np.float64] = dict(inputs)
        names.update(zip(self.constants, map(np.float64, constants), strict=True))
        shape = np.shape(next(iter(inputs.values())))
        with np.errstate(all="ignore"):
            return np.broadcast_to(np.asarray(_value(self.tree, names), dtype=np.float64), shape)

    def filled(self, constants: Sequence[str]) -> str:
        """The formula's text with these texts in the places of its constants."""
        put = dict(zip(self.constants, constants, strict=True))
        return ast.unparse(_Filled(put).visit(ast.parse(self.text, mode="eval")))


def read(
    text: str,
    variables: Collection[str],
    *,
    functions: Collection[str] = tuple(FUNCTIONS),
    most_constants: int = CONSTANTS,
    bounds: Bounds | None = None,
) -> Formula:
    """A formula in the variables, numbers, + - * / **, the functions, and free constants.

    A free constant is a name c0 ... c99, which is one number wherever it stands, or `C`, which is another each time.

    Raises:
        Wrong: anything else is in it, or it exceeds the bounds.
    """
    tree = _parsed(text.strip(), bounds or Bounds())
    complexity = _measured(tree, bounds or Bounds())
    for node in _nodes(tree):
        _admit(node, variables, functions)
    named: ast.expr = _Numbered({n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}).visit(tree)
    free = {node.id for node in ast.walk(named) if isinstance(node, ast.Name) and _FREE.fullmatch(node.id)}
    constants = tuple(sorted(free - set(variables), key=lambda name: int(name[1:])))
    require(len(constants) <= most_constants, f"{len(constants)} free constants: at most {most_constants} are allowed")
    return Formula(named, constants, complexity)


def _parsed(text: str, bounds: Bounds) -> ast.expr:
    require(text, "the candidate is empty: write one formula")
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


def _measured(tree: ast.expr, bounds: Bounds) -> int:
    """The number of nodes; refuses a tree too large or too deep to be walked by recursion, so it does not recurse."""
    levels: list[ast.AST] = [tree]
    nodes = depth = 0
    while levels:
        nodes, depth = nodes + len(levels), depth + 1
        require(nodes <= bounds.nodes, f"too long: more than {bounds.nodes} names, numbers and operators")
        require(depth <= bounds.depth, f"nested too deeply: more than {bounds.depth} levels")
        levels = [child for node in levels for child in _children(node)]
    return nodes


def _children(node: ast.AST) -> list[ast.AST]:
    """Below a node, what counts: not its operator, and not the name of the function that it calls."""
    skip = (ast.operator, ast.unaryop, ast.expr_context)
    called = node.func if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else None
    return [child for child in ast.iter_child_nodes(node) if not isinstance(child, skip) and child is not called]


def _nodes(tree: ast.AST) -> list[ast.AST]:
    return [tree, *(node for child in _children(tree) for node in _nodes(child))]


def _admit(node: ast.AST, variables: Collection[str], functions: Collection[str]) -> None:
    match node:
        case ast.Name(id=name):
            known = f"{', '.join(variables)}, and free constants c0, c1, ... or C"
            ok = name in variables or name == "C" or _FREE.fullmatch(name)
            require(ok, f"the name {name[:40]!r} is not known here; known: {known}")
        case ast.Constant(value=value):
            require(type(value) in (int, float), "only plain numbers are allowed as literals")
            assert isinstance(value, int | float)
            require(abs(value) < 1e12, "a number is too large")
        case ast.UnaryOp(op=op):
            require(isinstance(op, ast.USub | ast.UAdd), f"{type(op).__name__} is not allowed")
        case ast.BinOp(op=op):
            require(type(op) in _OPERATORS, f"{type(op).__name__} is not allowed: only + - * / **")
        case ast.Call(func=ast.Name(id=name), args=[_], keywords=[]) if name in functions:
            pass
        case ast.Call():
            raise Wrong(f"only these may be called, with one argument: {', '.join(functions)}")
        case _:
            raise Wrong(_INSTEAD.get(type(node), f"{type(node).__name__} is not allowed"))


class _Numbered(ast.NodeTransformer):
    """Each `C` becomes a constant of its own, with a number that is not taken."""

    def __init__(self, taken: set[str]) -> None:
        self.free = (name for name in (f"c{k}" for k in range(100_000)) if name not in taken)

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.Name(next(self.free), ast.Load()) if node.id == "C" else node


class _Filled(ast.NodeTransformer):
    def __init__(self, put: Mapping[str, str]) -> None:
        self.put = put

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return ast.parse(f"({self.put[node.id]})", mode="eval").body if node.id in self.put else node


def _value(node: ast.AST, names: Mapping[str, Floats | np.float64]) -> Floats | np.float64:
    match node:
        case ast.Constant(value=int() | float() as literal):
            return np.float64(literal)
        case ast.Name(id=name):
            return names[name]
        case ast.UnaryOp(op=op, operand=operand):
            value = _value(operand, names)
            return -value if isinstance(op, ast.USub) else value
        case ast.BinOp(left=left, op=op, right=right):
            made: Floats = _OPERATORS[type(op)](_value(left, names), _value(right, names))
            return made
        case ast.Call(func=ast.Name(id=name), args=[argument]):
            called: Floats = FUNCTIONS[name](_value(argument, names))
            return called
    raise Wrong(f"{type(node).__name__} is not allowed")
