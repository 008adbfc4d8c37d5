"""The twelve identities: what is given, which form is asked for, and which letters and calls a formula may use."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from refine.verifiers import symbolic

if TYPE_CHECKING:
    from refine.verifiers.symbolic.domain import Domain

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
