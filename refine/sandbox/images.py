"""Images for the docker sandbox: `sandboxes/<name>/Dockerfile`, tagged with the digest of that folder's files.

Importing this raises MissingExtra where the docker package is not installed.
"""

from __future__ import annotations

import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path

from refine.errors import Fault, MissingExtra, UsageError
from refine.sandbox import files

try:
    import docker
    from docker.errors import APIError, BuildError, DockerException
except ImportError as error:
    raise MissingExtra("docker", "docker") from error

BASE = "python:3.12-slim"


def client() -> docker.DockerClient:
    """A client of the engine. Raises `Fault("sandbox", ...)` where none answers."""
    try:
        _knock(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
        return docker.from_env(timeout=60)
    except (DockerException, OSError) as error:
        raise Fault("sandbox", f"no Docker engine answers: {error}", retry=False) from error


def _knock(host: str) -> None:
    """Raises OSError where nobody listens at a Unix socket: docker's own client would leave one open on the way."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(10.0)
            probe.connect(host.removeprefix("unix://"))


def definition(name: str) -> Path:
    """The folder of an image. Raises UsageError, which names those that exist."""
    folder = files.folder() / name
    if (folder / "Dockerfile").is_file():
        return folder
    known = sorted(found.parent.name for found in files.folder().glob("*/Dockerfile"))
    raise UsageError(f"there is no sandbox image {name!r}; there are: {', '.join(known)}")


def tag(name: str) -> str:
    """`refine-sandbox-<name>:<digest of its files>`, 16 hex digits."""
    folder = definition(name)
    whole = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        whole.update(f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return f"refine-sandbox-{name}:{whole.hexdigest()[:16]}"


def build(name: str = "python", base: str = BASE) -> Iterator[str]:
    """Builds an image; yields the engine's words, the tag last.

    Args:
        name: a folder of `sandboxes/`.
        base: the image to start from. One that already has numpy needs no network to build from.
    """
    engine = client()
    wanted = tag(name)
    try:
        _, log = engine.images.build(
            path=str(definition(name)), tag=wanted, buildargs={"BASE": base}, network_mode="host", rm=True
        )
    except (BuildError, APIError) as error:
        raise Fault("sandbox", f"the image {name} did not build: {error}", retry=False) from error
    finally:
        engine.close()
    yield from (line["stream"].rstrip() for line in log if line.get("stream", "").strip())
    yield wanted
