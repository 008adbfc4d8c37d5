from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("PIL")

from PIL import Image

from refine.errors import MissingExtra, UsageError
from refine.film import Film, Shape, read, written
from refine.journal import Journal
from refine.report import film_render, films
from refine.report.history import read as history_of
from refine.report.plot import plot
from refine.report.scene import camera
from refine.types import Candidate, Outcome
from refine.verifiers.judge import Stage
from tests.fakes import Scores, scored, toy
from tests.recorded import record

SHAPES = (
    Shape(body=0, kind="plane", size=(0.0, 0.0, 0.0)),
    Shape(body=1, kind="box", size=(0.2, 0.1, 0.1), colour=(1.0, 0.0, 0.0)),
    Shape(body=1, kind="sphere", size=(0.1, 0.0, 0.0), at=(0.3, 0.0, 0.0)),
)


def film(frames: int = 6, speed: float = 0.1) -> Film:
    """A red box with a ball in front slides along x."""
    poses = np.zeros((frames, 2, 7))
    poses[:, :, 3], poses[:, 1, 2], poses[:, 1, 0] = 1.0, 0.3, speed * np.arange(frames)
    return Film(f"at {speed:g}", 0.05, SHAPES, poses)


def filmed(text: str) -> Outcome:
    outcome = scored(text)
    if outcome.score is None:
        return outcome
    artifacts = {"film/policy": written(film(4 + int(outcome.score) % 5)), "film/zz": "no film", "notes": "{}"}
    return outcome.model_copy(update={"artifacts": artifacts})


@pytest.fixture
async def journal(tmp_path: Path) -> AsyncIterator[Journal]:
    run = await record(toy(tmp_path), tmp_path / "run.db", workers=Scores(filmed))
    with Journal.read(run) as opened:
        yield opened


