"""A film of a simulation as data: shapes, and where their bodies are in each frame. Whoever has it needs no simulator.

A judge keeps it in an outcome's artifact "film/NAME", and `refine plot` draws it. As text it is JSON; the poses are
whole numbers of 16 bits, as differences from frame to frame, body by body and number by number, compressed by zlib and
written in base64: one to ten kilobytes for a hundred frames of a robot.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import dataclass
from typing import Annotated, Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, FiniteFloat, ValidationError

from refine.types import Frozen

Numbers = npt.NDArray[np.float64]
Kind = Literal["plane", "sphere", "capsule", "ellipsoid", "cylinder", "box"]

PREFIX: Final = "film/"
"""What an artifact's name begins with if it is a film."""
MOST_FRAMES: Final = 1000
MOST_BODIES: Final = 100
MOST_SHAPES: Final = 300
_FULL: Final = 32767
_FINEST: Final = 5e-4
"""Metres; finer than any picture shows."""
_TURN: Final = 1 / 4000
"""What a 1 of a quaternion's numbers stands for."""
_Length = Annotated[FiniteFloat, Field(ge=-1e4, le=1e4)]
_Unit = Annotated[FiniteFloat, Field(ge=-1.001, le=1.001)]
_Share = Annotated[FiniteFloat, Field(ge=0, le=1)]


class Shape(Frozen):
    """One thing to draw, fixed to a body.

    Attributes:
        body: its number.
        kind: sizes are as in MuJoCo: radius; radius and half the length along its own z (capsule, cylinder); half the
            lengths (box, ellipsoid). A plane has none and goes on for ever.
        size: m.
        at: its centre, m, in the body's frame.
        turn: its turn in the body's frame, a quaternion (w, x, y, z).
        colour: red, green, blue, 0 to 1; None leaves it to who draws.
    """

    body: int = Field(ge=0, lt=MOST_BODIES)
    kind: Kind
    size: tuple[_Length, _Length, _Length]
    at: tuple[_Length, _Length, _Length] = (0.0, 0.0, 0.0)
    turn: tuple[_Unit, _Unit, _Unit, _Unit] = (1.0, 0.0, 0.0, 0.0)
    colour: tuple[_Share, _Share, _Share] | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """What there is to see.

    Attributes:
        title: what it shows, for people.
        seconds: from frame to frame.
        shapes: what is drawn.
        poses: (frames, bodies, 7): positions, m, and quaternions (w, x, y, z).
    """

    title: str
    seconds: float
    shapes: tuple[Shape, ...]
    poses: Numbers


class _Kept(Frozen):
    """The JSON of a film. `metre` is the unit of the positions, in metres."""

    title: str = Field(max_length=200)
    seconds: float = Field(gt=0, le=60)
    shapes: tuple[Shape, ...] = Field(max_length=MOST_SHAPES)
    frames: int = Field(ge=1, le=MOST_FRAMES)
    bodies: int = Field(ge=1, le=MOST_BODIES)
    metre: float = Field(gt=0, le=1e3)
    poses: str


def written(film: Film) -> str:
    """The film as text. Positions are kept to half a millimetre, or a 32 767th of the farthest, quaternions to 1/4000.

    Raises:
        ValueError: a pose is not finite, or there is more than a film may hold.
    """
    frames, bodies, _ = film.poses.shape
    if not np.isfinite(film.poses).all():
        raise ValueError("a pose of the film is not finite")
    metre = max(_FINEST, float(np.abs(film.poses[:, :, :3]).max()) / _FULL)
    whole = np.rint(film.poses / _units(metre)).astype(np.int16)
    changes = np.diff(whole.reshape(frames, -1), axis=0, prepend=np.zeros((1, 7 * bodies), np.int16))
    packed = zlib.compress(np.ascontiguousarray(changes.T).astype("<i2").tobytes(), 9)
    kept = _Kept(
        title=film.title,
        seconds=film.seconds,
        shapes=film.shapes,
        frames=frames,
        bodies=bodies,
        metre=metre,
        poses=base64.b64encode(packed).decode(),
    )
    return kept.model_dump_json(exclude_defaults=True)


def read(text: str) -> Film | None:
    """The film in an artifact; None for what is none. Reads no more than its sizes say, whatever it was packed from."""
    try:
        kept = _Kept.model_validate_json(text)
        packed = base64.b64decode(kept.poses, validate=True)
        raw = zlib.decompressobj().decompress(packed, 2 * kept.frames * kept.bodies * 7)
    except (ValidationError, binascii.Error, zlib.error):
        return None
    fits = len(raw) == 2 * kept.frames * kept.bodies * 7 and all(shape.body < kept.bodies for shape in kept.shapes)
    if not fits:
        return None
    changes = np.frombuffer(raw, dtype="<i2").astype(np.int16).reshape(-1, kept.frames).T
    whole = np.cumsum(changes, axis=0, dtype=np.int16).reshape(kept.frames, kept.bodies, 7)
    return Film(kept.title, kept.seconds, kept.shapes, whole * _units(kept.metre))


def _units(metre: float) -> Numbers:
    """What a 1 of each of a pose's seven numbers stands for."""
    return np.array([metre] * 3 + [_TURN] * 4)
