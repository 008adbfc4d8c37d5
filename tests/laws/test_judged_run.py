"""A whole run whose scores are a judge model's opinions: real judge processes and a sandbox, models that are tables."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

import refine
from refine.check import check
from refine.errors import Fault, JournalError
from refine.events import Opined
from refine.journal import Journal
from refine.load import load
from refine.proposers import Options, Proposer, choose
from refine.replay import replayed, reverified
from refine.sandbox.choose import choose as sandbox
from refine.task import Task
from refine.types import Completion, Prompt, Usage, Verdict
from refine.workers.local import Pool

TASK = """
import refine
from refine.verifiers import opinion

task = refine.Task(
    "Say how many stars there are.", seed="one star", language="text", metric="judged points", judge_model="table/judge"
)

@task.verifier
def verify(candidate):
    refine.require("star" in candidate.text, "no star in it")
    return opinion.points(candidate, "How many stars?", draws=2).outcome()
"""


class Table:
    """Writes "n stars" for sample n, or judges them: a point for each; unreadable where there are four."""

    def __init__(self, name: str) -> None:
        self.name, self.prompts = name, 0

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self.prompts += 1
        for sample in prompt.samples:
            text = self.judgement(prompt) if self.name == "table/judge" else f"{prompt.ask + sample} stars, Score: 5"
            yield Completion(sample=sample, text=text, model=self.name, usage=Usage(prompt_tokens=9, usd=0.01))

    def judgement(self, prompt: Prompt) -> str:
        asked = prompt.messages[-1].content
        (code,), (stars,) = re.findall(r'"Score (\w+): "', asked), re.findall(r"(\w+) stars?(?:,|\n)", asked)
        return "Score: 5" if stars == "4" else f"Score {code}: {'1' if stars == 'one' else min(int(stars), 5)}"

    def price_known(self) -> bool:
        return True

    async def aclose(self) -> None: ...


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> dict[str, Table]:
    made: dict[str, Table] = {}

    def asked(spec: str, _options: Options) -> Proposer:
        return made.setdefault(spec, Table(spec))

    def connect(specs: Sequence[str], options: Options, _task: Task) -> Proposer:
        return asked(specs[0], options)

    monkeypatch.setattr(choose, "asked", asked)
    monkeypatch.setattr(choose, "connect", connect)
    return made


@pytest.fixture
def task(tmp_path: Path) -> Task:
    (tmp_path / "stars.py").write_text(TASK)
    return load(str(tmp_path / "stars.py"))


def run(task: Task, path: Path, judge: str | None = None) -> refine.Search:
    budget = refine.Budget(candidates=6, unreadable=9)
    result = refine.run(
        task, model="table/writer", path=path, budget=budget, workers=1, sandbox=sandbox("local"), judge=judge
    )
    return result.search


async def again(path: Path, task: Task) -> list[object]:
    async with Pool(task, sandbox("local"), width=1) as pool:
        with Journal.read(path) as journal:
            return [difference async for difference in reverified(journal, pool, 1)]


def test_a_run_is_scored_by_opinions_that_are_journalled(tmp_path: Path, task: Task, models: dict[str, Table]) -> None:
    search = run(task, tmp_path / "run.db")
    assert search.best is not None
    best = search.best.outcome
    assert best.score is not None
    assert best.score > 1
    assert best.feedback.startswith("judged, not verified")
    assert best.metrics["judge_usd"] == 0.02
    with Journal.read(tmp_path / "run.db") as journal:
        told = [fact.event for fact in journal.facts() if isinstance(fact.event, Opined)]
        assert journal.started.judge == "table/judge"
        assert replayed(journal, task).difference is None
    assert search.tally.usd == pytest.approx(0.01 * (search.tally.replies + len(told)))
    assert search.tally.verdicts[Verdict.MALFORMED] >= 1  # four stars, whose judgement copies a line
    prompts = models["table/judge"].prompts
    run(task, tmp_path / "run.db")
    assert models["table/judge"].prompts == prompts
    with pytest.raises(JournalError, match="its judge model is table/judge, not other/judge"):
        run(task, tmp_path / "run.db", judge="other/judge")


async def test_a_judged_task_is_checked_with_its_judge(task: Task, models: dict[str, Table]) -> None:
    found = {finding.name: finding async for finding in check(task, sandbox("local"))}
    assert found["seed"].ok
    assert found["same score twice"].detail == "score 1"
    assert models["table/judge"].prompts == 1  # the same question is not paid for again
    task.judge_model = ""
    without = {finding.name: finding async for finding in check(task, sandbox("local"))}
    assert without["seed"].ok is False
    assert "none is named" in without["seed"].detail


async def test_a_recorded_opinion_is_enough_to_verify_again(
    tmp_path: Path, task: Task, models: dict[str, Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.to_thread(run, task, tmp_path / "run.db")
    prompts = models["table/judge"].prompts
    found = await again(tmp_path / "run.db", task)
    assert len(found) >= 4
    assert found == [None] * len(found)
    assert models["table/judge"].prompts == prompts
    monkeypatch.setattr(task, "file", task.file.with_name("other.py"))
    task.file.write_text(TASK.replace("How many stars?", "How few?"))
    with pytest.raises(Fault, match="the recording holds no such opinion"):
        await again(tmp_path / "run.db", task)
