"""Fitting free constants by least squares from several starts, and measuring on data that the fit did not see."""

from __future__ import annotations

import ast
import importlib
import math
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from refine.errors import MissingExtra, Wrong, require
from refine.verifiers.answers import Answer, Undecided
from refine.verifiers.exact import Bounds
from refine.verifiers.regression.formula import CONSTANTS, FUNCTIONS, Formula, read

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Floats = NDArray[np.float64]
Model = Callable[[Mapping[str, Floats], Sequence[Sequence[float]]], list[Floats]]
"""Values at n points for each of several vectors of constants, each of shape (n,)."""

STARTS = 6
STEPS = 60
"""Steps of one start; each costs as many evaluations as there are constants, and one."""
PENALTY = 1e6
"""What a residual counts in standard deviations of the target, where a formula has no value."""
BOUND = 1e9
"""Largest absolute value of a constant."""


@dataclass(frozen=True, slots=True)
class Data:
    """Points: each variable's values and the target, all of shape (n,)."""

    inputs: Mapping[str, Floats]
    target: Floats


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be explained.

    Attributes:
        variables: their names, in the order of a program's arguments.
        train: what the constants are fitted on.
        tests: what counts, by name: "in domain", "out of domain".
        functions: which may be called.
        seconds: wall-clock seconds for one fit; the starts that are begun later than that are left out.
        seed: of the starts.
    """

    variables: tuple[str, ...]
    train: Data
    tests: Mapping[str, Data]
    functions: Collection[str] = tuple(FUNCTIONS)
    most_constants: int = CONSTANTS
    seconds: float = 10.0
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Fit:
    """What came of a fit.

    Attributes:
        constants: as fitted, by name.
        train: the normalised mean squared error on the training data.
        tests: that on each test set.
        complexity: nodes of the formula; of a program the number of constants.
        feedback: sentences for the next prompt: the constants, the errors, where they are largest.
    """

    constants: Mapping[str, float]
    train: float
    tests: Mapping[str, float]
    complexity: int
    feedback: str


def formula(text: str, problem: Problem, *, bounds: Bounds | None = None) -> Fit:
    """Reads, fits and measures an expression.

    Raises:
        Wrong: it is not allowed, or has no finite value somewhere on the data.
        MissingExtra: SciPy is not installed.
    """
    found = read(
        text,
        problem.variables,
        functions=problem.functions,
        most_constants=problem.most_constants,
        bounds=bounds or Bounds(characters=1000, nodes=150, depth=30),
    )

    def model(inputs: Mapping[str, Floats], vectors: Sequence[Sequence[float]]) -> list[Floats]:
        return [found.values(inputs, vector) for vector in vectors]

    return _fitted(model, found.constants, problem, complexity=found.complexity)


def program(candidate: Handle, function: str, problem: Problem, *, constants: int = 10) -> Fit:
    """Fits and measures a program `def f(x, v, params)` of arrays, which runs in the sandbox, as LLM-SR poses it.

    All vectors of constants that one step needs cross the wall together. `constants` is the length of `params`.

    Raises:
        Wrong: its answers are no arrays of finite numbers of the right shape.
        CandidateError: it failed by itself.
        MissingExtra: SciPy is not installed.
    """

    def model(inputs: Mapping[str, Floats], vectors: Sequence[Sequence[float]]) -> list[Floats]:
        arrays = [inputs[name] for name in problem.variables]
        answers = candidate.map(function, [(*arrays, np.array(vector)) for vector in vectors])
        return [_array(answer, len(arrays[0]), function) for answer in answers]

    names = tuple(f"params[{k}]" for k in range(constants))
    return _fitted(model, names, problem, complexity=constants)


def _array(answer: object, points: int, function: str) -> Floats:
    try:
        array = np.asarray(answer)
    except ValueError:  # nested lists of different lengths
        raise Wrong(f"{function} must return an array of {points} numbers") from None
    require(array.dtype.kind in "iuf", f"{function} must return an array of numbers, not of {array.dtype}")
    require(array.shape in ((), (points,)), f"{function} returned shape {array.shape}: one number per point, please")
    return np.broadcast_to(array.astype(np.float64), (points,))


def nmse(values: Floats, target: Floats) -> float:
    """The mean squared error over the target's variance: 0 is perfect, 1 is what its mean gets."""
    with np.errstate(over="ignore"):
        return min(float(np.mean((values - target) ** 2)) / float(np.var(target)), 1e300)


