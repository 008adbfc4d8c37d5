"""The pure state of a run. It reads no clock and no environment and owns no generator: every change is `apply(fact)`,
and ask *n* draws from `default_rng([seed, n])`. So `fold(journal) == live state` holds, and is tested.

For a loop of your own: `ask()` and `tell()`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from refine import drafting
from refine.archives import SEEDS, Archive, wants
from refine.attempts import Attempt, Attempts, Place
from refine.bandit import Bandit
from refine.budget import Budget, Tally
from refine.convergence import Convergence
from refine.errors import UsageError
from refine.events import Advised, Answered, Asked, Embedded, Event, Fact, Faulted, Learned, Opined, Resumed, Verified
from refine.facts import asked, judged, repeated
from refine.likeness import NEAR, Likeness
from refine.novelty import form
from refine.strategies import Strategy, preset
from refine.task import Task
from refine.types import Candidate, Edit, Outcome, Prompt, Shown, Usage, Verdict


class Search:
    """What a run knows: archive, best, spend, and what is in flight.

    Args:
        task: what is searched for.
        strategy: a preset, by default `default`.
        warm: programs to begin with beside the task's seeds.
        seed: of all chance in the search.
        models: the names among which a strategy with `models="bandit"` chooses; with less than two it does not.
        reflector: the name of who writes lessons, if that is another model.
        novelty: the similarity above which a candidate is too like an elite, where embeddings are told.
        texts: finds a candidate's text by its id; a journal's `text`. Left out, texts are remembered from `tell`.
    """

    def __init__(
        self,
        task: Task,
        strategy: Strategy | None = None,
        *,
        seed: int = 0,
        warm: Iterable[Candidate] = (),
        models: tuple[str, ...] = (),
        reflector: str = "",
        novelty: float = NEAR,
        texts: Callable[[str], str] | None = None,
    ) -> None:
        self.task = task
        self.strategy = strategy or preset("default")
        self.seed = seed
        known = [Candidate(text) for text in task.baselines.values()] if self.strategy.burn_in else []
        self.seeds = tuple({candidate.id: candidate for candidate in (*task.seeds, *warm, *known)}.values())
        self.archive: Archive = self.strategy.archive(task)
        self.tally = Tally()
        self.reflector = reflector
        self.bandit = Bandit(models if self.strategy.models == "bandit" else (), task.direction)
        self.convergence = Convergence(task.direction, noisy=task.noise is not None)
        self.likeness = Likeness(novelty)
        self.best: Shown | None = None
        self.curve: list[tuple[int, float, str]] = []
        """At each improvement: candidates verified until then, the score, the candidate's id."""
        self.unanswered: dict[int, set[int]] = {}
        self.unverified: dict[tuple[int, int], str] = {}
        """Digest of the answer's text by (ask, sample)."""
        self.verdicts: dict[str, Verdict] = {}
        """Of every candidate verified so far, by id."""
        self.scores: dict[str, float] = {}
        """Of every candidate that passed, by id."""
        self.bases: dict[int, tuple[str, Edit]] = {}
        """The candidate that the answers to an ask are changes to, and how, by ask, while there are some to come."""
        self._forms: dict[str, str] = {}
        kept = max(self.strategy.history, self.strategy.reflect)
        self.attempts = Attempts(kept, self.strategy.failures, self.strategy.repair)
        self.reflecting: set[int] = set()
        """The asks whose answers are lessons."""
        self.lessons: list[tuple[Place, str]] = []
        self._since_lessons = 0
        self.advice = ""
        """What a person asks for in words, as the latest fact about it says."""
        self._repairing: set[int] = set()
        self._parents: dict[int, tuple[str, ...]] = {}
        """Whom an ask shows, while there are answers to come."""
        self._began: dict[int, float] = {}
        """Seconds of the run at which an ask was made, while there are answers to come."""
        self._opinions: dict[Place, tuple[float, int]] = {}
        """Dollars and tokens of the opinions on what is not verified yet."""
        self._faults: dict[str, int] = {}
        self._at: float | None = None
        self._memory: dict[str, str] = {}
        self.text = texts or self._memory.__getitem__

    def draft(self, samples: int | None = None) -> Prompt:
        """The next ask's prompt: a function of the state alone, and changes nothing."""
        return drafting.draft(self, self.strategy.samples if samples is None else samples)

    def may_reflect(self) -> bool:
        """Whether the next ask is for lessons."""
        return 0 < self.strategy.reflect <= self._since_lessons

    def room(self, budget: Budget) -> int:
        """How many completions the next ask may be for: 0 while what is in flight fills the strategy or the budget."""
        if self.tally.asks == SEEDS and self.seeds:
            return len(self.seeds)
        if SEEDS in self.unanswered or any(ask == SEEDS for ask, _ in self.unverified):
            return 0
        affordable = budget.room(self.tally)
        wanted = 1 if self.attempts.repairs or self.may_reflect() else self.strategy.samples
        wanted = wanted if affordable is None else min(wanted, affordable)
        return wanted if self.tally.outstanding + wanted <= self.strategy.in_flight else 0

    def base(self, ask: int) -> tuple[str | None, Edit]:
        """The text that the answers to an ask are changes to, and how; None where they are whole candidates."""
        if ask not in self.bases:
            return None, "whole"
        name, edit = self.bases[ask]
        return self.text(name), edit

    def known(self, candidate: Candidate) -> str | None:
        """The id of a candidate that is verified already and is the same program, layout and comments apart."""
        if candidate.id in self.verdicts:
            return candidate.id
        return self._forms.get(form(candidate, self.task.language))

    def apply(self, fact: Fact) -> None:
        """Takes one fact in. Facts must come in the journal's order."""
        if self._at is not None and not isinstance(fact.event, Resumed):
            self.tally.seconds += max(0.0, fact.at - self._at)
        self._at = fact.at
        match fact.event:
            case Advised(text=text):
                self.advice = text
            case Asked() as event:
                self._asked(event)
            case Answered() as event:
                self._answered(event)
            case Embedded() as event:
                self._embedded(event)
            case Opined() as event:
                self._opined(event)
            case Verified() as event:
                self._verified(event)
            case Learned() as event:
                self._learned(event)
            case Faulted() as event:
                self._faulted(event)
            case _:
                pass

    def _asked(self, event: Asked) -> None:
        self.tally.asks += 1
        self.tally.asked += event.samples
        self.unanswered[event.ask] = set(range(event.samples))
        self._began[event.ask] = self.tally.seconds
        self._parents[event.ask] = event.parents
        self.bandit.asked(event, self._bar(event))
        if event.wants == "lessons":
            self.reflecting.add(event.ask)
            self._since_lessons = 0
        if event.edit != "whole":
            self.bases[event.ask] = (event.parents[0], event.edit)
        if event.repairs is not None:
            self._repairing.add(event.ask)
            self.attempts.taken(event.repairs)

    def _bar(self, event: Asked) -> float | None:
        """The best score that a prompt shows, or where it shows none the record: what its answers are measured by."""
        shown = [self.scores[name] for name in event.parents if name in self.scores]
        if not shown:
            return self.best.outcome.score if self.best else None
        return max(shown) if self.task.direction == "maximize" else min(shown)

    def _answered(self, event: Answered) -> None:
        self._no_longer_waits_for(event.ask, event.sample)
        self.unverified[event.ask, event.sample] = event.text
        self.bandit.answered(event)
        self._faults_end("model")
        self.tally.billed(event.usage, of_a_model=event.ask != SEEDS or not self.seeds)

    def _embedded(self, event: Embedded) -> None:
        """The seeds are what others are compared with: they are too like nothing."""
        self.tally.embedded(event.usage)
        self._faults_end("model")
        self.likeness.embedded((event.ask, event.sample), event.vector, () if event.ask == SEEDS else self._elites())

    def _opined(self, event: Opined) -> None:
        self._faults_end("model")
        usage = event.usage or Usage()
        usd, tokens = usage.usd or 0.0, (usage.prompt_tokens or 0) + (usage.completion_tokens or 0)
        if event.ask is not None and event.sample is not None:
            place = (event.ask, event.sample)
            before = self._opinions.get(place, (0.0, 0))
            usd, tokens = self._opinions[place] = (before[0] + usd, before[1] + tokens)
        self.tally.opined(event.usage, usd, tokens)

    def _elites(self) -> Iterator[str]:
        return (elite.candidate.id for elite in self.archive)

    def _verified(self, event: Verified) -> None:
        place, outcome = (event.ask, event.sample), event.outcome
        answer, parents = self.unverified.pop(place), self._parents.get(event.ask, ())
        self._opinions.pop(place, None)
        self.tally.slowest = max(self.tally.slowest, self.tally.seconds - self._began.get(event.ask, 0.0))
        self._may_forget(event.ask)
        self.tally.verified += 1
        self._since_lessons += event.ask != SEEDS
        self.tally.since_best += self.convergence.count(event.ask)
        self.bandit.verified(place, outcome.score if outcome else None)
        self._faults_end("sandbox", "verifier")
        self.tally.unreadable_in_a_row = 0 if event.candidate is not None else self.tally.unreadable_in_a_row + 1
        if event.repeat:
            self._repeated(event, answer, parents)
            return
        assert outcome is not None, "only a repeat has no outcome of its own"
        self.tally.verdicts[outcome.verdict] = self.tally.verdicts.get(outcome.verdict, 0) + 1
        if event.candidate is not None:
            self.verdicts[event.candidate] = outcome.verdict
            self._forms.setdefault(event.form or event.candidate, event.candidate)
        attempt = Attempt(place, answer, event.candidate, outcome, parents)
        if event.ask != SEEDS:
            self.attempts.add(attempt, of_a_repair=event.ask in self._repairing)
        elif self.strategy.burn_in:
            self.attempts.began_with(attempt)
        if outcome.passed and event.candidate is not None:
            self._passed(event.candidate, outcome, event.ask)
        self.likeness.settled(place, event.candidate if outcome.passed else None, self._elites())

    def _repeated(self, event: Verified, answer: str, parents: tuple[str, ...]) -> None:
        """What is too like another candidate is told to the model as a failure, and is the same program if it comes
        again.
        """
        place = (event.ask, event.sample)
        self.tally.repeats += 1
        self.likeness.settled(place, None, self._elites())
        if event.alike is None or event.candidate is None or event.similarity is None:
            return
        self.tally.alike += 1
        self._forms.setdefault(event.form or event.candidate, event.candidate)
        attempt = Attempt(place, answer, event.candidate, self._too_alike(event.alike, event.similarity), parents)
        self.attempts.add(attempt, of_a_repair=event.ask in self._repairing)

    def _too_alike(self, name: str, similarity: float) -> Outcome:
        """What a prompt says of it. Of the two programs only one was verified."""
        score = f"{self.scores[name]:.6g}" if name in self.scores else "unknown"
        why = f"not verified: too like {name[:8]} (score {score}; similarity {similarity:.4f}). Write one that differs."
        return Outcome(verdict=Verdict.WRONG, feedback=why)

    def _learned(self, event: Learned) -> None:
        place = (event.ask, event.sample)
        self.lessons = sorted([*self.lessons, (place, self.unverified.pop(place))])[-self.strategy.lessons :]
        self.tally.learned += 1
        self._may_forget(event.ask)

    def _may_forget(self, ask: int) -> None:
        """Once all of an ask's samples are verified, nobody asks any more what they are changes to."""
        if ask not in self.unanswered and not any(a == ask for a, _ in self.unverified):
            self.bases.pop(ask, None)
            self._began.pop(ask, None)
            self._parents.pop(ask, None)

    def _passed(self, name: str, outcome: Outcome, ask: int) -> None:
        score, best = outcome.score, self.best.outcome.score if self.best else None
        assert score is not None
        self.scores[name] = score
        if self.convergence.improves(outcome, ask):
            self.tally.improved(of_the_search=ask != SEEDS)
            self.tally.since_best = self.convergence.since
        leads = best is None or not self.task.better(best, score)
        if leads or wants(self.archive, score, ask):  # most are neither: their texts need not be read
            shown = Shown(Candidate(self.text(name)), outcome)
            self.archive.add(shown, ask)
            if leads:
                self._leads(shown, score)

    def _leads(self, shown: Shown, score: float) -> None:
        """Takes what is as good as the best so far for the best, if it is better or simpler."""
        if self.best is None or score != self.best.outcome.score:
            self.best = shown
            self.curve.append((self.tally.verified, score, shown.candidate.id))
        elif _simplicity(shown) < _simplicity(self.best):
            self.best = shown

    def _faulted(self, event: Faulted) -> None:
        self.tally.faults += 1
        self._faults[event.where] = self._faults.get(event.where, 0) + 1
        self.tally.faults_in_a_row = max(self._faults.values())
        self.tally.last_fault = event.message
        if event.dropped and event.ask is not None and event.sample is not None:
            self.tally.dropped += 1
            self.likeness.pending.pop((event.ask, event.sample), None)
            self.bandit.dropped((event.ask, event.sample))
            self._no_longer_waits_for(event.ask, event.sample)
            self.unverified.pop((event.ask, event.sample), None)
            self._opinions.pop((event.ask, event.sample), None)
            self._may_forget(event.ask)

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
            "forms": self._forms,
            "bases": self.bases,
            "lessons": self.lessons,
            "advice": self.advice,
            "since_lessons": self._since_lessons,
            "began": self._began,
            "opinions": self._opinions,
            "parents": self._parents,
            "bandit": dataclasses.asdict(self.bandit),
            "convergence": dataclasses.asdict(self.convergence),
            **self.attempts.snapshot(),
            **self.likeness.snapshot(),
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
        same = self.known(told)
        self.apply(self._fact(Answered(ask=prompt.ask, sample=sample, text=told.id, model="")))
        place = (prompt.ask, sample)
        fact = repeated(place, same) if same else judged(place, told, self.task.language, outcome)
        self.apply(self._fact(fact))
        return told

    def _fact(self, event: Event) -> Fact:
        return Fact(0, 0.0, event)


def fold(search: Search, facts: Iterable[Fact]) -> Search:
    """`search` after all of `facts`."""
    for fact in facts:
        search.apply(fact)
    return search


def _simplicity(shown: Shown) -> tuple[int, str]:
    return len(shown.candidate.text), shown.candidate.id
