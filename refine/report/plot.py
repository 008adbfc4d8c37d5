"""`refine plot`: a run as one picture in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from refine.errors import Fault, UsageError
from refine.report.history import History
from refine.report.plot_data import picture
from refine.task import Reference

FORMATS = (".png", ".svg", ".pdf")


def plot(path: Path, history: History, control: History | None = None, references: Sequence[Reference] = ()) -> None:
    """Draws the run to `path`.

    Raises:
        UsageError: its suffix is no format that can be drawn, or nothing was verified yet.
        MissingExtra: matplotlib is not installed.
        Fault: the file cannot be written.
    """
    if path.suffix not in FORMATS:
        raise UsageError(f"{path}: a picture is one of {', '.join(FORMATS)}; name a file that ends so")
    if not history.verified:
        raise UsageError(f"{history.journal.path}: nothing was verified yet, so there is nothing to draw")
    from refine.report.plot_draw import save  # noqa: PLC0415 - loads matplotlib

    try:
        save(picture(history, control, references), path)
    except OSError as error:
        raise Fault("journal", f"cannot write {path}: {error.strerror}", retry=False) from error
