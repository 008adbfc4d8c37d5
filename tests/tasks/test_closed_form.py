from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("closed_form")
MODULE: Any = sys.modules[TASK.verify.__module__]
PROVED = {
    "cubes": "n**2*(n + 1)**2/4",
    "fourth powers": "n*(n + 1)*(2*n + 1)*(3*n**2 + 3*n - 1)/30",
    "odd squares": "n*(4*n**2 - 1)/3",
    "alternating squares": "(-1)**n*n*(n + 1)/2",
    "powers of two": "(n - 1)*2**(n + 1) + 2",
    "telescope": "n/(n + 1)",
}


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


def with_cubes(formula: str) -> Outcome:
    return verified(f"({', '.join([formula, *list(PROVED.values())[1:]])})")


def test_six_proofs() -> None:
    outcome = verified(f"({', '.join(PROVED.values())})")
    assert outcome.score == outcome.metrics["proved"] == 6
    assert TASK.target == 6
    assert set(outcome.feedback.splitlines()) == {f"{name}: proved" for name in PROVED}


@pytest.mark.parametrize("name", list(PROVED))
def test_each_formula_proves_its_own_sum_and_no_other(name: str) -> None:
    outcome = verified(f"({', '.join([PROVED[name]] * 6)})")
    assert {key for key, credit in outcome.instances.items() if credit == 1} == {name}


@pytest.mark.parametrize(
    "formula",
    [
        "n**4/4 + n**3/2 + n**2/4",
        "(n*(n + 1)/2)**2",
        "n**2*(n + 1)**2/4*(n + 7)/(n + 7)",
        "n**2*(n + 1)**2*(2 + (-1)**n)/(2 + (-1)**n)/4",
        "n**2*(n + 1)**2*6**n/(4*2**n*3**n)",
        "n**2*(n + 1)**2*(1/2)**n*2**(n - 2)",
        "n**2*(n + 1)**2/4 + (1 + (-1)**n)*(1 - (-1)**n)",
        "n**2*(n + 1)**2*(-1)**(2*n)*4**-1",
    ],
)
def test_the_same_function_in_other_words(formula: str) -> None:
    outcome = with_cubes(formula)
    assert outcome.instances["cubes"] == 1, outcome.feedback


@pytest.mark.parametrize(
    ("formula", "why"),
    [
        ("n**2*(n + 1)**2/4 + 1", "wrong at n = 0: the sum is 0, the formula gives 1"),
        ("n**2*(n + 1)/2", "wrong at n = 2: the sum is 9, the formula gives 6"),
        ("n**2*(n + 1)**2/4*(1 + (1 + (-1)**n)/2)/2", "wrong at n = 1: the sum is 1, the formula gives 1/2"),
        ("n**2*(n + 1)**2/4*(n - 1000)/(n - 1000)", "divides by zero at n = 1000"),
        ("n**2*(n + 1)**2/4*(n - 999)/(n - 999)", "divides by zero at n = 999"),
        ("n**2*(n + 1)**2/4*(n - 30 + (-1)**n)/(n - 30 + (-1)**n)", "divides by zero at n = 31"),
        ("n**2*(n + 1)**2/4*((n - 40)/3)**-1*(n - 40)/3", "divides by zero at n = 40"),
        ("n**2*(n + 1)**2/4/(1 + (-1)**n)*(1 + (-1)**n)", "divides by zero at n = 1"),
        ("((n**-1*2)**-1*(n + 1))**2", "divides by zero at n = 0"),
        ("n/(n*0)", "divides by zero at n = 0"),
        ("7**(4*n)", "wrong at n = 0"),
    ],
)
def test_what_is_false_somewhere_is_not_proved(formula: str, why: str) -> None:
    outcome = with_cubes(formula)
    assert f"cubes: {why}" in outcome.feedback
    assert outcome.instances["cubes"] < 0.5
    assert outcome.metrics["proved"] == 5


def test_a_late_counterexample_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    """With room for large formulas, one that is right for n = 0 ... 24 and wrong from 25 on."""
    monkeypatch.setattr(MODULE, "WEIGHT", 200)
    outcome = with_cubes("n**2*(n + 1)**2/4 + " + "*".join(["n", *(f"(n-{i})" for i in range(1, 25))]))
    assert outcome.feedback.startswith("cubes: agrees for small n, but F(n) - F(n - 1) is not the n-th term")
    assert outcome.instances["cubes"] == pytest.approx(0.49)


@pytest.mark.parametrize(
    "formula",
    [
        "2**(n*(n-1)*(n-2))",
        "n**n",
        "2**2**n",
        "2**(n/2)",
        "2**(1/2)",
        "11**n",
        "0**n",
        "2**(n + 21)",
        "2**(5*n)",
        "n**61",
        "10**10**8",
        "(n**9)**9",
        "n**2*(n + 1)**2/4 + 0/(2**n - 2**20*2**20)",
        "n**2*(n + 1)**2/4 + 0/(n + 2**n)",
        "2**(1/0*n)",
    ],
)
def test_what_cannot_be_decided_or_is_too_large_is_refused_by_name(formula: str) -> None:
    with pytest.raises(Wrong, match=r"^cubes: "):
        with_cubes(formula)


coefficient = st.fractions(min_value=-5, max_value=5, max_denominator=6)


@given(st.lists(coefficient, min_size=1, max_size=4), st.sampled_from(["1", "2**n", "(-1)**n", "3**(n + 1)"]))
@settings(max_examples=40, deadline=None)
def test_adding_anything_but_zero_breaks_the_proof(coefficients: list[Fraction], factor: str) -> None:
    terms = [f"({c.numerator}/{c.denominator})*n**{i}" for i, c in enumerate(coefficients)]
    formula = MODULE.expressions(f"n**2*(n+1)**2/4 + {factor}*({' + '.join(terms)})", {"n"})[0]
    credit, why = MODULE.judged("cubes", formula)
    assert (credit == 1) == (why == "proved") == (not any(coefficients))


@given(st.integers(0, 9), st.integers(-3, 3), st.integers(-9, 9), st.sampled_from([2, 3, -1, 6, 10, -14]))
def test_powers_are_what_python_says(n: int, slope: int, fixed: int, base: int) -> None:
    tree = MODULE.expressions(f"({base})**({slope}*n + {fixed})", {"n"})[0]
    assert MODULE.exactly(tree, n) == Fraction(base) ** (slope * n + fixed)


def test_close_is_worth_less_than_half_and_closer_more() -> None:
    far, near = with_cubes("n").instances["cubes"], with_cubes("n**4/4").instances["cubes"]
    assert 0 < far < near < 0.5


def test_the_number_of_formulas_is_checked() -> None:
    with pytest.raises(Wrong, match=r"1 formula\(s\), expected a tuple of 6"):
        verified("n")
