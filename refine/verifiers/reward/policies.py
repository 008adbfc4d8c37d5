"""Linear policies, many at once, on observations normalised by their running mean and spread."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from refine.verifiers.reward.worlds import Indices, Numbers, World


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and variance of each observation over all that were seen: counts, means (d,), sums of squared deviations."""

    count: float
    mean: Numbers
    deviations: Numbers

    @classmethod
    def unseen(cls, size: int) -> Scale:
        return cls(0.0, np.zeros(size), np.zeros(size))

    def with_more(self, rows: Numbers) -> Scale:
        """After m further observations, (m, d). Chan et al. 1979: moments of two sets joined."""
        count = self.count + len(rows)
        mean = rows.mean(axis=0)
        apart = mean - self.mean
        share = len(rows) / count
        squares = ((rows - mean) ** 2).sum(axis=0)
        return Scale(
            count,
            self.mean + share * apart,
            self.deviations + squares + apart**2 * (self.count * share),
        )

    def normalised(self, rows: Numbers) -> Numbers:
        """`rows` (n, d) less the mean, by the standard deviation; unchanged while nothing was seen."""
        if not self.count:
            return rows
        spread = np.sqrt(self.deviations / self.count)
        result: Numbers = (rows - self.mean) / np.where(spread < 1e-8, 1.0, spread)
        return result


@dataclass(frozen=True, slots=True)
class Policies:
    """n policies side by side: weights (n, nu, d + 1, or d + 3 with a clock). Actions lie in -1..1."""

    weights: Numbers
    scale: Scale
    clock: float = 0.0

    def act(self, observed: Numbers, seconds: float, rows: slice | Indices = slice(None)) -> Numbers:
        """Actions (m, nu) of the policies `rows` for normalised observations (m, d) at a time."""
        weights = self.weights[rows]
        size = observed.shape[1]
        action = np.einsum("nad,nd->na", weights[:, :, :size], observed) + weights[:, :, size]
        if self.clock:
            phase = 2.0 * math.pi * self.clock * seconds
            action += weights[:, :, size + 1] * math.sin(phase) + weights[:, :, size + 2] * math.cos(phase)
        clipped: Numbers = np.clip(action, -1.0, 1.0)
        return clipped


def shape(world: World) -> tuple[int, int]:
    """Of one policy's weights: actions x (observations, a constant, and with a clock its sine and cosine)."""
    return world.actions, world.observations + (3 if world.clock else 1)


def untrained(world: World) -> Numbers:
    return np.zeros(shape(world))