def _fitted(model: Model, names: Sequence[str], problem: Problem, *, complexity: int) -> Fit:
    best = _least_squares(model, len(names), problem)
    constants = dict(zip(names, best, strict=True))
    values = _finite(model(problem.train.inputs, [best])[0], problem.train, "the training data")
    found = {
        name: _finite(model(data.inputs, [best])[0], data, f'the data "{name}"') for name, data in problem.tests.items()
    }
    tests = {name: nmse(found[name], data.target) for name, data in problem.tests.items()}
    train = nmse(values, problem.train.target)
    said = ", ".join(f"{name} = {value:.6g}" for name, value in constants.items()) or "none"
    errors = ", ".join(f"{name} {value:.3g}" for name, value in {"train": train, **tests}.items())
    worst = "; ".join(_worst(found[name], data, name) for name, data in problem.tests.items())
    return Fit(constants, train, tests, complexity, f"fitted constants: {said}. NMSE: {errors}. Largest error {worst}.")


def _finite(values: Floats, data: Data, where: str) -> Floats:
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise Wrong(f"not finite on {where}, for instance at {_point(data, int(bad[0]))}, whatever the constants")
    return values


def _worst(values: Floats, data: Data, name: str) -> str:
    k = int(np.argmax(np.abs(values - data.target)))
    return f"{name}: {values[k] - data.target[k]:+.3g} at {_point(data, k)}"


def _point(data: Data, k: int) -> str:
    return ", ".join(f"{name} = {column[k]:.4g}" for name, column in data.inputs.items())


# ── least squares ────────────────────────────────────────────────────────────────────────────────────────────────────


def _least_squares(model: Model, count: int, problem: Problem) -> list[float]:
    """The best constants of all starts on the training data. Deterministic, but for starts that time leaves out."""
    try:
        from scipy.optimize import least_squares  # noqa: PLC0415 - heavy, and an extra
    except ModuleNotFoundError:
        raise MissingExtra("scipy", "regression") from None
    if not count:
        return []
    data, began = problem.train, time.monotonic()
    scale = float(np.std(data.target)) or 1.0

    def residuals(vectors: Sequence[Sequence[float]]) -> list[Floats]:
        return [_residual(values, data.target, scale) for values in model(data.inputs, vectors)]

    def jacobian(at: Floats) -> Floats:
        steps = 1e-7 * np.maximum(1.0, np.abs(at))
        here, *moved = residuals([at.tolist(), *(at + np.diag(steps)).tolist()])
        return np.stack([(there - here) / step for there, step in zip(moved, steps, strict=True)], axis=1)

    best, least = [1.0] * count, math.inf
    for start in _starts(count, problem.seed):
        if time.monotonic() - began > problem.seconds:
            break
        with np.errstate(all="ignore"):
            found = least_squares(
                lambda at: residuals([at.tolist()])[0],
                start,
                jac=jacobian,
                bounds=(-BOUND, BOUND),
                x_scale="jac",
                max_nfev=STEPS,
                xtol=1e-14,
                ftol=1e-14,
                gtol=1e-14,
            )
        if found.cost < least:
            best, least = found.x.tolist(), float(found.cost)
        if least < 1e-20 * len(data.target):
            break
    return best


def _residual(values: Floats, target: Floats, scale: float) -> Floats:
    """In standard deviations of the target, finite everywhere."""
    with np.errstate(all="ignore"):
        return np.clip(np.nan_to_num((values - target) / scale, nan=PENALTY), -PENALTY, PENALTY)


def _starts(count: int, seed: int) -> list[Floats]:
    """All ones, then normal draws of growing size."""
    rng = np.random.default_rng([seed, count])
    return [np.ones(count), *(rng.normal(0.0, size, count) for size in np.geomspace(0.5, 5.0, STARTS - 1))]


# ── recovery ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def recovered(found: Formula, constants: Mapping[str, float], truth: str, *, tolerance: float = 1e-4) -> Answer:
    """Whether the formula with its constants rounded is the true one, symbolically.

    A constant is rounded to the simplest fraction within `tolerance` (relative, absolute below 1) of it.

    Raises:
        MissingExtra: SymPy is not installed.
    """
    try:
        symbolic = importlib.import_module("refine.verifiers.symbolic")  # here: it loads SymPy
    except ImportError:
        return Undecided(("there is no symbolic verifier here",))
    text = found.filled([str(simplest(constants[name], tolerance)) for name in found.constants])
    names = {node for node in _names(text) | _names(truth) if node not in FUNCTIONS}
    if not hasattr(symbolic, "equals"):
        return Undecided(("the symbolic verifier has no `equals`",))
    answer: Answer = symbolic.equals(text, truth, **{name: symbolic.Real() for name in sorted(names)})
    return answer


def simplest(value: float, tolerance: float) -> Fraction:
    """The fraction of smallest denominator within `tolerance * max(1, |value|)` of a number."""
    within = tolerance * max(1.0, abs(value))
    for denominator in range(1, 10_000):
        fraction = Fraction(round(value * denominator), denominator)
        if abs(float(fraction) - value) <= within:
            return fraction
    return Fraction(value).limit_denominator(10**6)


def _names(text: str) -> set[str]:
    return {node.id for node in ast.walk(ast.parse(text, mode="eval")) if isinstance(node, ast.Name)}
