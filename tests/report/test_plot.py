from __future__ import annotations

import json
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import MissingExtra, UsageError
from refine.journal import Journal
from refine.report.history import read
from refine.report.plot import plot
from refine.report.plot_data import Dot, Line, Panel, Picture, Progress, picture
from refine.strategies import preset
from refine.task import Reference
from refine.types import Completion, Outcome, Prompt, Usage, Verdict
from tests.fakes import Counts, Scores, number, scored, toy
from tests.recorded import record

KNOWN = Reference(name="a paper's", value=30.0, source="a paper")


def drawn_loss(slope: float, points: int = 5) -> str:
    x = [float(k) for k in range(points)]
    line = {"label": "loss", "values": [slope * value for value in x]}
    return json.dumps({"title": "a loss", "x": {"label": "margin", "values": x}, "lines": {"loss": line}})


def with_pictures(text: str) -> Outcome:
    outcome = scored(text)
    if outcome.score is None:
        return outcome
    artifacts = {"plot/loss": drawn_loss(outcome.score), "notes": "no picture"}
    courses = {"accuracy/ours": [1.0, 2.0], "accuracy/theirs": [1.0, 1.5], "length": [3.0, 2.0, 1.0]}
    return outcome.model_copy(update={"artifacts": artifacts, "curves": courses})


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    run = await record(toy(tmp_path), tmp_path / "run.db", workers=Scores(with_pictures))
    with Journal.read(run) as opened:
        yield opened


# ── the data ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_verified_candidate_is_a_dot_with_its_verdict(journal: Journal) -> None:
    history = read(journal)
    dots = picture(history).progress.dots
    assert len(dots) == len(history.verified) - history.repeats
    assert {dot.verdict for dot in dots} == set(history.verdicts)
    assert all((dot.score is None) == (dot.verdict is not Verdict.PASSED) for dot in dots)


async def test_the_best_line_ends_at_the_best_and_at_the_last_completion(journal: Journal) -> None:
    history = read(journal)
    line = picture(history).progress.best
    assert line.y[-1] == history.score(str(history.best))
    assert line.x[-1] == len(history.verified)
    assert list(line.y) == sorted(line.y)


async def test_levels_are_seed_and_published_scores(journal: Journal) -> None:
    other = KNOWN.model_copy(update={"metric": "seconds"})
    levels = dict(picture(read(journal), references=[KNOWN, other]).progress.levels)
    assert levels == {"seed": 1.0, "a paper's (published)": 30.0}


async def test_the_control_is_a_line_of_its_own(tmp_path: Path, journal: Journal) -> None:
    drift = await record(toy(tmp_path), tmp_path / "drift.db", strategy=preset("drift"), candidates=20)
    with Journal.read(drift) as other:
        control = read(other)
        line = picture(read(journal), control).progress.control
    assert line is not None
    assert (line.y[-1], line.x[-1]) == (control.curve[-1][1], 20)


async def test_dollars_add_up_and_are_left_out_where_nothing_has_a_price(tmp_path: Path, journal: Journal) -> None:
    class Priced(Counts):
        async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
            for sample in prompt.samples:
                usage = Usage(prompt_tokens=1, completion_tokens=1, usd=0.25)
                yield Completion(sample=sample, text=number(prompt, sample), model="lm", usage=usage)

    with Journal.read(await record(toy(tmp_path), tmp_path / "lm.db", proposer=Priced(), candidates=9)) as priced:
        spent = picture(read(priced)).progress.spent
    assert spent == pytest.approx([0.25 * k for k in range(9)]), "the seed is free"
    assert picture(read(journal)).progress.spent == ()


async def test_a_panel_holds_the_line_of_each_program(journal: Journal) -> None:
    history = read(journal)
    (panel,) = picture(history).shapes
    best, seed = panel.lines
    assert (panel.title, panel.x_label, panel.y_label) == ("a loss", "margin", "loss")
    assert (best.name, seed.name) == ("best found", "seed")
    assert best.y[1] == history.score(str(history.best))
    assert seed.y[1] == 1.0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        drawn_loss(1.0).replace("1.0", "NaN"),
        drawn_loss(1.0).replace("[0.0, 1.0, 2.0, 3.0, 4.0]", "[0.0, 1.0]", 1),
        drawn_loss(1.0, points=1001),
        drawn_loss(1.0).replace("1.0", '"one"'),
    ],
)
async def test_what_is_no_picture_is_not_drawn(tmp_path: Path, text: str) -> None:
    def kept(candidate: str) -> Outcome:
        return scored(candidate).model_copy(update={"artifacts": {"plot/loss": text}})

    with Journal.read(await record(toy(tmp_path), tmp_path / "run.db", workers=Scores(kept))) as opened:
        assert picture(read(opened)).shapes == ()


async def test_curves_of_one_group_share_a_panel(journal: Journal) -> None:
    first, second = picture(read(journal)).courses
    assert (first.title, [line.name for line in first.lines]) == ("accuracy", ["ours", "theirs"])
    assert (second.title, second.lines[0].y) == ("length", (3.0, 2.0, 1.0))


