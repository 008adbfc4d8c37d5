from __future__ import annotations

from pathlib import Path

import pytest

from refine.budget import Budget
from refine.errors import JournalError, UsageError
from refine.events import Verified
from refine.journal import Journal
from refine.loop import Run
from refine.replay import replayed
from refine.search import Search
from refine.session import identity, take_up
from refine.strategies import preset
from refine.types import Candidate, Verdict
from refine.warm import programs
from tests.fakes import Counts, Scores, toy
from tests.recorded import record


async def test_the_best_of_a_run_come_best_first(tmp_path: Path) -> None:
    path = await record(toy(tmp_path), tmp_path / "run.db", candidates=30)
    found = [int(candidate.text.partition("=")[2]) for candidate in programs(path)]
    assert found == sorted(set(found), reverse=True)
    assert 1 < len(found) <= 16


def test_files_of_a_folder_in_order(tmp_path: Path) -> None:
    for name, text in (
        ("b.py", "x = 2\n"),
        ("a.py", "x = 1\n"),
        ("c.txt", "x = 1\n"),
        (".hidden", "no"),
        ("d.md", " "),
    ):
        (tmp_path / name).write_text(text)
    assert [candidate.text for candidate in programs(tmp_path)] == ["x = 1\n", "x = 2\n"]
    assert programs(tmp_path / "b.py") == (Candidate("x = 2\n"),)


def test_what_holds_no_program_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such journal, folder or file"):
        programs(tmp_path / "nothing.py")
    with pytest.raises(UsageError, match="there is no program in it"):
        programs(tmp_path)
    (tmp_path / "no.db").write_text("not SQLite")
    with pytest.raises(JournalError):
        programs(tmp_path / "no.db")


async def test_a_program_of_a_warm_start_may_fail_and_is_a_seed_otherwise(tmp_path: Path) -> None:
    task, strategy = toy(tmp_path), preset("default")
    warm = (Candidate("x = 40\n"), Candidate("x = 'a word'\n"), *task.seeds)
    begun = identity(task, strategy, 0, "counts", "none").model_copy(update={"warm": tuple(c.id for c in warm)})
    with take_up(tmp_path / "run.db", begun) as journal:
        search = Search(task, strategy, warm=warm, texts=journal.text)
        await Run(search, journal, Counts(), Scores(), Budget(candidates=11)).go()
        first = [f.event for f in journal.facts() if isinstance(f.event, Verified) and f.event.ask == 0]
    assert [event.outcome.verdict for event in first if event.outcome] == [
        Verdict.PASSED,
        Verdict.PASSED,
        Verdict.CRASHED,
    ]
    assert search.best is not None
    assert (search.best.outcome.score or 0) >= 40
    with Journal.read(tmp_path / "run.db") as journal:
        assert replayed(journal, task).difference is None


async def test_another_warm_start_is_another_run(tmp_path: Path) -> None:
    task = toy(tmp_path)
    path = await record(task, tmp_path / "run.db", candidates=5)
    started = Journal.read(path).started
    with pytest.raises(JournalError, match=r"its warm start is none, not 1 program\(s\)"):
        take_up(path, started.model_copy(update={"warm": ("a" * 32,)}))
