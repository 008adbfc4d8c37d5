"""Workers: `Candidate -> Outcome`. A local pool of judge processes here; others (Ray actors) keep the same Protocol."""

from __future__ import annotations

from typing import Protocol

from refine.types import Candidate, Outcome
from refine.verifiers.judge import Stage
from refine.verifiers.wanted import AskEngine


class Workers(Protocol):
    async def verify(
        self,
        candidate: Candidate,
        *,
        stage: Stage = "search",
        seed: int = 0,
        against: float | None = None,
        replicates: int | None = None,
        ask: AskEngine | None = None,
    ) -> Outcome:
        """Waits for a free judge, then for its verdict.

        `against` and `replicates` are for tasks whose score is noisy: the score to beat, and a number of replicates
        that is not the task's own; `ask` answers what the verifier wants to know of a judge model.
        Raises `Fault` when the world or the verifier fails.
        """
        ...

    async def aclose(self) -> None:
        """Ends all judges and their sandbox slots."""
        ...
