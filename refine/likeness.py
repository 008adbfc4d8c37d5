"""What is too like something known to be worth its evaluation: embeddings, compared by the cosine of their angle.

A fold. Vectors come from the journal, rounded to whole numbers, so that every machine computes the same similarity.
"""

from __future__ import annotations

import base64
import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from refine.attempts import Place

NEAR = 0.95
"""The cosine above which a program is too like another, as in ShinkaEvolve (Lange et al. 2025)."""
ELITES = 64
"""Of the archive, the best so many are compared with."""
_MOST = 4 * ELITES  # vectors kept before those of what is no elite any more are dropped
_WHOLE = 32767

Whole = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class Alike:
    """A known candidate, and the cosine of the angle between its embedding and another's, to 4 digits."""

    candidate: str
    similarity: float


def packed(vector: Sequence[float]) -> str:
    """A vector as the journal keeps it: 16 bits for each number, the largest of them 32767, little-endian, base64."""
    values = np.asarray(vector, dtype=np.float64)
    largest = float(np.abs(values).max(initial=0.0))
    whole = np.rint(values * (_WHOLE / largest)) if 0 < largest < math.inf else np.zeros(values.shape)
    return base64.b64encode(whole.astype("<i2").tobytes()).decode()


def _unpacked(text: str) -> Whole:
    return np.frombuffer(base64.b64decode(text), dtype="<i2").astype(np.int64)


def similarity(one: Whole, other: Whole) -> float:
    """The cosine, exact up to the rounding of its last operations; 0 where a vector is zero or of another length."""
    if one.shape != other.shape:
        return 0.0
    lengths = math.sqrt(int(one @ one)) * math.sqrt(int(other @ other))
    return round(int(one @ other) / lengths, 4) if lengths else 0.0


@dataclass(slots=True)
class Likeness:
    """The embeddings of elites, and of what is about to be verified."""

    threshold: float = NEAR
    vectors: dict[str, str] = field(default_factory=dict)
    """Of what passed, packed, by candidate."""
    pending: dict[Place, tuple[str, Alike | None]] = field(default_factory=dict)
    """Of what is not verified yet: its vector, and what it is too like."""

    def embedded(self, place: Place, vector: str, elites: Iterable[str]) -> None:
        """Takes a vector in and compares it; `elites` are the archive's, best first."""
        self.pending[place] = vector, self._nearest(_unpacked(vector), elites)

    def _nearest(self, vector: Whole, elites: Iterable[str]) -> Alike | None:
        """The first of the most similar, if it is more similar than the threshold."""
        known = (name for name in itertools.islice(elites, ELITES) if name in self.vectors)
        found = [Alike(name, similarity(vector, _unpacked(self.vectors[name]))) for name in known]
        nearest = max(found, key=lambda each: each.similarity, default=None)
        return nearest if nearest is not None and nearest.similarity > self.threshold else None

    def alike(self, place: Place) -> Alike | None:
        """What the candidate at `place` is too like."""
        return self.pending[place][1] if place in self.pending else None

    def settled(self, place: Place, passed: str | None, elites: Iterable[str]) -> None:
        """The candidate at `place` is verified; `passed` is its id if it passed."""
        if place not in self.pending:
            return
        vector, _ = self.pending.pop(place)
        if passed is not None:
            self.vectors[passed] = vector
        if len(self.vectors) > _MOST:
            best = set(itertools.islice(elites, ELITES))
            self.vectors = {name: kept for name, kept in self.vectors.items() if name in best}

    def snapshot(self) -> dict[str, Any]:
        return {"vectors": self.vectors, "pending": self.pending}
