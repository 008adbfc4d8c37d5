"""`refine plot -o FILE.gif`: what the champion's policy does, beside the seed's and the baselines', in motion.

All is drawn from the films in the journal: nothing is simulated again, and nothing of a candidate runs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from refine.errors import MissingExtra
from refine.film import PREFIX, Film, read
from refine.report.history import History
from refine.report.plot_data import programs
from refine.report.scene import Camera, camera
from refine.report.table import BEST, SEED

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = (".gif", ".mp4")
_SIZE = (360, 270)
_COLUMNS = 2
_MOST = 4
"""Films side by side."""
_SHORTEST = 0.04
"""Seconds that a frame is shown at least: browsers slow down what is faster."""
_HOLD = 0.8
"""Seconds that the last frame stays."""
_APART = 2.0
"""Times as far away as the first film's camera another one may be: what is thrown far does not make all small."""
_STRIP = 6


@dataclass(frozen=True, slots=True)
class Named:
    """A program's film, and where it is seen from."""

    name: str
    film: Film
    camera: Camera

    def frame(self, seconds: float) -> int:
        """The frame at this time; the last one from then on."""
        return min(len(self.film.poses) - 1, round(seconds / self.film.seconds))


def named(history: History) -> tuple[Named, ...]:
    """The films of the champion, the seed and the baselines, as many as there are; all at the same scale.

    A program may have several in its evidence; the first by name is shown. What has none from the search may have one
    from the confirmation.
    """
    of = [(name, _first(outcome.artifacts) or _confirmed(history, name)) for name, outcome in programs(history)]
    found = [(name, film) for name, film in of if film is not None]
    seen = [Named(name, film, camera(film)) for name, film in found[:_MOST]]
    half = max((min(one.camera.half, _APART * seen[0].camera.half) for one in seen), default=1.0)
    return tuple(replace(one, camera=replace(one.camera, half=half)) for one in seen)


def _confirmed(history: History, name: str) -> Film | None:
    """The film of a held-out confirmation."""
    called = {BEST: "best", SEED: "seed"}.get(name, name)
    outcomes = [fact.outcome for fact in history.confirmed if (fact.name, fact.on) == (called, "held-out")]
    return next((film for outcome in outcomes if (film := _first(outcome.artifacts)) is not None), None)


def _first(artifacts: dict[str, str]) -> Film | None:
    films = (read(artifacts[name]) for name in sorted(artifacts) if name.startswith(PREFIX))
    return next((film for film in films if film is not None), None)


def save(path: Path, films: Sequence[Named], *, renders: bool = True) -> str:
    """Writes a moving picture and says how it was drawn. With `renders` by MuJoCo, where that works here.

    Raises:
        MissingExtra: Pillow, or for an MP4 PyAV, is not installed.
        OSError: the file cannot be written.
    """
    frames, how = _moving(films, renders=renders)
    if path.suffix == ".mp4":
        _mp4(path, frames, _step(films))
    else:
        _gif(path, frames, _step(films))
    return how


def strip(one: Named) -> list[tuple[str, Image]]:
    """The picture at a few moments, evenly spaced, with the time of each."""
    from refine.report.film_draw import drawn  # noqa: PLC0415 - loads Pillow

    last = len(one.film.poses) - 1
    moments = [round(k * last / (_STRIP - 1)) for k in range(_STRIP)]
    return [(f"{k * one.film.seconds:.2f} s", drawn(one.film, k, one.camera, _SIZE)) for k in moments]


def _step(films: Sequence[Named]) -> float:
    return max(_SHORTEST, round(min(one.film.seconds for one in films), 2))


def _moving(films: Sequence[Named], *, renders: bool) -> tuple[list[Image], str]:
    """All frames, and how they were drawn."""
    from refine.report.film_draw import captioned, tiled  # noqa: PLC0415 - loads Pillow

    step = _step(films)
    end = max(len(one.film.poses) * one.film.seconds for one in films)
    times = [k * step for k in range(1 + round(end / step))]
    columns, how = [], set()
    for one in films:
        pictures, drawn_by = _pictures(one, renders=renders)
        how.add(drawn_by)
        shown = [(pictures[one.frame(time)], f"{time:.2f} s") for time in times]
        columns.append([captioned(picture, one.name, one.film.title, clock) for picture, clock in shown])
    return [tiled(row, min(_COLUMNS, len(films))) for row in zip(*columns, strict=True)], " and ".join(sorted(how))


def _pictures(one: Named, *, renders: bool) -> tuple[list[Image], str]:
    """Every frame of one film."""
    from refine.report.film_draw import drawn, picture_of  # noqa: PLC0415 - loads Pillow
    from refine.report.film_render import rendered  # noqa: PLC0415 - only where there is something to render

    frames = range(len(one.film.poses))
    found = rendered(one.film, frames, one.camera, _SIZE) if renders else None
    if found is not None:
        return [picture_of(pixels, _SIZE) for pixels in found[1]], f"rendered by MuJoCo ({found[0]})"
    return [drawn(one.film, frame, one.camera, _SIZE) for frame in frames], "drawn from positions"


def _gif(path: Path, frames: Sequence[Image], step: float) -> None:
    """One palette for all frames, so that what stands still is not written again."""
    from PIL import Image as Images  # noqa: PLC0415 - as above

    from refine.report.film_draw import tiled  # noqa: PLC0415 - as above

    palette = tiled([frames[k * (len(frames) - 1) // 3] for k in range(4)], 2).quantize(256, Images.Quantize.MEDIANCUT)
    flat = [frame.quantize(palette=palette, dither=Images.Dither.NONE) for frame in frames]
    lasts = [round(1000 * step)] * (len(flat) - 1) + [round(1000 * _HOLD)]
    flat[0].save(path, save_all=True, append_images=flat[1:], duration=lasts, loop=0, disposal=1)


def _mp4(path: Path, frames: Sequence[Image], step: float) -> None:
    try:
        av = import_module("av")  # brings FFmpeg's libraries; only for this format
    except ModuleNotFoundError as error:
        raise MissingExtra("av", "video") from error
    with av.open(str(path), "w") as out:
        stream = out.add_stream("h264", rate=Fraction(round(100 / step), 100))
        (stream.width, stream.height), stream.pix_fmt = frames[0].size, "yuv420p"
        for frame in [*frames, *[frames[-1]] * round(_HOLD / step)]:
            out.mux(stream.encode(av.VideoFrame.from_image(frame)))
        out.mux(stream.encode())
