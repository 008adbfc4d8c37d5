"""LLM-SR's two damped nonlinear oscillators: which formula is the acceleration? Data from their published equations."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import refine
from refine.errors import MissingExtra
from refine.verifiers import regression
from refine.verifiers.answers import Proved
from refine.verifiers.exact import Bounds

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

GOLDEN = Path(__file__).parent / "golden"
PAPER = "LLM-SR: Shojaee et al. 2024, arXiv 2404.18400"
POINTS = 400
FLOOR = 1e-12
"""An error below this counts as this: the data are not known better."""
CEILING = 1e3
NEAR = 1e-6
"""Normalised mean squared errors above this come from another equation."""
BOUNDS = Bounds(characters=1000, nodes=120, depth=30)
FUNCTIONS = ("sin", "cos", "exp", "log", "sqrt", "tanh", "abs")
ACROSS = 20.0
"""Seconds. As published: later times are the domain, earlier ones, which go further out, are out of domain."""


@dataclass(frozen=True, slots=True)
class Oscillator:
    """x'' as a function of time, position and velocity; `truth` says the same as text."""

    variables: tuple[str, ...]
    acceleration: Callable[[float, float, float], float]
    truth: str


OSCILLATORS = {
    "oscillator 1": Oscillator(
        ("x", "v"),
        lambda _, x, v: 0.8 * math.sin(x) - 0.5 * v**3 - 0.2 * x**3 - 0.5 * x * v - x * math.cos(x),
        "4/5*sin(x) - v**3/2 - x**3/5 - x*v/2 - x*cos(x)",
    ),
    "oscillator 2": Oscillator(
        ("t", "x", "v"),
        lambda t, x, v: 0.3 * math.sin(t) - 0.5 * v**3 - x * v - 5.0 * x * math.exp(0.5 * x),
        "3/10*sin(t) - v**3/2 - x*v - 5*x*exp(x/2)",
    ),
}

task = refine.Task(
    instruction=f"""
    Find the accelerations of two damped nonlinear oscillators from data. Answer with one Python expression: a tuple of
    two formulas. The first is dv/dt in position x and velocity v (no driving by time); the second is dv/dt in time t,
    position x and velocity v, driven by time.

    Allowed are + - * / **, {", ".join(FUNCTIONS)}, numbers, and free constants: a name c0, c1, ... is one number
    wherever it stands in a formula, `C` is another one each time. The free constants are fitted for you by least
    squares, from several starts; at most 16 a formula. Not allowed: tables, conditions, other calls. At most 120 names,
    numbers and operators a formula.

    Scored on data that the fit did not see, in the domain of the training data and out of it: the mean of
    log10(NMSE) over the four, lower is better; 0 is as good as a constant, -12 is exact. Whether a formula is the true
    equation is decided symbolically, after its constants are rounded to simple fractions.
    """,
    direction="minimize",
    metric="mean log10 NMSE",
    language="expression",
    seed="(C*x + C*v, C*x + C*v)",
    target=-11.9,
    judge_seconds=90,
    references=[
        refine.Reference(name="the true equations", value=-12.0, source=f"{PAPER}; the floor of this score"),
        refine.Reference(name="both equations recovered", value=2, metric="recovered", source=PAPER),
    ],
    baselines={"least squares on a library, no model": (GOLDEN / "library.txt").read_text()},
    grammar=refine.Grammar(
        terminals=("x", "v", "C*x", "C*v", "C*x*v", "C*x**3", "C*v**3", "sin(x)", "sin(C*x)"),
        functions=("sin", "cos", "exp"),
        constants=(1, 2, 3),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    return evaluate(candidate.text, (0.5, 0.5))


@task.confirmation
def confirm(candidate: Handle) -> refine.Outcome:
    """Fitted as in the search, measured on another trajectory, whose start is drawn from the run's secret.

    From much further out oscillator 1 leaves for another equilibrium and comes to rest: nothing to measure there.
    """
    rng = np.random.default_rng([candidate.seed, 3])
    return evaluate(candidate.text, (float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.3, 0.55))))


def evaluate(text: str, start: tuple[float, ...]) -> refine.Outcome:
    fits = {name: fitted(name, formula, start) for name, formula in zip(OSCILLATORS, formulas(text), strict=True)}
    exact = [name for name, formula in zip(OSCILLATORS, formulas(text), strict=True) if recovered(name, formula, start)]
    errors = {f"{name}, {where}": value for name, fit in fits.items() for where, value in fit.tests.items()}
    scores = {name: math.log10(min(max(value, FLOOR), CEILING)) for name, value in errors.items()}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(scores.values()) / len(scores),
        metrics={name: min(value, 1e300) for name, value in errors.items()} | {"recovered": float(len(exact))},
        features={"complexity": float(sum(fit.complexity for fit in fits.values()))},
        instances=scores,
        feedback="\n".join(
            f"{name}: {fit.feedback}{' This is the true equation.' if name in exact else ''}"
            for name, fit in fits.items()
        ),
    )


@lru_cache(maxsize=4096)
def recovered(name: str, formula: str, start: tuple[float, ...]) -> bool:
    """Whether the formula, its constants rounded to simple fractions, is proved to be the true equation. Asked only
    where the errors are so small that it can be.
    """
    fit, made = fitted(name, formula, start), OSCILLATORS[name]
    if max(fit.tests.values()) > NEAR:
        return False
    found = regression.read(formula, made.variables, functions=FUNCTIONS, bounds=BOUNDS)
    return isinstance(regression.recovered(found, fit.constants, made.truth), Proved)


def formulas(text: str) -> list[str]:
    """The two formulas, each as text. Raises `Wrong`."""
    refine.require(len(text) <= 2 * BOUNDS.characters, f"more than {2 * BOUNDS.characters} characters")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise refine.Wrong(f"not one Python expression: {type(error).__name__}") from None
    refine.require(isinstance(tree, ast.Tuple) and len(tree.elts) == len(OSCILLATORS), "expected a tuple of 2 formulas")
    assert isinstance(tree, ast.Tuple)
    try:
        return [ast.unparse(element) for element in tree.elts]
    except RecursionError:
        raise refine.Wrong("nested too deeply") from None


@lru_cache(maxsize=4096)
def fitted(name: str, formula: str, start: tuple[float, ...]) -> regression.Fit:
    """Fitted on the search's training data, whatever is measured on. Raises `Wrong` with the oscillator's name."""
    try:
        return regression.formula(formula, problem(name, start), bounds=BOUNDS)
    except refine.Wrong as refused:
        raise refine.Wrong(f"{name}: {refused}") from None


@lru_cache
def problem(name: str, start: tuple[float, ...]) -> regression.Problem:
    """Training data from the published start (0.5, 0.5); tests on the trajectory from `start`."""
    near, far = (ACROSS, 50.0), (0.0, ACROSS)
    return regression.Problem(
        OSCILLATORS[name].variables,
        data(name, (0.5, 0.5), near, seed=1),
        {"in domain": data(name, start, near, seed=2), "out of domain": data(name, start, far, seed=3)},
        functions=FUNCTIONS,
    )


def data(name: str, start: tuple[float, ...], span: tuple[float, float], *, seed: int) -> regression.Data:
    """POINTS states of one trajectory at random times in `span` (s), with their accelerations."""
    try:
        from scipy.integrate import solve_ivp  # noqa: PLC0415 - heavy, and only the judge needs it
    except ModuleNotFoundError:
        raise MissingExtra("scipy", "regression") from None
    made = OSCILLATORS[name]
    times = np.sort(np.random.default_rng(seed).uniform(*span, POINTS))
    solved = solve_ivp(
        lambda t, s: [s[1], made.acceleration(t, s[0], s[1])],
        (0.0, span[1]),
        start,
        t_eval=times,
        rtol=1e-10,
        atol=1e-12,
        method="DOP853",
    )
    x, v = solved.y
    target = np.array([made.acceleration(*state) for state in zip(times, x, v, strict=True)])
    columns = {"t": times, "x": x, "v": v}
    return regression.Data({variable: columns[variable] for variable in made.variables}, target)
