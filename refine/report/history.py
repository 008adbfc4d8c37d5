"""All that a journal's facts say about a run, found by id. No task is needed, so a run can be read on any machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from refine.events import (
    Advised,
    Answered,
    Asked,
    Confirmed,
    Embedded,
    Fact,
    Faulted,
    Opined,
    Resumed,
    Started,
    Stopped,
    Verified,
)
from refine.journal import Journal
from refine.session import confirmed
from refine.types import Outcome, Verdict

SEED_MODEL = "seed"
"""What stands for the model in the answers that are the task's own seeds."""


@dataclass(frozen=True, slots=True)
class Spend:
    """What one model was asked and cost. `usd` sums what is priced; `unpriced` counts the answers without a price."""

    model: str
    answers: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    usd: float = 0.0
    unpriced: int = 0
    language_model: bool = False

    def plus(self, answer: Answered | Embedded | Opined) -> Spend:
        used = answer.usage
        if used is None:
            return replace(self, answers=self.answers + 1)
        return Spend(
            self.model,
            self.answers + 1,
            self.prompt_tokens + (used.prompt_tokens or 0),
            self.completion_tokens + (used.completion_tokens or 0),
            self.usd + (used.usd or 0.0),
            self.unpriced + (used.usd is None),
            language_model=True,
        )

    def in_words(self) -> str:
        """Dollars, "unpriced" where any answer has no price, or "n/a" where no language model was asked."""
        if not self.language_model:
            return "n/a"
        if self.unpriced:
            return f"${self.usd:.4f} and {self.unpriced} unpriced" if self.usd else "unpriced"
        return f"${self.usd:.4f}"


@dataclass(slots=True)
class History:
    """The facts of one journal, indexed. Made by `read`.

    Attributes:
        asks: by number. answers: by (ask, sample). verified: every fact, in order.
        embeddings, opinions: in order. alike: what was too like another to be verified, by id.
        outcomes: the first verification of each candidate, by id, in the journal's order.
        curve: at each improvement, candidates verified until then, the score, and the candidate's id.
        seconds: while the run was running, over all its sessions.
    """

    journal: Journal
    started: Started
    sandbox: str = ""
    sessions: int = 1
    advice: str = ""
    """What a person asks for in words, as prompts show it now."""
    asks: dict[int, Asked] = field(default_factory=dict)
    answers: dict[tuple[int, int], Answered] = field(default_factory=dict)
    embeddings: list[Embedded] = field(default_factory=list)
    opinions: list[Opined] = field(default_factory=list)
    alike: dict[str, Verified] = field(default_factory=dict)
    verified: list[Verified] = field(default_factory=list)
    outcomes: dict[str, Verified] = field(default_factory=dict)
    faults: list[Fact] = field(default_factory=list)
    confirmed: tuple[Confirmed, ...] = ()
    stopped: Stopped | None = None
    curve: list[tuple[int, float, str]] = field(default_factory=list)
    verdicts: dict[Verdict, int] = field(default_factory=dict)
    repeats: int = 0
    seconds: float = 0.0
    best: str | None = None
    """The champion: best score, then shortest text, then id; as the search has it."""

    def better(self, a: float, b: float) -> bool:
        return a > b if self.started.direction == "maximize" else a < b

    def score(self, candidate: str) -> float | None:
        outcome = self.outcome(candidate)
        return outcome.score if outcome else None

    def outcome(self, candidate: str) -> Outcome | None:
        found = self.outcomes.get(candidate)
        return found.outcome if found else None

    @property
    def seed(self) -> str | None:
        """The task's first seed, in whatever order the seeds were verified."""
        seeds = [v for v in self.verified if self.answers[v.ask, v.sample].model == SEED_MODEL]
        return min(seeds, key=lambda v: v.sample).candidate if seeds else None

    @property
    def asked(self) -> int:
        return sum(ask.samples for ask in self.asks.values())

    @property
    def spend(self) -> tuple[Spend, ...]:
        """One row for each model that answered, embedded or judged, the seeds apart."""
        rows: dict[str, Spend] = {}
        paid: tuple[Answered | Embedded | Opined, ...] = (*self.answers.values(), *self.embeddings, *self.opinions)
        for answer in paid:
            if answer.model != SEED_MODEL:
                rows[answer.model] = rows.get(answer.model, Spend(answer.model)).plus(answer)
        return tuple(rows.values())

    def origin(self, candidate: str) -> tuple[Asked, Answered]:
        """The ask and the answer that made it."""
        first = self.outcomes.get(candidate) or self.alike[candidate]
        return self.asks[first.ask], self.answers[first.ask, first.sample]

    def parent(self, candidate: str) -> str | None:
        """The candidate that it was made from: the one that its note names first, else the first that was shown."""
        ask, answer = self.origin(candidate)
        named = [(answer.note.find(parent[:8]), parent) for parent in ask.parents if parent[:8] in answer.note]
        return min(named)[1] if named else next(iter(ask.parents), None)

    def lineage(self, candidate: str) -> tuple[str, ...]:
        """The candidate, its parent, and so on to one that was made from nothing."""
        line = [candidate]
        while (parent := self.parent(line[-1])) is not None:
            line.append(parent)
        return tuple(line)

    def children(self, candidate: str) -> tuple[str, ...]:
        """Candidates whose prompt showed it."""
        asks = {ask.ask for ask in self.asks.values() if candidate in ask.parents}
        return tuple(name for name, first in self.outcomes.items() if first.ask in asks)

    def failures(self, count: int) -> tuple[Verified, ...]:
        """The last `count` that did not pass, latest first."""
        return tuple(v for v in reversed(self.verified) if v.outcome is not None and not v.outcome.passed)[:count]


