"""Formulas simplified by what holds exactly: whole numbers fold, neutral elements and double signs go."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable

from refine.proposers.mutate.grammar import number
from refine.proposers.mutate.program import value_of

_FOLDED: dict[type[ast.operator], Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}


def reduced(tree: ast.expr) -> ast.expr:
    """An equal formula of at most the same size. `tree` may be changed. 0*x stays: it has no value where x has none."""
    made = _Reducing().visit(tree)
    assert isinstance(made, ast.expr)
    return made


class _Reducing(ast.NodeTransformer):
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(node.op, ast.UAdd):
            return inner
        if isinstance(inner, ast.UnaryOp) and type(inner.op) is type(node.op) and not isinstance(node.op, ast.Not):
            return inner.operand
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        left, right = _whole(node.left), _whole(node.right)
        if left is not None and right is not None:
            return _folded(node, left, right)
        if right == 0 and isinstance(node.op, ast.Add | ast.Sub):
            return node.left
        if right == 1 and isinstance(node.op, ast.Mult | ast.Div | ast.Pow):
            return node.left
        if left == 0 and isinstance(node.op, ast.Add):
            return node.right
        return node.right if left == 1 and isinstance(node.op, ast.Mult) else node


def _folded(node: ast.BinOp, left: int, right: int) -> ast.expr:
    fold = _FOLDED.get(type(node.op))
    if fold is not None and abs(fold(left, right)) < 10**5:
        return number(fold(left, right))
    if isinstance(node.op, ast.Div) and right and left % right == 0:
        return number(left // right)
    return node


def _whole(node: ast.expr) -> int | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _whole(node.operand)
        return None if value is None else -value
    literal = value_of(node)
    return literal if isinstance(literal, int) else None
