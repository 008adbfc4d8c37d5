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
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.verifiers import symbolic
from refine.verifiers.answers import Answer, Proved

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle
    from refine.verifiers.symbolic.domain import Domain

GOLDEN = Path(__file__).parent / "golden"
CHARACTERS, NODES, DEPTH = 3000, 100, 25
DIGITS, EXPONENT = 6, 12
PER_NODE = 0.001
"""What a name, number or operator takes from the point of a proved formula: a tie-break, at most 0.1."""
SECONDS = 5.0
REAL, POSITIVE, COUNT = symbolic.Real(), symbolic.positive(), symbolic.Integer(0)

Number = Callable[[float], float]
"""A function of the item's one symbol, in floats: for partial credit alone."""
Rule = Callable[[ast.expr], str]
"""What is wrong with the argument of a call, or "" where it is allowed."""


# ── what a call may be given ─────────────────────────────────────────────────────────────────────────────────────────


def whole(node: ast.expr) -> str:
    number = isinstance(node, ast.Constant) and type(node.value) is int and node.value > 0
    return "" if number else "give it a positive whole number"


def small_fraction(node: ast.expr) -> str:
    value = fraction(node)
    return "" if value is not None and 0 < abs(value) <= Fraction(1, 5) else "give it a fraction, of size 1/5 at most"


def linear_in_n(node: ast.expr) -> str:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    return "" if names <= {"n"} and degree(node) <= 1 else "give it a formula like n, 2*n or n + 1"


def shifted(node: ast.expr) -> str:
    match node:
        case ast.BinOp(left=ast.Name(id="x"), op=ast.Add() | ast.Sub(), right=right) if names(right) <= {"pi"}:
            return ""
    return "give it x + a, with a constant a"


