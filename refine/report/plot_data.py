"""What a picture of a run shows, as plain data: taken from the journal alone, so that nothing of a candidate runs.

A task draws by its outcomes. `Outcome.curves` are courses over a training. An artifact named "plot/NAME" is a picture
of which the judge made numbers, as JSON:

    {"title": "...", "x": {"label": "...", "values": [...]}, "lines": {"loss": {"label": "...", "values": [...]}, ...}}

There is a panel for each of its lines, and in it the champion's, the seed's and the baselines'.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError

from refine.report.history import History
from refine.report.table import BEST, CONTROL, SEED
from refine.task import Reference
from refine.types import Direction, Outcome, Verdict

PREFIX = "plot/"
"""What an artifact's name begins with if it is to be drawn."""
_POINTS = 1000


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    x: tuple[float, ...]
    y: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Dot:
    """One candidate: the completion that it came with, from 1, and its score where it passed."""

    completion: int
    verdict: Verdict
    score: float | None


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes."""

    title: str
    x_label: str
    y_label: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """Scores by completion.

    Attributes:
        best: the best score until then, as steps.
        control: the same of the run without selection.
        levels: scores to compare with, by name: the seed's, the baselines', published ones.
        spent: dollars until each completion was verified; none where no answer has a price.
    """

    dots: tuple[Dot, ...]
    best: Line
    control: Line | None
    levels: tuple[tuple[str, float], ...]
    spent: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    task: str
    metric: str
    direction: Direction
    model: str
    progress: Progress
    shapes: tuple[Panel, ...]
    courses: tuple[Panel, ...]


def picture(history: History, control: History | None = None, references: Sequence[Reference] = ()) -> Picture:
    """All that is drawn of a run; parts that it has nothing for are empty."""
    started = history.started
    progress = Progress(
        dots=tuple(_dots(history)),
        best=_best(history, BEST),
        control=_best(control, CONTROL) if control and control.curve else None,
        levels=tuple(_levels(history, references)),
        spent=_spent(history),
    )
    return Picture(
        started.task,
        started.metric,
        started.direction,
        started.model,
        progress,
        tuple(_shapes(programs(history))),
        tuple(_courses(history)),
    )


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _dots(history: History) -> Iterator[Dot]:
    for completion, event in enumerate(history.verified, 1):
        if event.outcome is not None and not event.repeat:
            yield Dot(completion, event.outcome.verdict, event.outcome.score)


def _best(history: History, name: str) -> Line:
    """Steps, drawn on to the last completion."""
    steps = [(float(count), score) for count, score, _ in history.curve]
    steps += [(float(len(history.verified)), steps[-1][1])] if steps else []
    return Line(name, tuple(x for x, _ in steps), tuple(y for _, y in steps))


def _levels(history: History, references: Sequence[Reference]) -> Iterator[tuple[str, float]]:
    seed = history.score(history.seed or "")
    if seed is not None:
        yield SEED, seed
    for fact in history.confirmed:
        if fact.on == "search" and fact.name not in ("best", "seed") and fact.outcome.score is not None:
            yield fact.name, fact.outcome.score
    for reference in references:
        if reference.metric == "score":
            yield f"{reference.name} (published)", reference.value


def _spent(history: History) -> tuple[float, ...]:
    used = [history.answers[event.ask, event.sample].usage for event in history.verified]
    prices = [usage.usd if usage else None for usage in used]
    if all(price is None for price in prices):
        return ()
    return tuple(math.fsum(price or 0.0 for price in prices[: place + 1]) for place in range(len(prices)))


# ── pictures of programs ─────────────────────────────────────────────────────────────────────────────────────────────


def programs(history: History) -> tuple[tuple[str, Outcome], ...]:
    """The champion, the seed and the baselines with their outcomes in the search, each once."""
    named = [(BEST, history.outcome(history.best or "")), (SEED, history.outcome(history.seed or ""))]
    named += [(f.name, f.outcome) for f in history.confirmed if f.on == "search" and f.name not in ("best", "seed")]
    if history.best == history.seed:
        del named[1]
    return tuple((name, outcome) for name, outcome in named if outcome is not None)


class _Values(BaseModel):
    model_config = ConfigDict(strict=True)
    label: str = Field(max_length=200)
    values: tuple[FiniteFloat, ...] = Field(min_length=2, max_length=_POINTS, strict=False)


class _Drawn(BaseModel):
    """An artifact "plot/NAME"."""

    title: str = Field(max_length=200)
    x: _Values
    lines: dict[str, _Values] = Field(max_length=4)


def _read(text: str) -> _Drawn | None:
    """None for what is no such JSON: a task may keep other things under that name."""
    try:
        drawn = _Drawn.model_validate_json(text)
    except ValidationError:
        return None
    return drawn if all(len(line.values) == len(drawn.x.values) for line in drawn.lines.values()) else None


def _shapes(named: Sequence[tuple[str, Outcome]]) -> Iterator[Panel]:
    """A panel for each line of each picture that the first of the programs has."""
    for artifact in sorted(named[0][1].artifacts if named else ()):
        if not artifact.startswith(PREFIX):
            continue
        found = [(name, _read(outcome.artifacts.get(artifact, ""))) for name, outcome in named]
        drawn = [(name, one) for name, one in found if one is not None]
        first = drawn[0][1] if drawn else None
        for key, line in first.lines.items() if first else ():
            lines = tuple(Line(n, d.x.values, d.lines[key].values) for n, d in drawn if key in d.lines)
            assert first is not None
            yield Panel(first.title, first.x.label, line.label, lines)


def _courses(history: History) -> Iterator[Panel]:
    """The champion's curves: those of one group together, every other one alone."""
    outcome = history.outcome(history.best or "")
    groups: dict[str, list[Line]] = {}
    for name, values in (outcome.curves if outcome else {}).items():
        group, _, own = name.rpartition("/")
        steps = tuple(float(step) for step in range(1, len(values) + 1))
        groups.setdefault(group or own, []).append(Line(own, steps, tuple(values)))
    for title, lines in groups.items():
        named = title if len(lines) > 1 or lines[0].name == title else f"{title}/{lines[0].name}"
        yield Panel(named, "checkpoint of the training", "", tuple(lines))
