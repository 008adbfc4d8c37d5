"""The recorded runs that are shipped: each recomputes, to the byte, without a model, a sandbox or torch."""

from __future__ import annotations

from pathlib import Path

import pytest

from refine.events import Answered
from refine.journal import Journal
from refine.load import load
from refine.replay import replayed, strategy_of
from refine.search import Search, fold
from refine.session import confirmed

FOLDER = Path(__file__).parents[2] / "examples" / "journals"
JOURNALS = sorted(FOLDER.glob("*.db"))


def test_there_is_a_run_of_a_capable_model() -> None:
    with Journal.read(FOLDER / "preference_loss.db") as journal:
        answers = [fact.event for fact in journal.facts() if isinstance(fact.event, Answered)]
    assert sum(answer.model.startswith("manual") for answer in answers) >= 40


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: str(path.stem))
def test_every_prompt_and_placement_is_recomputed(path: Path) -> None:
    with Journal.read(path) as journal:
        done = replayed(journal, load(journal.started.task))
    assert done.difference is None
    assert done.asks > 0
    assert done.placements > done.asks / 2


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: str(path.stem))
def test_the_champion_that_was_confirmed_is_that_of_the_fold(path: Path) -> None:
    with Journal.read(path) as journal:
        started = journal.started
        fresh = Search(load(started.task), strategy_of(started), seed=started.seed, texts=journal.text)
        best = fold(fresh, journal.facts()).best
        held_out = {one.name: one for one in confirmed(journal) if one.on == "held-out"}
    assert best is not None
    assert held_out["best"].candidate == best.candidate.id


@pytest.mark.parametrize("path", JOURNALS, ids=lambda path: str(path.stem))
def test_a_journal_is_small_and_names_no_machine(path: Path) -> None:
    assert path.stat().st_size < 1_500_000
    with Journal.read(path) as journal:
        kept = [repr(fact.event) for fact in journal.facts()]
    somewhere = [f"/{folder}/" for folder in ("root", "home", "tmp")]
    assert not [fact for fact in kept if any(path in fact for path in somewhere)]