@pytest.fixture
def no_gl(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MUJOCO_GL", "off")


def one(name: str, shown: Film) -> films.Named:
    return films.Named(name, shown, camera(shown))


def reds(image: Image.Image) -> int:
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return int(((pixels[:, :, 0] > 120) & (pixels[:, :, 1] < 60) & (pixels[:, :, 2] < 60)).sum())


async def test_the_champion_and_the_seed_are_filmed_at_one_scale(journal: Journal) -> None:
    best, seed = films.named(history_of(journal))
    assert (best.name, seed.name) == ("best found", "seed")
    assert best.camera.half == seed.camera.half
    assert len(seed.film.poses) == 5


async def test_what_was_not_filmed_in_the_search_is_shown_as_it_was_confirmed(tmp_path: Path) -> None:
    class Late(Scores):
        """Films in the confirmation alone."""

        async def verify(self, candidate: Candidate, *, stage: Stage = "search", **more: Any) -> Outcome:
            self.score = filmed if stage == "held-out" else scored
            return await super().verify(candidate, stage=stage, **more)

    run = await record(toy(tmp_path), tmp_path / "run.db", workers=Late())
    with Journal.read(run) as opened:
        assert [one.name for one in films.named(history_of(opened))] == ["best found", "seed"]


@pytest.mark.usefixtures("no_gl")
async def test_a_gif_moves_in_real_time_and_waits_at_its_end(journal: Journal, tmp_path: Path) -> None:
    assert plot(tmp_path / "a.gif", history_of(journal)) == "drawn from positions"
    with Image.open(tmp_path / "a.gif") as moving:
        longest = max(len(film.film.poses) for film in films.named(history_of(journal)))
        assert moving.n_frames >= longest - 1, "frames that are alike may be joined"
        assert moving.info["duration"] == 50
        assert moving.size[0] == 720
        assert moving.info["loop"] == 0
        assert reds(moving) > 200, "the box of each"
        moving.seek(moving.n_frames - 1)
        assert moving.info["duration"] >= 800


def test_what_ended_early_stays_as_it_ended() -> None:
    short = one("short", film(3))
    assert [short.frame(0.05 * k) for k in range(6)] == [0, 1, 2, 2, 2, 2]


def test_what_is_thrown_far_does_not_make_the_champion_small(monkeypatch: pytest.MonkeyPatch) -> None:
    poses = film().poses.copy()
    poses[:, 1, 2] = 50 * np.arange(6)
    thrown = Film("thrown", 0.05, SHAPES, poses)
    named: Any = [(name, Outcome(verdict="passed", score=1.0, artifacts={"film/a": written(shown)}))
                  for name, shown in (("best found", film()), ("seed", thrown))]  # fmt: skip
    monkeypatch.setattr(films, "programs", lambda _: named)
    found = films.named(None)  # type: ignore[arg-type]
    assert found[0].camera.half == found[1].camera.half <= 2 * camera(film()).half


def test_a_strip_shows_the_beginning_and_the_end() -> None:
    moments = films.strip(one("a", film(31)))
    assert [time for time, _ in moments] == ["0.00 s", "0.30 s", "0.60 s", "0.90 s", "1.20 s", "1.50 s"]
    assert all(reds(picture) > 100 for _, picture in moments)


async def test_the_still_picture_has_a_strip(journal: Journal, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    plot(tmp_path / "a.svg", history_of(journal))
    text = (tmp_path / "a.svg").read_text()
    assert "best found: at 0.1" in text
    assert text.count("<image") == 6


async def test_a_run_without_films_says_so(tmp_path: Path) -> None:
    run = await record(toy(tmp_path), tmp_path / "bare.db")
    with Journal.read(run) as bare, pytest.raises(UsageError, match="filmed nothing"):
        plot(tmp_path / "a.gif", history_of(bare))


async def test_a_missing_pillow_says_how_to_get_it(
    journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "refine.report.film_draw", raising=False)
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(MissingExtra, match=r"refine-search\[plot\]"):
        plot(tmp_path / "a.gif", history_of(journal))


# ── MP4 ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_mp4_needs_an_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtra, match=r"av is not installed.*refine-search\[video\]"):
        films.save(tmp_path / "a.mp4", [one("a", film(2))], renders=False)


def test_an_mp4_moves_in_real_time(tmp_path: Path) -> None:
    av = pytest.importorskip("av")
    films.save(tmp_path / "a.mp4", [one("a", film(20))], renders=False)
    with av.open(str(tmp_path / "a.mp4")) as video:
        stream = video.streams.video[0]
        frames = list(video.decode(stream))
    assert stream.average_rate == 20
    assert len(frames) == 21 + 16, "as many as there are, and the last for 0.8 s"
    assert reds(frames[10].to_image()) > 200


# ── MuJoCo's renderer ────────────────────────────────────────────────────────────────────────────────────────────────


def test_mujoco_renders_the_same_scene_or_says_that_it_cannot() -> None:
    pytest.importorskip("mujoco")
    shown = one("a", film())
    found = film_render.rendered(shown.film, [0, 5], shown.camera, (160, 120))
    if found is None:
        assert not os.environ.get("CI"), "on CI there is one: .ci/run installs it"
        pytest.skip("no OpenGL backend works here")
    backend, images = found
    assert backend in (*film_render.BACKENDS, os.environ.get("MUJOCO_GL"))
    assert [len(image) for image in images] == [160 * 120 * 3] * 2
    from refine.report.film_draw import drawn, picture_of

    ours, theirs = drawn(shown.film, 0, shown.camera, (160, 120)), picture_of(images[0], (160, 120))
    assert 0.4 < reds(theirs) / reds(ours) < 2.5, "the box is as large"


def test_a_backend_that_fails_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("mujoco")
    tried: list[str] = []

    def child(backend: str, asked: str) -> bytes:
        del asked
        tried.append(backend)
        return b"\0" * (8 * 6 * 3) if backend == "osmesa" else b"half an image"

    monkeypatch.setenv("MUJOCO_GL", "nonsense")
    monkeypatch.setattr(film_render, "_child", child)
    found = film_render.rendered(film(), [0], camera(film()), (8, 6))
    assert found is not None
    assert (found[0], tried) == ("osmesa", ["nonsense", "egl", "osmesa"])
    monkeypatch.setattr(film_render, "BACKENDS", ())
    assert film_render.rendered(film(), [0], camera(film()), (8, 6)) is None


def test_a_child_that_dies_or_hangs_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert film_render._child("egl", "no JSON") == b""
    monkeypatch.setattr(film_render, "_SECONDS", 0.001)
    assert film_render._child("egl", "{}") == b""


@pytest.mark.usefixtures("no_gl")
def test_rendering_can_be_switched_off() -> None:
    assert film_render.rendered(film(), [0], camera(film()), (8, 6)) is None


def test_the_scene_holds_every_shape() -> None:
    mujoco = pytest.importorskip("mujoco")
    again = read(written(film()))
    assert again is not None
    model = mujoco.MjModel.from_xml_string(film_render.model(again, (64, 48)))
    assert (model.ngeom, model.nmocap, model.nq) == (3, 2, 0)
    assert model.geom_rgba[1].tolist() == [1, 0, 0, 1] or model.geom_rgba[2].tolist() == [1, 0, 0, 1]
