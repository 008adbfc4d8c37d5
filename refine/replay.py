"""Recomputing a run from its journal: every prompt and every placement again, and whether they are what is recorded.

No model is asked and, unless `reverified` is, nothing is run: the fold of the facts before an ask must draft that ask.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypedDict

from refine.errors import JournalError, UsageError
from refine.events import Answered, Asked, Confirmed, Fact, Started, Verified
from refine.extract import Unreadable, extract
from refine.facts import asked
from refine.journal import Journal
from refine.likeness import NEAR
from refine.opinions import About, Opinions, unrecorded
from refine.report.history import SEED_MODEL
from refine.search import Search
from refine.strategies import Shared, Strategy, preset
from refine.task import Task
from refine.types import Candidate, Message, Outcome
from refine.verifiers.replicates import COUNT
from refine.verifiers.wanted import AskEngine
from refine.workers import Workers


@dataclass(frozen=True, slots=True)
class Difference:
    """The first fact that is not what it would be today.

    Attributes:
        seq: the fact's number. what: which part of it.
        recorded, recomputed: both versions, as text that can be compared line by line.
    """

    seq: int
    what: str
    recorded: str
    recomputed: str


@dataclass(slots=True)
class Replayed:
    """What was compared, and the first difference, if there is one."""

    asks: int = 0
    placements: int = 0
    difference: Difference | None = None


def strategy_of(started: Started) -> Strategy:
    """The strategy that a journal was begun with, rebuilt from its preset.

    Raises:
        UsageError: there is no such preset (any more), or it means something else in this version.
    """
    recorded = started.strategy
    try:
        today = preset(str(recorded.get("name")))
    except UsageError as error:
        raise UsageError(f"the journal's strategy cannot be rebuilt: {error}") from error
    samples, in_flight = (int(str(recorded.get(name, 0))) for name in ("samples", "in_flight"))
    params = recorded.get("params")
    own = params if isinstance(params, dict) else {}
    reflect, repair = int(str(recorded.get("reflect", 0))), bool(recorded.get("repair"))
    burn_in = bool(recorded.get("burn_in"))
    models: Shared = "bandit" if recorded.get("models") == "bandit" else "weighted"
    sizes = replace(today, samples=samples, in_flight=in_flight, params=own)
    rebuilt = replace(sizes, reflect=reflect, repair=repair, models=models, burn_in=burn_in)
    if rebuilt.described() != recorded:
        raise UsageError(
            f"the strategy {today.name!r} means something else in this version: recorded {recorded}, "
            f"now {rebuilt.described()} (the journal was begun by refine {started.refine})"
        )
    return rebuilt


def task_changed(started: Started, task: Task) -> str | None:
    """A sentence if `task` is not the version that the run was made with."""
    if started.task != task.name:
        return f"the run is of task {started.task}, and this is {task.name}"
    if started.task_digest != task.digest:
        digests = f"digest {started.task_digest[:12]} then, {task.digest[:12]} now"
        return f"the task's files have changed since the run: {digests}"
    return None


def replayed(journal: Journal, task: Task) -> Replayed:
    """Folds the facts and compares each prompt, each extraction and each placement with what would be made today."""
    started = journal.started
    warm = tuple(Candidate(journal.text(name)) for name in started.warm)
    search = Search(
        task,
        strategy_of(started),
        seed=started.seed,
        warm=warm,
        models=started.models,
        reflector=started.reflector,
        novelty=NEAR if started.novelty is None else started.novelty,
        texts=journal.text,
    )
    fold = _Fold(journal, search)
    done = Replayed()
    for fact in journal.facts():
        done.asks += isinstance(fact.event, Asked)
        done.placements += isinstance(fact.event, Verified)
        done.difference = next(fold.step(fact), None)
        if done.difference is not None:
            break
    return done


@dataclass(slots=True)
class _Fold:
    """The state so far, and a second, independent notion of who is best."""

    journal: Journal
    search: Search
    answers: dict[tuple[int, int], Answered] = field(default_factory=dict)
    best: tuple[float, int, str] | None = None

    def step(self, fact: Fact) -> Iterator[Difference]:
        """Applies a fact; yields what is different about it."""
        match fact.event:
            case Asked() as event:
                yield from self._asked(fact.seq, event)
                self.search.apply(fact)
            case Verified() as event:
                yield from self._verified(fact.seq, event)
                self.search.apply(fact)
                yield from self._placed(fact.seq, event)
            case Confirmed(name="best") as event:
                best = self.search.best.candidate.id if self.search.best else "none"
                yield from _compared(fact.seq, "the champion that was confirmed", event.candidate, best)
                self.search.apply(fact)
            case Answered() as event:
                self.answers[event.ask, event.sample] = event
                self.search.apply(fact)
            case _:
                self.search.apply(fact)

    def _asked(self, seq: int, event: Asked) -> Iterator[Difference]:
        prompt = self.search.draft(event.samples)
        now = asked(prompt)
        yield from _compared(seq, f"ask {event.ask}: its number", str(event.ask), str(now.ask))
        yield from _compared(seq, f"ask {event.ask}: the parents", "\n".join(event.parents), "\n".join(now.parents))
        how = (repr((one.move, one.edit, one.repairs, one.wants)) for one in (event, now))
        yield from _compared(seq, f"ask {event.ask}: its move", *how)
        yield from _compared(seq, f"ask {event.ask}: the model", event.model, now.model)
        yield from _compared(seq, f"ask {event.ask}: the sampling parameters", repr(event.params), repr(now.params))
        if event.messages != now.messages:
            recorded = _readable(self.journal.messages(event.messages))
            yield Difference(seq, f"ask {event.ask}: the messages", recorded, _readable(prompt.messages))

    def _verified(self, seq: int, event: Verified) -> Iterator[Difference]:
        answer = self.answers[event.ask, event.sample]
        text = self.journal.text(answer.text)
        how = (self.search.task.language, *self.search.base(event.ask))
        found = Candidate(text) if answer.model == SEED_MODEL else extract(text, *how)
        same = None if isinstance(found, Unreadable) else self.search.known(found)
        near = self.search.likeness.alike((event.ask, event.sample))
        now = "none" if isinstance(found, Unreadable) else same or found.id
        where = f"ask {event.ask}, sample {event.sample}"
        yield from _compared(seq, f"{where}: the candidate in the answer", event.candidate or "none", now)
        yield from _compared(
            seq, f"{where}: whether it is a repeat", str(event.repeat), str((same or near) is not None)
        )
        alike = repr((near.candidate, near.similarity) if near else (None, None))
        yield from _compared(seq, f"{where}: what it is too like", repr((event.alike, event.similarity)), alike)

    def _placed(self, seq: int, event: Verified) -> Iterator[Difference]:
        """The champion that the fold has, against the best of all outcomes so far."""
        if event.candidate is None or event.outcome is None or event.outcome.score is None:
            return
        sign = -1.0 if self.search.task.direction == "maximize" else 1.0
        key = (sign * event.outcome.score, len(self.journal.text(event.candidate)), event.candidate)
        self.best = key if self.best is None else min(self.best, key)
        kept = self.search.best.candidate.id if self.search.best else "none"
        yield from _compared(seq, "the champion after it", self.best[2], kept)


def _readable(messages: Iterable[Message]) -> str:
    return "\n".join(f"[{message.role}]\n{message.content}" for message in messages)


def _compared(seq: int, what: str, recorded: str, recomputed: str) -> Iterator[Difference]:
    if recorded != recomputed:
        yield Difference(seq, what, recorded, recomputed)


# ── with --verify ────────────────────────────────────────────────────────────────────────────────────────────────────


async def reverified(journal: Journal, workers: Workers, width: int) -> AsyncIterator[Difference | None]:
    """Verifies every candidate again, `width` at a time: for each one what differs in verdict or score, or None.

    Raises:
        Fault: the world failed.
    """
    started = journal.started
    jobs = [fact for fact in journal.facts() if _is_outcome(fact)]
    for start in range(0, len(jobs), width):
        batch = jobs[start : start + width]
        for difference in await asyncio.gather(*(_again(journal, workers, fact, started) for fact in batch)):
            yield difference


def _is_outcome(fact: Fact) -> bool:
    event = fact.event
    return isinstance(event, Confirmed) or (
        isinstance(event, Verified) and None not in (event.candidate, event.outcome)
    )


async def _again(journal: Journal, workers: Workers, fact: Fact, started: Started) -> Difference | None:
    event = fact.event
    if not isinstance(event, Confirmed | Verified) or event.candidate is None or event.outcome is None:
        raise JournalError(f"fact {fact.seq} of {journal.path} is no outcome")
    held_out = isinstance(event, Confirmed) and event.on == "held-out"
    now = await workers.verify(
        Candidate(journal.text(event.candidate)),
        stage="held-out" if held_out else "search",
        ask=_recorded_opinions(journal) if started.judge else None,
        **_chance(event.outcome, started, held_out=held_out),
    )
    return next(_compared(fact.seq, f"candidate {event.candidate[:8]}", _words(event.outcome), _words(now)), None)


def _chance(outcome: Outcome, started: Started, *, held_out: bool) -> _Chance:
    """The seed that it was verified with, and where racing may have cut the replicates short, how many there were."""
    if held_out:
        return {"seed": started.held_out}
    if COUNT not in outcome.metrics:
        return {"seed": 0}
    return {"seed": started.chance, "replicates": int(outcome.metrics[COUNT])}


def _recorded_opinions(journal: Journal) -> AskEngine:
    """What the judge model said then: it is not asked again."""
    opinions = Opinions(None, name=journal.started.judge, known=journal.facts())
    return lambda wanted: opinions(wanted, About(), unrecorded)


class _Chance(TypedDict, total=False):
    seed: int
    replicates: int


def _words(outcome: Outcome) -> str:
    return f"{outcome.verdict}" + (f" with score {outcome.score!r}" if outcome.passed else "")
