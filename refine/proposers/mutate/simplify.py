"""Sums of numbers become one number and double negations go: less to read, and fewer numbers for the tuner to move."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable

from refine.proposers.mutate.grammar import number, rounded
from refine.proposers.mutate.program import Program, value_of

_FOLDED: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def simplify(program: Program) -> None:
    """Changes the region in place."""
    folding = _Folding()
    for statement in program.region:
        folding.visit(statement)


class _Folding(ast.NodeTransformer):
    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.expr:
        self.generic_visit(node)
        inner = node.operand
        if isinstance(node.op, ast.USub) and isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.USub):
            return inner.operand
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        fold, left, right = _FOLDED.get(type(node.op)), _value(node.left), _value(node.right)
        if fold is None or left is None or right is None or (fold is operator.truediv and right == 0):
            return node
        value = fold(left, right)
        return number(value) if math.isfinite(value) and abs(value) < 1e15 and rounded(value) != 0 else node


def _value(node: ast.expr) -> int | float | None:
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = _value(node.operand)
        return None if value is None else -value
    return value_of(node)
