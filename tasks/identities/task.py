"""Twelve identities to be completed, each in a prescribed form, proved or refuted symbolically. No candidate ever runs.

The form is what keeps the question from being its own answer. A formula is written in *letters* that the task puts
values to (c = cos x, never x itself), in integers, and in the few calls that its item names, whose arguments are
restricted too: `sqrt` of a whole number, `atan` of a small fraction. So cos(5x) cannot be written where a polynomial in
cos x is asked for, and sqrt(5 + 2*sqrt(6)) cannot where no root may stand under a root.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.verifiers import symbolic
from refine.verifiers.answers import Answer, Proved

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle
    from tasks.identities.identity_items import ITEMS, Item, degree, fraction, linear_in_n, names
else:
    from identity_items import ITEMS, Item, degree, fraction, linear_in_n, names

GOLDEN = Path(__file__).parent / "golden"
CHARACTERS, NODES, DEPTH = 3000, 100, 25
DIGITS, EXPONENT = 6, 12
PER_NODE = 0.001
"""What a name, number or operator takes from the point of a proved formula: a tie-break, at most 0.1."""
SECONDS = 5.0


_LIST = "\n".join(f"    {i}. {item.statement}: {item.form}" for i, item in enumerate(ITEMS.values(), 1))
task = refine.Task(
    instruction=f"""
    Write the other side of twelve identities, each in the form that is asked for:

{_LIST}

    Answer with one Python expression: a tuple of twelve formulas, in this order. A formula may use integers of at most
    {DIGITS} digits, + - * / ** and brackets, the letters and the calls that its line names, and nothing else. An
    exponent is an integer of size {EXPONENT} at most, or, in line 9, a number such as 2 to a power such as n + 1.

    Each identity is proved for all real x (line 10: x > 0; line 9: integers n >= 0), or refuted with a counterexample.
    A proved one scores 1, less {PER_NODE} for each name, number and operator in its formula; one that is not, less
    than 0.4 by how close it is at sample points.
    """,
    seed="(c, t, c2, s2, 1, 1, atan(1/5), t1, n, g, sin(x + 1), p)",
    metric="identities proved",
    language="expression",
    target=11.8,
    judge_seconds=120,
    references=[
        refine.Reference(name="all proved", value=len(ITEMS), metric="proved", source="the number of identities")
    ],
    baselines={"textbook formulas, no model": (GOLDEN / "textbook.txt").read_text()},
    grammar=refine.Grammar(
        terminals=("1", "2", "1/2", "c**2", "t + 1", "sqrt(2)", "sqrt(3)", "sqrt(5)", "atan(1/5)", "atan(1/7)", "2*n"),
        constants=(1, 2, 3, 4, 8, 16),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = components(candidate.text)
    found = {name: judged(name, ast.unparse(formula)) for name, formula in zip(ITEMS, formulas, strict=True)}
    credit = {name: part for name, (part, _) in found.items()}
    proved = sum(isinstance(answer, Proved) for _, answer in found.values())
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(credit.values()),
        metrics={"proved": float(proved)},
        features={"proved": float(proved), "size": float(sum(size(formula) for formula in formulas))},
        instances=credit,
        feedback="\n".join(f"{name}: {answer.feedback()}" for name, (_, answer) in found.items()),
    )


def components(text: str) -> list[ast.expr]:
    """The formulas, each admitted by its item. Raises `Wrong`."""
    tree = parsed(text)
    refine.require(
        isinstance(tree, ast.Tuple) and len(tree.elts) == len(ITEMS), f"expected a tuple of {len(ITEMS)} formulas"
    )
    assert isinstance(tree, ast.Tuple)
    for (name, item), formula in zip(ITEMS.items(), tree.elts, strict=True):
        try:
            admit(item, formula)
        except refine.Wrong as refused:
            raise refine.Wrong(f"{name} ({item.form}): {refused}") from None
    return tree.elts


def parsed(text: str) -> ast.expr:
    refine.require(len(text) <= CHARACTERS, f"{len(text)} characters: at most {CHARACTERS} are allowed")
    refine.require(text.isascii(), "only ASCII characters are allowed")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise refine.Wrong(f"not one Python expression: {type(error).__name__}") from None
    levels: list[ast.AST] = [tree]
    for _ in range(DEPTH):
        levels = [child for node in levels for child in ast.iter_child_nodes(node)]
    refine.require(not levels, f"nested too deeply: more than {DEPTH} levels")
    return tree


# ── the form ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def admit(item: Item, formula: ast.expr) -> None:
    """Whether a formula has its item's form. Raises `Wrong`."""
    refine.require(size(formula) <= NODES, f"more than {NODES} names, numbers and operators")
    for node in ast.walk(formula):
        _admit(item, node)
    calls = [node for node in ast.walk(formula) if isinstance(node, ast.Call)]
    refine.require(len(calls) <= item.most_calls, f"at most {item.most_calls} call(s)")
    inside = {id(part) for call in calls for part in ast.walk(call)}
    free = {node.id for node in ast.walk(formula) if isinstance(node, ast.Name) and id(node) not in inside}
    refine.require("x" not in free, "x may only stand inside of the call")
    refine.require(
        not item.linear or degree(formula) <= 1,
        "the letters may only be multiplied by numbers: no products and powers of them, and none under a fraction bar",
    )


