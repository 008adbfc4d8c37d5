"""Fourteen differential equations with initial values. An answer is put into the equation and proved, or refuted.

The candidate's text is read by the grammar of `refine.verifiers.symbolic` and never run. An item that cannot be read
earns nothing and costs the others nothing: of fourteen, a model may answer some.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
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
CHARACTERS = 10_000
SECONDS = 5.0
"""Wall-clock seconds for one proof; those of the known answers take 0.03 s in the mean."""
CLOSE = 0.49
"""Credit for values that agree in floating point where nothing is proved."""
SAMPLES = 12
UNANSWERED = ("0", "None")
"""What stands for no answer: 0 solves no item."""
PRIMES = {"y''''": "Derivative(y(x), (x, 4))", "y'''": "Derivative(y(x), (x, 3))"} | {
    "y''": "Derivative(y(x), (x, 2))",
    "y'": "Derivative(y(x), x)",
}


@dataclass(frozen=True, slots=True)
class Equation:
    """An equation in x, y, y', ..., what y, y', ... are at a point, and where it is to hold.

    Attributes:
        says: the equation, with `y` for y(x) and `y'` for its derivative.
        at: the point of the initial values.
        values: y, y', ... there; as many as the order, so that there is one solution.
        solution: a known one, for partial credit; that it is one is proved by a golden case.
        low: x ranges over the open interval from here (None: unbounded)
        high: to here.
    """

    says: str
    at: str
    values: tuple[str, ...]
    solution: str
    low: Fraction | None = None
    high: Fraction | None = None

    @property
    def equation(self) -> str:
        """In the words of `symbolic.solves_ode`."""
        said = self.says
        for k, prime in enumerate(PRIMES):
            said = said.replace(prime, f"<{k}>")
        said = re.sub(r"\by\b", "y(x)", said)
        for k, written in enumerate(PRIMES.values()):
            said = said.replace(f"<{k}>", written)
        return said

    @property
    def initial(self) -> Mapping[str, Sequence[str]]:
        return {self.at: self.values}

    @property
    def domain(self) -> symbolic.Real:
        return symbolic.Real(self.low, self.high, open_low=True, open_high=True)

    @property
    def where(self) -> str:
        given = ", ".join(f"y{chr(39) * k}({self.at}) = {value}" for k, value in enumerate(self.values))
        low, high = ("" if end is None else str(end) for end in (self.low, self.high))
        inside = f"{low}{' < ' if low else ''}x{' < ' if high else ''}{high}"
        return f"{given}; {inside if low or high else 'all real x'}"

    @property
    def samples(self) -> list[float]:
        """Points inside of the interval, for partial credit only."""
        high = 2.1 if self.high is None else float(self.high)
        low = high - 3.0 if self.low is None else float(self.low)
        return [low + (high - low) * (k + 0.5) / SAMPLES for k in range(SAMPLES)]


EQUATIONS = {
    "separable": Equation("y' = x*y", "0", ("2",), "2*exp(x**2/2)"),
    "logistic": Equation("y' = y*(1 - y)", "0", ("1/4",), "1/(1 + 3*exp(-x))"),
    "linear": Equation("y' + 2*y = sin(x)", "0", ("1",), "(2*sin(x) - cos(x) + 6*exp(-2*x))/5"),
    "linear, variable coefficients": Equation(
        "x*y' + 2*y = x**2*log(x)", "1", ("1",), "x**2*log(x)/4 - x**2/16 + 17/(16*x**2)", Fraction(0)
    ),
    "exact": Equation(
        "2*x*y + 1 + (x**2 + 2*y)*y' = 0", "0", ("2",), "(sqrt(x**4 - 4*x + 16) - x**2)/2", Fraction(-1), Fraction(1)
    ),
    "Bernoulli": Equation("y' + y = x*y**3", "0", ("1",), "1/sqrt(x + 1/2 + exp(2*x)/2)", Fraction(-1, 2)),
    "homogeneous": Equation("y' = (x**2 + y**2)/(x*y)", "1", ("2",), "x*sqrt(2*log(x) + 4)", Fraction(1, 2)),
    "Riccati": Equation("y' = y**2 - 2*x*y + x**2 + 1", "0", ("1/2",), "x + 1/(2 - x)", high=Fraction(2)),
    "resonance": Equation("y'' + 4*y = sin(2*x)", "0", ("1", "0"), "cos(2*x) + sin(2*x)/8 - x*cos(2*x)/4"),
    "variation of constants": Equation(
        "y'' - 2*y' + y = exp(x)/x", "1", ("E", "E"), "exp(x)*(x*log(x) - x + 2)", Fraction(0)
    ),
    "Euler": Equation("x**2*y'' + x*y' + y = x", "1", ("1", "2"), "x/2 + cos(log(x))/2 + 3*sin(log(x))/2", Fraction(0)),
    "fourth order": Equation("y'''' + 4*y = 0", "0", ("1", "1", "0", "-2"), "exp(x)*cos(x)"),
    "without x": Equation("y*y'' = y'**2 + y**2", "0", ("1", "1"), "exp(x**2/2 + x)"),
    "Liouville": Equation("y'' = exp(2*y)", "0", ("0", "1"), "-log(1 - x)", high=Fraction(1)),
}

_LIST = "\n".join(f"    {i}. {item.says}   ({item.where})" for i, item in enumerate(EQUATIONS.values(), 1))
task = refine.Task(
    instruction=f"""
    Solve {len(EQUATIONS)} differential equations for y as a function of x, each with the initial values and on the
    interval in brackets:

