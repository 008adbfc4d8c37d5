"""Ten inequalities to be made as tight as they hold: seven polynomial bounds, three sharp constants. Nothing is run.

The candidate's polynomials are read into lists of rational coefficients, so their degree is counted and not believed,
and what the prover gets is written anew from them. The prover decides whether the inequality holds on the whole domain;
only then does tightness count. The area between a function and its bound is computed from the exact integral of the
polynomial, and set beside the smallest area that any polynomial of that degree can have.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import refine
from refine.verifiers import symbolic
from refine.verifiers.answers import Answer, Proved, Refuted, Undecided

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle
    from refine.verifiers.symbolic.domain import Domain

GOLDEN = Path(__file__).parent / "golden"
CHARACTERS, DEPTH, BITS = 3000, 30, 400
SECONDS = 6.0
PROVED, UNPROVED = 0.1, 0.09
"""What a proof is worth however loose the bound, and what something unproved is worth at most."""
CLOSE = 1e-6
"""Relative distance from the sharp constant that counts as sharp."""
GRID = 400
Polynomial = tuple[Fraction, ...]
"""Coefficients, the constant first."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A polynomial bound of a function of x.

    Attributes:
        function: its text.
        value: the same in floats.
        side: whether the polynomial lies below or above.
        degree: of the polynomial, at most.
        low: where the domain begins.
        high: where it ends.
        area: the function's integral over the domain.
        best: the smallest area between the function and such a polynomial, by linear programming (`baseline.py`).
    """

    function: str
    value: Callable[[float], float]
    side: Literal["below", "above"]
    degree: int
    low: Fraction
    high: Fraction
    area: float
    best: float

    @property
    def sign(self) -> int:
        return 1 if self.side == "above" else -1

    @property
    def says(self) -> str:
        relation = ">=" if self.side == "below" else "<="
        return f"{self.function} {relation} p(x), degree <= {self.degree}, for {self.low} <= x <= {self.high}"

    def statement(self, p: Polynomial) -> str:
        return f"{self.function} {'>=' if self.side == 'below' else '<='} {horner(p)}"

    @property
    def over(self) -> Mapping[str, Domain]:
        return {"x": symbolic.Real(self.low, self.high)}

    def gap(self, p: Polynomial) -> float:
        """The area between the two curves."""
        return self.sign * (float(integral(p, self.low, self.high)) - self.area)

    def violation(self, p: Polynomial) -> float:
        """How far the bound is on the wrong side, at most, on a grid."""
        low, width = float(self.low), float(self.high - self.low)
        coefficients = [float(c) for c in reversed(p)]
        worst = 0.0
        for k in range(GRID + 1):
            x, y = low + width * k / GRID, 0.0
            for c in coefficients:
                y = y * x + c
            worst = max(worst, self.sign * (self.value(x) - y))
        return worst

    def measured(self, gap: float) -> str:
        return f"the area between them is {gap:.6g}, the smallest possible {self.best:.6g}"


@dataclass(frozen=True, slots=True)
class Sharp:
    """An inequality with a constant C that is to be as large, or as small, as it can be.

    Attributes:
        inequality: its text, with {C} for the constant.
        wanted: the direction.
        over: what the symbols range over.
        where: the same in words.
        sharp: the best constant.
    """

    inequality: str
    wanted: Literal["largest", "smallest"]
    over: Mapping[str, Domain]
    where: str
    sharp: float
    degree: int = 0
    best: float = CLOSE

    @property
    def says(self) -> str:
        return f"the {self.wanted} C with {self.inequality.format(C='C')} {self.where}"

    def statement(self, p: Polynomial) -> str:
        return self.inequality.format(C=f"({p[0]})")

    def gap(self, p: Polynomial) -> float:
        """The relative distance from the sharp constant, not negative on the side where it holds."""
        distance = float(p[0]) / self.sharp - 1
        return distance if self.wanted == "smallest" else -distance

    def violation(self, p: Polynomial) -> float:
        return max(0.0, -self.gap(p))

    def measured(self, gap: float) -> str:
        return f"its relative distance from the sharp constant is {gap:.3g}, and {CLOSE:g} counts as sharp"


Item = Bound | Sharp
REAL = symbolic.Real()


ZERO, ONE, TWO, THREE = (Fraction(n) for n in range(4))

ITEMS: dict[str, Item] = {
    "exponential": Bound("exp(x)", math.exp, "below", 2, ZERO, ONE, math.e - 1, 0.0074812878),
    "logarithm": Bound("log(1 + x)", math.log1p, "above", 2, ZERO, ONE, 2 * math.log(2) - 1, 0.0027539782),
    "sine": Bound("sin(x)", math.sin, "below", 3, ZERO, THREE, 1 - math.cos(3), 0.051283078),
    "arctangent": Bound("atan(x)", math.atan, "above", 3, ZERO, TWO, 2 * math.atan(2) - math.log(5) / 2, 0.0066685995),
    "square root": Bound("sqrt(x)", math.sqrt, "below", 2, Fraction(1, 4), Fraction(4), 5.25, 0.11724628),
    "bell": Bound(
        "exp(-x**2)",
        lambda x: math.exp(-x * x),
        "above",
        3,
        ZERO,
        TWO,
        math.sqrt(math.pi) / 2 * math.erf(2),
        0.037404671,
    ),
    "Runge": Bound("1/(1 + x**2)", lambda x: 1 / (1 + x * x), "below", 4, -ONE, ONE, math.pi / 2, 0.015240712),
    "quartic": Sharp("x**4 + 1 >= {C}*x", "largest", {"x": symbolic.positive()}, "for x > 0", 4 / 3**0.75),
    "quadratic form": Sharp(
        "a**2 + b**2 + c**2 >= {C}*(a*b + b*c)",
        "largest",
        {"a": REAL, "b": REAL, "c": REAL},
        "for real a, b, c",
        math.sqrt(2),
    ),
    "wave": Sharp(
        "sin(x) + cos(x)/2 <= {C}", "smallest", {"x": symbolic.Real(0, 3)}, "for 0 <= x <= 3", math.sqrt(5) / 2
    ),
}

_LIST = "\n".join(f"    {i}. {item.says}" for i, item in enumerate(ITEMS.values(), 1))
task = refine.Task(
    instruction=f"""
    Make ten inequalities as tight as they hold. Seven ask for a polynomial p, three for a constant C:

