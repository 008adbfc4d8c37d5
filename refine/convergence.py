"""When the record was last improved by more than chance: what patience and the chance of improvement count from."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from refine.types import Direction, Outcome
from refine.verifiers.replicates import COUNT, SD


@dataclass(slots=True)
class Convergence:
    """A fold of verdicts.

    Where the task's score is noisy, an improvement counts if it is larger than the standard error of the difference,
    sqrt(e1^2 + e2^2) with e = sd / sqrt(replicates) of each of the two outcomes; else any improvement counts. It is
    measured against the outcome that counted last, so that many small steps add up to one that counts.
    """

    direction: Direction
    noisy: bool
    mark: Outcome | None = None
    """The outcome that counted last."""
    ask: int = 0
    """The ask that it answers."""
    verified: dict[int, int] = field(default_factory=dict)
    """Verdicts by ask."""

    def count(self, ask: int) -> bool:
        """Takes in that an answer to `ask` is verified; whether it was asked after the one that counted last."""
        self.verified[ask] = self.verified.get(ask, 0) + 1
        return ask > self.ask

    def improves(self, outcome: Outcome, ask: int) -> bool:
        """Whether it counts. Of one ask's answers the best one stands for it, whichever came first."""
        if not self._better(outcome, ask):
            return False
        self.mark, self.ask = outcome, ask
        return True

    def _better(self, outcome: Outcome, ask: int) -> bool:
        if self.mark is None:
            return True
        assert outcome.score is not None
        assert self.mark.score is not None
        gain = outcome.score - self.mark.score if self.direction == "maximize" else self.mark.score - outcome.score
        noise = math.hypot(_error(outcome), _error(self.mark)) if self.noisy and ask != self.ask else 0.0
        return gain > noise

    @property
    def since(self) -> int:
        """Verdicts on what was asked later than the one that counted last. Counted by ask and not by time, so that it
        is the same whichever of one ask's answers was verified first.
        """
        return sum(count for ask, count in self.verified.items() if ask > self.ask)


def _error(outcome: Outcome) -> float:
    """The standard error of a score over replicates; 0 where it says nothing of the kind."""
    have = outcome.metrics
    return have.get(SD, 0.0) / math.sqrt(have[COUNT]) if have.get(COUNT, 0.0) > 0 else 0.0