def read(journal: Journal) -> History:
    """The history until now; a run that goes on meanwhile does no harm."""
    history = History(journal, journal.started)
    before: float | None = None
    for fact in journal.facts():
        if before is not None and not isinstance(fact.event, Resumed):
            history.seconds += max(0.0, fact.at - before)
        before = fact.at
        _take(history, fact)
    history.confirmed = confirmed(journal)
    history.best = _champion(history)
    return history


def _take(history: History, fact: Fact) -> None:
    match fact.event:
        case Started() | Resumed() | Advised() | Stopped() as event:
            _session(history, event)
        case Asked() as event:
            history.asks[event.ask] = event
        case Answered() as event:
            history.answers[event.ask, event.sample] = event
        case Embedded() as event:
            history.embeddings.append(event)
        case Opined() as event:
            history.opinions.append(event)
        case Verified() as event:
            _verified(history, event)
        case Faulted():
            history.faults.append(fact)
        case _:
            pass


def _session(history: History, event: Started | Resumed | Advised | Stopped) -> None:
    match event:
        case Started(sandbox=sandbox):
            history.sandbox = sandbox
        case Resumed(sandbox=sandbox):
            history.sandbox, history.sessions, history.stopped = sandbox, history.sessions + 1, None
        case Advised(text=text):
            history.advice = text
        case Stopped():
            history.stopped = event


def _verified(history: History, event: Verified) -> None:
    history.verified.append(event)
    if event.repeat or event.outcome is None:
        history.repeats += 1
        if event.alike is not None and event.candidate is not None:
            history.alike.setdefault(event.candidate, event)
        return
    verdict, score = event.outcome.verdict, event.outcome.score
    history.verdicts[verdict] = history.verdicts.get(verdict, 0) + 1
    if event.candidate is None:
        return
    history.outcomes.setdefault(event.candidate, event)
    if score is not None and (not history.curve or history.better(score, history.curve[-1][1])):
        history.curve.append((len(history.verified), score, event.candidate))


def _champion(history: History) -> str | None:
    if not history.curve:
        return None
    score = history.curve[-1][1]
    equals = [name for name in history.outcomes if history.score(name) == score]
    return min(equals, key=lambda name: (len(history.journal.text(name)), name))


def series(history: History, width: int) -> Iterator[float | None]:
    """The best score after each of `width` equal shares of the candidates; None before anything passed."""
    steps, total = history.curve, max(1, len(history.verified))
    for place in range(1, width + 1):
        done = [score for count, score, _ in steps if count <= place * total / width]
        yield done[-1] if done else None
