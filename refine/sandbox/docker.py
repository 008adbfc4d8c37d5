"""The sandbox in containers: one warm container a slot, in it the same supervisor and the same walls as `local`.

The container adds what a process cannot give itself: a cgroup that caps memory and pids of everything together, a
root file system that is not the machine's, and the engine's own seccomp and device walls around the supervisor.
Importing this raises MissingExtra where the docker package is not installed.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from refine.errors import Fault, MissingExtra, RefineError, UsageError
from refine.sandbox import Promise, files, images
from refine.sandbox.promises import promised
from refine.sandbox.warm import ENVIRONMENT, FLAGS, STARTING, NoWalls, Walls, Warm, greeted
from refine.types import Limits

try:
    from docker.errors import APIError, DockerException, ImageNotFound
    from docker.types import DeviceRequest, Ulimit
except ModuleNotFoundError as error:
    raise MissingExtra("docker", "docker") from error

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

LABEL = "refine.sandbox.owner"
"""Its value says which engine process a container belongs to, so that leftovers of a killed one are found."""
_INSIDE = "/run/refine"
_CONTROL, _LEASH = "control", "leash"
_OVERHEAD_MB = 256  # the interpreter, numpy, the supervisor and a spare
_OVERHEAD_PIDS = 12


@dataclass(frozen=True, slots=True)
class Image:
    """A built image: its tag, its digest, and what its supervisor imports before it forks."""

    tag: str
    digest: str
    preload: tuple[str, ...]


class DockerSandbox:
    """Opens slots as containers of an image behind `walls`."""

    name = "docker"

    def __init__(self, engine: DockerClient, image: Image, walls: Walls) -> None:
        self.engine = engine
        self.image = image
        self.walls: Walls = walls

    def describe(self) -> str:
        return f"docker: {self.walls}, {self.image.tag}, {self.image.digest}"

    def promises(self) -> tuple[Promise, ...]:
        return promised(self.name, self.walls)

    def open(self, limits: Limits) -> Warm:
        """A new slot, warm when this returns. Blocks up to seconds; raises `Fault("sandbox", ...)`."""
        return _start(self.engine, self.image, self.walls, limits)

    def close(self) -> None:
        """Hangs up on the engine."""
        self.engine.close()


def connect(image: str = "python") -> DockerSandbox:
    """The docker sandbox for an image of `sandboxes/`.

    Raises:
        UsageError: the image is not built.
        Fault: no engine answers, or a container does not start.
    """
    engine = images.client()
    try:
        tag = images.tag(image)
        built = Image(tag, str(engine.images.get(tag).id), files.declared(image, "preload"))
        sweep(engine)
        return DockerSandbox(engine, built, _walls(engine, built))
    except ImageNotFound as error:
        engine.close()
        raise UsageError(f"the image {tag} is not built: `refine sandbox build {image}`") from error
    except RefineError:
        engine.close()
        raise


def _walls(engine: DockerClient, image: Image) -> Walls:
    """Namespaces where the kernel lets a container have its own, else strict."""
    try:
        _start(engine, image, "namespaces", Limits()).close()
    except NoWalls:
        return "strict"
    return "namespaces"


# ---- leftovers ------------------------------------------------------------------------------------------------------


def owner() -> str:
    """This process, told apart from a later one with the same number: machine, pid, start time."""
    return f"{socket.gethostname()}/{os.getpid()}/{_started(os.getpid())}"


def _started(pid: int) -> str:
    """When process `pid` started, in clock ticks since boot; empty if there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def sweep(engine: DockerClient) -> int:
    """Removes the containers of engines that are no more; returns how many."""
    removed = 0
    for container in engine.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True):
        host, pid, started = str(container.labels[LABEL]).split("/")
        if host == socket.gethostname() and _started(int(pid)) != started:
            with suppress(APIError):
                container.remove(force=True)
                removed += 1
    return removed


# ---- one container --------------------------------------------------------------------------------------------------


