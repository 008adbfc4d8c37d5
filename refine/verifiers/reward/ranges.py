"""Domain randomisation as data: from which range each parameter of the physics is drawn, rollout by rollout."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from refine.errors import Wrong, require
from refine.verifiers.reward.physics import PLAIN, Physics
from refine.verifiers.reward.training import Draws
from refine.verifiers.reward.worlds import Numbers

Range = tuple[float, float]
Ranges = Mapping[str, Range]
"""Low and high by name, names and units as in `Physics`. A parameter that is not named keeps the model's value."""

INTEGER: Final = "latency"
"""The one parameter that is counted, in whole steps. What is drawn for it is a real number like any other, rounded at
random so that its mean stays: of rollouts at 0.5, half are a step late. Rounded bounds would make 0.4 nothing at all.
"""
_SLACK: Final = 1e-9
"""Relative: a bound that was computed as (1 - share) * a + share * b may be off in the last digit."""


def nominal(name: str) -> float:
    """The model's own value of a parameter: 1 for factors, 0 for what is added."""
    return float(getattr(PLAIN, name))


def drawn(ranges: Ranges, rng: np.random.Generator, count: int) -> list[Physics]:
    """Physics for `count` rollouts, each parameter uniform in its range, all independent; latency in whole steps."""
    columns = {name: _column(name, bounds, rng, count) for name, bounds in ranges.items()}
    return [Physics(**{name: values[k].item() for name, values in columns.items()}) for k in range(count)]


def draws(ranges: Ranges) -> Draws | None:
    """Domain randomisation for `train`; None where nothing is varied."""
    return (lambda rng, count: drawn(ranges, rng, count)) if ranges else None


def spread(prior: Ranges, rng: np.random.Generator, count: int) -> list[Physics]:
    """Robots at every distance from the model's own physics: each lies in the prior narrowed by a share of its own."""
    return [drawn(narrowed(prior, share), rng, 1)[0] for share in rng.uniform(0.0, 1.0, count)]


def _column(name: str, bounds: Range, rng: np.random.Generator, count: int) -> Any:  # noqa: ANN401 - of int or float
    low, high = bounds
    values = rng.uniform(low, high, count)
    return _rounded(values, rng) if name == INTEGER else values


def _rounded(values: Numbers, rng: np.random.Generator) -> Any:  # noqa: ANN401 - of int
    """The whole number below or above each value, so that the mean of many is the value (stochastic rounding)."""
    whole = np.floor(values)
    return (whole + (rng.random(len(values)) < values - whole)).astype(int)


def narrowed(ranges: Ranges, share: float) -> dict[str, Range]:
    """Each bound moved towards the model's own value: share 1 keeps it, share 0 leaves a point."""
    return {
        name: (nominal(name) + share * (low - nominal(name)), nominal(name) + share * (high - nominal(name)))
        for name, (low, high) in ranges.items()
    }


def believed(answer: Any, prior: Ranges) -> dict[str, Range]:  # noqa: ANN401 - whatever the candidate answered
    """A candidate's ranges, in the prior's order. Raises Wrong for what is unknown, inverted or outside of it."""
    form = "randomisation must return {parameter: (low, high)}"
    require(isinstance(answer, Mapping), f"{form}, not {type(answer).__name__}")
    require(set(answer) <= set(prior), f"there is no such parameter; there are {', '.join(prior)}")
    return {name: _within(name, _bounds(name, answer[name]), prior[name]) for name in prior if name in answer}


def _bounds(name: str, answer: Any) -> Range:  # noqa: ANN401 - as above
    pair = answer.tolist() if isinstance(answer, np.ndarray) else answer
    require(isinstance(pair, Sequence) and len(pair) == 2, f"{name} must be two numbers, low and high")
    low, high = (_number(name, value) for value in pair)
    require(low <= high, f"{name} is inverted: low {low:.6g} is above high {high:.6g}")
    return low, high


def _number(name: str, value: Any) -> float:  # noqa: ANN401 - as above
    plain = value.item() if isinstance(value, np.generic) else value
    require(type(plain) in (int, float), f"{name} holds {type(plain).__name__}, not a number")
    try:
        number = float(plain)
    except OverflowError as error:  # an integer beyond the largest float
        raise Wrong(f"{name} is beyond all bounds") from error
    require(math.isfinite(number), f"{name} is not finite")
    return number


def _within(name: str, bounds: Range, prior: Range) -> Range:
    (low, high), (least, most) = bounds, prior
    slack = _SLACK * max(1.0, abs(least), abs(most))
    inside = least - slack <= low and high <= most + slack
    require(inside, f"{name} {low:.6g} to {high:.6g} leaves the prior, which is {least:.6g} to {most:.6g}")
    return max(low, least), min(high, most)


def told(ranges: Ranges) -> str:
    """One line a parameter, for prompts: the range and the model's own value."""
    return "\n".join(
        f"{name}: {low:.4g} to {high:.4g} (the model's own: {nominal(name):.4g})"
        for name, (low, high) in ranges.items()
    )


def columns(robots: Sequence[Physics], names: Sequence[str]) -> Numbers:
    """The parameters of each robot as a table, (robots, names)."""
    return np.array([[float(getattr(robot, name)) for name in names] for robot in robots])
