"""Untrusted text to Python's syntax tree, within bounds; and what to write instead of a form that is not allowed."""

from __future__ import annotations

import ast
import warnings

from refine.errors import Wrong, require
from refine.verifiers.exact import Bounds

_WORDLESS = (ast.operator, ast.unaryop, ast.cmpop, ast.boolop, ast.expr_context)
_INSTEAD: dict[type[ast.AST], str] = {
    ast.For: "loops are not allowed: write a formula",
    ast.While: "loops are not allowed: write a formula",
    ast.ListComp: "loops are not allowed: write a formula",
    ast.GeneratorExp: "loops are not allowed: write a formula",
    ast.Subscript: "tables are not allowed: write a formula",
    ast.List: "tables are not allowed: write a formula",
    ast.Dict: "tables are not allowed: write a formula",
    ast.Tuple: "a tuple is not allowed here",
    ast.If: "`if` statements are not allowed",
    ast.Lambda: "functions inside are not allowed",
    ast.Attribute: "attributes (`a.b`) are not allowed",
    ast.Import: "imports are not allowed",
    ast.ImportFrom: "imports are not allowed",
}


def parsed(text: str, bounds: Bounds) -> list[ast.stmt]:
    """The statements of a text within bounds. Raises `Wrong`."""
    text = text.strip()
    require(text, "the candidate is empty: write one expression")
    require(len(text) <= bounds.characters, f"{len(text)} characters: at most {bounds.characters} are allowed")
    require(text.isascii(), "only ASCII characters are allowed: letters that merely look like Latin ones are refused")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            tree = ast.parse(text)
    except SyntaxError as error:
        raise Wrong(f"not Python: {error.msg} (line {error.lineno}, column {error.offset})") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise Wrong(f"not Python: {type(error).__name__} while parsing") from None
    _measure(tree, bounds)
    return tree.body


def _measure(tree: ast.AST, bounds: Bounds) -> None:
    """Refuses a tree too large or too deep to be walked by recursion; so this itself does not recurse."""
    levels: list[ast.AST] = [tree]
    nodes = depth = 0
    while levels:
        nodes, depth = nodes + len(levels), depth + 1
        require(nodes <= bounds.nodes, f"too long: more than {bounds.nodes} names, numbers and operators")
        require(depth <= bounds.depth, f"nested too deeply: more than {bounds.depth} levels")
        levels = [c for node in levels for c in ast.iter_child_nodes(node) if not isinstance(c, _WORDLESS)]


def refused(node: ast.AST) -> Wrong:
    """The refusal of a form, to be raised."""
    return Wrong(_INSTEAD.get(type(node), f"{type(node).__name__} is not allowed"))
