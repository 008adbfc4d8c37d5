"""The ten inequalities: areas and best areas are what they are said to be, degrees are counted, only proofs count."""

from __future__ import annotations

import importlib.util
import math
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("inequalities")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}
BOUNDS = [name for name, item in MODULE.ITEMS.items() if isinstance(item, MODULE.Bound)]
SHARP = [name for name, item in MODULE.ITEMS.items() if isinstance(item, MODULE.Sharp)]


def _baseline() -> Any:
    path = Path(MODULE.__file__).parent / "baseline.py"
    spec = importlib.util.spec_from_file_location("inequalities_baseline", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


BASELINE = _baseline()


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


def with_item(name: str, formula: str) -> Outcome:
    parts = dict(zip(MODULE.ITEMS, ("1", "1", "-1", "2", "0", "2", "0", "0", "0", "2"), strict=True))
    return verified(f"({', '.join((parts | {name: formula}).values())})")


@pytest.mark.parametrize("name", BOUNDS)
def test_the_area_under_each_function(name: str) -> None:
    from scipy.integrate import quad

    item = MODULE.ITEMS[name]
    assert quad(item.value, float(item.low), float(item.high), epsabs=1e-13)[0] == pytest.approx(item.area, abs=1e-12)


@pytest.mark.parametrize("name", BOUNDS)
def test_no_polynomial_has_a_smaller_area_than_the_best(name: str) -> None:
    """By linear programming again, on the same grid; and the baseline comes within two per cent of it."""
    item = MODULE.ITEMS[name]
    assert BASELINE.optimum(item)[0] == pytest.approx(item.best, rel=1e-6)
    p = MODULE.polynomials(TEXTS["linear_program"])[name]
    assert item.best < item.gap(p) < 1.02 * item.best


@pytest.mark.parametrize("name", SHARP)
def test_the_sharp_constants_are_sharp(name: str) -> None:
    """A millionth to the safe side is proved, a millionth to the other is not; and equality holds somewhere."""
    item = MODULE.ITEMS[name]
    safe = 1e-6 if item.wanted == "smallest" else -1e-6
    good, bad = (Fraction(round(item.sharp * (1 + shift) * 10**12), 10**12) for shift in (safe, -safe))
    assert MODULE.judged(name, (good,))[0] > 0.99
    assert MODULE.judged(name, (bad,))[0] <= MODULE.UNPROVED
    root, top = 3**-0.25, math.atan(2)
    equal = {
        "quartic": (root**4 + 1) / root,
        "quadratic form": (1 + 2 + 1) / (2**0.5 + 2**0.5),
        "wave": math.sin(top) + math.cos(top) / 2,
    }
    assert equal[name] == pytest.approx(item.sharp, rel=1e-12)


def test_all_ten_are_proved_by_linear_programming() -> None:
    outcome = verified(TEXTS["linear_program"])
    assert outcome.metrics["proved"] == 10
    assert outcome.score is not None
    assert TASK.target is not None
    assert TASK.target < outcome.score < 10


def test_what_is_refuted_comes_with_a_point() -> None:
    outcome = with_item("exponential", "1 + x + x**2")
    assert outcome.instances["exponential"] < MODULE.UNPROVED
    assert "exponential: refuted: at x = " in outcome.feedback


def test_what_touches_inside_is_undecided_and_told_to_leave_a_margin() -> None:
    credit, why = MODULE.judged("sine", MODULE.polynomial(MODULE.parsed("-1"), 3))
    assert credit >= MODULE.PROVED
    best = tuple(Fraction(round(c * 10**15), 10**15) for c in BASELINE.optimum(MODULE.ITEMS["sine"])[1])
    credit, why = MODULE.judged("sine", (best[0] - Fraction(1, 10**12), *best[1:]))
    assert credit <= MODULE.UNPROVED
    assert "margin" in why or "refuted" in why


def test_tighter_is_better_and_any_proof_beats_none() -> None:
    worth = [
        with_item("exponential", p).instances["exponential"]
        for p in ("5", "-100", "1/2", "0.99 + x", "0.999 + x + x**2/2")
    ]
    assert worth == sorted(worth)
    assert worth[0] <= MODULE.UNPROVED < MODULE.PROVED < worth[1]


@pytest.mark.parametrize(
    ("name", "formula", "message"),
    [
        ("exponential", "x**3", "the degree is at most 2"),
        ("exponential", "(x + 1)*(x + 2)*(x + 3)", "the degree is at most 2"),
        ("exponential", "x**9", "at most 8"),
        ("exponential", "x**-1", "a whole number"),
        ("exponential", "x**0.5", "a whole number"),
        ("exponential", "1/x", "a divisor must be a number"),
        ("exponential", "1/(x - x)", "a division by zero"),
        ("exponential", "exp(x)", "Call is not allowed"),
        ("exponential", "y", "Name is not allowed"),
        ("exponential", "x // 2", "FloorDiv is not allowed"),
        ("exponential", "1e400", "too large or small"),
        ("exponential", "(10**8)**8*(10**8)**8", "a coefficient is too long"),
        ("exponential", "'1'", "no number"),
        ("exponential", "True", "no number"),
        ("quartic", "x", "a number without x"),
    ],
)
def test_what_is_no_such_polynomial_is_refused_by_name(name: str, formula: str, message: str) -> None:
    with pytest.raises(Wrong, match=f"^{name}: .*{message}"):
        with_item(name, formula)


def test_higher_powers_that_cancel_have_no_degree() -> None:
    assert MODULE.polynomial(MODULE.parsed("x*x - x*x + 0.1"), 2) == (Fraction(1, 10),)


COEFFICIENTS = st.lists(st.fractions(-5, 5, max_denominator=50), min_size=1, max_size=5)


@given(COEFFICIENTS)
def test_a_polynomial_survives_writing_and_reading(coefficients: list[Fraction]) -> None:
    p = MODULE.polynomial(MODULE.parsed(MODULE.horner(tuple(coefficients))), 4)
    padded = (*p, *[Fraction()] * (len(coefficients) - len(p)))
    assert padded == tuple(coefficients)


@given(COEFFICIENTS, st.fractions(-3, 3), st.fractions(-3, 3), st.fractions(-3, 3))
def test_integrals_add_up(coefficients: list[Fraction], a: Fraction, b: Fraction, c: Fraction) -> None:
    p = tuple(coefficients)
    assert MODULE.integral(p, a, b) + MODULE.integral(p, b, c) == MODULE.integral(p, a, c)
    assert MODULE.integral((Fraction(1),), a, b) == b - a