# ── the drawing ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def draw() -> Any:
    pytest.importorskip("matplotlib")
    from refine.report import plot_draw

    return plot_draw


async def test_a_png_is_as_wide_as_it_says(draw: Any, tmp_path: Path, journal: Journal) -> None:
    plot(tmp_path / "a.png", read(journal), references=[KNOWN])
    head = (tmp_path / "a.png").read_bytes()[:24]
    width, height = struct.unpack(">II", head[16:])
    assert head.startswith(b"\x89PNG")
    assert (width, height > width // 2) == (1200, True)


async def test_an_svg_says_everything_and_is_the_same_twice(draw: Any, tmp_path: Path, journal: Journal) -> None:
    history = read(journal)
    plot(tmp_path / "a.svg", history, references=[KNOWN])
    plot(tmp_path / "b.svg", history, references=[KNOWN])
    text = (tmp_path / "a.svg").read_text()
    for word in ("toy", "score", "higher is better", "best found", "seed", "completion", "margin", "theirs"):
        assert word in text, word
    failed = set(history.verdicts) - {Verdict.PASSED}
    assert failed
    assert all(f">{verdict.value}<" in text for verdict in failed)
    assert "a paper" in text
    assert text == (tmp_path / "b.svg").read_text()


async def test_no_legend_covers_an_axis(draw: Any, journal: Journal) -> None:
    figure = draw._figure(picture(read(journal), references=[KNOWN]))
    figure.draw_without_rendering()
    axes = [one.get_window_extent() for one in figure.get_axes()]
    legends = [legend.get_window_extent() for part in figure.subfigs for legend in part.legends]
    assert len(legends) == 3
    assert not [1 for legend in legends for one in axes if legend.overlaps(one)]


scores = st.floats(-1e3, 1e3)


@given(st.lists(scores, min_size=1, max_size=20), st.floats(-1e3, 1e3), st.sampled_from(["maximize", "minimize"]))
def test_the_best_and_every_line_are_on_the_scale(found: list[float], level: float, direction: Any) -> None:
    pytest.importorskip("matplotlib")
    from refine.report import plot_draw as draw

    best = max(found) if direction == "maximize" else min(found)
    dots = tuple(Dot(k, Verdict.PASSED, score) for k, score in enumerate(found, 1))
    low, high = draw.limits(Progress(dots, Line("best", (1.0,), (best,)), None, (("seed", level),), ()), direction)
    assert low < high
    assert low <= best <= high
    assert low <= level <= high


def test_one_disaster_does_not_flatten_the_rest(draw: Any) -> None:
    found = [0.0, 0.5, 1.0, -1e6, 0.7]
    dots = tuple(Dot(k, Verdict.PASSED, score) for k, score in enumerate(found, 1))
    low, high = draw.limits(Progress(dots, Line("best", (1.0,), (1.0,)), None, (("seed", 0.0),), ()), "maximize")
    assert high - low < 3


def test_dollars_are_those_of_the_completion(draw: Any) -> None:
    assert [draw.dollars((0.0, 0.25, 0.5), x) for x in (0, 1, 2, 3, 4)] == ["", "$0", "$0.25", "$0.50", ""]


def test_a_run_in_which_nothing_passed_is_drawn(draw: Any, tmp_path: Path) -> None:
    dots = (Dot(1, Verdict.CRASHED, None), Dot(2, Verdict.TIMEOUT, None))
    progress = Progress(dots, Line("best found", (), ()), None, (), ())
    panels = (Panel("t", "x", "y", (Line("only", (0.0, 1.0), (1.0, 1.0)),)),)
    draw.save(Picture("toy", "score", "maximize", "m", progress, panels, ()), tmp_path / "a.svg")
    assert "crashed" in (tmp_path / "a.svg").read_text()


@pytest.mark.parametrize(("large", "said"), [(50.0, 0), (5000.0, 1)])
def test_a_line_far_larger_than_another_does_not_flatten_it(draw: Any, tmp_path: Path, large: float, said: int) -> None:
    ours, theirs = Line("ours", (0.0, 1.0), (0.0, -large)), Line("theirs", (0.0, 1.0), (2.0, 0.0))
    progress = Progress((), Line("best found", (), ()), None, (), ())
    panels = (Panel("t", "x", "y", (ours, theirs)),)
    draw.save(Picture("toy", "score", "maximize", "m", progress, panels, ()), tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_text().count("(log. beyond 10)") == said


# ── the edge ─────────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_missing_matplotlib_says_how_to_get_it(
    tmp_path: Path, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "refine.report.plot_draw", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"refine-search\[plot\]"):
        plot(tmp_path / "a.png", read(journal))


async def test_a_format_that_nobody_draws_is_refused(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        plot(tmp_path / "a.txt", read(journal))
    assert not (tmp_path / "a.txt").exists()
