"""A film seen by a camera: where its shapes are in the picture at each moment. Pure geometry, parallel projection.

Azimuth and elevation are MuJoCo's: at azimuth 90 degrees the camera looks along y, with x to the right and z up.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from refine.film import Film, Numbers, Shape

_SIDE, _ACROSS = (90.0, -12.0), (125.0, -22.0)
"""Azimuth and elevation for what moves in one plane, and for what does not."""
_FLAT = 0.01
"""What leaves the plane y = 0 by no more than this (m, or of a quaternion) moves in it."""
_TRAVELS = 1.5
"""Times its own size: what goes farther is followed."""
_SMOOTH = 9
"""Frames over which the camera's way is averaged."""
_ROOM = 1.12
_EDGE = 1e-6
"""A face that is turned to the camera by less than this is seen from the edge."""
_ROUND = 24
"""Corners of what is round."""


@dataclass(frozen=True, slots=True)
class Camera:
    """Where it looks.

    Attributes:
        at: (frames, 3), m: what is in the middle of the picture.
        half: m from there to the upper edge.
        azimuth, elevation: degrees.
    """

    at: Numbers
    half: float
    azimuth: float
    elevation: float

    @property
    def axes(self) -> tuple[Numbers, Numbers, Numbers]:
        """Unit vectors to the right, up and away from whoever looks."""
        a, e = math.radians(self.azimuth), math.radians(self.elevation)
        away = np.array([math.cos(a) * math.cos(e), math.sin(a) * math.cos(e), math.sin(e)])
        right = np.array([math.sin(a), -math.cos(a), 0.0])
        return right, np.cross(right, away), away


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled outline: corners (n, 2) in metres from the middle, right and up; `light` 0 to 1 shades its colour."""

    shape: Shape
    corners: Numbers
    light: float = 1.0


def camera(film: Film, aspect: float = 4 / 3) -> Camera:
    """One that sees all of it; it follows what goes far over a ground, where one sees that it goes."""
    azimuth, elevation = _SIDE if _is_flat(film) else _ACROSS
    centres, reach = _centres(film)
    root = _smooth(film.poses[:, _root(film), :3])
    size = float((np.linalg.norm(centres - root[:, None], axis=2) + reach).max())
    middle = (root.max(axis=0) + root.min(axis=0)) / 2
    far = np.ptp(root, axis=0) > _TRAVELS * size
    at = np.where(far & any(shape.kind == "plane" for shape in film.shapes), root, middle)
    seen = Camera(at, 1.0, azimuth, elevation)
    right, up, _ = seen.axes
    apart = centres - at[:, None]
    wide, high = (float((np.abs(apart @ axis) + reach).max()) for axis in (right, up))
    return Camera(at, _ROOM * max(high, wide / aspect), azimuth, elevation)


def _is_flat(film: Film) -> bool:
    off = film.poses[:, :, [1, 4, 6]]
    return bool(np.abs(off).max() <= _FLAT)


def _root(film: Film) -> int:
    """The first body that moves."""
    moved = np.ptp(film.poses, axis=0).max(axis=1) > _FLAT
    return int(np.argmax(moved))


def _centres(film: Film) -> tuple[Numbers, Numbers]:
    """Of all shapes but planes: (frames, n, 3), and how far each reaches from its centre, (n,)."""
    solid = [shape for shape in film.shapes if shape.kind != "plane"] or list(film.shapes)
    places = [_placed(film.poses[:, shape.body], np.array([shape.at]))[:, 0] for shape in solid]
    return np.stack(places, axis=1), np.array([_reach(shape) for shape in solid])


def _reach(shape: Shape) -> float:
    x, y, z = shape.size
    sizes = {"plane": 1.0, "sphere": x, "capsule": x + y, "cylinder": math.hypot(x, y)}
    return sizes.get(shape.kind, math.sqrt(x * x + y * y + z * z))


def _smooth(way: Numbers) -> Numbers:
    """A moving average; the ends are held."""
    margin = _SMOOTH // 2
    padded = np.pad(way, ((margin, margin), (0, 0)), mode="edge")
    return np.stack([np.convolve(column, np.full(_SMOOTH, 1 / _SMOOTH), "valid") for column in padded.T], axis=1)


def patches(film: Film, frame: int, seen: Camera) -> Iterator[Patch]:
    """What is to be filled, the farthest first; planes are left out."""
    found = [pair for shape in film.shapes if shape.kind != "plane" for pair in _patches(film, frame, seen, shape)]
    yield from (patch for _, patch in sorted(found, key=lambda pair: -pair[0]))


def _patches(film: Film, frame: int, seen: Camera, shape: Shape) -> Iterator[tuple[float, Patch]]:
    """Those of one shape, each with its distance."""
    right, up, away = seen.axes
    for points in _faces(shape):
        own = _turned(np.array(shape.turn), points) + np.array(shape.at)
        world = _placed(film.poses[None, frame, shape.body], own)[0] - seen.at[frame]
        flat, far = np.stack([world @ right, world @ up], axis=1), float((world @ away).mean())
        if shape.kind != "box":
            yield far, Patch(shape, _hull(_rounded(shape, flat)))
        elif (normal := _normal(world)) @ away < -_EDGE:
            yield far, Patch(shape, flat, 0.8 + 0.2 * float(normal[2]))


def _rounded(shape: Shape, points: Numbers) -> Numbers:
    """With a circle around each point, where the shape is round about its points: the outline of a ball is a circle."""
    if shape.kind not in ("sphere", "capsule"):
        return points
    return (points[:, None] + shape.size[0] * _ring()[None, :, :2]).reshape(-1, 2)


def ground(film: Film, frame: int, seen: Camera) -> tuple[Numbers, list[Numbers]] | None:
    """The outline of a piece of the ground, and the lines on it half a metre apart; None where there is no ground."""
    planes = [shape for shape in film.shapes if shape.kind == "plane"]
    if not planes:
        return None
    level = _placed(film.poses[None, frame, planes[0].body], np.array([planes[0].at]))[0, 0, 2]
    centre, far = seen.at[frame], 3.0 * seen.half
    spans = [_marks(centre[axis] - far, centre[axis] + far) for axis in (0, 1)]
    low, high = centre[:2] - far, centre[:2] + far
    edge = [(low[0], low[1]), (high[0], low[1]), (high[0], high[1]), (low[0], high[1])]
    lines = [[(x, low[1]), (x, high[1])] for x in spans[0]] + [[(low[0], y), (high[0], y)] for y in spans[1]]
    return _flattened(edge, level, centre, seen), [_flattened(line, level, centre, seen) for line in lines]


def _marks(low: float, high: float) -> Sequence[float]:
    step = 0.5 if high - low < 30 else (high - low) / 30
    return [k * step for k in range(math.ceil(low / step), math.floor(high / step) + 1)]


def _flattened(points: Sequence[tuple[float, float]], level: float, centre: Numbers, seen: Camera) -> Numbers:
    right, up, _ = seen.axes
    world = np.array([(x, y, level) for x, y in points]) - centre
    return np.stack([world @ right, world @ up], axis=1)


def _placed(poses: Numbers, points: Numbers) -> Numbers:
    """Points (n, 3) of a body's frame in the world at each of its poses (t, 7): (t, n, 3)."""
    return np.stack([_turned(pose[3:], points) + pose[:3] for pose in poses])


