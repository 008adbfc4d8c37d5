"""`refine plot -o FILE.html`: a run as one page that needs nothing beside it: table, pictures, films, the best program.

What a candidate or a model wrote is untrusted: everything is escaped, pictures are images and no markup, and the page's
own policy lets it load nothing and run nothing.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from refine.report import films
from refine.report.history import History
from refine.report.plot_data import picture
from refine.report.table import Row, metrics, on_selection, rows
from refine.task import Reference
from refine.types import Outcome

_METRICS = 8
"""Columns of metrics at most."""


def save(path: Path, history: History, control: History | None, references: Sequence[Reference]) -> str:
    """Writes the page; says how the films were drawn, if there are some.

    Raises:
        MissingExtra: what draws is not installed.
        OSError: the file cannot be written.
    """
    table = rows(history, control)
    shown = films.named(history)
    still, moving, how = _drawn(history, control, references, shown)
    names = metrics(table)[:_METRICS]
    words = {
        "history": history,
        "started": history.started,
        "still": still,
        "moving": moving,
        "how": how,
        "metrics": names,
        "rows": [_row(row, names) for row in table],
        "references": references,
        "said": on_selection(table, history.started.direction),
        "program": history.journal.text(history.best) if history.best else "",
        "lineage": [_step(history, name) for name in history.lineage(history.best)] if history.best else [],
    }
    path.write_text(_template(words), encoding="utf-8")
    return how


def _drawn(
    history: History, control: History | None, references: Sequence[Reference], shown: Sequence[films.Named]
) -> tuple[str, str, str]:
    """The picture of the run and that of its policies, as addresses of data; and how the second was drawn."""
    from refine.report.plot_draw import save as drawn  # noqa: PLC0415 - loads matplotlib

    with TemporaryDirectory() as folder:
        still, moving = Path(folder, "run.svg"), Path(folder, "run.gif")
        drawn(picture(history, control, references), still)
        how = films.save(moving, shown) if shown else ""
        return _data(still, "svg+xml"), _data(moving, "gif") if shown else "", how


def _data(path: Path, kind: str) -> str:
    return f"data:image/{kind};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _row(row: Row, names: Sequence[str]) -> dict[str, object]:
    found = row.held_out or row.search
    values = found.metrics if found else {}
    return {
        "name": row.name,
        "id": row.id,
        "search": _said(row.search),
        "held_out": _said(row.held_out),
        "values": [f"{values[name]:.5g}" if name in values else "" for name in names],
    }


def _said(outcome: Outcome | None) -> str:
    if outcome is None:
        return ""
    return f"{outcome.score:.7g}" if outcome.score is not None else outcome.verdict.value


def _step(history: History, name: str) -> dict[str, object]:
    """One candidate of the champion's line."""
    ask, answer = history.origin(name)
    score = history.score(name)
    return {
        "id": name[:8],
        "score": "" if score is None else f"{score:.7g}",
        "model": answer.model,
        "note": answer.note,
        "ask": ask.ask,
    }


def _template(words: Mapping[str, object]) -> str:
    import jinja2  # noqa: PLC0415 - loaded with the first page

    loader = jinja2.PackageLoader("refine")
    environment = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined)
    return environment.get_template("page.html.j2").render(words)
