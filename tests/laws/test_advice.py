"""Advice is a fact: prompts show it from there on, and whoever repeats the run begins with it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from refine.budget import Budget
from refine.journal import Journal
from refine.loop import Run
from refine.proposers import Options
from refine.replay import replayed
from refine.report.history import read
from refine.report.summary import summary
from refine.search import Search, fold
from refine.session import Plan, _advise, identity, take_up
from refine.strategies import preset
from refine.types import Completion, Prompt
from tests.fakes import Counts, Scores, toy

STRATEGY = preset("eureka").sized(samples=2, in_flight=2)
HEADING = "# What the person who runs this search asks for"


class Reads(Counts):
    """Keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        self.shown.append(prompt.messages[1].content)
        async for completion in super().__call__(prompt):
            yield completion


def plan(advice: str | None) -> Plan:
    return Plan(("counts",), Path("run.db"), 0, None, None, Options(), 1, "none", advice=advice)


async def session(folder: Path, advice: str | None, candidates: int) -> tuple[list[str], dict[str, Any]]:
    """One session of a run: what its model was shown, and the state that it ends in."""
    task, proposer = toy(folder), Reads()
    with take_up(folder / "run.db", identity(task, STRATEGY, 0, "counts", "none")) as journal:
        search = fold(Search(task, STRATEGY, texts=journal.text), journal.facts())
        _advise(plan(advice), proposer, journal, search)
        await Run(search, journal, proposer, Scores(), Budget(candidates=candidates, unreadable=99)).go()
        return proposer.shown, search.snapshot()


async def test_advice_is_shown_from_where_it_is_given_until_it_is_taken_back(tmp_path: Path) -> None:
    first, _ = await session(tmp_path, None, 5)
    second, _ = await session(tmp_path, "Pay for\nsmooth motion.", 9)
    third, _ = await session(tmp_path, None, 13)
    fourth, _ = await session(tmp_path, "", 17)
    assert min(len(first), len(second), len(third), len(fourth)) > 0
    assert not any(HEADING in prompt for prompt in [*first, *fourth])
    assert all("Pay for\nsmooth motion." in prompt for prompt in [*second, *third])
    prompt = second[0]
    assert prompt.index("Limits for one") < prompt.index(HEADING) < prompt.index("# The program to improve")


async def test_a_run_with_advice_is_recomputed_and_its_fold_is_its_state(tmp_path: Path) -> None:
    await session(tmp_path, "Up.", 7)
    _, live = await session(tmp_path, "Down.", 13)
    with Journal.read(tmp_path / "run.db") as journal:
        again = fold(Search(toy(tmp_path), STRATEGY, texts=journal.text), journal.facts())
        assert again.snapshot() == live
        assert again.advice == "Down."
        done = replayed(journal, toy(tmp_path))
        assert (done.difference, done.asks) == (None, 7)
        assert summary(read(journal))["advice"] == "Down."


async def test_the_same_advice_again_is_no_new_fact(tmp_path: Path) -> None:
    await session(tmp_path, "Up.", 5)
    await session(tmp_path, "Up.", 9)
    with Journal.read(tmp_path / "run.db") as journal:
        assert sum(fact.event.kind == "advised" for fact in journal.facts()) == 1


@pytest.mark.parametrize(("advice", "shown"), [(None, "Up."), ("Mine.", "Mine."), ("", "")])
async def test_a_repeated_run_begins_with_the_recorded_advice(tmp_path: Path, advice: str | None, shown: str) -> None:
    await session(tmp_path, "Up.", 5)
    await session(tmp_path, "Later.", 9)
    with Journal.read(tmp_path / "run.db") as journal:
        recorded = tuple(journal.facts())
    task = toy(tmp_path)
    with Journal.create(tmp_path / "again.db", identity(task, STRATEGY, 0, "replay", "none")) as journal:
        search = Search(task, STRATEGY, texts=journal.text)
        proposer: Any = SimpleNamespace(recorded=recorded)
        _advise(plan(advice), proposer, journal, search)
        assert search.advice == shown


async def test_lessons_are_drawn_in_sight_of_it(tmp_path: Path) -> None:
    from refine import prompts

    text = prompts.reflect(prompts.Brief(toy(tmp_path), advice="Pay for smooth motion."))[1].content
    assert "Pay for smooth motion." in text
