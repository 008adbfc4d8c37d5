from __future__ import annotations

import io
from pathlib import Path

import pytest
from rich.console import Console

from refine.budget import Budget
from refine.cli import progress
from refine.cli.progress import Progress, cost
from refine.journal import Journal
from refine.search import Search
from refine.strategies import preset
from tests.fakes import toy
from tests.recorded import record


async def shown(tmp_path: Path, *, terminal: bool, direction: str = "maximize") -> str:
    task = toy(tmp_path, direction=direction)
    path = await record(task, tmp_path / "run.db")
    text = io.StringIO()
    with Journal.read(path) as journal:
        search = Search(task, preset("default"), texts=journal.text)
        console = Console(file=text, force_terminal=terminal, width=200)
        with Progress(console, "search", Budget(candidates=80)) as watching:
            for fact in journal.facts():
                search.apply(fact)
                watching.observe(fact, search)
    return text.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
async def test_it_says_what_the_run_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, terminal: bool) -> None:
    monkeypatch.setattr(progress, "_PLAIN_EVERY_S", 0.0)
    said = await shown(tmp_path, terminal=terminal)
    for words in ("search: best ", "better)", "passed", "repeats", "n/a (no language model)", "0 tokens"):
        assert words in said


@pytest.mark.parametrize(("direction", "sign"), [("maximize", "+"), ("minimize", "-")])
async def test_improvements_have_the_right_sign(tmp_path: Path, direction: str, sign: str) -> None:
    said = await shown(tmp_path, terminal=False, direction=direction)
    assert f"({sign}" in said
    assert "better)" in said


async def test_a_pipe_gets_a_line_now_and_then(tmp_path: Path) -> None:
    said = await shown(tmp_path, terminal=False)
    assert said.count("\n") == 1, "less than five seconds: only the last line"


def test_costs() -> None:
    assert cost(0, 0, language_model=False) == "n/a (no language model)"
    assert cost(0, 3, language_model=True) == "unpriced"
    assert cost(0.5, 3, language_model=True) == "$0.5000 and 3 unpriced"
    assert cost(0, 0, language_model=True) == "$0.0000"


def test_the_time_left_is_that_of_the_tighter_budget() -> None:
    left = progress._left
    assert left(Budget(candidates=100), 50, 10.0, 5.0) == 10.0
    assert left(Budget(candidates=100, seconds=12.0), 50, 10.0, 5.0) == 2.0
    assert left(Budget(candidates=100), 50, 10.0, 0.0) is None
    assert left(Budget(seconds=5.0), 50, 10.0, 0.0) == 0.0
