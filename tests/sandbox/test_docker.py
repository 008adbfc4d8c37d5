"""The docker sandbox: one container a slot, gone with it, with its engine, or at the next start."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from refine.errors import CandidateError, Fault, RefineError, UsageError
from refine.sandbox import docker as sandboxed
from refine.sandbox import images
from refine.sandbox.cell import Slots
from refine.types import Limits

pytestmark = pytest.mark.docker
LIMITS = Limits(seconds=3.0, memory_mb=256, disk_mb=16, processes=8, output_kb=64, reply_mb=4)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[sandboxed.DockerSandbox]:
    try:
        made = sandboxed.connect()
    except RefineError as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))
    yield made
    made.close()


def mine(sandbox: sandboxed.DockerSandbox) -> list[Any]:
    label = f"{sandboxed.LABEL}={sandboxed.owner()}"
    found: list[Any] = sandbox.engine.containers.list(all=True, filters={"label": label})
    return found


def test_a_container_is_walled_in_and_gone_when_closed(sandbox: sandboxed.DockerSandbox) -> None:
    others = mine(sandbox)
    slot = sandbox.open(LIMITS)
    (container,) = [found for found in mine(sandbox) if found not in others]
    host = container.attrs["HostConfig"]
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert not host["Privileged"]
    assert host["Memory"] == host["MemorySwap"] == (256 + 16 + 256) << 20
    assert host["PidsLimit"] == 8 + 12
    assert "no-new-privileges" in host["SecurityOpt"]
    assert container.attrs["Config"]["User"] == "65534:65534"
    held = [psutil.Process(slot.pid), *psutil.Process(slot.pid).children(recursive=True)]
    slot.close()
    assert mine(sandbox) == others
    assert not psutil.wait_procs(held, timeout=10)[1]
    slot.close()


def test_the_sum_of_its_processes_is_capped(sandbox: sandboxed.DockerSandbox) -> None:
    """Eight processes of 200 MiB each: the cgroup ends it, and the slot or a Fault is what is left, never an answer."""
    slot = sandbox.open(LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    text = """
import os, time
def f():
    for _ in range(7):
        if not os.fork():
            hoard = bytearray(b"x") * (200 << 20)
            time.sleep(100)
    hoard = bytearray(b"x") * (200 << 20)
    time.sleep(100)
"""
    cell.load(text)
    with pytest.raises((CandidateError, Fault)):
        cell.call("f")
    with contextlib.suppress(Fault):
        cell.end()
    slot.close()


def test_the_container_dies_with_its_engine(sandbox: sandboxed.DockerSandbox) -> None:
    program = """
import os, sys
from refine.sandbox import docker
from refine.types import Limits
slot = docker.connect().open(Limits())
print(slot.pid, docker.owner(), flush=True)
sys.stdin.read()
"""
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    pid, owner = child.stdout.readline().split()
    outermost = psutil.Process(int(pid))
    child.kill()
    child.communicate()
    assert not psutil.wait_procs([outermost], timeout=10)[1]
    label = f"{sandboxed.LABEL}={owner}"
    (left,) = sandbox.engine.containers.list(all=True, filters={"label": label})
    left.wait(timeout=10)
    assert sandboxed.sweep(sandbox.engine) == 1
    assert sandbox.engine.containers.list(all=True, filters={"label": label}) == []


def test_an_image_that_is_not_built_names_the_command(monkeypatch: pytest.MonkeyPatch, sandbox: object) -> None:
    del sandbox
    monkeypatch.setattr(images, "tag", lambda name: f"refine-sandbox-{name}:not-there")
    with pytest.raises(UsageError, match="`refine sandbox build python`"):
        sandboxed.connect()


def test_no_engine_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nonexistent/docker.sock")
    with pytest.raises(Fault, match="no Docker engine answers") as caught:
        images.client()
    assert not caught.value.retry


def test_containers_of_living_engines_are_left_alone(sandbox: sandboxed.DockerSandbox) -> None:
    slot = sandbox.open(LIMITS)
    before = mine(sandbox)
    sandboxed.sweep(sandbox.engine)
    assert before
    assert mine(sandbox) == before
    slot.close()


def test_the_owner_tells_processes_apart() -> None:
    host, pid, started = sandboxed.owner().split("/")
    assert (host, int(pid)) == (socket.gethostname(), os.getpid())
    assert int(started) > 0
    assert sandboxed._started(2**22 + 1) == ""
