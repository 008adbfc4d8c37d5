"""A strategy of refine on a problem: the real loop, journal and prompts; model and evaluator in this process."""

from __future__ import annotations

import asyncio
import functools
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from benchmarks.searches.problems import PROBLEMS, Problem, drawn
from benchmarks.searches.session import Evaluated, Session
from refine.budget import Budget
from refine.journal import Journal
from refine.loop import Run
from refine.search import Search
from refine.session import identity
from refine.strategies import Strategy
from refine.task import Noise, Task
from refine.types import Candidate, Completion, Outcome, Prompt, Verdict
from refine.verifiers.judge import Stage
from refine.verifiers.replicates import replicated, seeds
from refine.verifiers.wanted import AskEngine

DRAWS = 4
"""Evaluations of a program under noise: what refine may take for a verdict, and what the peers' evaluators average."""


class Direct:
    """The model without a wire between."""

    name = "stub"

    def __init__(self, session: Session) -> None:
        self._session = session

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        text = "\n\n".join(message.content for message in prompt.messages)
        for sample in prompt.samples:
            await asyncio.sleep(0)
            yield Completion(sample=sample, text=self._session.ask(text), model=self.name)

    async def aclose(self) -> None: ...


class Here:
    """Verifies in this process; the programs are our own model's."""

    def __init__(self, problem: Problem, task: Task) -> None:
        self._problem = problem
        self._task = task
        self.evaluated: list[Evaluated] = []

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
        del stage, ask
        once = functools.partial(outcome, self._problem, candidate.text)
        if self._task.noise is None:
            found = once(seed)
        else:
            draws = seeds(seed, candidate.id, replicates or self._task.noise.replicates)
            found = replicated(once, draws, self._task.noise, self._task.direction, against)
        self.evaluated.append(Evaluated(candidate.text, found.score))
        return found

    async def aclose(self) -> None: ...


def outcome(problem: Problem, text: str, seed: int) -> Outcome:
    """One evaluation as refine sees it."""
    found = drawn(problem, text, seed)
    if found.score is None:
        verdict = Verdict.CRASHED if "Error" in found.feedback else Verdict.WRONG
        return Outcome(verdict=verdict, feedback=found.feedback)
    return Outcome(verdict=Verdict.PASSED, score=found.score, feedback=found.feedback, instances=found.instances)


def task(problem: Problem) -> Task:
    """The problem as a task, for the prompts."""
    noise = Noise(replicates=DRAWS) if problem.noise else None
    return Task(problem.instruction, problem.seed, name=problem.name, noise=noise)


def searched(strategy: Strategy, name: str, seed: int, budget: int) -> tuple[Session, list[Evaluated]]:
    """One run of `budget` completions."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_searched(strategy, PROBLEMS[name], seed, budget, Path(folder)))


async def _searched(
    strategy: Strategy, problem: Problem, seed: int, budget: int, folder: Path
) -> tuple[Session, list[Evaluated]]:
    session, what = Session(seed), task(problem)
    first = identity(what, strategy, seed, "stub", "none", secret=f"{seed:032x}")
    workers = Here(problem, what)
    with Journal.create(folder / "run.db", first) as journal:
        search = Search(what, strategy, seed=seed, texts=journal.text)
        limit = Budget(candidates=budget + len(what.seeds), unreadable=budget)
        await Run(search, journal, Direct(session), workers, limit).go()
    return session, workers.evaluated