{_LIST}

    Answer with one Python expression: a tuple of ten formulas, in this order: polynomials in x with rational
    coefficients (integers and decimals are exact; + - * / and ** with whole exponents; divisors are numbers), and
    rational numbers for the constants. Nothing else is allowed: no calls, no other names.

    Each inequality is proved on its whole domain by a prover, or refuted with a counterexample. One that is proved
    scores {PROVED} + {1 - PROVED:g}/(1 + d), where d is the number of decades (at least 0) by which the area between
    function and bound exceeds the smallest possible, or by which the constant's relative distance from the sharp one
    exceeds {CLOSE:g}; one that is not proved, at most {UNPROVED}. The prover works with intervals: where curves touch
    inside of the domain it cannot decide, so leave a margin, such as 1e-4. In 7, 8 and 9 it needs none.
    """,
    seed="(1, 1, -1, 2, 0, 2, 0, 0, 0, 2)",
    metric="tightness of proved inequalities",
    language="expression",
    target=9.5,
    judge_seconds=150,
    references=[
        refine.Reference(name="nothing can be tighter", value=len(ITEMS), source="linear programming, and calculus")
    ],
    baselines={"linear programming, no model": (GOLDEN / "linear_program.txt").read_text()},
    grammar=refine.Grammar(
        terminals=("x", "x**2", "x**3", "x - 1", "1/2"), constants=(0.5, 0.25, 0.1, 0.01, 0.3, 0.8, 1.2, 1.7)
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    found = {name: judged(name, p) for name, p in polynomials(candidate.text).items()}
    credit = {name: part for name, (part, _) in found.items()}
    proved = sum(part >= PROVED for part in credit.values())
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(credit.values()),
        metrics={"proved": float(proved)},
        features={"proved": float(proved)},
        instances=credit,
        feedback="\n".join(f"{name}: {why}" for name, (_, why) in found.items()),
    )


@lru_cache(maxsize=20_000)
def judged(name: str, p: Polynomial) -> tuple[float, str]:
    """Credit (`PROVED` or more only if proved, else `UNPROVED` or less) and what to say about it."""
    item = ITEMS[name]
    answer = decided(item, p)
    if isinstance(answer, Proved):
        gap = item.gap(p)
        return PROVED + (1 - PROVED) * tightness(gap, item.best), f"proved; {item.measured(gap)}"
    hint = "; if it is true, leave a larger margin" if isinstance(answer, Undecided) else ""
    return UNPROVED / (1 + 10 * item.violation(p)), answer.feedback() + hint


def decided(item: Item, p: Polynomial) -> Answer:
    """Whether the inequality holds on its whole domain."""
    try:
        return symbolic.inequality_holds(item.statement(p), deadline_s=SECONDS, **item.over)
    except refine.Wrong as refused:  # the statement is ours: the coefficients are too long for the prover
        return Refuted(str(refused))


def tightness(gap: float, best: float) -> float:
    """1 for the smallest possible gap, 1/2 for ten times that, 1/3 for a hundred times."""
    return 1 / (1 + max(0.0, math.log10(max(gap, 1e-300) / best)))


# ── polynomials ──────────────────────────────────────────────────────────────────────────────────────────────────────


def polynomials(text: str) -> dict[str, Polynomial]:
    """The ten polynomials. Raises `Wrong`."""
    tree = parsed(text)
    refine.require(
        isinstance(tree, ast.Tuple) and len(tree.elts) == len(ITEMS), f"expected a tuple of {len(ITEMS)} formulas"
    )
    assert isinstance(tree, ast.Tuple)
    return {name: _item(name, item.degree, node) for (name, item), node in zip(ITEMS.items(), tree.elts, strict=True)}


def _item(name: str, degree: int, node: ast.expr) -> Polynomial:
    try:
        return polynomial(node, degree)
    except refine.Wrong as refused:
        raise refine.Wrong(f"{name}: {refused}") from None


def parsed(text: str) -> ast.expr:
    refine.require(len(text) <= CHARACTERS, f"{len(text)} characters: at most {CHARACTERS} are allowed")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise refine.Wrong(f"not one Python expression: {type(error).__name__}") from None
    levels: list[ast.AST] = [tree]
    for _ in range(DEPTH):
        levels = [child for node in levels for child in ast.iter_child_nodes(node)]
    refine.require(not levels, f"nested too deeply: more than {DEPTH} levels")
    return tree


def polynomial(node: ast.expr, degree: int) -> Polynomial:
    """The coefficients of a formula; no part of it may exceed the degree or `BITS`. Raises `Wrong`."""
    match node:
        case ast.Constant(value=literal):
            return _bounded((_number(literal),), degree)
        case ast.Name(id="x"):
            return _bounded((Fraction(), Fraction(1)), degree)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as op, operand=operand):
            sign = -1 if isinstance(op, ast.USub) else 1
            return tuple(sign * c for c in polynomial(operand, degree))
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            return _power(polynomial(left, degree), right, degree)
        case ast.BinOp(left=left, op=op, right=right):
            return _bounded(_combined(op, polynomial(left, degree), polynomial(right, degree)), degree)
    raise refine.Wrong(f"{type(node).__name__} is not allowed: only x, numbers, + - * / ** and brackets")


def _number(literal: object) -> Fraction:
    """The decimal as it was written: 0.1 is a tenth."""
    refine.require(type(literal) in (int, float), "a literal that is no number")
    assert isinstance(literal, int | float)
    if isinstance(literal, int):
        refine.require(literal.bit_length() <= BITS, "a number is too long")
        return Fraction(literal)
    refine.require(
        math.isfinite(literal) and (literal == 0 or 1e-30 < literal < 1e30), "a number is too large or small"
    )
    return Fraction(repr(literal))


def _combined(op: ast.operator, a: Polynomial, b: Polynomial) -> Polynomial:
    match op:
        case ast.Add() | ast.Sub():
            sign = 1 if isinstance(op, ast.Add) else -1
            pad = max(len(a), len(b))
            return tuple(
                (a[k] if k < len(a) else Fraction()) + sign * (b[k] if k < len(b) else Fraction()) for k in range(pad)
            )
        case ast.Mult():
            return product(a, b)
        case ast.Div():
            refine.require(len(b) == 1, "a divisor must be a number")
            refine.require(b[0] != 0, "a division by zero")
            return tuple(c / b[0] for c in a)
    raise refine.Wrong(f"{type(op).__name__} is not allowed: only + - * / **")


def _power(base: Polynomial, exponent: ast.expr, degree: int) -> Polynomial:
    whole = isinstance(exponent, ast.Constant) and type(exponent.value) is int and 0 <= exponent.value <= 8
    refine.require(whole, "an exponent is a whole number, at most 8")
    assert isinstance(exponent, ast.Constant)
    result: Polynomial = (Fraction(1),)
    for _ in range(int(str(exponent.value))):
        result = _bounded(product(result, base), degree)
    return result


def product(a: Polynomial, b: Polynomial) -> Polynomial:
    result = [Fraction()] * (len(a) + len(b) - 1)
    for i, p in enumerate(a):
        for j, q in enumerate(b):
            result[i + j] += p * q
    return tuple(result)


def _bounded(p: Polynomial, degree: int) -> Polynomial:
    """Without leading zeros."""
    while len(p) > 1 and p[-1] == 0:
        p = p[:-1]
    what = "a constant is a number without x" if degree == 0 else f"the degree is at most {degree}"
    refine.require(len(p) <= degree + 1, what)
    long = any(c.numerator.bit_length() + c.denominator.bit_length() > BITS for c in p)
    refine.require(not long, "a coefficient is too long")
    return p


def horner(p: Polynomial) -> str:
    """The polynomial as text in Horner form, which intervals enclose more tightly than a sum of powers."""
    text = f"({p[-1]})"
    for c in reversed(p[:-1]):
        text = f"(({c}) + x*{text})"
    return text


def integral(p: Polynomial, low: Fraction, high: Fraction) -> Fraction:
    return sum((c * (high ** (k + 1) - low ** (k + 1)) / (k + 1) for k, c in enumerate(p)), Fraction())
