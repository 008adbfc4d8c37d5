"""A rollout as a film: the shapes of the robot's model, and where its bodies are at each control step."""

from __future__ import annotations

from typing import Any

import numpy as np

from refine.film import Film, Kind, Shape
from refine.film import Numbers as Poses
from refine.verifiers.reward.worlds import Numbers, World, library

MOST_FRAMES = 160
"""Frames that are kept; of a longer rollout every second or third."""
_KINDS: dict[str, Kind] = {
    "mjGEOM_PLANE": "plane",
    "mjGEOM_SPHERE": "sphere",
    "mjGEOM_CAPSULE": "capsule",
    "mjGEOM_ELLIPSOID": "ellipsoid",
    "mjGEOM_CYLINDER": "cylinder",
    "mjGEOM_BOX": "box",
}
_UNSAID = (0.5, 0.5, 0.5)
"""MuJoCo's colour for what has none."""
_FARTHEST = 1e4
"""Metres: what is thrown farther is seen to stay there."""
_SHOWN_GROUPS = 3
"""MuJoCo's own viewer shows the groups 0, 1 and 2."""


def filmed(world: World, positions: Numbers, title: str) -> Film:
    """The film of one rollout's positions, (T, nq): kinematics alone, no step of physics."""
    model = world.model
    every = -(-len(positions) // MOST_FRAMES)
    shown = [geom for geom in range(model.ngeom) if model.geom_group[geom] < _SHOWN_GROUPS and model.geom_rgba[geom, 3]]
    bodies = sorted({int(model.geom_bodyid[geom]) for geom in shown})
    shapes = tuple(_shape(model, geom, bodies) for geom in shown)
    return Film(title, world.control_seconds * every, shapes, _poses(model, positions[::every])[:, bodies])


def _shape(model: Any, geom: int, bodies: list[int]) -> Shape:  # noqa: ANN401 - MuJoCo's types are compiled
    """What no simple shape is, a mesh, is shown as the box around it."""
    kind = _KINDS.get(library().mjtGeom(int(model.geom_type[geom])).name)
    colour = tuple(round(float(part), 3) for part in model.geom_rgba[geom, :3])
    size, at = model.geom_size[geom], model.geom_pos[geom]
    if kind is None:
        size, at = model.geom_aabb[geom, 3:], at + _turned(model.geom_quat[geom], model.geom_aabb[geom, :3])
    return Shape(
        body=bodies.index(int(model.geom_bodyid[geom])),
        kind=kind or "box",
        size=_three(size),
        at=_three(at),
        turn=_four(model.geom_quat[geom]),
        colour=None if colour == _UNSAID else (colour[0], colour[1], colour[2]),
    )


def _turned(quaternion: Numbers, vector: Numbers) -> Numbers:
    turned = np.zeros(3)
    library().mju_rotVecQuat(turned, vector, quaternion)
    return turned


def _three(numbers: Numbers) -> tuple[float, float, float]:
    x, y, z = (round(float(number), 5) for number in numbers)
    return x, y, z


def _four(numbers: Numbers) -> tuple[float, float, float, float]:
    w, x, y, z = (round(float(number), 5) for number in numbers)
    return w, x, y, z


def _poses(model: Any, positions: Numbers) -> Poses:  # noqa: ANN401 - as above
    """Of all bodies, (T, nbody, 7)."""
    mujoco = library()
    data = mujoco.MjData(model)
    poses = np.zeros((len(positions), model.nbody, 7))
    for pose, row in zip(poses, positions, strict=True):
        data.qpos[:] = row
        mujoco.mj_kinematics(model, data)
        pose[:, :3], pose[:, 3:] = np.clip(data.xpos, -_FARTHEST, _FARTHEST), data.xquat
    return poses
