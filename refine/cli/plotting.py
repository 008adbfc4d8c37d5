"""`refine plot`: a picture of a run, and of its control where one lies beside it, or a moving one of its policies."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

from refine import load
from refine.cli import terminal
from refine.cli.searching import control_path
from refine.journal import Journal
from refine.report.history import History, read
from refine.report.plot import plot as drawn
from refine.task import Reference


def plot(run: Path, output: Path | None) -> int:
    """Draws `run` to `output`, by default to a PNG of its name beside it."""
    path = output or run.with_suffix(".png")
    with ExitStack() as stack:
        history = read(stack.enter_context(Journal.read(run)))
        how = drawn(path, history, _control(stack, run, history), _references(history.started.task))
    terminal.err().print(f"drawn to {path}" + (f", {how}" if how else ""), markup=False, soft_wrap=True)
    return 0


def _control(stack: ExitStack, run: Path, history: History) -> History | None:
    """The run without selection, if the journal of that name is this run's: both have one secret."""
    beside = control_path(run)
    if not beside.is_file():
        return None
    control = read(stack.enter_context(Journal.read(beside)))
    return control if control.started.secret == history.started.secret else None


def _references(task: str) -> tuple[Reference, ...]:
    """Published values of a shipped task. Another one's file is not run to draw a picture."""
    return load.load(task).references if task in load.names() else ()
