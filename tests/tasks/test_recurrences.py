"""The fourteen recurrences: what is asked, what an answer earns, and what partial credit is."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome
from refine.verifiers.symbolic.floats import number
from refine.verifiers.symbolic.read import tree

TASK = load("recurrences")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
KNOWN = MODULE.components(TEXTS["known"])
NAMES = list(MODULE.RECURRENCES)

STEPS: dict[str, Callable[..., Fraction]] = {
    "Hanoi": lambda n, a: 2 * a + 1,
    "squares": lambda n, a: a + n**2,
    "alternating": lambda n, a: -a + n,
    "two powers": lambda n, a: 3 * a + 2**n,
    "double root": lambda n, a, b: 4 * b - 4 * a,
    "Fibonacci": lambda n, a, b: a + b,
    "complex roots": lambda n, a, b: 2 * b - 2 * a,
    "resonance": lambda n, a: 2 * a + 2**n * n,
    "third order": lambda n, a, b, c: 6 * c - 11 * b + 6 * a,
    "factorials": lambda n, a: (n + 1) * a + math.factorial(n + 1),
    "Catalan": lambda n, a: 2 * (2 * n + 1) * a / (n + 2),
    "quicksort": lambda n, a: ((n + 2) * a + 2 * n) / (n + 1),
    "fraction": lambda n, a: (a + 2) / (a + 1),
    "logistic map": lambda n, a: 2 * a * (1 - a),
}
"""The recurrences once more, as exact arithmetic: a(n + order) from n and a(n), a(n+1), ..."""


class Text:
    def __init__(self, text: str) -> None:
        self.text = text

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"the candidate must never run, but {name!r} was asked of it")


def verified(text: str) -> Outcome:
    candidate: Any = Text(text)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


def answered(name: str, formula: str) -> tuple[float, str]:
    """Credit and feedback of one item, the others left out."""
    formulas = ["0"] * len(NAMES)
    formulas[NAMES.index(name)] = formula
    outcome = verified(f"({', '.join(formulas)})")
    assert outcome.score == outcome.instances[name]
    return outcome.instances[name], outcome.feedback.splitlines()[NAMES.index(name)]


def test_every_known_answer_is_proved_and_every_recurrence_is_asked() -> None:
    outcome = verified(TEXTS["known"])
    assert outcome.score == outcome.metrics["proved"] == TASK.target == 14
    assert list(outcome.instances) == NAMES
    assert [item.solution for item in MODULE.RECURRENCES.values()] == KNOWN
    assert all(item.says in TASK.instruction and item.where in TASK.instruction for item in MODULE.RECURRENCES.values())


def test_what_sympy_finds_alone_is_proved_and_the_rest_left_out() -> None:
    outcome = verified(TASK.baselines["SymPy rsolve, 20 s each, no model"])
    assert outcome.metrics["proved"] == 11
    assert outcome.feedback.count("not answered") == 3


@pytest.mark.parametrize("name", NAMES)
def test_the_known_answer_is_the_sequence_computed_step_by_step(name: str) -> None:
    item, said = MODULE.RECURRENCES[name], tree(KNOWN[NAMES.index(name)], {"n"})
    sequence = [Fraction(value) for value in item.first]
    for n in range(8):
        sequence.append(STEPS[name](n, *sequence[n:]))
        assert number(said, {"n": n}) == pytest.approx(float(sequence[n]), rel=1e-9, abs=1e-9)
    assert len(item.first) == max(k for k in (1, 2, 3) if f"a(n+{k})" in item.says), "as many as the order"


@pytest.mark.parametrize("name", NAMES)
def test_another_sequence_is_refuted(name: str) -> None:
    credit, said = answered(name, f"{KNOWN[NAMES.index(name)]} + 1/1000")
    assert 0.4 < credit < 0.5
    assert "refuted: " in said


@pytest.mark.parametrize(
    ("name", "formula", "why"),
    [
        ("Hanoi", "2**n + 2**n - 1", "refuted: your formula is 1.0000000 where it should be 0 (a(0) = 0"),
        ("Hanoi", "2**n - 1 + n*(n - 1)*(n - 2)/10**9", "refuted: at n = "),
        ("Hanoi", "2**n - 1 + KroneckerDelta(n, 100)", "not proved: "),
        ("Hanoi", "2**n - 1 + binomial(n, 60)", "not proved: "),
        ("Hanoi", "2**n - 1 + 1/gamma(1 + 0*n) - 1 + floor(n/10**9)", "not proved: "),
        ("Hanoi", "a(n)", "refused: write a explicitly"),
        ("Hanoi", "2*a(n-1) + 1", "refused: write a explicitly"),
        ("Hanoi", "Sum(2**k, (k, 0, n - 1))", "refused: Sum is not allowed"),
        ("Hanoi", "[0, 1, 3, 7][n]", "refused: "),
        ("Fibonacci", "0*n", "refuted: your formula is 0 where it should be 1.0000000 (a(1) = 1"),
    ],
)
def test_what_is_not_proved_says_why(name: str, formula: str, why: str) -> None:
    credit, said = answered(name, formula)
    assert f": {why}" in said
    assert credit < 0.5


def test_closer_is_worth_more_and_never_as_much_as_a_proof() -> None:
    far, near, proved = (answered("Hanoi", formula)[0] for formula in ("n**2", "2**n", "2**n - 1"))
    assert 0 < far < near < 0.5
    assert proved == 1


def test_partial_credit_has_no_value_for_what_cannot_be_computed() -> None:
    item = MODULE.RECURRENCES["Hanoi"]
    for formula in (
        "2**2**2**n",
        "factorial(n + 1/2 + I)",
        "harmonic(n + 1/2)",
        "harmonic(1000**n)",
        "zeta(n + 2)",
        "1/n",
    ):
        assert MODULE.nearness(item, formula) == 0


def test_fourteen_formulas_are_asked() -> None:
    with pytest.raises(Wrong, match=r"1 formula\(s\), expected a tuple of 14"):
        verified("n")
