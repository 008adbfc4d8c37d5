"""The two oscillators' data, and what formulas earn on them."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome
from refine.verifiers import regression

TASK = load("oscillator")
MODULE: Any = sys.modules[TASK.verify.__module__]
TEXTS = {case.name: case.text for case in TASK.golden}


class Text:
    def __init__(self, text: str, seed: int = 0) -> None:
        self.text = text
        self.seed = seed


def verified(text: str, seed: int | None = None) -> Outcome:
    candidate: Any = Text(text, seed or 0)
    outcome = TASK.verify(candidate) if seed is None else MODULE.confirm(candidate)
    assert isinstance(outcome, Outcome)
    return outcome


@pytest.mark.parametrize(
    ("name", "state", "acceleration"),
    [
        ("oscillator 1", (0.0, 0.45633273335425156, -0.19789347824904535), -0.02708876075796949),
        ("oscillator 2", (10.284205684113683, -0.24888644357403847, 0.1660786599143574), 0.9106228129783078),
    ],
)
def test_the_equations_are_the_published_ones(name: str, state: tuple[float, ...], acceleration: float) -> None:
    """One row of each published file (out-of-domain data)."""
    assert MODULE.OSCILLATORS[name].acceleration(*state) == pytest.approx(acceleration, rel=1e-12)


def test_the_trajectory_passes_through_a_published_state() -> None:
    from scipy.integrate import solve_ivp

    made = MODULE.OSCILLATORS["oscillator 2"]
    at = 10.284205684113683
    solved = solve_ivp(
        lambda t, s: [s[1], made.acceleration(t, *s)], (0, at), (0.5, 0.5), rtol=1e-10, atol=1e-12, method="DOP853"
    )
    assert solved.y[:, -1] == pytest.approx([-0.24888644357403847, 0.1660786599143574], rel=1e-5)


@pytest.mark.parametrize("name", ["oscillator 1", "oscillator 2"])
def test_the_truth_as_text_is_the_truth_as_a_function(name: str) -> None:
    made = MODULE.OSCILLATORS[name]
    data = MODULE.data(name, (0.5, 0.5), (0.0, 20.0), seed=9)
    formula = regression.read(made.truth, made.variables)
    assert np.allclose(formula.values(data.inputs, []), data.target, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("name", ["oscillator 1", "oscillator 2"])
def test_out_of_domain_goes_further_out(name: str) -> None:
    found = MODULE.problem(name, (0.5, 0.5))
    inside, outside = found.tests["in domain"].inputs, found.tests["out of domain"].inputs
    for variable in ("x", "v"):
        assert np.abs(outside[variable]).max() > 1.3 * np.abs(found.train.inputs[variable]).max()
        assert np.abs(inside[variable]).max() < 1.01 * np.abs(found.train.inputs[variable]).max()


def test_the_true_form_is_exact_here_and_elsewhere() -> None:
    assert verified(TEXTS["truth"]).score == -12
    assert verified(TEXTS["truth"], seed=5).score == -12


def test_recovery_is_decided_symbolically_and_not_by_small_errors() -> None:
    assert verified(TEXTS["truth"]).metrics["recovered"] == 2
    assert verified(TEXTS["library"]).metrics["recovered"] == 0
    other_words = "(C*sin(x) + v*(C*x + C*v*v) + x*(C*cos(x) + C*x*x), C*sin(t))"
    outcome = verified(other_words)
    assert outcome.metrics["recovered"] == 1
    assert outcome.feedback.splitlines()[0].endswith("This is the true equation.")
    nearly = TEXTS["truth_in_numbers"].replace("x*cos(x)", "1.00001*x*cos(x)")
    assert verified(nearly).metrics["oscillator 1, in domain"] < MODULE.NEAR
    assert verified(nearly).metrics["recovered"] == 1


def test_confirmation_draws_another_trajectory_on_which_a_library_is_good_and_not_exact() -> None:
    scores = [verified(TEXTS["library"], seed=seed).score for seed in (5, 6)]
    assert scores[0] != scores[1]
    assert all(score is not None and -9 < score < -5 for score in scores)
    for name in MODULE.OSCILLATORS:
        target = MODULE.problem(name, (-0.6, 0.3)).tests["in domain"].target
        assert np.var(target) > 1e-3, "it still swings"


def test_a_constant_is_worth_nothing() -> None:
    assert verified("(C, C)").score == pytest.approx(0.0, abs=0.01)


def test_complexity_is_a_feature_and_fitted_constants_are_shown() -> None:
    outcome = verified("(C*x, C*x + C)")
    assert outcome.features == {"complexity": 8.0}
    assert "oscillator 1: fitted constants: c0 = " in outcome.feedback


def test_a_refusal_names_the_oscillator() -> None:
    with pytest.raises(Wrong, match=r"^oscillator 1: the name 't' is not known here; known: x, v"):
        verified("(C*t, C)")
    with pytest.raises(Wrong, match="tuple of 2"):
        verified("C*x")
