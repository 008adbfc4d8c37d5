"""Thirty indefinite integrals of rising difficulty. An answer is differentiated and the derivative proved, or refuted.

The candidate's text is read by the grammar of `refine.verifiers.symbolic` and never run. An item that cannot be read
earns nothing and costs the others nothing: of thirty, a model may answer some.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.verifiers import symbolic
from refine.verifiers.answers import why
from refine.verifiers.symbolic.components import components as split
from refine.verifiers.symbolic.floats import FAILURES, alike, number
from refine.verifiers.symbolic.read import tree

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"
CHARACTERS = 20_000
SECONDS = 5.0
"""Wall-clock seconds for one proof; those of the known answers take 0.05 s in the mean."""
CLOSE = 0.49
"""Credit for a derivative that agrees in floating point and is not proved."""
SAMPLES = 12
STEP = 1e-5
UNANSWERED = ("0", "None")
"""What stands for no answer: 0 is the integral of no item."""


@dataclass(frozen=True, slots=True)
class Integral:
    """An integrand in x, and the open interval that x ranges over (None: unbounded)."""

    of: str
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def domain(self) -> symbolic.Real:
        return symbolic.Real(self.low, self.high, open_low=True, open_high=True)

    @property
    def where(self) -> str:
        low, high = ("" if end is None else str(end) for end in (self.low, self.high))
        return f"{low}{' < ' if low else ''}x{' < ' if high else ''}{high}" if low or high else "all real x"

    @property
    def samples(self) -> list[float]:
        """Points inside of the interval, for partial credit only."""
        low = -2.1 if self.low is None else float(self.low)
        high = (low + 4.0 if self.low is None else low + 3.0) if self.high is None else float(self.high)
        return [low + (high - low) * (k + 0.5) / SAMPLES for k in range(SAMPLES)]


def _above(low: int, of: str) -> Integral:
    return Integral(of, Fraction(low))


def _between(low: Fraction | int, high: Fraction | int, of: str) -> Integral:
    return Integral(of, Fraction(low), Fraction(high))


INTEGRALS = {
    "polynomial": Integral("3*x**2 - 4*x + 5"),
    "chain rule": Integral("x*(x**2 + 1)**5"),
    "partial fractions": Integral("(3*x + 5)/(x**2 - x - 2)"),
    "cubic denominator": Integral("1/(x**3 + 1)"),
    "quartic denominator": Integral("1/(x**4 + 1)"),
    "odd power of sine": Integral("sin(x)**3*cos(x)**2"),
    "even power of cosine": Integral("cos(x)**4"),
    "cube of a secant": _between(Fraction(-3, 2), Fraction(3, 2), "1/cos(x)**3"),
    "parts twice": Integral("x**2*exp(3*x)"),
    "parts in a circle": Integral("exp(2*x)*sin(3*x)"),
    "parts with a logarithm": _above(0, "x**3*log(x)**2"),
    "square of arcsine": _between(-1, 1, "asin(x)**2"),
    "exponentials": Integral("exp(x)/(1 + exp(2*x))"),
    "nested logarithms": _above(3, "1/(x*log(x)*log(log(x)))"),
    "tower": _above(0, "x**x*(1 + log(x))"),
    "circle": _between(-1, 1, "sqrt(1 - x**2)"),
    "two roots": _above(0, "1/(sqrt(x) + x**(1/3))"),
    "root of an exponential": _above(0, "sqrt(exp(x) - 1)"),
    "error function": Integral("exp(-x**2 + 2*x)"),
    "cosine integral": _above(0, "log(x)*sin(x)"),
    "exponential integral": _above(0, "exp(2*x)/x**2"),
    "Fresnel": Integral("cos(x**2)"),
    "Euler substitution": _above(0, "1/(x*sqrt(x**2 + x + 1))"),
    "root of tangent": _between(0, Fraction(3, 2), "sqrt(tan(x))"),
    "exponential and tangent": _between(-3, 3, "exp(x)*(1 + sin(x))/(1 + cos(x))"),
    "square of a logarithm": Integral("log(x + sqrt(x**2 + 1))**2"),
    "inner function": _above(0, "(1 + log(x))*sqrt(1 + x**2*log(x)**2)"),
    "not elliptic": _between(-1, 1, "(1 - x**2)/((1 + x**2)*sqrt(1 + x**4))"),
    "nested roots": Integral("1/((1 + x**4)*sqrt(sqrt(1 + x**4) - x**2))"),
    "Chebyshev's quartic": _above(5, "x/sqrt(x**4 + 10*x**2 - 96*x - 71)"),
}

_LIST = "\n".join(f"    {i}. {item.of}   ({item.where})" for i, item in enumerate(INTEGRALS.values(), 1))
task = refine.Task(
    instruction=f"""
    Find antiderivatives of {len(INTEGRALS)} functions of x, each on the interval in brackets:

