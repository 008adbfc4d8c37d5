"""`refine plot`: a run as one picture in a file, what its policies do as a moving one, or all of it as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refine.errors import Fault, UsageError
from refine.report import films, page
from refine.report.history import History
from refine.report.plot_data import picture
from refine.task import Reference

FORMATS = (".png", ".svg", ".pdf")
PAGE = ".html"


def plot(path: Path, history: History, control: History | None = None, references: Sequence[Reference] = ()) -> str:
    """Draws the run to `path`; says how, where there is something to say.

    Raises:
        UsageError: its suffix is no format that can be drawn, or there is nothing to draw yet.
        MissingExtra: what draws is not installed.
        Fault: the file cannot be written.
    """
    formats = (*FORMATS, *films.FORMATS, PAGE)
    if path.suffix not in formats:
        raise UsageError(f"{path}: a picture is one of {', '.join(formats)}; name a file that ends so")
    if not history.verified:
        raise UsageError(f"{history.journal.path}: nothing was verified yet, so there is nothing to draw")
    try:
        if path.suffix in films.FORMATS:
            return _moving(path, history)
        if path.suffix == PAGE:
            return page.save(path, history, control, references)
        _still(path, history, control, references)
    except OSError as error:
        raise Fault("journal", f"cannot write {path}: {error.strerror}", retry=False) from error
    return ""


def _still(path: Path, history: History, control: History | None, references: Sequence[Reference]) -> None:
    from refine.report.plot_draw import save  # noqa: PLC0415 - loads matplotlib

    save(picture(history, control, references), path, next(iter(films.named(history)), None))


def _moving(path: Path, history: History) -> str:
    shown = films.named(history)
    if not shown:
        raise UsageError(f"{history.journal.path}: its judge filmed nothing; a task about rewards is drawn so")
    return films.save(path, shown)
