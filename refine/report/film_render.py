"""Renders a film with MuJoCo's own renderer, in a process of its own: an OpenGL backend that is broken may end it.

    python -m refine.report.film_render < {"film": TEXT, "camera": [...], "frames": [...], "size": [w, h]} > RGB bytes

The robot's model is not needed: the film's shapes are put into a model of bodies that are moved by hand.
"""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from refine.film import Film, Shape, read, written
from refine.report.scene import Camera

BACKENDS = ("egl", "osmesa")
"""What MuJoCo can draw with where there is no screen; tried in this order, after MUJOCO_GL where it is set."""
_SECONDS = 120.0
_FARTHER = 1.15
"""What is near looks larger than in a parallel projection."""
_FIELD = 45.0
"""Degrees that the picture is high."""
_SCENE = """
<mujoco>
  <visual>
    <headlight ambient="0.45 0.45 0.45" diffuse="0.35 0.35 0.35" specular="0.1 0.1 0.1"/>
    <global offwidth="{width}" offheight="{height}" fovy="{field}"/>
  </visual>
  <asset>
    <texture name="sky" type="skybox" builtin="flat" rgb1="1 1 1" rgb2="1 1 1" width="8" height="8"/>
    <texture name="tiles" type="2d" builtin="checker" rgb1=".93 .94 .95" rgb2=".82 .84 .86" width="64" height="64"/>
    <material name="ground" texture="tiles" texrepeat="1 1" texuniform="true"/>
  </asset>
  <worldbody>
    <light directional="true" pos="0 0 4" dir="0.3 0.4 -1" diffuse="0.4 0.4 0.4" castshadow="false"/>
    {planes}
    {bodies}
  </worldbody>
</mujoco>
"""
_COLOURS = ("0 .45 .7 1", ".9 .62 0 1", "0 .62 .45 1", ".8 .47 .65 1", ".34 .71 .91 1", ".84 .37 0 1")


def rendered(
    film: Film, frames: Sequence[int], camera: Camera, size: tuple[int, int]
) -> tuple[str, list[bytes]] | None:
    """The backend that works and an image for each of `frames`, in rows of red, green and blue bytes; None where MuJoCo
    is not installed or no backend works.
    """
    if find_spec("mujoco") is None:
        return None
    views = {"at": camera.at.tolist(), "half": camera.half, "turn": [camera.azimuth, camera.elevation]}
    asked = json.dumps({"film": written(film), "camera": views, "frames": list(frames), "size": list(size)})
    one = size[0] * size[1] * 3
    for backend in _backends():
        found = _child(backend, asked)
        if len(found) == one * len(frames):
            return backend, [found[place : place + one] for place in range(0, len(found), one)]
    return None


def _backends() -> tuple[str, ...]:
    chosen = os.environ.get("MUJOCO_GL", "").lower()
    if chosen in ("off", "false", "disable", "disabled", "0"):
        return ()
    return tuple(dict.fromkeys([*([chosen] if chosen else []), *BACKENDS]))


def _child(backend: str, asked: str) -> bytes:
    """What a process with this backend answers; nothing where it fails, hangs or is ended by a signal."""
    environment = os.environ | {"MUJOCO_GL": backend}
    command = [sys.executable, "-m", "refine.report.film_render"]
    try:
        done = subprocess.run(
            command, input=asked.encode(), capture_output=True, timeout=_SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        return b""
    return done.stdout if done.returncode == 0 else b""


# ── in the child ─────────────────────────────────────────────────────────────────────────────────────────────────────


def model(film: Film, size: tuple[int, int]) -> str:
    """The film's shapes in MuJoCo's format (MJCF). All that stands in it are numbers and words from a short list."""
    planes = [_plane(shape, film) for shape in film.shapes if shape.kind == "plane"]
    own = [[shape for shape in film.shapes if shape.body == body] for body in range(film.poses.shape[1])]
    geoms = ["".join(_geom(shape) for shape in shapes if shape.kind != "plane") for shapes in own]
    bodies = [f'<body mocap="true">{inside}</body>' for inside in geoms]
    return _SCENE.format(
        width=size[0], height=size[1], field=_FIELD, planes="".join(planes), bodies="\n    ".join(bodies)
    )


def _plane(shape: Shape, film: Film) -> str:
    level = film.poses[0, shape.body, 2] + shape.at[2]
    return f'<geom type="plane" size="0 0 1" pos="0 0 {level:.5g}" material="ground"/>'


def _geom(shape: Shape) -> str:
    colour = _numbers((*shape.colour, 1.0)) if shape.colour else _COLOURS[shape.body % len(_COLOURS)]
    where = f'pos="{_numbers(shape.at)}" quat="{_numbers(shape.turn)}"'
    return f'<geom type="{shape.kind}" size="{_numbers(shape.size)}" {where} rgba="{colour}"/>'


def _numbers(numbers: Sequence[float]) -> str:
    return " ".join(f"{number:.6g}" for number in numbers)


def _looking(mujoco: Any, asked: dict[str, Any], frame: int) -> Any:  # noqa: ANN401 - MuJoCo's types are compiled
    camera = mujoco.MjvCamera()
    camera.azimuth, camera.elevation = asked["camera"]["turn"]
    camera.distance = _FARTHER * asked["camera"]["half"] / math.tan(math.radians(_FIELD / 2))
    camera.lookat[:] = asked["camera"]["at"][frame]
    return camera


def main() -> int:
    """Answers the one question on stdin. MuJoCo prints errors of its own; only whole images go to stdout."""
    import mujoco  # noqa: PLC0415 - heavy, an extra

    asked = json.load(sys.stdin)
    film = read(asked["film"])
    if film is None:
        return 1
    width, height = asked["size"]
    compiled = mujoco.MjModel.from_xml_string(model(film, (width, height)))
    data = mujoco.MjData(compiled)
    images = []
    with mujoco.Renderer(compiled, height, width) as renderer:
        for frame in asked["frames"]:
            data.mocap_pos[:], data.mocap_quat[:] = film.poses[frame, :, :3], film.poses[frame, :, 3:]
            mujoco.mj_forward(compiled, data)
            renderer.update_scene(data, _looking(mujoco, asked, frame))
            images.append(renderer.render().tobytes())
    sys.stdout.buffer.write(b"".join(images))
    return 0


if __name__ == "__main__":
    sys.exit(main())