{_LIST}

    Answer with one Python expression: a tuple of {len(INTEGRALS)} formulas in x, in this order; 0 for one that you
    leave out. Allowed are + - * / **, brackets, integers, pi, E, and functions by their usual names: exp, log (the
    natural one), sqrt, abs, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, erf, erfi, Ei, Si,
    Ci, li, fresnels, fresnelc, gamma and others. Write no constant of integration. Numbers are exact: 1/3, not 0.333.
    Not allowed: Integral, Sum, Piecewise, `a if b else c`, tables, more than 400 operations in a formula.

    The derivative of each formula is proved to be the integrand, or refuted at a point. The score is the number of
    proved ones, plus, for one that is not, less than one half for a derivative that is close.
    """,
    seed=f"({', '.join(['0'] * len(INTEGRALS))})",
    metric="integrals proved",
    language="expression",
    target=float(len(INTEGRALS)),
    judge_seconds=180,
    references=[
        refine.Reference(name="all proved", value=len(INTEGRALS), metric="proved", source="the number of integrals")
    ],
    baselines={"SymPy integrate, 20 s each, no model": (GOLDEN / "sympy.txt").read_text()},
    grammar=refine.Grammar(
        terminals=(
            *("x", "x**2", "x**3", "exp(x)", "log(x)", "sqrt(x)", "sin(x)", "cos(x)", "tan(x)", "x + 1", "x**2 + 1"),
            *("exp(2*x)", "exp(3*x)", "log(x)**2", "sqrt(x**2 + 1)", "sqrt(1 - x**2)", "asin(x)", "tan(x/2)", "pi"),
        ),
        functions=("sin", "cos", "exp", "log", "sqrt", "atan", "asin", "asinh", "erf"),
        constants=(1, 2, 3, 4, 5, 8, 12),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = components(candidate.text)
    found = {name: judged(name, formula) for name, formula in zip(INTEGRALS, formulas, strict=True)}
    credit = {name: part for name, (part, _) in found.items()}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(credit.values()),
        metrics={"proved": float(sum(part == 1 for part in credit.values()))},
        features={"length": float(len(candidate.text)), "proved": float(sum(part == 1 for part in credit.values()))},
        instances=credit,
        feedback="\n".join(f"{i}. {name}: {said}" for i, (name, (_, said)) in enumerate(found.items(), 1)),
    )


def components(text: str) -> list[str]:
    """The formulas, each as it is written. Raises `Wrong`."""
    return split(text, len(INTEGRALS), characters=CHARACTERS)


@lru_cache(maxsize=20_000)
def judged(name: str, formula: str) -> tuple[float, str]:
    """Credit (1 only if proved, else below 1/2) and what to say about it."""
    if formula in UNANSWERED:
        return 0.0, "not answered"
    item = INTEGRALS[name]
    try:
        answer = symbolic.antiderivative_of(item.of, formula, deadline_s=SECONDS, x=item.domain)
    except refine.Wrong as refused:
        return 0.0, f"refused: {refused}"
    if isinstance(answer, symbolic.Proved):
        return 1.0, "proved"
    return CLOSE * nearness(item, formula), why(answer)


# ── partial credit, in floating point ────────────────────────────────────────────────────────────────────────────────


def nearness(item: Integral, formula: str) -> float:
    """From 0 to 1: how near the derivative, by differences, is to the integrand. It proves nothing."""
    try:
        said, of = tree(formula, {"x"}), tree(item.of, {"x"})
        ahead, behind = ([number(said, {"x": x + step}) for x in item.samples] for step in (STEP, -STEP))
        slopes = [(a - b) / (2 * STEP) for a, b in zip(ahead, behind, strict=True)]
        return alike(slopes, [number(of, {"x": x}) for x in item.samples])
    except (*FAILURES, refine.Wrong):
        return 0.0
