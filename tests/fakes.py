"""A world in memory: a toy task, a proposer and workers that need no sandbox and no model."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from refine.errors import Fault
from refine.load import load_file
from refine.task import Task
from refine.types import Candidate, Completion, Outcome, Prompt, Verdict
from refine.verifiers.judge import Stage
from refine.verifiers.wanted import AskEngine

TOY = """
import refine

task = refine.Task(
    "Write x = NUMBER; more is better.", seed={seeds!r}, direction={direction!r}, baselines={baselines!r}
)

@task.verifier
def verify(candidate):
    return 0.0

@task.confirmation
def confirm(candidate):
    return 0.0
"""


def toy(
    folder: Path,
    *,
    seeds: tuple[str, ...] = ("x = 1\n",),
    direction: str = "maximize",
    baselines: Mapping[str, str] | None = None,
) -> Task:
    """A task whose candidates are `x = NUMBER`; `Scores` below is its verifier."""
    file = folder / "toy.py"
    file.write_text(TOY.format(seeds=seeds, direction=direction, baselines=dict(baselines or {})))
    return load_file(str(file))


def scored(text: str) -> Outcome:
    """x = n scores n; x = 13 is wrong; anything else crashes."""
    try:
        value = int(text.partition("=")[2])
    except ValueError:
        return Outcome(verdict=Verdict.CRASHED, feedback=f"not a number: {text}")
    if value == 13:
        return Outcome(verdict=Verdict.WRONG, feedback="13 is unlucky")
    return Outcome(verdict=Verdict.PASSED, score=float(value))


class Scores:
    """Workers that score at once, or after as many turns of the event loop as `delay(candidate)` says."""

    def __init__(
        self, score: Callable[[str], Outcome] = scored, delay: Callable[[Candidate], int] = lambda _: 0
    ) -> None:
        self.score = score
        self.delay = delay
        self.asked: list[str] = []
        self.faults: Iterator[Fault | None] = itertools.repeat(None)

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
        self.asked.append(candidate.text)
        for _ in range(self.delay(candidate)):
            await asyncio.sleep(0)
        fault = next(self.faults)
        if fault is not None:
            raise fault
        return self.score(candidate.text)

    async def aclose(self) -> None: ...


class Counts:
    """A proposer that draws numbers around the best parent; pure in (seed, ask, sample), in any order of arrival."""

    def __init__(self, delay: Callable[[Prompt, int], int] = lambda _prompt, _sample: 0) -> None:
        self.delay = delay
        self.asked: list[tuple[int, int]] = []

    @property
    def name(self) -> str:
        return "counts"

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            self.asked.append((prompt.ask, sample))
            for _ in range(self.delay(prompt, sample)):
                await asyncio.sleep(0)
            yield Completion(sample=sample, text=number(prompt, sample), model="counts")

    async def aclose(self) -> None: ...


def number(prompt: Prompt, sample: int) -> str:
    rng = np.random.default_rng([prompt.seed, prompt.ask, sample])
    best = prompt.parents[0].outcome.score if prompt.parents else 0.0
    assert best is not None
    if rng.random() < 0.1:
        return "I am sorry, I cannot."
    return f"```python\nx = {int(best) + int(rng.integers(-3, 4))}\n```"
