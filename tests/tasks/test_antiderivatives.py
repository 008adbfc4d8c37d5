"""The thirty integrals: what is asked, what an answer earns, and what partial credit is."""

from __future__ import annotations

import math
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("antiderivatives")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
KNOWN = MODULE.components(TEXTS["known"])


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


def with_first(formula: str) -> Outcome:
    return verified(f"({', '.join([formula, *['0'] * 29])})")


def test_every_known_answer_is_proved_and_every_integral_is_asked() -> None:
    outcome = verified(TEXTS["known"])
    assert outcome.score == outcome.metrics["proved"] == TASK.target == 30
    assert set(outcome.instances.values()) == {1.0}
    assert all(item.of in TASK.instruction for item in MODULE.INTEGRALS.values())


def test_instances_come_in_the_order_of_the_components() -> None:
    """The embedded proposer takes the k-th instance for the worth of the k-th component."""
    for k in (0, 7, 29):
        formulas = ["0"] * 30
        formulas[k] = KNOWN[k]
        assert list(verified(f"({', '.join(formulas)})").instances.values()) == [float(i == k) for i in range(30)]


def test_what_sympy_finds_alone_is_proved_and_the_rest_left_out() -> None:
    outcome = verified(TASK.baselines["SymPy integrate, 20 s each, no model"])
    assert outcome.metrics["proved"] == 22
    assert outcome.feedback.count("not answered") == 8


@pytest.mark.parametrize("name", list(MODULE.INTEGRALS))
def test_floating_point_sees_the_known_answer_and_no_other(name: str) -> None:
    """The partial credit is a second opinion: differences of the known answer are the integrand."""
    item, known = MODULE.INTEGRALS[name], KNOWN[list(MODULE.INTEGRALS).index(name)]
    assert MODULE.nearness(item, known) == pytest.approx(1, abs=1e-4)
    assert MODULE.nearness(item, f"({known})*1.1") < 0.98
    assert MODULE.nearness(item, f"{known} + 7") == pytest.approx(1, abs=1e-4)
    assert MODULE.nearness(item, "7") == 0


@pytest.mark.parametrize("name", list(MODULE.INTEGRALS))
def test_samples_lie_inside_of_the_interval(name: str) -> None:
    item = MODULE.INTEGRALS[name]
    low, high = (-math.inf if item.low is None else item.low), (math.inf if item.high is None else item.high)
    assert len(set(item.samples)) == MODULE.SAMPLES
    assert all(low < x - MODULE.STEP and x + MODULE.STEP < high for x in item.samples)


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("x**3 - 2*x**2 + 5*x + x/10**15", "refuted: at x = "),
        ("Integral(3*x**2 - 4*x + 5, x)", "refused: Integral is not allowed"),
        ("Piecewise((x, x < 1), (x**3, True))", "refused: Piecewise is not allowed"),
        ("x**3 - 2*x**2 + 5*x + floor(x)", "not proved: SymPy does not know the derivative"),
        ("x**3 - 2*x**2 + 5*x + Max(x - 1000, 0)**2", "not proved: "),
        ("x**3 - 2*x**2 + 5*x + C", "refused: the name 'C' is not known"),
        ("None", "not answered"),
    ],
)
def test_what_is_not_proved_says_why_and_where(formula: str, why: str) -> None:
    outcome = with_first(formula)
    assert outcome.feedback.startswith(f"1. polynomial: {why}")
    assert outcome.instances["polynomial"] < 0.5


@pytest.mark.parametrize("formula", ["9**9**9**9", "factorial(10**9)", "(x + 1)**(10**6)", "gamma(x)**(2**40)"])
def test_a_bomb_is_refused_before_it_goes_off(formula: str) -> None:
    assert "refused: " in with_first(formula).feedback.splitlines()[0]


def test_brackets_of_an_exponent_survive_the_way_through_pythons_grammar() -> None:
    """Python reads x^(1+2) with the precedence of xor; written anew it would lose its brackets."""
    parts = MODULE.components(f"(x^(1+2)-2*x^2+5*x, {', '.join(['0'] * 29)})")
    assert parts[0] == "x^(1+2)-2*x^2+5*x"
    assert with_first(parts[0]).instances["polynomial"] == 1


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("x", r"1 formula\(s\), expected a tuple of 30"),
        ("(" + "x, " * 29 + ")", r"29 formula\(s\)"),
        ("x = 1", "not one Python expression"),
        ("(" * 5000 + ")" * 5000, "not one Python expression"),
        ("-" * 19_000 + "x", r"not one Python expression|1 formula"),
        ("x" * 20_001, "at most 20000 are allowed"),
        ("\0", "not one Python expression"),
    ],
)
def test_what_is_no_tuple_of_thirty_is_refused(text: str, why: str) -> None:
    with pytest.raises(Wrong, match=why):
        verified(text)


def test_closer_is_worth_more_and_never_as_much_as_a_proof() -> None:
    far, near, proved = (
        with_first(f"x**3 - 2*x**2{rest}").instances["polynomial"] for rest in ("", " + 4*x", " + 5*x")
    )
    assert 0 < far < near < 0.5
    assert proved == 1


numbers = st.lists(st.complex_numbers(max_magnitude=1e6), min_size=3, max_size=3)


@given(numbers, numbers)
@settings(max_examples=60, deadline=None)
def test_likeness_is_a_share(got: list[complex], want: list[complex]) -> None:
    if any(abs(w) > 1e-3 for w in want):
        assert 0 <= MODULE.alike(got, want) <= 1 + 1e-9
        assert MODULE.alike(want, want) == pytest.approx(1)


@given(st.text(alphabet="x0123456789+-*/^().,eE sincogl", max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_is_an_outcome_or_refused(text: str) -> None:
    try:
        outcome = verified(f"({text}, {', '.join(['0'] * 29)})")
    except Wrong:
        return
    assert outcome.score is not None
    assert 0 <= outcome.score <= 1
