"""Draws from a generator that are a microsecond each; `Generator.choice` takes ten."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def pick(rng: np.random.Generator, items: Sequence[T]) -> T:
    """One of `items`, each as likely. `items` must not be empty."""
    return items[int(rng.random() * len(items))]


def weighted(rng: np.random.Generator, items: Sequence[tuple[float, T]]) -> T:
    """One of `(weight, item)`, drawn by weight."""
    left = rng.random() * sum(weight for weight, _ in items)
    for weight, item in items:
        left -= weight
        if left < 0:
            return item
    return items[-1][1]
