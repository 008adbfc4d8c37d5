"""A finished run of the toy task in a journal, made in memory in milliseconds."""

from __future__ import annotations

from pathlib import Path

from refine.budget import Budget
from refine.loop import Run
from refine.proposers import Proposer
from refine.search import Search, fold
from refine.session import identity, take_up
from refine.strategies import Strategy, preset
from refine.task import Task
from refine.workers import Workers
from tests.fakes import Counts, Scores


async def record(
    task: Task,
    path: Path,
    *,
    strategy: Strategy | None = None,
    candidates: int = 40,
    proposer: Proposer | None = None,
    workers: Workers | None = None,
    secret: str | None = None,
) -> Path:
    """Runs, or goes on with, the journal at `path`."""
    chosen = strategy or preset("default")
    first = identity(task, chosen, 0, "counts", "none", secret=secret)
    with take_up(path, first) as journal:
        search = fold(Search(task, chosen, texts=journal.text), journal.facts())
        budget = Budget(candidates=candidates, unreadable=candidates)
        await Run(search, journal, proposer or Counts(), workers or Scores(), budget).go()
    return path
