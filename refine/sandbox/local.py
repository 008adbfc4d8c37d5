"""The sandbox without a container engine: the supervisor in namespaces of its own, by the kernel's means alone.

Where the kernel grants no namespaces: *strict* mode, Landlock and a narrower seccomp filter, in which a candidate
cannot fork, run programs or write files. Where it has neither, nothing runs.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

from refine.errors import Fault, UsageError
from refine.sandbox import Promise, files
from refine.sandbox.promises import promised
from refine.sandbox.warm import ENVIRONMENT, FLAGS, NoWalls, Walls, Warm, greeted
from refine.types import Limits

_BESIDE = ("scipy",)
"""Shown to candidates of every image where it is installed."""
_SEEN = ("/usr/bin/", "/bin/", "/usr/lib/", "/lib/")
"""Where a program must be to be seen from behind the walls."""
_REQUIRED = re.compile(r"[A-Za-z0-9][\w.-]*")


class LocalSandbox:
    """Opens slots as child processes behind `walls`, with what `image` declares."""

    def __init__(self, walls: Walls, image: str = "python") -> None:
        self.walls: Walls = walls
        self.image = image
        self.name = "none" if walls == "none" else "local"

    def describe(self) -> str:
        """Kind, walls, interpreter, the versions of what the image declares, kernel."""
        python = ".".join(map(str, sys.version_info[:3]))
        having = [f"{name} {distribution(name).version}" for name in _declared(self.image)]
        system = f"{platform.system()} {platform.release()}"
        return ", ".join([f"{self.name}: {self.walls}", f"Python {python}", *having, system])

    def promises(self) -> tuple[Promise, ...]:
        return promised(self.name, self.walls)

    def open(self, limits: Limits) -> Warm:
        """A new slot, warm when this returns. Blocks up to seconds; raises `Fault("sandbox", ...)`, and UsageError
        where the limits ask for a GPU.
        """
        if limits.gpus:
            raise UsageError("a GPU can be given to candidates by docker only: use `--sandbox docker`")
        return start(self.walls, limits, self.image)

    def close(self) -> None:
        """Nothing is shared by the slots."""


def connect(image: str = "python") -> LocalSandbox:
    """The strongest local sandbox of this machine. The interpreter is the one that runs this; what `image` declares
    must be installed beside it.

    Raises:
        UsageError: it is not, or the kernel grants neither namespaces nor Landlock.
    """
    require(image)
    reasons: list[str] = []
    modes: tuple[Walls, ...] = ("namespaces", "strict")
    for walls in modes:
        reason = missing(walls)
        if reason is None:
            return LocalSandbox(walls, image)
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


# ---- what stands in for an image ------------------------------------------------------------------------------------


def require(image: str) -> None:
    """Raises UsageError where this machine lacks what the image declares."""
    modules = [name for name in _declared(image) if importlib.util.find_spec(name) is None]
    programs = [name for name in files.declared(image, "programs") if not (shutil.which(name) or "").startswith(_SEEN)]
    wanted = [f"`pip install {' '.join(modules)}`"] * bool(modules)
    wanted += [f"the system's package with {name} in /usr/bin" for name in programs]
    if wanted:
        raise UsageError(f"without docker, the image {image} needs {' and '.join(wanted)} on this machine")


def _declared(image: str) -> list[str]:
    """Packages that the image preloads; each is a distribution of the same name."""
    return list(dict.fromkeys(name.partition(".")[0] for name in files.declared(image, "preload")))


def packages(image: str = "python") -> list[str]:
    """Folders and single-file modules that candidates may import: what the image declares and all that it requires."""
    named = {name: None for start in (*_declared(image), *_BESIDE) for name in _required(start)}
    return list(dict.fromkeys(path for name in named for path in _installed(name)))


def _required(name: str) -> list[str]:
    """Distributions that `name` requires, itself first, as far as they are installed. Extras do not count."""
    found: dict[str, None] = {}
    left = [name]
    while left:
        each = left.pop()
        known = _distribution(each)
        if each not in found and known is not None:
            found[each] = None
            left += [_bare(line) for line in known.requires or () if "extra ==" not in line]
    return list(found)


def _bare(requirement: str) -> str:
    """The name in a requirement such as `sympy>=1.13; python_version >= "3.11"`."""
    match = _REQUIRED.match(requirement)
    return match.group().lower() if match else ""


def _distribution(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except (PackageNotFoundError, ValueError):
        return None


def _installed(name: str) -> list[str]:
    """What a distribution put beside its metadata, without metadata and what lies outside, such as programs. One that
    keeps no list of its files, as a Linux distribution's own may, is taken to be a folder of its name.
    """
    known = distribution(name)
    tops = dict.fromkeys(file.parts[0] for file in known.files or ()) or {name: None}
    own = [top for top in tops if top != ".." and not top.endswith((".dist-info", ".egg-info", ".pth", ".pyc"))]
    paths = [Path(str(known.locate_file(top))) for top in own if top != "__pycache__"]
    return [str(path) for path in paths if path.exists()]


# ---- one supervisor -------------------------------------------------------------------------------------------------


def start(walls: Walls, limits: Limits, image: str = "python") -> Warm:
    """A supervisor as a child process. Raises NoWalls, Fault."""
    control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    leash, held = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    config = {
        "walls": walls,
        "control": theirs.fileno(),
        "leash": held.fileno(),
        "packages": packages(image),
        "preload": files.declared(image, "preload"),
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
