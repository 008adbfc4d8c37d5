"""Where a run ends. The budget is no part of a run's identity: raise it and the run goes on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from pydantic import Field

from refine.types import Direction, Frozen, Usage, Verdict

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


class Step(NamedTuple):
    """Where the run was when the record was improved: candidates verified and dollars spent until then."""

    verified: int
    usd: float


STEPS = 3
"""Improvements, the latest, from which the chance of another one is estimated."""


class Chance(NamedTuple):
    """How likely another improvement is: `improvements` in the latest `candidates`, which cost `usd`.

    The window begins at the third-last improvement, so it widens as improvements become rare (inverse sampling,
    Haldane 1945); the half and the one are Jeffreys' prior for a proportion, Beta(1/2, 1/2).
    """

    improvements: int
    candidates: int
    usd: float

    @property
    def each(self) -> float:
        """That one more candidate improves on the record."""
        return (self.improvements + 0.5) / (self.candidates + 1)

    @property
    def per_usd(self) -> float | None:
        """Improvements that one more dollar may be expected to bring; None where nothing was spent."""
        return self.each * self.candidates / self.usd if self.usd > 0 else None

    def in_words(self) -> str:
        s = "" if self.improvements == 1 else "s"
        cost = f" for ${self.usd:.4f}" if self.usd else ""
        return f"{self.improvements} improvement{s} in the last {self.candidates} candidates{cost}"


@dataclass(slots=True)
class Tally:
    """What has been spent and what came of it. A fold of the facts.

    `usd` sums what is priced; `unpriced` counts the model's answers that have no price; `replies` are answers that are
    not the task's seeds; `embedding_usd` and `embedding_tokens` are of the dearest embedding,
    `opinion_usd` and `opinion_tokens` of the candidate that a judge model was asked most about; `alike` counts the
    repeats that are no repeats but too like another candidate; `slowest` is the longest that one answer took from being
    asked for to its verdict, seconds of the run; `steps` are the latest improvements that count (`refine.convergence`).
    """

    asks: int = 0
    asked: int = 0
    answered: int = 0
    verified: int = 0
    learned: int = 0
    repeats: int = 0
    alike: int = 0
    dropped: int = 0
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    dearest_usd: float = 0.0
    dearest_tokens: int = 0
    embedding_usd: float = 0.0
    embedding_tokens: int = 0
    opinion_usd: float = 0.0
    opinion_tokens: int = 0
    replies: int = 0
    unpriced: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    since_best: int = 0
    steps: list[Step] = field(default_factory=list)
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
        """Samples that may still cost something. What is dropped was answered: only verifying it is given up."""
        return self.asked - self.answered

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def chance(self) -> Chance:
        """Of another improvement."""
        whole = len(self.steps) < STEPS
        begin = Step(0, 0.0) if whole else self.steps[0]
        improvements = len(self.steps) if whole else len(self.steps) - 1
        return Chance(improvements, self.verified - begin.verified, self.usd - begin.usd)

    def billed(self, usage: Usage | None, *, of_a_model: bool) -> None:
        """Takes in an answer and what it cost."""
        self.answered += 1
        self.replies += of_a_model
        self.spent(usage)
        if usage is not None:
            tokens = (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
            self.dearest_tokens = max(self.dearest_tokens, tokens)
            self.dearest_usd = max(self.dearest_usd, usage.usd or 0.0)

    def embedded(self, usage: Usage | None) -> None:
        """Takes in an embedding and what it cost."""
        self.spent(usage)
        if usage is not None:
            self.embedding_tokens = max(self.embedding_tokens, usage.prompt_tokens or 0)
            self.embedding_usd = max(self.embedding_usd, usage.usd or 0.0)

    def opined(self, usage: Usage | None, usd: float, tokens: int) -> None:
        """Takes in an opinion and what it cost; `usd` and `tokens` are of all about its candidate so far."""
        self.spent(usage)
        self.opinion_usd = max(self.opinion_usd, usd)
        self.opinion_tokens = max(self.opinion_tokens, tokens)

    def spent(self, usage: Usage | None) -> None:
        """Takes in what something cost that is an answer, an embedding or an opinion."""
        if usage is not None:
            self.prompt_tokens += usage.prompt_tokens or 0
            self.completion_tokens += usage.completion_tokens or 0
            self.usd += usage.usd or 0.0
            self.unpriced += usage.usd is None

    def improved(self, *, of_the_search: bool) -> None:
        """Takes in that the record was improved; that a seed is better than nothing is no improvement."""
        if of_the_search:
            self.steps = [*self.steps, Step(self.verified, self.usd)][-STEPS:]


class Budget(Frozen):
    """Every limit is optional but the last two.

    What is in flight counts as spent: an answer at the price of the dearest one so far, or at `answer_usd` and
    `answer_tokens` if that is more; before the first answer one is asked for at a time. So dollars and tokens are kept
    where no answer costs more than these, and else run over by what the last ones in flight cost beyond.

    Attributes:
        candidates: completions asked for, the seeds included.
        usd: dollars.
        tokens: prompt and completion tokens.
        seconds: time that the run was running, over all its sessions. Nothing is asked for when less is left than the
            slowest answer took with its verdict.
        patience: completions since the last improvement: convergence. Where the score is noisy, an improvement within
            the noise is none (`refine.convergence`).
        chance: of an improvement by the next completion (`Chance`); it has converged where that is less.
        chance_usd: improvements that the next dollar may be expected to bring; it has converged where that is less.
        target: a score to reach.
        faults: failures of the world in a row.
        unreadable: answers in a row in which no candidate could be found.
        answer_usd, answer_tokens: the most that one answer can cost, where that is known.
    """

    candidates: int | None = Field(default=None, ge=1)
    usd: float | None = Field(default=None, gt=0)
    tokens: int | None = Field(default=None, ge=1)
    seconds: float | None = Field(default=None, gt=0)
    patience: int | None = Field(default=None, ge=1)
    chance: float | None = Field(default=None, gt=0, lt=1)
    chance_usd: float | None = Field(default=None, gt=0)
    target: float | None = None
    answer_usd: float = Field(default=0.0, ge=0)
    answer_tokens: int = Field(default=0, ge=0)
    faults: int = Field(default=10, ge=1)
    unreadable: int = Field(default=10, ge=1)

    def in_words(self) -> str:
        """The limits that a run is planned by: "60 candidates, 30 without an improvement"."""
        said = {
            "{:d} candidates": self.candidates,
            "{:d} without an improvement": self.patience,
            "${:g}": self.usd,
            "{:d} tokens": self.tokens,
            "{:g} s": self.seconds,
            "target {:g}": self.target,
        }
        return ", ".join(words.format(limit) for words, limit in said.items() if limit is not None) or "no limit"

    def stop(self, tally: Tally, best: float | None, direction: Direction) -> Stop | None:
        """The first rule that ends the run now, or None."""
        return self._failing(tally) or self._reached(best, direction) or self._spent(tally) or self._converged(tally)

    def room(self, tally: Tally) -> int | None:
        """How many more completions may be asked for now, or None for no limit. Work in flight counts as spent."""
        rooms: list[int] = []
        if self.candidates is not None:
            rooms.append(self.candidates - tally.asked)
        if self.usd is not None:
            dearest = max(tally.dearest_usd, self.answer_usd)
            rooms += _affordable(self.usd - tally.usd, dearest, tally.embedding_usd + tally.opinion_usd, tally)
        if self.tokens is not None:
            dearest = max(tally.dearest_tokens, self.answer_tokens)
            rooms += _affordable(
                self.tokens - tally.tokens, dearest, tally.embedding_tokens + tally.opinion_tokens, tally
            )
        if self.seconds is not None and tally.seconds + tally.slowest > self.seconds:
            rooms.append(0)
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
        if self.seconds is not None and self._no_room(tally):
            left = self.seconds - tally.seconds
            return Stop(
                "seconds", f"{left:.3g} of {self.seconds:g} s are left; an answer has taken {tally.slowest:.3g}"
            )
        return None

    def _no_room(self, tally: Tally) -> bool:
        """Whether nothing is in flight and still not one more answer can be afforded."""
        return tally.unanswered == 0 and self.room(tally) == 0

    def _converged(self, tally: Tally) -> Stop | None:
        if self.patience is not None and tally.since_best >= self.patience:
            return Stop("converged", f"no improvement in the last {tally.since_best} candidates")
        chance = tally.chance
        if self.chance is not None and chance.each < self.chance:
            said = f"the chance that a candidate improves is {chance.each:.3g}, under {self.chance:g}"
            return Stop("converged", f"{said}: {chance.in_words()}")
        if self.chance_usd is not None and chance.per_usd is not None and chance.per_usd < self.chance_usd:
            said = f"a dollar may be expected to bring {chance.per_usd:.3g} improvements, under {self.chance_usd:g}"
            return Stop("converged", f"{said}: {chance.in_words()}")
        return None


def _affordable(left: float, each: float, beside: float, tally: Tally) -> list[int]:
    """How many more answers can be paid for with what is left, as a limit; none where answers cost nothing. `each` is
    the price of an answer and `beside` that of its embedding and of opinions on it, which what is answered may still be
    waiting for.
    """
    if not each and not tally.replies:
        return [1 - tally.unanswered]
    left -= beside * (tally.outstanding - tally.unanswered)
    return [int(left / (each + beside)) - tally.unanswered] if each + beside > 0 else []
