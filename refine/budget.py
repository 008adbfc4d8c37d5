"""Where a run ends. The budget is no part of a run's identity: raise it and the run goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from pydantic import Field

from refine.types import Direction, Frozen, Verdict

Reason = Literal["target", "converged", "candidates", "usd", "tokens", "seconds", "faults", "unreadable", "interrupted"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Which rule ended the run, and the sentence that says so."""

    reason: Reason
    detail: str

    @property
    def good(self) -> bool:
        """Whether the run ended as the user planned, and not by a failing model or world."""
        return self.reason not in ("faults", "unreadable", "interrupted")


@dataclass(slots=True)
class Tally:
    """What has been spent and what came of it. A fold of the facts.

    `usd` sums what is priced; `unpriced` counts the model's answers that have no price.
    """

    asks: int = 0
    asked: int = 0
    answered: int = 0
    verified: int = 0
    learned: int = 0
    repeats: int = 0
    dropped: int = 0
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    dearest_usd: float = 0.0
    unpriced: int = 0
    seconds: float = 0.0
    since_best: int = 0
    faults: int = 0
    faults_in_a_row: int = 0
    last_fault: str = ""
    unreadable_in_a_row: int = 0

    @property
    def outstanding(self) -> int:
        """Samples asked for of which nothing has come yet: no verdict, no lesson, and not dropped."""
        return self.asked - self.verified - self.learned - self.dropped

    @property
    def unanswered(self) -> int:
        return self.asked - self.answered - self.dropped

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


class Budget(Frozen):
    """Every limit is optional but the last two.

    Attributes:
        candidates: completions asked for, the seeds included.
        usd: dollars. What is in flight is reserved at the price of the dearest answer so far.
        tokens: prompt and completion tokens.
        seconds: time that the run was running, over all its sessions.
        patience: completions since the last improvement: convergence.
        target: a score to reach.
        faults: failures of the world in a row.
        unreadable: answers in a row in which no candidate could be found.
    """

    candidates: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    patience: int | None = Field(default=None, ge=1)
    target: float | None = None
    faults: int = Field(default=10, ge=1)
    unreadable: int = Field(default=10, ge=1)

    def stop(self, tally: Tally, best: float | None, direction: Direction) -> Stop | None:
        """The first rule that ends the run now, or None."""
        return self._failing(tally) or self._reached(best, direction) or self._spent(tally) or self._converged(tally)

    def room(self, tally: Tally) -> int | None:
        """How many more completions may be asked for now, or None for no limit. Work in flight counts as spent."""
        rooms: list[int] = []
        if self.candidates is not None:
            rooms.append(self.candidates - tally.asked)
        if self.usd is not None and tally.dearest_usd > 0:
            reserved = tally.unanswered * tally.dearest_usd
            rooms.append(int((self.usd - tally.usd - reserved) / tally.dearest_usd))
        if self.tokens is not None and tally.answered:
            each = max(1, tally.tokens // tally.answered)
            rooms.append((self.tokens - tally.tokens) // each - tally.unanswered)
        return max(0, min(rooms)) if rooms else None

    def _failing(self, tally: Tally) -> Stop | None:
        if tally.faults_in_a_row >= self.faults:
            return Stop("faults", f"{tally.faults_in_a_row} faults in a row; the last: {tally.last_fault}")
        if tally.unreadable_in_a_row >= self.unreadable:
            return Stop("unreadable", f"the model's last {tally.unreadable_in_a_row} answers can't be read")
        return None

    def _reached(self, best: float | None, direction: Direction) -> Stop | None:
        if self.target is None or best is None:
            return None
        reached = best >= self.target if direction == "maximize" else best <= self.target
        return Stop("target", f"the target {self.target:g} is reached") if reached else None

    def _spent(self, tally: Tally) -> Stop | None:
        if self.candidates is not None and tally.asked >= self.candidates:
            return Stop("candidates", f"the budget of {self.candidates} candidates is used")
        if self.usd is not None and (tally.usd >= self.usd or self._no_room(tally)):
            return Stop(
                "usd", f"${tally.usd:.4f} of ${self.usd:g} are spent; another answer might cost more than is left"
            )
        if self.tokens is not None and (tally.tokens >= self.tokens or self._no_room(tally)):
            return Stop("tokens", f"{tally.tokens} of {self.tokens} tokens are spent")
        if self.seconds is not None and tally.seconds >= self.seconds:
            return Stop("seconds", f"the {self.seconds:g} seconds are over")
        return None

    def _no_room(self, tally: Tally) -> bool:
        """Whether nothing is in flight and still not one more answer can be afforded."""
        return tally.unanswered == 0 and self.room(tally) == 0

    def _converged(self, tally: Tally) -> Stop | None:
        if self.patience is None or tally.since_best < self.patience:
            return None
        return Stop("converged", f"no improvement in the last {tally.since_best} candidates")
