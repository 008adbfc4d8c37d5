"""Images for the docker sandbox: `sandboxes/<name>/Dockerfile`, tagged with the digest of that folder's files.

Importing this raises MissingExtra where the docker package is not installed.
"""

from __future__ import annotations

import hashlib
import os
import socket
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from refine.errors import Fault, MissingExtra, UsageError
from refine.sandbox import files

try:
    import docker
    from docker.errors import DockerException
except ImportError as error:
    raise MissingExtra("docker", "docker") from error

BASE = "python:3.12-slim"
_ANSWERS = 60
"""Seconds in which an engine answers a question."""
_SILENT = 1800
"""Seconds that a step of a build may say nothing: packages are big."""


def client(seconds: int = _ANSWERS) -> docker.DockerClient:
    """A client of the engine. Raises `Fault("sandbox", ...)` where none answers."""
    try:
        _knock(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock"))
        return docker.from_env(timeout=seconds)
    except (DockerException, OSError) as error:
        raise Fault("sandbox", f"no Docker engine answers: {error}", retry=False) from error


def _knock(host: str) -> None:
    """Raises OSError where nobody listens at a Unix socket: docker's own client would leave one open on the way."""
    if host.startswith("unix://"):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(10.0)
            probe.connect(host.removeprefix("unix://"))


def tag(name: str) -> str:
    """`refine-sandbox-<name>:<digest of its files>`, 16 hex digits."""
    folder = files.definition(name)
    whole = hashlib.sha256()
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        whole.update(f"{file.relative_to(folder)}\0".encode() + hashlib.sha256(file.read_bytes()).digest())
    return f"refine-sandbox-{name}:{whole.hexdigest()[:16]}"


def build(name: str = "python", base: str = BASE, wheels: Path | None = None) -> Iterator[str]:
    """Builds an image; yields the engine's words as they come, the tag last.

    Args:
        name: a folder of `sandboxes/`.
        base: the image to start from. One that already has numpy needs no network to build `python` from.
        wheels: a folder of wheels for the image's Python; then packages come from it alone and not from an index.

    Raises:
        UsageError: there is no such image, or the image installs no wheels, or the folder holds none.
        Fault: no engine answers, or the build fails.
    """
    wanted = tag(name)
    with _context(name, wheels) as context:
        engine = client(_SILENT)
        try:
            yield from _built(engine, context, wanted, base)
        except DockerException as error:
            raise Fault("sandbox", f"the image {name} did not build: {error}", retry=False) from error
        finally:
            engine.close()
    yield wanted


def _built(engine: docker.DockerClient, context: IO[bytes], wanted: str, base: str) -> Iterator[str]:
    said = engine.api.build(
        fileobj=context,
        custom_context=True,
        tag=wanted,
        buildargs={"BASE": base},
        network_mode="host",
        rm=True,
        forcerm=True,
        decode=True,
    )
    for line in said:
        if "error" in line:
            raise DockerException(line["error"])
        if line.get("stream", "").strip():
            yield line["stream"].rstrip()


def _context(name: str, wheels: Path | None) -> IO[bytes]:
    """What the engine gets to build from: the definition's files, and the wheels beside them."""
    folder = files.definition(name)
    found = sorted(wheels.glob("*.whl")) if wheels else []
    if wheels and not found:
        raise UsageError(f"{wheels} holds no wheels: `pip download --only-binary :all: -d {wheels} ...`")
    if wheels and "/wheels" not in (folder / "Dockerfile").read_text():
        raise UsageError(f"the image {name} installs no wheels: leave --wheels out")
    made = tempfile.TemporaryFile()  # noqa: SIM115 - the caller's to close
    with tarfile.open(fileobj=made, mode="w") as archive:
        for file in sorted(f for f in folder.rglob("*") if f.is_file()):
            archive.add(file, str(file.relative_to(folder)))
        for wheel in found:
            archive.add(wheel.resolve(), f"wheels/{wheel.name}")
    made.seek(0)
    return made
