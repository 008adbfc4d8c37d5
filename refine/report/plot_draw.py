"""Draws a `Picture` with matplotlib, which is loaded by whoever imports this. Raises MissingExtra where it is missing.

Colours are those of Okabe and Ito (2008), which the colour-blind tell apart; lines differ in their dashes as well.
"""

from __future__ import annotations

import math
import statistics
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from refine.errors import MissingExtra
from refine.report.films import Named, strip
from refine.report.plot_data import Dot, Line, Panel, Picture, Progress
from refine.types import Direction, Verdict

try:
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.ticker import FuncFormatter, MaxNLocator
except ModuleNotFoundError as error:
    raise MissingExtra("matplotlib", "plot") from error

Axes = Any
_INCHES = 8.0
_PER_ROW = 3
_STRIP = 1.6
"""Inches."""
_STEPS = (1, 2, 5, 10)
_BLACK, _GREY = "#222222", "#8a8a8a"
_BLUE, _ORANGE, _GREEN, _RED, _PURPLE, _SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
_Styles = tuple[tuple[str, object], ...]
_LINES: _Styles = (
    (_BLUE, "-"),
    (_BLACK, "--"),
    (_ORANGE, "-."),
    (_GREEN, (0, (6, 2))),
    (_RED, ":"),
    (_GREY, (0, (1, 1))),
)
_COURSES: _Styles = (*_LINES[2:], (_PURPLE, "-"), (_SKY, "--"))
"""Of a training's curves, which are no programs: what has the colour of the best above is the best."""
_UNLIKE = 100.0
"""Lines whose sizes differ more than so are drawn on a logarithmic scale, or only the largest would be seen."""
_FAILED = {
    Verdict.WRONG: (_ORANGE, "x"),
    Verdict.CRASHED: (_RED, "+"),
    Verdict.TIMEOUT: (_PURPLE, "d"),
    Verdict.OVERRUN: (_GREEN, "s"),
    Verdict.MALFORMED: (_BLACK, "1"),
}
_STYLE = {
    "font.size": 10,
    "axes.titlesize": 10.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": _GREY,
    "axes.grid": True,
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "svg.hashsalt": "refine",
    "svg.fonttype": "none",
}


def save(drawn: Picture, path: Path, film: Named | None = None) -> None:
    """Writes the picture to `path`, whose suffix says how: .png, .svg or .pdf. With a film, some moments of it are the
    last row. Raises OSError.
    """
    with mpl.rc_context(_STYLE):
        figure = _figure(drawn, film)
        _settle(figure)
        dates = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
        figure.savefig(path, dpi=150, metadata=dates.get(path.suffix, {}))


def _settle(figure: Figure) -> None:
    """Places everything once and rounds where it is: the layout's solver does not give the same last digit twice, and
    names in an SVG are digests of such numbers.
    """
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for part in figure.subfigs:
        part.bbox_relative.set_points(part.bbox_relative.get_points().round(6))
    for axes in figure.axes:
        left, low, width, height = (round(edge, 6) for edge in axes.get_position().bounds)
        axes.set_position((left, low, width, height))


def _figure(drawn: Picture, film: Named | None = None) -> Figure:
    rows = [(drawn.shapes[i : i + 2], 3.1, _LINES) for i in range(0, len(drawn.shapes), 2)]
    rows += [(drawn.courses[i : i + _PER_ROW], 2.6, _COURSES) for i in range(0, len(drawn.courses), _PER_ROW)]
    heights = [4.6, *(height for _, height, _ in rows), *([_STRIP] if film else [])]
    figure = Figure(figsize=(_INCHES, sum(heights)), layout="constrained")
    parts = figure.subfigures(len(heights), 1, height_ratios=heights, squeeze=False)[:, 0]
    _progress(parts[0], drawn)
    for part, (panels, _, styles) in zip(parts[1:], rows, strict=False):
        _panels(part, panels, styles)
    if film:
        _moments(parts[-1], film)
    return figure


# ── progress ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _progress(part: Any, drawn: Picture) -> None:  # noqa: ANN401 - matplotlib has no types here
    progress = drawn.progress
    better = "higher" if drawn.direction == "maximize" else "lower"
    part.suptitle(f"{drawn.task}, by {drawn.model}", fontsize=13, fontweight="bold")
    failed = [verdict for verdict in _FAILED if any(dot.verdict is verdict for dot in progress.dots)]
    ratios = [8.0, max(0.5, 0.55 * len(failed))]
    axes, below = part.subplots(2, 1, sharex=True, height_ratios=ratios) if failed else (part.subplots(), None)
    _scores(axes, progress, drawn.direction)
    axes.set_ylabel("\n".join(textwrap.wrap(drawn.metric, 40)))
    axes.set_title(f"every candidate's score ({better} is better)", color=_GREY)
    if below is not None:
        _failures(below, progress.dots, failed)
    (below or axes).set_xlabel("completion")
    (below or axes).xaxis.set_major_locator(MaxNLocator(integer=True, steps=_STEPS))
    if progress.spent:
        _costs(axes, progress.spent)
    part.legend(*axes.get_legend_handles_labels(), loc="outside lower center", ncols=3)


