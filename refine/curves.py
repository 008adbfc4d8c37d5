"""What a training did on the way, as a prompt tells it: the reward reflection of Eureka (Ma et al. 2023), for any loop.

`Outcome.curves` holds a series of values by name. A name may begin with a group and a slash: the curves of one group
(`reward/speed`, `reward/energy`) are terms of one sum and are compared with each other; one without a group (`fitness`,
`loss`) stands alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from refine.types import CURVE_NAME, MOST_CHECKPOINTS, MOST_CURVES

T = TypeVar("T")

SHOWN = 10
"""Checkpoints of each curve that a prompt shows."""
STILL = 0.01
"""A curve whose values differ by no more than this share of the largest absolute value never moves."""
DOMINANT = 0.9
"""A curve that makes up this share of its group's absolute means dominates it."""


def curves(raw: object, group: str = "", checkpoints: int = 40) -> dict[str, list[float]]:
    """`raw`, a mapping of names to series of numbers (lists, or arrays of one axis), as `Outcome.curves` takes it.

    Each series is thinned to at most `checkpoints` values at evenly spaced places, the first and the last among them,
    rounded to six digits. It is evidence and never a score, and may come from a candidate: what is no series of finite
    numbers is left out, and so are the names beyond the 24th.
    """
    if not isinstance(raw, Mapping):
        return {}
    prefix = f"{group}/" if group else ""
    room = CURVE_NAME - len(prefix)
    named = ((prefix + _printable(name)[:room], _series(values)) for name, values in raw.items())
    kept = {name: thinned(values, min(checkpoints, MOST_CHECKPOINTS)) for name, values in named if values}
    return dict(list(kept.items())[:MOST_CURVES])


def _printable(name: object) -> str:
    """A name that cannot write a line of its own into a prompt. Slashes make groups, which the caller names."""
    said = name if isinstance(name, str) else ""
    return "".join(c if c.isalnum() or c in "_-.() " else "_" for c in said).strip() or "_"


def _series(values: object) -> list[float]:
    """Empty for what is no series of finite numbers."""
    if getattr(values, "ndim", 1) != 1 or not isinstance(values, Iterable) or isinstance(values, str | bytes | Mapping):
        return []
    listed = values.tolist() if hasattr(values, "tolist") else list(values)
    numbers = [_number(value) for value in listed]
    return [number for number in numbers if number is not None] if None not in numbers else []


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(f"{float(value):.6g}")
    except OverflowError:  # an integer beyond the largest float
        return None
    return number if math.isfinite(number) else None


def thinned(values: Sequence[T], checkpoints: int) -> list[T]:
    """At most `checkpoints` of `values`, evenly spaced; the last always, the first where there is room for two."""
    last = len(values) - 1
    if len(values) <= checkpoints:
        return list(values)
    if checkpoints == 1:
        return [values[last]]
    return [values[place * last // (checkpoints - 1)] for place in range(checkpoints)]


def told(found: Mapping[str, Sequence[float]]) -> str:
    """One line a curve: its values at ten checkpoints, the largest, the mean and the least of all; then what stands
    out, as Eureka's advice puts it: what never moves, and what dominates its group.
    """
    return "\n".join([*(_line(name, values) for name, values in found.items()), *_notes(found)])


def _line(name: str, values: Sequence[float]) -> str:
    shown = ", ".join(f"{value:.4g}" for value in thinned(values, SHOWN))
    return f"{name}: {shown} (max {max(values):.4g}, mean {_mean(values):.4g}, min {min(values):.4g})"


def _notes(found: Mapping[str, Sequence[float]]) -> list[str]:
    still = [name for name, values in found.items() if len(values) > 1 and _still(values)]
    dominant = [name for name in found if _dominates(name, found)]
    notes = []
    if still:
        notes.append(f"Hardly moves at all: {', '.join(still)}. Rescale it, write it anew or drop it.")
    if dominant:
        notes.append(f"Dominates its group: {', '.join(dominant)}. Scale it down, or what it drowns has no say.")
    return notes


def _still(values: Sequence[float]) -> bool:
    return max(values) - min(values) <= STILL * max(abs(value) for value in values)


def _dominates(name: str, found: Mapping[str, Sequence[float]]) -> bool:
    group, slash, _ = name.partition("/")
    sizes = {n: _mean([abs(v) for v in values]) for n, values in found.items() if n.startswith(f"{group}/")}
    return bool(slash) and len(sizes) > 1 and sizes[name] >= DOMINANT * sum(sizes.values()) > 0


def _mean(values: Sequence[float]) -> float:
    """Each is divided first: the sum of finite numbers need not be finite."""
    return sum(value / len(values) for value in values)
