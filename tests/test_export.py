from __future__ import annotations

import json
from pathlib import Path

import pytest

from refine import export
from refine.errors import JournalError
from refine.journal import Journal
from refine.report.history import read
from refine.session import identity
from refine.strategies import preset
from tests.fakes import scored, toy
from tests.recorded import record


async def test_the_program_is_the_champions_text(tmp_path: Path) -> None:
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db")) as journal:
        history = read(journal)
        scores = [v.outcome.score for v in history.verified if v.outcome and v.outcome.score is not None]
        assert scored(export.program(history)).score == max(scores)


async def test_every_candidate_is_one_line(tmp_path: Path) -> None:
    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db")) as journal:
        history = read(journal)
        entries = [json.loads(line) for line in export.lines(history)]
        assert [entry["id"] for entry in entries] == list(history.outcomes)
        for entry in entries:
            assert scored(entry["text"]).model_dump(mode="json") == entry["outcome"]
            assert entry["prompt"] == history.asks[entry["ask"]].messages


def test_an_empty_run_exports_nothing(tmp_path: Path) -> None:
    task = toy(tmp_path)
    with Journal.create(tmp_path / "run.db", identity(task, preset("default"), 0, "counts", "none")) as journal:
        history = read(journal)
        with pytest.raises(JournalError, match="nothing to export"):
            export.program(history)
