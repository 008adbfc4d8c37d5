from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from refine.cli import run

Refine = Callable[..., int]

DOUBLES = """
import refine

task = refine.Task(
    "Write f(x) -> number; larger is better.",
    seed="def f(x: float) -> float:\\n    return 1.0 + x * 2.0\\n",
    baselines={"ten": "def f(x):\\n    return 10.0\\n"},
    references=[refine.Reference(name="known", value=99.0, source="a paper")],
)

@task.verifier
def verify(candidate):
    number = candidate.f(1.5)
    refine.require(abs(number) < 1000, "too large")
    return refine.Outcome(verdict=refine.Verdict.PASSED, score=number, metrics={"half": number / 2})

@task.confirmation
def confirm(candidate):
    return float(candidate.f(1.0 + candidate.seed % 7 / 10))
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every command runs in an empty folder, on lines that are never broken."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def doubles(here: Path) -> str:
    (here / "doubles.py").write_text(DOUBLES)
    return "doubles.py"


@pytest.fixture
def refine() -> Refine:
    """One command line in this process; its exit code."""
    return lambda *argv: run([str(arg) for arg in argv])
