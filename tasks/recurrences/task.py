"""Fourteen recurrences with initial values. An answer is put into the recurrence and proved for all n, or refuted.

The candidate's text is read by the grammar of `refine.verifiers.symbolic` and never run. An item that cannot be read
earns nothing and costs the others nothing: of fourteen, a model may answer some.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.verifiers import symbolic
from refine.verifiers.answers import why
from refine.verifiers.symbolic.components import components as split
from refine.verifiers.symbolic.floats import FAILURES, number
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
"""Partial credit looks at n = 0 ... 11."""
UNANSWERED = ("0", "None")
"""What stands for no answer: 0 solves no item."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A recurrence in a(n), a(n+1), ... that holds for all integers n >= 0.

    Attributes:
        says: the recurrence.
        first: a(0), a(1), ...; as many as the order, so that there is one solution.
        solution: a known one, for partial credit; that it is one is proved by a golden case.
    """

    says: str
    first: tuple[str, ...]
    solution: str

    @property
    def initial(self) -> Mapping[int, str]:
        return dict(enumerate(self.first))

    @property
    def where(self) -> str:
        return ", ".join(f"a({n}) = {value}" for n, value in self.initial.items())


RECURRENCES = {
    "Hanoi": Recurrence("a(n+1) = 2*a(n) + 1", ("0",), "2**n - 1"),
    "squares": Recurrence("a(n+1) = a(n) + n**2", ("0",), "n*(n - 1)*(2*n - 1)/6"),
    "alternating": Recurrence("a(n+1) = -a(n) + n", ("0",), "(2*n - 1 + (-1)**n)/4"),
    "two powers": Recurrence("a(n+1) = 3*a(n) + 2**n", ("1",), "2*3**n - 2**n"),
    "double root": Recurrence("a(n+2) = 4*a(n+1) - 4*a(n)", ("1", "4"), "2**n*(1 + n)"),
    "Fibonacci": Recurrence(
        "a(n+2) = a(n+1) + a(n)", ("0", "1"), "(((1 + sqrt(5))/2)**n - ((1 - sqrt(5))/2)**n)/sqrt(5)"
    ),
    "complex roots": Recurrence("a(n+2) = 2*a(n+1) - 2*a(n)", ("0", "1"), "sqrt(2)**n*sin(pi*n/4)"),
    "resonance": Recurrence("a(n+1) = 2*a(n) + 2**n*n", ("1",), "2**n*(1 + n*(n - 1)/4)"),
    "third order": Recurrence("a(n+3) = 6*a(n+2) - 11*a(n+1) + 6*a(n)", ("2", "6", "20"), "1 - 2*2**n + 3*3**n"),
    "factorials": Recurrence("a(n+1) = (n+1)*a(n) + factorial(n+1)", ("1",), "(n + 1)*factorial(n)"),
    "Catalan": Recurrence("(n+2)*a(n+1) = 2*(2*n+1)*a(n)", ("1",), "binomial(2*n, n)/(n + 1)"),
    "quicksort": Recurrence("(n+1)*a(n+1) = (n+2)*a(n) + 2*n", ("0",), "2*(n + 1)*harmonic(n) - 4*n"),
    "fraction": Recurrence(
        "a(n+1) = (a(n) + 2)/(a(n) + 1)",
        ("1",),
        "sqrt(2)*((1 + sqrt(2))**(n + 1) + (1 - sqrt(2))**(n + 1))/((1 + sqrt(2))**(n + 1) - (1 - sqrt(2))**(n + 1))",
    ),
    "logistic map": Recurrence("a(n+1) = 2*a(n)*(1 - a(n))", ("1/3",), "(1 - (1/3)**(2**n))/2"),
}

_LIST = "\n".join(f"    {i}. {item.says}   ({item.where})" for i, item in enumerate(RECURRENCES.values(), 1))
task = refine.Task(
    instruction=f"""
    Solve {len(RECURRENCES)} recurrences for a(n), each for all integers n >= 0 and with the initial values in brackets:

{_LIST}

    Answer with one Python expression: a tuple of {len(RECURRENCES)} formulas in n, in this order; 0 for one that you
    leave out. Allowed are + - * / **, brackets, integers, pi, and functions by their usual names: sqrt, exp, log (the
    natural one), sin, cos, abs, factorial, binomial(n, k), gamma, harmonic and others. Numbers are exact: 1/3, not
    0.333. Not allowed: Sum, Product, Piecewise, a(n - 1) on the right, `a if b else c`, tables, more than 400
    operations in a formula.

    Each formula is put into its recurrence and the initial values, and proved to be the solution for all n, or refuted
    at some n. The score is the number of proved ones, plus, for one that is not, less than one half for being close on
    n = 0 ... {SAMPLES - 1}.
    """,
    seed=f"({', '.join(['0'] * len(RECURRENCES))})",
    metric="recurrences solved",
    language="expression",
    target=float(len(RECURRENCES)),
    judge_seconds=120,
    references=[
        refine.Reference(name="all proved", value=len(RECURRENCES), metric="proved", source="the number of recurrences")
    ],
    baselines={"SymPy rsolve, 20 s each, no model": (GOLDEN / "sympy.txt").read_text()},
    grammar=refine.Grammar(
        terminals=(
            *("n", "n + 1", "n - 1", "2*n - 1", "2**n", "3**n", "(-1)**n", "n**2", "factorial(n)", "harmonic(n)"),
            *("binomial(2*n, n)", "sqrt(2)**n", "sqrt(5)", "sin(pi*n/4)"),
        ),
        constants=(1, 2, 3, 4, 6),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    formulas = components(candidate.text)
    found = {name: judged(name, formula) for name, formula in zip(RECURRENCES, formulas, strict=True)}
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
    return split(text, len(RECURRENCES), characters=CHARACTERS)


@lru_cache(maxsize=20_000)
def judged(name: str, formula: str) -> tuple[float, str]:
    """Credit (1 only if proved, else below 1/2) and what to say about it."""
    if formula in UNANSWERED:
        return 0.0, "not answered"
    item = RECURRENCES[name]
    try:
        answer = symbolic.solves_recurrence(
            item.says, formula, initial=item.initial, deadline_s=SECONDS, n=symbolic.Integer(0)
        )
    except refine.Wrong as refused:
        return 0.0, f"refused: {refused}"
    if isinstance(answer, symbolic.Proved):
        return 1.0, "proved"
    return CLOSE * nearness(item, formula), why(answer)


# ── partial credit, in floating point ────────────────────────────────────────────────────────────────────────────────


def nearness(item: Recurrence, formula: str) -> float:
    """From 0 to 1: how near the formula's values are to those of the known solution. It proves nothing."""
    try:
        said, known = tree(formula, {"n"}), tree(item.solution, {"n"})
        pairs = [(number(said, {"n": n}), number(known, {"n": n})) for n in range(SAMPLES)]
        return sum(max(0.0, 1 - abs(got - want) / max(1.0, abs(want))) for got, want in pairs) / SAMPLES
    except (*FAILURES, refine.Wrong):
        return 0.0
