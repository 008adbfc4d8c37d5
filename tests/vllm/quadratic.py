"""A task that the model of these tests can answer: find n*n + 5*n + 3."""

from __future__ import annotations

import ast
import operator
from fractions import Fraction

import refine
from refine.verifiers.exact import expressions

task = refine.Task(
    "Write the polynomial in n whose values at n = 1 ... 6 are 9, 17, 27, 39, 53, 69.",
    "n",
    name="quadratic",
    language="expression",
    direction="minimize",
    metric="largest error",
)
_OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul}


@task.verifier
def verify(candidate: refine.Handle) -> float:
    (tree,) = expressions(candidate.text, {"n"})
    return float(max(abs(value(tree, n) - (n * n + 5 * n + 3)) for n in range(1, 7)))


def value(node: ast.expr, n: int) -> Fraction:
    match node:
        case ast.Name():
            return Fraction(n)
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return Fraction(_OPERATORS[type(op)](value(left, n), value(right, n)))
        case _:
            raise refine.Wrong("only n, whole numbers, +, - and * are known here")
