"""The order that archives share: what is better, what behaves alike, and drawing by rank."""

from __future__ import annotations

import functools
import math

import numpy as np

from refine.types import Direction, Shown

Key = tuple[float, int, str]
"""Less is better: the score turned so that less is better, length of the text, id."""
Signature = tuple[float, tuple[tuple[str, float], ...]]

_NEGLIGIBLE = 40.0  # exp(-40): no rank beyond is ever drawn
_LEAST = -690.0  # exp(-690): as little as a weight may be without vanishing in a sum of its like


def sign(direction: Direction) -> float:
    """What a score is multiplied by so that less is better."""
    return -1.0 if direction == "maximize" else 1.0


def key(turned: float, shown: Shown) -> Key:
    """The place of a candidate that passed; `turned` is `sign(direction)`."""
    assert shown.outcome.score is not None
    return (turned * shown.outcome.score, len(shown.candidate.text), shown.candidate.id)


def signature(shown: Shown) -> Signature:
    """Candidates with the same score on everything that was measured do the same, as far as is known."""
    assert shown.outcome.score is not None
    return (shown.outcome.score, tuple(sorted(shown.outcome.instances.items())))


Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def drawn(rng: np.random.Generator, size: int, n: int, pressure: float) -> list[int]:
    """At most `n` different ranks below `size`, in order, with weights exp(-rank / pressure). Takes O(pressure).

    Draws what `rng.choice(reach, count, replace=False, p=weights)` draws, by the same method (as many as are missing
    are drawn with replacement, what is drawn already has weight 0 from then on), without its checks.
    """
    reach = min(size, max(n, math.ceil(_NEGLIGIBLE * pressure)))
    found: list[int] = []
    while len(found) < min(n, reach):
        cumulative = _cumulative(reach, pressure) if not found else _sums(_weights(reach, pressure), found)
        at = cumulative.searchsorted(rng.random(min(n, reach) - len(found)), side="right")
        found += dict.fromkeys(at.tolist())
    return sorted(found)


def _weights(reach: int, pressure: float) -> Floats:
    weights: Floats = np.exp(np.maximum(-np.arange(reach) / pressure, _LEAST))
    weights /= weights.sum()
    return weights


def _sums(weights: Floats, taken: list[int]) -> Floats:
    """The cumulative distribution without those that are taken."""
    weights[taken] = 0
    sums: Floats = np.cumsum(weights)
    sums /= sums[-1]
    return sums


@functools.lru_cache(maxsize=256)
def _cumulative(reach: int, pressure: float) -> Floats:
    return _sums(_weights(reach, pressure), [])