def _start(engine: DockerClient, image: Image, walls: Walls, limits: Limits) -> Warm:
    folder = Path(tempfile.mkdtemp(prefix="refine-"))
    try:
        with _listener(folder, _CONTROL) as control_at, _listener(folder, _LEASH) as leash_at:
            shutil.copytree(files.runner(), folder / "shared" / "runner", ignore=shutil.ignore_patterns("__pycache__"))
            _readable(folder / "shared")
            container = _running(engine, image.tag, _options(folder / "shared", image.preload, walls, limits))
            control, leash = _accepted([control_at, leash_at], container)
    except DockerException as error:
        raise _unstarted(error, limits) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        hello = greeted(control, lambda: _logs(container))
    except Fault:
        control.close()
        leash.close()
        _remove(container)
        raise
    container.reload()
    return Warm(int(container.attrs["State"]["Pid"]), control, leash, hello, lambda: _remove(container))


def _running(engine: DockerClient, tag: str, options: dict[str, object]) -> Container:
    container = engine.containers.create(tag, **options)
    try:
        container.start()
    except DockerException:
        _remove(container)
        raise
    return container


def _unstarted(error: DockerException, limits: Limits) -> Fault:
    if limits.gpus and "device driver" in str(error):
        why = "this Docker engine can give no GPU: install the NVIDIA Container Toolkit, or leave out Limits(gpus=...)"
        return Fault("sandbox", why, retry=False)
    return Fault("sandbox", f"the container did not start: {error}")


def _listener(folder: Path, name: str) -> socket.socket:
    """A listening socket that the container's user may connect to; the folder above keeps everyone else out."""
    shared = folder / "shared"
    shared.mkdir(exist_ok=True)
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    made.bind(str(shared / name))
    (shared / name).chmod(0o666)
    made.listen(1)
    made.settimeout(STARTING)
    return made


def _readable(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_socket():
            path.chmod(0o755 if path.is_dir() else 0o644)


def _accepted(listeners: list[socket.socket], container: Container) -> tuple[socket.socket, socket.socket]:
    try:
        control, leash = (listener.accept()[0] for listener in listeners)
    except OSError as error:
        said = _logs(container)
        _remove(container)
        raise Fault("sandbox", f"the container did not connect: {error} {said}".strip()) from error
    return control, leash


def _logs(container: Container) -> str:
    """Containers log nothing, so that no candidate can fill the disk; their state is all there is."""
    try:
        container.reload()
    except DockerException:
        return "it is gone"
    return f"it is {container.status}"


def _remove(container: Container) -> None:
    with suppress(DockerException):
        container.remove(force=True)


def _options(shared: Path, preload: tuple[str, ...], walls: Walls, limits: Limits) -> dict[str, object]:
    """What `docker run` is told. Memory and pids are for the container: one candidate and the supervisor."""
    config = {
        "walls": walls,
        "control": f"{_INSIDE}/{_CONTROL}",
        "leash": f"{_INSIDE}/{_LEASH}",
        "preload": preload,
        "limits": limits.model_dump(),
    }
    memory = f"{limits.memory_mb + limits.disk_mb + _OVERHEAD_MB}m"
    gpus = [DeviceRequest(count=limits.gpus, capabilities=[["gpu"]])] if limits.gpus else []
    profile = (files.folder() / "seccomp" / "container.json").read_text()
    return {
        "command": ["python3", *FLAGS, f"{_INSIDE}/runner/supervisor.py", json.dumps(config)],
        "entrypoint": [],
        "environment": ENVIRONMENT,
        "detach": True,
        "user": "65534:65534",
        "working_dir": "/",
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={profile}", "apparmor=unconfined"],
        "mem_limit": memory,
        "memswap_limit": memory,
        "pids_limit": limits.processes + _OVERHEAD_PIDS,
        "ipc_mode": "none",
        "ulimits": [Ulimit(name="core", soft=1, hard=1)],
        "log_config": {"type": "none"},
        "tmpfs": {"/tmp": "rw,nosuid,nodev,noexec,size=1m,nr_inodes=64"},  # noqa: S108 - the container's own
        "volumes": {str(shared): {"bind": _INSIDE, "mode": "ro"}},
        "labels": {LABEL: owner()},
        "device_requests": gpus,
    }
