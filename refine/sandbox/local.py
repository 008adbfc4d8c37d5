"""The sandbox without a container engine: the supervisor in namespaces of its own, by the kernel's means alone.

Where the kernel grants no namespaces: *strict* mode, Landlock and a narrower seccomp filter, in which a candidate
cannot fork, run programs or write files. Where it has neither, nothing runs.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from refine.errors import Fault, UsageError
from refine.sandbox import Promise, files
from refine.sandbox.promises import promised
from refine.sandbox.warm import ENVIRONMENT, FLAGS, PRELOAD, NoWalls, Walls, Warm, greeted
from refine.types import Limits


class LocalSandbox:
    """Opens slots as child processes behind `walls`."""

    def __init__(self, walls: Walls) -> None:
        self.walls: Walls = walls
        self.name = "none" if walls == "none" else "local"

    def describe(self) -> str:
        python = ".".join(map(str, sys.version_info[:3]))
        return f"{self.name}: {self.walls}, Python {python}, {platform.system()} {platform.release()}"

    def promises(self) -> tuple[Promise, ...]:
        return promised(self.name, self.walls)

    def open(self, limits: Limits) -> Warm:
        """A new slot, warm when this returns. Blocks up to seconds; raises `Fault("sandbox", ...)`."""
        return start(self.walls, limits)

    def close(self) -> None:
        """Nothing is shared by the slots."""


def connect(image: str = "python") -> LocalSandbox:
    """The strongest local sandbox of this machine; `image` is the interpreter that runs this.

    Raises:
        UsageError: the kernel grants neither namespaces nor Landlock.
    """
    del image
    reasons: list[str] = []
    modes: tuple[Walls, ...] = ("namespaces", "strict")
    for walls in modes:
        reason = missing(walls)
        if reason is None:
            return LocalSandbox(walls)
        reasons.append(f"{walls}: {reason}")
    raise UsageError(
        f"the local sandbox does not work here ({'; '.join(reasons)}); install Docker, or `--sandbox none`"
    )


def missing(walls: Walls) -> str | None:
    """Why these walls cannot be raised on this machine; None where they can."""
    if sys.platform != "linux":
        return "needs Linux"
    try:
        slot = start(walls, Limits())
    except Fault as fault:
        return str(fault)
    slot.close()
    return "the kernel has no Landlock" if walls == "strict" and not slot.hello.landlock else None


def packages() -> list[str]:
    """Folders of numpy and scipy, with the libraries that come beside them."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        return []
    site = Path(spec.origin).parents[1]
    return [str(site / name) for name in ("numpy", "numpy.libs", "scipy", "scipy.libs") if (site / name).is_dir()]


def start(walls: Walls, limits: Limits) -> Warm:
    """A supervisor as a child process. Raises NoWalls, Fault."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    leash, held = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    config = {
        "walls": walls,
        "control": theirs.fileno(),
        "leash": held.fileno(),
        "packages": packages(),
        "preload": PRELOAD,
        "limits": limits.model_dump(),
    }
    with tempfile.TemporaryFile() as said, theirs, held:
        process = _popen(json.dumps(config), (theirs.fileno(), held.fileno()), said.fileno())
        theirs.close()
        held.close()
        try:
            hello = greeted(control, lambda: os.pread(said.fileno(), 4096, 0).decode("utf-8", "replace"))
        except (Fault, NoWalls):
            control.close()
            leash.close()
            _stop(process)
            raise
    return Warm(process.pid, control, leash, hello, lambda: _stop(process))


def _popen(config: str, fds: tuple[int, int], said: int) -> subprocess.Popen[bytes]:
    python = os.path.realpath(sys.executable)
    return subprocess.Popen(
        [python, *FLAGS, str(files.runner() / "supervisor.py"), config],
        env=ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=said,
        pass_fds=fds,
        start_new_session=True,
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Its leash is cut, so it ends by itself; killed if it does not (what it holds dies with it)."""
    try:
        process.wait(2.0)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
