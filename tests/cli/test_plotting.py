from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

pytest.importorskip("matplotlib")

Refine = Callable[..., int]
RUN = ("--sandbox", "none", "--candidates", "3", "--workers", "1")


def test_a_run_is_drawn_beside_its_journal_with_its_control(refine: Refine, doubles: str) -> None:
    assert refine("run", doubles, *RUN, "-o", "a.db") == 0
    assert refine("plot", "a.db") == 0
    assert Path("a.png").read_bytes().startswith(b"\x89PNG")
    assert refine("plot", "a.db", "-o", "a.svg") == 0
    text = Path("a.svg").read_text()
    assert "no selection (control)" in text
    assert ">ten<" in text, "the baseline"
    assert "known" not in text, "the task's file is not run to draw a picture"


def test_the_control_of_another_run_is_not_drawn(refine: Refine, doubles: str) -> None:
    assert refine("run", doubles, *RUN, "-o", "a.db", "--no-control") == 0
    assert refine("run", doubles, *RUN, "-o", "b.db") == 0
    Path("b.control.db").rename("a.control.db")
    assert refine("plot", "a.db", "-o", "a.svg") == 0
    assert "no selection (control)" not in Path("a.svg").read_text()


def test_a_file_that_cannot_be_written_is_the_worlds_fault(
    refine: Refine, doubles: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refine("run", doubles, *RUN, "-o", "a.db", "--no-control") == 0
    assert refine("plot", "a.db", "-o", "nowhere/a.png") == 3
    assert "cannot write nowhere/a.png" in capsys.readouterr().err
