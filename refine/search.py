"""The pure state of a run. It reads no clock and no environment and owns no generator: every change is `apply(fact)`,
and ask *n* draws from `default_rng([seed, n])`. So `fold(journal) == live state` holds, and is tested.

For a loop of your own: `ask()` and `tell()`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from refine import prompts
from refine.archives import Archive
from refine.budget import Budget, Tally
from refine.errors import UsageError
from refine.events import Answered, Asked, Event, Fact, Faulted, Resumed, Verified
from refine.strategies import Strategy, preset
from refine.task import Task
from refine.types import Candidate, Outcome, Prompt, Shown, Verdict, digest

SEEDS = 0
"""The number of the ask that is answered by the task's seeds."""
_FAILURES_SHOWN = 3


class Search:
    """What a run knows: archive, best, spend, and what is in flight.

    Args:
        task: what is searched for.
        strategy: a preset, by default `default`.
        seed: of all chance in the search.
        texts: finds a candidate's text by its id; a journal's `text`. Left out, texts are remembered from `tell`.
    """

    def __init__(
        self,
        task: Task,
        strategy: Strategy | None = None,
        *,
        seed: int = 0,
        texts: Callable[[str], str] | None = None,
    ) -> None:
        self.task = task
        self.strategy = strategy or preset("default")
        self.seed = seed
        self.archive: Archive = self.strategy.archive(task.direction)
        self.tally = Tally()
        self.best: Shown | None = None
        self.curve: list[tuple[int, float, str]] = []
        """At each improvement: candidates verified until then, the score, the candidate's id."""
        self.unanswered: dict[int, set[int]] = {}
        self.unverified: dict[tuple[int, int], str] = {}
        """Digest of the answer's text by (ask, sample)."""
        self.verdicts: dict[str, Verdict] = {}
        """Of every candidate verified so far, by id."""
        self._failures: list[tuple[int, int, Outcome]] = []
        self._verified_by_ask: dict[int, int] = {}
        self._best_ask = 0
        self._faults: dict[str, int] = {}
        self._at: float | None = None
        self._memory: dict[str, str] = {}
        self._text = texts or self._memory.__getitem__

    def draft(self, samples: int | None = None) -> Prompt:
        """The next ask's prompt: a function of the state alone, and changes nothing."""
        number = self.tally.asks
        wanted = tuple(range(self.strategy.samples if samples is None else samples))
        if number == SEEDS and self.task.seeds:
            return Prompt(SEEDS, (), (), tuple(range(len(self.task.seeds))), self.seed)
        rng = np.random.default_rng([self.seed, number])
        parents = tuple(self.archive.sample(rng, self.strategy.parents, number))
        best = self.best.outcome.score if self.best else None
        failures = [outcome for _, _, outcome in self._failures]
        asked = prompts.messages(self.task, parents, failures, best)
        return Prompt(number, asked, parents, wanted, self.seed, dict(self.strategy.params), self.task.direction)

    def room(self, budget: Budget) -> int:
        """How many completions the next ask may be for: 0 while what is in flight fills the strategy or the budget."""
        if self.tally.asks == SEEDS and self.task.seeds:
            return len(self.task.seeds)
        if SEEDS in self.unanswered or any(ask == SEEDS for ask, _ in self.unverified):
            return 0
        affordable = budget.room(self.tally)
        wanted = self.strategy.samples if affordable is None else min(self.strategy.samples, affordable)
        return wanted if self.tally.outstanding + wanted <= self.strategy.in_flight else 0

    def apply(self, fact: Fact) -> None:
        """Takes one fact in. Facts must come in the journal's order."""
        if self._at is not None and not isinstance(fact.event, Resumed):
            self.tally.seconds += max(0.0, fact.at - self._at)
        self._at = fact.at
        match fact.event:
            case Asked() as event:
                self._asked(event)
            case Answered() as event:
                self._answered(event)
            case Verified() as event:
                self._verified(event)
            case Faulted() as event:
                self._faulted(event)
            case _:
                pass

    def _asked(self, event: Asked) -> None:
        self.tally.asks += 1
        self.tally.asked += event.samples
        self.unanswered[event.ask] = set(range(event.samples))

    def _answered(self, event: Answered) -> None:
        self._no_longer_waits_for(event.ask, event.sample)
        self.unverified[event.ask, event.sample] = event.text
        self.tally.answered += 1
        self._faults_end("model")
        if event.usage is not None:
            self.tally.prompt_tokens += event.usage.prompt_tokens or 0
            self.tally.completion_tokens += event.usage.completion_tokens or 0
            self.tally.usd += event.usage.usd or 0.0
            self.tally.dearest_usd = max(self.tally.dearest_usd, event.usage.usd or 0.0)
            self.tally.unpriced += event.usage.usd is None

    def _verified(self, event: Verified) -> None:
        del self.unverified[event.ask, event.sample]
        self.tally.verified += 1
        self._verified_by_ask[event.ask] = self._verified_by_ask.get(event.ask, 0) + 1
        self.tally.since_best += event.ask > self._best_ask
        self._faults_end("sandbox", "verifier")
        self.tally.unreadable_in_a_row = 0 if event.candidate is not None else self.tally.unreadable_in_a_row + 1
        if event.repeat:
            self.tally.repeats += 1
            return
        outcome = event.outcome
        assert outcome is not None, "only a repeat has no outcome of its own"
        self.tally.verdicts[outcome.verdict] = self.tally.verdicts.get(outcome.verdict, 0) + 1
        if event.candidate is not None:
            self.verdicts[event.candidate] = outcome.verdict
        if outcome.passed and event.candidate is not None:
            self._passed(Shown(Candidate(self._text(event.candidate)), outcome), event.ask)
        elif event.ask != SEEDS:
            self._failed(event.ask, event.sample, outcome)

    def _passed(self, shown: Shown, ask: int) -> None:
        self.archive.add(shown, ask)
        score, best = shown.outcome.score, self.best.outcome.score if self.best else None
        assert score is not None
        if best is None or self.task.better(score, best):
            self.best = shown
            self.curve.append((self.tally.verified, score, shown.candidate.id))
            self._best_ask = ask
            # Counted by ask and not by time, so that it is the same whichever of one ask's answers was verified first.
            self.tally.since_best = sum(n for a, n in self._verified_by_ask.items() if a > ask)
        elif self.best is not None and score == best and _simplicity(shown) < _simplicity(self.best):
            self.best = shown

    def _failed(self, ask: int, sample: int, outcome: Outcome) -> None:
        """Keeps the latest failures, by number and not by time of arrival."""
        kept = sorted([*self._failures, (ask, sample, outcome)], key=lambda f: f[:2])
        self._failures = kept[-_FAILURES_SHOWN:]

    def _faulted(self, event: Faulted) -> None:
        self.tally.faults += 1
        self._faults[event.where] = self._faults.get(event.where, 0) + 1
        self.tally.faults_in_a_row = max(self._faults.values())
        self.tally.last_fault = event.message
        if event.dropped and event.ask is not None and event.sample is not None:
            self.tally.dropped += 1
            self._no_longer_waits_for(event.ask, event.sample)
            self.unverified.pop((event.ask, event.sample), None)

    def _faults_end(self, *where: str) -> None:
        if self._faults:
            self._faults = {name: n for name, n in self._faults.items() if name not in where}
            self.tally.faults_in_a_row = max(self._faults.values(), default=0)

    def _no_longer_waits_for(self, ask: int, sample: int) -> None:
        waiting = self.unanswered.get(ask, set())
        waiting.discard(sample)
        if not waiting:
            self.unanswered.pop(ask, None)

    def snapshot(self) -> dict[str, Any]:
        """All of the state, comparable: two searches with equal snapshots ask the same from here on."""
        return {
            "tally": dataclasses.asdict(self.tally),
            "archive": [(shown.candidate.id, shown.outcome) for shown in self.archive],
            "best": self.best,
            "curve": self.curve,
            "unanswered": self.unanswered,
            "unverified": self.unverified,
            "verdicts": self.verdicts,
            "failures": self._failures,
            "faults": self._faults,
        }

    # A loop of your own

    def ask(self, samples: int | None = None) -> Prompt:
        """Draws the next prompt and counts it as asked."""
        prompt = self.draft(samples)
        self.apply(self._fact(asked(prompt)))
        return prompt

    def tell(self, prompt: Prompt, sample: int, candidate: str | Candidate, outcome: Outcome) -> Candidate:
        """What came of one of the prompt's samples. Raises `UsageError` if it was not asked for or is told already."""
        if sample not in self.unanswered.get(prompt.ask, ()):
            raise UsageError(f"sample {sample} of ask {prompt.ask} was not asked for, or has been told already")
        told = candidate if isinstance(candidate, Candidate) else Candidate(candidate)
        self._memory[told.id] = told.text
        repeat = told.id in self.verdicts
        self.apply(self._fact(Answered(ask=prompt.ask, sample=sample, text=told.id, model="")))
        verified = Verified(
            ask=prompt.ask, sample=sample, candidate=told.id, outcome=None if repeat else outcome, repeat=repeat
        )
        self.apply(self._fact(verified))
        return told

    def _fact(self, event: Event) -> Fact:
        return Fact(0, 0.0, event)


def asked(prompt: Prompt) -> Asked:
    """The fact that `prompt` was asked."""
    return Asked(
        ask=prompt.ask,
        samples=len(prompt.samples),
        parents=tuple(shown.candidate.id for shown in prompt.parents),
        messages=digest(prompts.as_text(prompt.messages))[:32],
        params=prompt.params,
    )


def fold(search: Search, facts: Iterable[Fact]) -> Search:
    """`search` after all of `facts`."""
    for fact in facts:
        search.apply(fact)
    return search


def _simplicity(shown: Shown) -> tuple[int, str]:
    return len(shown.candidate.text), shown.candidate.id
