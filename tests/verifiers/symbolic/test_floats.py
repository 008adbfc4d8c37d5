"""Values in floating point for partial credit, and the formulas of a tuple as they are written."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.verifiers.answers import Proved, Refuted, Undecided, why
from refine.verifiers.symbolic.components import components
from refine.verifiers.symbolic.floats import FAILURES, alike, number
from refine.verifiers.symbolic.read import tree


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x^2 + 1/2", 9.5),
        ("E^x - e^x", 0.0),
        ("3*x!", 18.0),
        ("binomial(2*x, x)", 20.0),
        ("harmonic(x)", 1 + 1 / 2 + 1 / 3),
        ("erf(x)", math.erf(3)),
        ("sqrt(-x)", 1j * math.sqrt(3)),
        ("Abs(-x)", 3.0),
    ],
)
def test_values(text: str, value: complex) -> None:
    assert number(tree(text, {"x"}), {"x": 3.0}) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1/(x - 3)", "zeta(x)", "harmonic(x/2)", "erf(100*x)", "exp(exp(x^9))", "(x*I)!"])
def test_what_has_no_value_raises_one_of_the_failures(text: str) -> None:
    with pytest.raises(FAILURES):
        number(tree(text, {"x"}), {"x": 3.0})


@given(st.lists(st.complex_numbers(max_magnitude=1e3, allow_nan=False), min_size=1, max_size=5))
def test_likeness_is_full_for_the_same_alone(values: list[complex]) -> None:
    if sum(abs(v) ** 2 for v in values) > 1e-6:
        assert alike(values, values) == pytest.approx(1)
        assert alike([0j] * len(values), values) == 0
        assert alike([2 * v for v in values], values) < 0.9


def test_formulas_are_cut_out_as_they_are_written() -> None:
    assert components(" (x^(1+2), f(a, b),  (1, 2)[0]) ", 3, characters=99) == ["x^(1+2)", "f(a, b)", "(1, 2)[0]"]
    assert components("x + 1", 1, characters=99) == ["x + 1"]


@pytest.mark.parametrize("text", ["", "x +", "(x, x, x)", "x = 1", "(" * 3000, "x" * 100, "\0"])
def test_what_is_no_tuple_of_two_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        components(text, 2, characters=99)


def test_of_what_was_tried_only_the_last_step_is_told() -> None:
    assert why(Undecided(("a", "b"))) == "not proved: b"
    assert why(Undecided(())) == "not proved: nothing was tried"
    assert why(Proved("so")) == "proved: so"
    assert why(Refuted("so")).startswith("refuted")