def _turned(quaternion: Numbers, points: Numbers) -> Numbers:
    """Points (n, 3) turned by a quaternion (w, x, y, z), which need not be of length 1."""
    w, axis = quaternion[0], quaternion[1:]
    length = float(quaternion @ quaternion) or 1.0
    twice = 2.0 * np.cross(axis, points) / length
    turned: Numbers = points + w * twice + np.cross(axis, twice)
    return turned


def _faces(shape: Shape) -> list[Numbers]:
    """Points of the shape's own frame whose outline is the shape's; of a box its six faces, seen from outside; of what
    is round about points (`_rounded`) these.
    """
    x, y, z = shape.size
    match shape.kind:
        case "sphere":
            return [np.zeros((1, 3))]
        case "capsule":
            return [np.array([(0, 0, y), (0, 0, -y)])]
        case "cylinder":
            return [np.concatenate([x * _ring() + (0, 0, y), x * _ring() - (0, 0, y)])]
        case "ellipsoid":
            slopes = np.linspace(-1, 1, _ROUND // 2 + 1)
            rows = [_ring() * math.sqrt(1 - slope**2) + (0, 0, slope) for slope in slopes]
            return [np.concatenate(rows) * (x, y, z)]
        case _:
            return [corners * (x, y, z) for corners in _cube()]


@functools.cache
def _ring() -> Numbers:
    """Points of the unit circle about z, (n, 3)."""
    turns = np.linspace(0, 2 * math.pi, _ROUND, endpoint=False)
    return np.stack([np.cos(turns), np.sin(turns), 0 * turns], axis=1)


@functools.cache
def _cube() -> list[Numbers]:
    """The six faces of the cube from -1 to 1, each with its corners turning left as seen from outside."""
    square = np.array([(-1, -1, 1), (1, -1, 1), (1, 1, 1), (-1, 1, 1)], dtype=float)
    faces = [np.roll(square, turn, axis=1) for turn in range(3)]
    return [*faces, *(-face[::-1] for face in faces)]


def _normal(corners: Numbers) -> Numbers:
    normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
    unit: Numbers = normal / (np.linalg.norm(normal) or 1.0)
    return unit


def _hull(points: Numbers) -> Numbers:
    """The convex hull of points (n, 2), turning left (Andrew 1979)."""
    ordered = sorted({(round(float(x), 6), round(float(y), 6)) for x, y in points})
    if len(ordered) < 3:
        return np.array(ordered)
    halves = [_chain(ordered), _chain(ordered[::-1])]
    return np.array([point for half in halves for point in half[:-1]])


def _chain(ordered: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for x, y in ordered:
        while len(chain) > 1 and _left(chain[-2], chain[-1], (x, y)) <= 0:
            chain.pop()
        chain.append((x, y))
    return chain


def _left(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
