"""An examination before and after: who is better, by how much, and whether chance explains it.

Both models answer the same questions once, greedily. The difference has an interval by the paired bootstrap (Efron
1979; Koehn 2004 for systems on one test set), so that hard questions do not count as noise. Where the two differ on few
questions that interval is too narrow (four gained of a hundred and none lost: 0.01 to 0.08), so the exact test of those
alone (McNemar 1947: gains and losses are equally likely) must agree.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from refine.events import Asked, Verified
from refine.journal import Journal
from refine.proposers import Proposer
from refine.questions import Question, checked
from refine.survey import Plan, Survey, take_up

_DRAWS = 4000
LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Exam:
    """Right or wrong by question, in their order."""

    name: str
    right: tuple[bool, ...]

    @property
    def accuracy(self) -> float:
        return sum(self.right) / len(self.right)


@dataclass(frozen=True, slots=True)
class Change:
    """Accuracy after less accuracy before, its interval at 95 %, and the exact test's two-sided p."""

    before: float
    after: float
    low: float
    high: float
    p: float

    @property
    def gain(self) -> float:
        return self.after - self.before

    @property
    def verdict(self) -> str:
        """`better` or `worse` where interval and test leave no doubt, else `no difference shown`."""
        if self.p >= 1 - LEVEL or self.low <= 0 <= self.high:
            return "no difference shown"
        return "better" if self.low > 0 else "worse"


def examine(
    proposer: Proposer, questions: Sequence[Question], journal: Path, *, system: str = "", tokens: int | None = None
) -> Exam:
    """Asks each question once at temperature 0. The answers are in the journal at `journal`: a second call with the
    same model asks nothing.

    Raises:
        TaskError: a question has no known answer. Fault: the model fails.
    """
    params = {"temperature": 0.0} | ({"max_tokens": tokens} if tokens else {})
    plan = Plan(tuple(questions), samples=1, system=system, params=dict(params), in_flight=256)
    with take_up(journal, plan, name="examination", model=proposer.name, metric="right") as facts:
        asyncio.run(_asked(Survey(plan, facts, proposer, checked)))
        return _exam(facts)


def exam(journal: Path) -> Exam:
    """What an examination came to that is in the journal at `journal`. Raises JournalError: there is none."""
    with Journal.read(journal) as facts:
        return _exam(facts)


def _exam(journal: Journal) -> Exam:
    asked = {f.event.ask for f in journal.facts() if isinstance(f.event, Asked)}
    passed = {
        f.event.ask
        for f in journal.facts()
        if isinstance(f.event, Verified) and f.event.outcome is not None
        if f.event.outcome.passed
    }
    return Exam(journal.started.model, tuple(ask in passed for ask in sorted(asked)))


async def _asked(survey: Survey) -> None:
    await survey.go()


def change(before: Exam, after: Exam, *, seed: int = 0) -> Change:
    """Raises ValueError where the two are not about as many questions."""
    pairs = np.array(list(zip(before.right, after.right, strict=True)), dtype=float)
    differences = pairs[:, 1] - pairs[:, 0]
    generator = np.random.default_rng(seed)
    draws = generator.integers(len(differences), size=(_DRAWS, len(differences)))
    means = differences[draws].mean(axis=1)
    tail = 100 * (1 - LEVEL) / 2
    low, high = (float(x) for x in np.percentile(means, [tail, 100 - tail]))
    p = _exact(int((differences > 0).sum()), int((differences < 0).sum()))
    return Change(before.accuracy, after.accuracy, low, high, p)


def _exact(gained: int, lost: int) -> float:
    """The chance that of so many fair coins at least as many fall on one side: McNemar's exact test, two-sided."""
    total = gained + lost
    tail = sum(math.comb(total, k) for k in range(min(gained, lost) + 1))
    return min(1.0, 2 * tail / (1 << total))
