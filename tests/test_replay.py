"""A replay finds every way in which a journal could be other than its run."""

from __future__ import annotations

import json
import shutil
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.journal import Journal
from refine.replay import Difference, replayed, reverified, strategy_of, task_changed
from refine.strategies import preset
from refine.task import Task
from refine.types import Outcome, Verdict
from tests.fakes import Scores, scored, toy
from tests.recorded import record


@pytest.fixture
def task(tmp_path: Path) -> Task:
    return toy(tmp_path)


def forged(path: Path, kind: str, old: str, new: str) -> Path:
    """A copy of the journal in which the last fact of a kind that holds `old` says `new` there."""
    copy = path.with_name("forged.db")
    shutil.copy(path, copy)
    db = sqlite3.connect(copy)
    db.executescript("DROP TRIGGER fact_update; PRAGMA journal_mode = DELETE;")
    seq, body = db.execute(
        "SELECT seq, body FROM fact WHERE body ->> 'kind' = ? AND instr(body, ?) ORDER BY seq DESC LIMIT 1", (kind, old)
    ).fetchone()
    assert json.loads(body.replace(old, new))
    db.execute("UPDATE fact SET body = ? WHERE seq = ?", (body.replace(old, new), seq))
    db.commit()
    db.close()
    return copy


def difference(path: Path, task: Task) -> Difference | None:
    with Journal.read(path) as journal:
        return replayed(journal, task).difference


@pytest.mark.parametrize("strategy", ["default", "evolve", "drift"])
async def test_a_run_replays_also_after_it_went_on(task: Task, tmp_path: Path, strategy: str) -> None:
    path = await record(task, tmp_path / "run.db", strategy=preset(strategy), candidates=50)
    await record(task, path, strategy=preset(strategy), candidates=90)
    with Journal.read(path) as journal:
        done = replayed(journal, task)
    assert done.difference is None
    assert done.placements == 90
    assert done.asks > 1


async def test_another_instruction_shows_at_the_first_prompt(task: Task, tmp_path: Path) -> None:
    path = await record(task, tmp_path / "run.db")
    task.instruction = "Write something else."
    found = difference(path, task)
    assert found is not None
    assert found.what == "ask 1: the messages"
    assert "more is better" in found.recorded
    assert "something else" in found.recomputed


async def test_a_forged_score_shows_where_it_would_have_mattered(task: Task, tmp_path: Path) -> None:
    path = await record(task, tmp_path / "run.db")
    with Journal.read(path) as journal:
        first = next(f.event for f in journal.facts() if f.event.kind == "verified")
    assert difference(path, task) is None
    assert first.outcome is not None
    found = difference(forged(path, "verified", '"score": 1.0', '"score": 1000.0'), task)
    assert found is not None


@pytest.mark.parametrize(
    ("kind", "old", "new", "what"),
    [
        ("asked", '"parents": ["', '"parents": ["0', "the parents"),
        ("verified", '"repeat": true', '"repeat": false', "whether it is a repeat"),
        ("confirmed", '"candidate": "', '"candidate": "0', "the champion that was confirmed"),
    ],
)
async def test_a_forged_fact_is_found(task: Task, tmp_path: Path, *, kind: str, old: str, new: str, what: str) -> None:
    path = await record(task, tmp_path / "run.db", candidates=80)
    if kind == "confirmed":
        old, new = f'"name": "best", "on": "held-out", {old}', f'"name": "best", "on": "held-out", {new}'
    found = difference(forged(path, kind, old, new), task)
    assert found is not None
    assert what in found.what


async def test_a_changed_task_is_said(task: Task, tmp_path: Path) -> None:
    path = await record(task, tmp_path / "run.db")
    with Journal.read(path) as journal:
        started = journal.started
    assert task_changed(started, task) is None
    task.file.write_text(task.file.read_text() + "\n# changed\n")
    assert "have changed" in (task_changed(started, task) or "")
    task.name = "other"
    assert "is of task toy" in (task_changed(started, task) or "")


async def test_a_strategy_is_rebuilt_with_its_sizes_or_refused(task: Task, tmp_path: Path) -> None:
    mine = preset("evolve").sized(samples=3, in_flight=5)
    with Journal.read(await record(task, tmp_path / "run.db", strategy=mine)) as journal:
        started = journal.started
    assert strategy_of(started).described() == mine.described()
    changed = started.model_copy(update={"strategy": mine.described() | {"archive": {"kind": "top-k", "size": 1}}})
    with pytest.raises(UsageError, match="means something else in this version"):
        strategy_of(changed)
    gone = started.model_copy(update={"strategy": replace(mine, name="gone").described()})
    with pytest.raises(UsageError, match="cannot be rebuilt"):
        strategy_of(gone)


async def test_verifying_again_finds_what_scores_otherwise_now(task: Task, tmp_path: Path) -> None:
    path = await record(task, tmp_path / "run.db")

    def stricter(text: str) -> Outcome:
        return Outcome(verdict=Verdict.WRONG, feedback="no") if text == "x = 1\n" else scored(text)

    with Journal.read(path) as journal:
        same = [found async for found in reverified(journal, Scores(), width=3)]
        other = [found async for found in reverified(journal, Scores(stricter), width=3) if found]
    assert same
    assert not any(same)
    assert {found.recomputed for found in other} == {"wrong"}
    assert {found.recorded for found in other} == {"passed with score 1.0"}