def _admit(item: Item, node: ast.AST) -> None:
    match node:
        case ast.Name():
            known = {*item.letters, *item.calls}
            refine.require(
                node.id in known, f"the name {node.id[:40]!r} is not known here; known: {', '.join(sorted(known))}"
            )
        case ast.Constant(value=value):
            refine.require(type(value) is int, "numbers are integers: write 1/2 instead of 0.5")
            refine.require(value < 10**DIGITS, f"an integer has at most {DIGITS} digits")
        case ast.Call():
            _admit_call(item, node)
        case ast.BinOp(op=ast.Pow()):
            _admit_power(node)
        case ast.BinOp(op=ast.Add() | ast.Sub() | ast.Mult() | ast.Div()) | ast.UnaryOp(op=ast.USub() | ast.UAdd()):
            pass
        case ast.operator() | ast.unaryop() | ast.Load():
            pass
        case _:
            raise refine.Wrong(f"{type(node).__name__} is not allowed: only + - * / ** and brackets")


def _admit_call(item: Item, call: ast.Call) -> None:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    rule = item.calls.get(name)
    refine.require(rule is not None, f"{ast.unparse(call.func)[:40]} may not be called here")
    assert rule is not None
    refine.require(not call.keywords and len(call.args) == _ARGUMENTS.get(name, 1), f"{name} has other arguments")
    for argument in call.args:
        refine.require(not (problem := rule(argument)), f"{name}: {problem}")


_ARGUMENTS = {"binomial": 2}


def _admit_power(node: ast.BinOp) -> None:
    """An integer exponent; or one like n + 1 over a number. Everything else would be a root or a logarithm."""
    exponent = fraction(node.right)
    if exponent is not None and exponent.denominator == 1:
        refine.require(abs(exponent) <= EXPONENT, f"an exponent has at most the size {EXPONENT}")
        return
    grows = names(node.right) == {"n"} and not linear_in_n(node.right) and fraction(node.left)
    refine.require(grows, "an exponent is an integer (write sqrt(3) where that is allowed, never 3**(1/2))")


def size(node: ast.AST) -> int:
    """Names, numbers and operators."""
    return sum(isinstance(part, ast.Name | ast.Constant | ast.BinOp | ast.UnaryOp) for part in ast.walk(node))


# ── proof and credit ─────────────────────────────────────────────────────────────────────────────────────────────────


@lru_cache(maxsize=20_000)
def judged(name: str, formula: str) -> tuple[float, Answer]:
    """Credit (0.9 or more only if proved, else below 0.4) and the answer, for a formula that was admitted."""
    item = ITEMS[name]
    tree = ast.parse(formula, mode="eval").body
    try:
        answer = asked(item, spelled(item, tree))
    except refine.Wrong as refused:
        raise refine.Wrong(f"{name}: {refused}") from None
    if isinstance(answer, Proved):
        return 1 - PER_NODE * size(tree), answer
    return 0.39 * sum(nearness(item, tree, x) for x in item.at) / len(item.at), answer


def asked(item: Item, text: str) -> Answer:
    if item.statement.startswith("Sum"):
        return symbolic.closed_form_of(item.statement, text, deadline_s=SECONDS, numeric_evidence=None, **item.over)
    return symbolic.equals(item.statement, text, deadline_s=SECONDS, numeric_evidence=None, allow=(), **item.over)


def spelled(item: Item, tree: ast.expr) -> str:
    """The formula with every letter replaced by what it stands for."""

    class Spelling(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.expr:
            letter = item.letters.get(node.id)
            return node if letter is None else ast.parse(letter.text, mode="eval").body

    return ast.unparse(Spelling().visit(ast.parse(ast.unparse(tree), mode="eval")))


def nearness(item: Item, tree: ast.expr, x: float) -> float:
    """1 where both sides have the same value at x, falling to 0 with the relative distance; 0 where there is none."""
    want = item.value(x)
    try:
        got = value(tree, {name: letter.value(x) for name, letter in item.letters.items()})
    except (ArithmeticError, ValueError):
        return 0.0
    distance = abs(got - want) / (abs(want) + 0.01)
    return 1 / (1 + distance) if math.isfinite(distance) else 0.0


_CALLS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "atan": math.atan,
    "sin": math.sin,
    "log": math.log,
    "factorial": lambda n: math.gamma(n + 1),
    "binomial": lambda n, k: math.gamma(n + 1) / (math.gamma(k + 1) * math.gamma(n - k + 1)),
}


def value(node: ast.expr, at: Mapping[str, float]) -> float:
    """The value in floats of a formula that was admitted. Raises ArithmeticError or ValueError where it has none."""
    match node:
        case ast.Constant(value=int(literal)):
            return float(literal)
        case ast.Name():
            return at[node.id]
        case ast.UnaryOp(op=op, operand=operand):
            return -value(operand, at) if isinstance(op, ast.USub) else value(operand, at)
        case ast.Call(func=ast.Name(id=name), args=arguments):
            return _CALLS[name](*(value(argument, at) for argument in arguments))
        case ast.BinOp(left=left, op=op, right=right):
            return _combined(op, value(left, at), value(right, at))
    raise refine.Wrong(f"{type(node).__name__} is not allowed")


def _combined(op: ast.operator, a: float, b: float) -> float:
    match op:
        case ast.Add():
            return a + b
        case ast.Sub():
            return a - b
        case ast.Mult():
            return a * b
        case ast.Div():
            return a / b
    return math.pow(a, b)