{_LIST}

    Answer with one Python expression: a tuple of {len(EQUATIONS)} formulas in x, in this order; 0 for one that you
    leave out. Allowed are + - * / **, brackets, integers, pi, E, and functions by their usual names: exp, log (the
    natural one), sqrt, abs, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh, asinh, acosh, atanh, erf, erfi and
    others. Numbers are exact: 1/3, not 0.333. Not allowed: free constants (the initial values fix them), Integral,
    Sum, Piecewise, `a if b else c`, tables, more than 400 operations in a formula.

    Each formula is put into its equation and the initial values, and proved to be the solution, or refuted at a point.
    The score is the number of proved ones, plus, for one that is not, less than one half for being close.
    """,
    seed=f"({', '.join(['0'] * len(EQUATIONS))})",
    metric="equations solved",
    language="expression",
    target=float(len(EQUATIONS)),
    judge_seconds=120,
    references=[
        refine.Reference(name="all proved", value=len(EQUATIONS), metric="proved", source="the number of equations")
    ],
    baselines={"SymPy dsolve, 20 s each, no model": (GOLDEN / "sympy.txt").read_text()},
    grammar=refine.Grammar(
        terminals=(
            *("x", "x**2", "exp(x)", "exp(-x)", "exp(2*x)", "exp(-2*x)", "sin(x)", "cos(x)", "sin(2*x)", "cos(2*x)"),
            *("log(x)", "x**2/2", "1 - x", "2 - x", "x + 1", "sqrt(x)", "x**4"),
        ),
        functions=("exp", "log", "sqrt", "sin", "cos"),
        constants=(1, 2, 3, 4, 5, 8, 16),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = components(candidate.text)
    found = {name: judged(name, formula) for name, formula in zip(EQUATIONS, formulas, strict=True)}
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
    return split(text, len(EQUATIONS), characters=CHARACTERS)


@lru_cache(maxsize=20_000)
def judged(name: str, formula: str) -> tuple[float, str]:
    """Credit (1 only if proved, else below 1/2) and what to say about it."""
    if formula in UNANSWERED:
        return 0.0, "not answered"
    item = EQUATIONS[name]
    try:
        answer = symbolic.solves_ode(item.equation, formula, initial=item.initial, deadline_s=SECONDS, x=item.domain)
    except refine.Wrong as refused:
        return 0.0, f"refused: {refused}"
    if isinstance(answer, symbolic.Proved):
        return 1.0, "proved"
    return CLOSE * nearness(item, formula), why(answer)


# ── partial credit, in floating point ────────────────────────────────────────────────────────────────────────────────


def nearness(item: Equation, formula: str) -> float:
    """From 0 to 1: how near the formula's values are to those of the known solution. It proves nothing."""
    try:
        said, known = tree(formula, {"x"}), tree(item.solution, {"x"})
        return alike([number(said, {"x": x}) for x in item.samples], [number(known, {"x": x}) for x in item.samples])
    except (*FAILURES, refine.Wrong):
        return 0.0
