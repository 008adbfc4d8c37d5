"""The order that archives share: what is better, what behaves alike, and drawing by rank."""

from __future__ import annotations

import math

import numpy as np

from refine.types import Direction, Shown

Key = tuple[float, int, str]
"""Less is better: the score turned so that less is better, length of the text, id."""
Signature = tuple[float, tuple[tuple[str, float], ...]]

_NEGLIGIBLE = 40.0  # exp(-40): no rank beyond is ever drawn


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


def drawn(rng: np.random.Generator, size: int, n: int, pressure: float) -> list[int]:
    """At most `n` different ranks below `size`, in order, with weights exp(-rank / pressure). Takes O(pressure)."""
    reach = min(size, max(n, math.ceil(_NEGLIGIBLE * pressure)))
    count = min(n, reach)
    if count == 0:
        return []
    weights = np.exp(-np.arange(reach) / pressure)
    ranks = rng.choice(reach, size=count, replace=False, p=weights / weights.sum())
    return sorted(int(rank) for rank in ranks)