def fraction(node: ast.expr) -> Fraction | None:
    """The number that a quotient of integers is; None for anything else."""
    match node:
        case ast.Constant(value=int(literal)):
            return Fraction(literal)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = fraction(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            top, bottom = fraction(left), fraction(right)
            return None if top is None or not bottom else top / bottom
    return None


# ── the items ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Letter:
    """What a name in a formula stands for: its text for the proof, its value for partial credit."""

    text: str
    value: Number


@dataclass(frozen=True, slots=True)
class Item:
    """One identity.

    Attributes:
        statement: the side that is given.
        form: what is asked for, in words.
        value: the given side in floats.
        letters: the names that a formula may use.
        calls: the functions that it may call, each with the rule for its arguments.
        over: what the statement's symbols range over.
        linear: whether a letter may only be multiplied by numbers.
        most_calls: how many calls there may be.
        at: where partial credit looks.
    """

    statement: str
    form: str
    value: Number
    letters: Mapping[str, Letter] = field(default_factory=dict)
    calls: Mapping[str, Rule] = field(default_factory=dict)
    over: Mapping[str, Domain] = field(default_factory=dict)
    linear: bool = False
    most_calls: int = 8
    at: tuple[float, ...] = (0.3, 0.7, 1.1, 1.9, 2.6)


def chebyshev(k: int) -> Number:
    return lambda x: math.cos(k * math.acos(x)) if abs(x) <= 1 else math.cosh(k * math.acosh(x))


def cosine(k: int) -> Number:
    return lambda x: math.cos(k * x)


def sine(k: int) -> Number:
    return lambda x: math.sin(k * x)


def constant(value: float) -> Number:
    return lambda _: value


X, PI = Letter("x", lambda x: x), Letter("pi", constant(math.pi))
N = Letter("n", lambda n: n)
MULTIPLES = {f"c{k}": Letter(f"cos({k}*x)", cosine(k)) for k in (2, 4)}
SINES = {f"s{k}": Letter(f"sin({k}*x)", sine(k)) for k in (2, 4, 6)}
CHEBYSHEV = {f"t{k}": Letter(f"chebyshevt({k}, x)", chebyshev(k)) for k in range(6)}
ROOTS = {"sqrt": whole}

ITEMS = {
    "quintuple angle": Item(
        statement="cos(5*x)",
        form="a polynomial in c = cos x",
        value=lambda x: math.cos(5 * x),
        letters={"c": Letter("cos(x)", math.cos)},
        over={"x": REAL},
    ),
    "half angle": Item(
        statement="cos(x)/(1 + sin(x))",
        form="a rational function of t = tan(x/2)",
        value=lambda x: math.cos(x) / (1 + math.sin(x)),
        letters={"t": Letter("tan(x/2)", lambda x: math.tan(x / 2))},
        over={"x": REAL},
    ),
    "power reduction": Item(
        statement="sin(x)**4",
        form="linear in c2 = cos 2x and c4 = cos 4x",
        value=lambda x: math.sin(x) ** 4,
        letters=MULTIPLES,
        over={"x": REAL},
        linear=True,
    ),
    "product to sum": Item(
        statement="sin(x)*sin(2*x)*sin(3*x)",
        form="linear in s2 = sin 2x, s4 = sin 4x, s6 = sin 6x",
        value=lambda x: math.sin(x) * math.sin(2 * x) * math.sin(3 * x),
        letters=SINES,
        over={"x": REAL},
        linear=True,
    ),
    "nested roots": Item(
        statement="sqrt(10 + 2*sqrt(6) + 2*sqrt(10) + 2*sqrt(15))",
        form="with `sqrt` of whole numbers alone",
        value=constant(math.sqrt(10 + 2 * math.sqrt(6) + 2 * math.sqrt(10) + 2 * math.sqrt(15))),
        calls=ROOTS,
    ),
    "cube root": Item(
        statement="(26 + 15*sqrt(3))**(1/3)",
        form="with `sqrt` of whole numbers alone",
        value=constant((26 + 15 * math.sqrt(3)) ** (1 / 3)),
        calls=ROOTS,
    ),
    "arctangents": Item(
        statement="pi/4",
        form="with integers and `atan` of fractions of size 1/5 at most, without pi",
        value=constant(math.pi / 4),
        calls={"atan": small_fraction},
    ),
    "Chebyshev series": Item(
        statement="x**5",
        form="linear in t0, ..., t5, the Chebyshev polynomials T_0(x), ..., T_5(x)",
        value=lambda x: x**5,
        letters=CHEBYSHEV,
        over={"x": REAL},
        linear=True,
    ),
    "binomial squares": Item(
        statement="Sum(binomial(n, k)**2, (k, 0, n))",
        form="a closed form in n, with `factorial` and `binomial` of formulas like 2*n + 1, and powers such as 2**n",
        value=lambda n: float(math.comb(int(2 * n), int(n))),
        letters={"n": N},
        calls={"factorial": linear_in_n, "binomial": linear_in_n},
        over={"n": COUNT},
        at=(1.0, 2.0, 3.0, 4.0, 5.0),
    ),
    "duplication": Item(
        statement="gamma(x)*gamma(x + 1/2)",
        form="in g = Gamma(2x), q = 4^x and r = sqrt(pi)",
        value=lambda x: math.gamma(x) * math.gamma(x + 0.5),
        letters={
            "g": Letter("gamma(2*x)", lambda x: math.gamma(2 * x)),
            "q": Letter("4**x", lambda x: 4.0**x),
            "r": Letter("sqrt(pi)", constant(math.sqrt(math.pi))),
        },
        over={"x": POSITIVE},
    ),
    "one sine": Item(
        statement="sin(x) + sqrt(3)*cos(x)",
        form="a number times one `sin` of x + a, with a constant a (pi is known)",
        value=lambda x: math.sin(x) + math.sqrt(3) * math.cos(x),
        letters={"x": X, "pi": PI},
        calls={"sin": shifted},
        over={"x": REAL},
        most_calls=1,
    ),
    "dilogarithm": Item(
        statement="polylog(2, 1/2)",
        form="in p = pi and `log` of whole numbers",
        value=constant(math.pi**2 / 12 - math.log(2) ** 2 / 2),
        letters={"p": PI},
        calls={"log": whole},
    ),
}

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


def names(node: ast.AST) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def degree(node: ast.expr) -> float:
    """The degree in the letters as the formula is written; infinite for what is no polynomial of degree 0 or 1."""
    match node:
        case ast.Name() | ast.Constant():
            return float(isinstance(node, ast.Name))
        case ast.UnaryOp(operand=operand):
            return degree(operand)
        case ast.BinOp(left=left, op=op, right=right):
            return _joined(op, left, right)
    return math.inf


def _joined(op: ast.operator, left: ast.expr, right: ast.expr) -> float:
    if isinstance(op, ast.Add | ast.Sub):
        return max(degree(left), degree(right))
    if isinstance(op, ast.Mult):
        return degree(left) + degree(right)
    numeric = not names(right) and (isinstance(op, ast.Div) or not names(left))
    return degree(left) if numeric else math.inf


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
