"""Cheap before dear: later stages see only what the earlier ones let through."""

from __future__ import annotations

from refine.task import Verifier
from refine.types import Outcome
from refine.verifiers.handle import Handle


def cascade(*stages: Verifier) -> Verifier:
    """A verifier that runs `stages` in order; the last one makes the score.

    An earlier stage lets a candidate through by returning anything; it holds it back by raising `Wrong`, or by
    returning an `Outcome` that did not pass. Its score is not used. Raises `ValueError` without stages.
    """
    if not stages:
        raise ValueError("a cascade needs at least one stage")

    def verify(candidate: Handle) -> float | Outcome:
        for stage in stages[:-1]:
            early = stage(candidate)
            if isinstance(early, Outcome) and not early.passed:
                return early
        return stages[-1](candidate)

    return verify
