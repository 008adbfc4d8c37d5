"""The docker sandbox: one container a slot, gone with it, with its engine, or at the next start."""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
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


# ---- images ---------------------------------------------------------------------------------------------------------

PROGRAMS = {
    "torch": """
import sys
loaded = "torch._dynamo" in sys.modules
import safetensors.numpy
import torch
def f():
    weight = torch.zeros(3, requires_grad=True)
    optimiser = torch.optim.SGD([weight], lr=0.1)
    for _ in range(200):
        optimiser.zero_grad()
        ((weight - torch.arange(3.0)) ** 2).sum().backward()
        optimiser.step()
    return [loaded, torch.get_num_threads(), weight.round().tolist()]
""",
    "mujoco": """
import sys
loaded = "mujoco" in sys.modules
import mujoco
XML = '<mujoco><worldbody><body pos="0 0 1"><freejoint/><geom size=".1"/></body></worldbody></mujoco>'
def f():
    model = mujoco.MjModel.from_xml_string(XML)
    data = mujoco.MjData(model)
    for _ in range(100):
        mujoco.mj_step(model, data)
    return [loaded, 1, [round(data.time, 3), 0.0, float(data.qpos[2] < 1)]]
""",
}
EXPECTED = {"torch": [True, 1, [0.0, 1.0, 2.0]], "mujoco": [True, 1, [0.2, 0.0, 1.0]]}


@pytest.mark.parametrize("image", sorted(PROGRAMS))
def test_an_image_has_its_packages_loaded_behind_the_same_walls(sandbox: sandboxed.DockerSandbox, image: str) -> None:
    """Skipped where it is not built, in CI too: the wheels that these images want are not everywhere."""
    try:
        other = sandboxed.connect(image)
    except UsageError as error:
        pytest.skip(str(error))
    assert other.walls == sandbox.walls
    slot = other.open(LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    cell.load(PROGRAMS[image])
    assert cell.call("f") == EXPECTED[image]
    cell.end()
    slot.close()
    other.close()


# ---- GPUs -----------------------------------------------------------------------------------------------------------


def test_a_gpu_is_asked_for_if_and_only_if_the_limits_say_so(tmp_path: Path) -> None:
    def asked(limits: Limits) -> Any:
        return sandboxed._options(tmp_path, ("numpy",), "namespaces", limits)["device_requests"]

    assert asked(LIMITS) == []
    (request,) = asked(Limits(gpus=2))
    assert (request["Count"], request["Capabilities"]) == (2, [["gpu"]])


def test_an_engine_without_gpus_is_a_fault_that_says_what_to_do(sandbox: sandboxed.DockerSandbox) -> None:
    if "nvidia" in sandbox.engine.info().get("Runtimes", {}):
        pytest.skip("this engine has GPUs")
    before = mine(sandbox)
    with pytest.raises(Fault, match="can give no GPU: install the NVIDIA Container Toolkit") as caught:
        sandbox.open(LIMITS.model_copy(update={"gpus": 1}))
    assert not caught.value.retry
    assert mine(sandbox) == before


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