def _scores(axes: Axes, progress: Progress, direction: Direction) -> None:
    passed = [(dot.completion, dot.score) for dot in progress.dots if dot.score is not None]
    low, high = limits(progress, direction)
    inside = [(x, y) for x, y in passed if low <= y <= high]
    axes.scatter(*_columns(inside), s=16, color=_SKY, alpha=0.75, linewidths=0, label="passed")
    beyond = [x for x, y in passed if not low <= y <= high]
    if beyond:
        edge, marker = (low, "v") if direction == "maximize" else (high, "^")
        axes.scatter(
            beyond, [edge] * len(beyond), s=22, color=_SKY, marker=marker, clip_on=False, label="off the scale"
        )
    axes.step(progress.best.x, progress.best.y, where="post", color=_BLUE, lw=2.2, label=progress.best.name)
    if progress.control:
        line = progress.control
        axes.step(line.x, line.y, where="post", color=_PURPLE, lw=1.8, ls="--", label=line.name)
    for (name, value), (colour, dashes) in zip(progress.levels, _LINES[1:] * 10, strict=False):
        axes.axhline(value, color=colour, ls=dashes, lw=1.1, label=name)
    if low > 0 and high / low > 100:
        axes.set_yscale("log")
    axes.set_ylim(low, high)


def limits(progress: Progress, direction: Direction) -> tuple[float, float]:
    """The scores that are shown: all lines, the best, and of the candidates those that are not hopeless.

    Towards the worse the scale ends as far below the median as the best is above it, or at the worst line.
    """
    scores = [dot.score for dot in progress.dots if dot.score is not None]
    lines = [*progress.best.y, *(progress.control.y if progress.control else ()), *(y for _, y in progress.levels)]
    if not lines:
        return 0.0, 1.0
    sign = 1.0 if direction == "maximize" else -1.0
    best = max(sign * y for y in [*scores, *lines])
    middle = sign * statistics.median(scores or lines)
    worst = min(*(sign * y for y in lines), max(min(sign * y for y in [*scores, *lines]), 2 * middle - best))
    room = 0.05 * (best - worst) or 0.05 * abs(best) or 1.0
    ends = sorted((sign * (best + room), sign * (worst - room)))
    positive = min([*scores, *lines]) > 0
    return (min([*scores, *lines]) * 0.8 if positive and ends[0] <= 0 else ends[0]), ends[1]


def _columns(points: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]


def _failures(axes: Axes, dots: Sequence[Dot], failed: Sequence[Verdict]) -> None:
    """A row of marks for each verdict."""
    for row, verdict in enumerate(failed):
        at = [dot.completion for dot in dots if dot.verdict is verdict]
        colour, marker = _FAILED[verdict]
        axes.scatter(at, [row] * len(at), s=16, color=colour, marker=marker, linewidths=1)
    axes.set_yticks(range(len(failed)), [verdict.value for verdict in failed])
    axes.set_ylim(-0.7, len(failed) - 0.3)
    axes.tick_params(axis="y", length=0)
    axes.grid(visible=False)


def _costs(axes: Axes, spent: Sequence[float]) -> None:
    """Dollars along the upper edge, at the completions where they were reached."""
    top = axes.secondary_xaxis("top")
    top.set_xlabel("spent", color=_GREY)
    top.xaxis.set_major_locator(MaxNLocator(6, integer=True, steps=_STEPS))
    top.xaxis.set_major_formatter(FuncFormatter(lambda x, _: dollars(spent, x)))
    top.tick_params(colors=_GREY)


def dollars(spent: Sequence[float], completion: float) -> str:
    """What was spent when that completion was verified, in words; "" outside of the run."""
    place = math.floor(completion)
    if not 1 <= place <= len(spent):
        return ""
    usd = spent[place - 1]
    return f"${usd:.2f}" if usd >= 0.1 else f"${usd:.2g}"


# ── panels ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _panels(part: Any, panels: Sequence[Panel], styles: _Styles) -> None:  # noqa: ANN401 - as above
    """Panels side by side, with one legend below them if they show the same lines."""
    row = part.subplots(1, len(panels), squeeze=False)[0]
    shared = len({panel.title for panel in panels}) == 1 and len(panels) > 1
    if shared:
        part.suptitle(panels[0].title, fontsize=10.5, color=_GREY)
    for axes, panel in zip(row, panels, strict=True):
        for line, (colour, dashes) in zip(panel.lines, styles * 5, strict=False):
            _line(axes, line, colour, dashes)
        axes.set_title("" if shared else "\n".join(textwrap.wrap(panel.title, 34)), color=_GREY)
        axes.set_xlabel(panel.x_label)
        axes.set_ylabel(panel.y_label)
        axes.margins(x=0.02)
        _stretch(axes, panel.lines)
    if any(len(panel.lines) > 1 for panel in panels):
        most = max(row, key=lambda axes: len(axes.get_legend_handles_labels()[1]))
        part.legend(*most.get_legend_handles_labels(), loc="outside lower center", ncols=3)


def _stretch(axes: Axes, lines: Sequence[Line]) -> None:
    """A logarithmic scale beyond the size of the smallest line (the next power of ten), where another is far larger."""
    sizes = [size for line in lines if (size := max(abs(y) for y in line.y)) > 0]
    if sizes and max(sizes) > _UNLIKE * min(sizes):
        bound = 10.0 ** math.ceil(math.log10(min(sizes)))
        axes.set_yscale("symlog", linthresh=bound)
        axes.set_ylabel(f"{axes.get_ylabel()} (log. beyond {bound:g})".strip())


def _moments(part: Any, film: Named) -> None:  # noqa: ANN401 - as above
    """A film as a row of pictures."""
    moments = strip(film)
    part.suptitle(f"{film.name}: {film.film.title}", fontsize=10.5, color=_GREY)
    for axes, (time, image) in zip(part.subplots(1, len(moments)), moments, strict=True):
        axes.imshow(image, interpolation="lanczos")
        axes.set_axis_off()
        axes.set_title(time, fontsize=9, color=_GREY)


def _line(axes: Axes, line: Line, colour: str, dashes: object) -> None:
    axes.plot(line.x, line.y, color=colour, ls=dashes, lw=2.2 if colour == _BLUE else 1.5, label=line.name)
