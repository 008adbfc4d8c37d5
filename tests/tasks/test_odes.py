"""The fourteen differential equations: what is asked, what an answer earns, and what partial credit is."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("odes")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
KNOWN = MODULE.components(TEXTS["known"])
NAMES = list(MODULE.EQUATIONS)


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


def test_every_known_answer_is_proved_and_every_equation_is_asked() -> None:
    outcome = verified(TEXTS["known"])
    assert outcome.score == outcome.metrics["proved"] == TASK.target == 14
    assert list(outcome.instances) == NAMES
    assert [item.solution for item in MODULE.EQUATIONS.values()] == KNOWN
    assert all(item.says in TASK.instruction and item.where in TASK.instruction for item in MODULE.EQUATIONS.values())


def test_what_sympy_finds_alone_is_proved_and_the_rest_left_out() -> None:
    outcome = verified(TASK.baselines["SymPy dsolve, 20 s each, no model"])
    assert outcome.metrics["proved"] == 11
    assert outcome.feedback.count("not answered") == 3


def test_primes_are_derivatives() -> None:
    item = MODULE.Equation("y''' + y''*y' = exp(y)*y**2", "0", ("1",), "x")
    assert item.equation == (
        "Derivative(y(x), (x, 3)) + Derivative(y(x), (x, 2))*Derivative(y(x), x) = exp(y(x))*y(x)**2"
    )


@pytest.mark.parametrize("name", NAMES)
def test_there_are_as_many_initial_values_as_the_order(name: str) -> None:
    """Fewer, and other solutions would pass; more, and there might be none."""
    item = MODULE.EQUATIONS[name]
    assert len(item.values) == max(k for k in range(1, 5) if "y" + "'" * k in item.says)
    low, high = (-math.inf if item.low is None else item.low), (math.inf if item.high is None else item.high)
    assert low < float(item.at) < high
    assert all(low < x < high for x in item.samples)


@pytest.mark.parametrize("name", NAMES)
def test_another_solution_of_the_same_equation_is_refuted_by_its_initial_values(name: str) -> None:
    """The known solution, moved or scaled: it fails the equation or the values, never neither."""
    for other in (f"({KNOWN[NAMES.index(name)]})*1.01", f"{KNOWN[NAMES.index(name)]} + 1/1000"):
        credit, said = answered(name, other)
        assert 0.4 < credit < 0.5
        assert "refuted: " in said


@pytest.mark.parametrize(
    ("name", "formula", "why"),
    [
        ("separable", "3*exp(x**2/2)", "refuted: your formula is 3.0000000 where it should be 2.0000000 (y(0) = 2"),
        ("separable", "2*exp(x**2/2) + x**2/10**15", "refuted: at x = "),
        ("separable", "2*exp(x**2/2) + Max(x - 1000, 0)**3", "not proved: "),
        ("separable", "C*exp(x**2/2)", "refused: the name 'C' is not known"),
        ("separable", "y(x)", "refused: write y explicitly"),
        ("separable", "2*exp(Integral(x, x))", "refused: Integral is not allowed"),
        ("resonance", "cos(2*x) + sin(2*x) - x*cos(2*x)/4", "refuted: "),
        ("fourth order", "exp(x)*sin(x) + exp(-x)*cos(x)", "refuted: "),
    ],
)
def test_what_is_not_proved_says_why(name: str, formula: str, why: str) -> None:
    credit, said = answered(name, formula)
    assert f": {why}" in said
    assert credit < 0.5


def test_an_equation_with_y_of_x_is_an_answer_too() -> None:
    """Python's grammar has no `=` in an expression, so SymPy's way of writing it is what is left."""
    assert answered("separable", "Eq(y(x), 2*exp(x**2/2))")[0] == 1
    assert "refuted: " in answered("separable", "Eq(y(x), 3*exp(x**2/2))")[1]


def test_far_out_partial_credit_is_nothing() -> None:
    assert MODULE.nearness(MODULE.EQUATIONS["separable"], "exp(exp(x**2 + 9))") == 0
    assert MODULE.nearness(MODULE.EQUATIONS["separable"], "1/(x - x)") == 0
    assert MODULE.nearness(MODULE.EQUATIONS["separable"], "zeta(x)") == 0


def test_fourteen_formulas_are_asked() -> None:
    with pytest.raises(Wrong, match=r"2 formula\(s\), expected a tuple of 14"):
        verified("(x, x)")
