"""The local sandbox: what is in sight behind its walls, and that it never outlives who holds it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from refine.errors import CandidateError, Fault, UsageError
from refine.sandbox import Sandbox, Slot, local, none
from refine.sandbox.cell import Slots
from refine.sandbox.warm import NoWalls, Walls, greeted
from refine.types import Limits, Verdict

LIMITS = Limits(seconds=3.0, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4)
LOOK = """
import os
def seen(path):
    try:
        return sorted(os.listdir(path))
    except OSError:
        return []
def uid(): return [os.getuid(), os.getgid(), os.getpid(), os.getcwd()]
"""


@pytest.fixture
def slots() -> Iterator[Slots]:
    slot = local.start("namespaces", LIMITS)
    yield Slots(slot.control)
    slot.close()


def test_only_python_numpy_and_the_system_are_in_sight(slots: Slots) -> None:
    cell = slots.spawn(LIMITS)
    cell.load(LOOK)
    site = str(Path(local.packages()[0]).parent)
    assert set(cell.call("seen", ("/packages",))) == {Path(path).name for path in local.packages()}
    assert cell.call("seen", (site,)) == []
    assert cell.call("seen", (str(Path(__file__).parent),)) == []
    assert cell.call("seen", (str(Path.home()),)) in ([], [".pyenv"], [".local"])
    for path in ("/proc", "/sys", "/etc/ssl", "/var", "/run", "/home"):
        assert cell.call("seen", (path,)) == []
    assert cell.call("uid") == [65534, 65534, 1, "/tmp"]
    cell.end()


def test_the_supervisor_is_nobody_outside(slots: Slots) -> None:
    del slots
    inner = [p for p in psutil.Process().children(recursive=True) if "supervisor.py" in " ".join(p.cmdline())]
    own = os.geteuid()
    assert {p.uids().real for p in inner if p.ppid() != os.getpid()} == {65534 if own == 0 else own}


@pytest.mark.parametrize("walls", ["namespaces", "strict", "none"])
def test_closing_ends_every_process(walls: Walls) -> None:
    slot = local.start(walls, LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    cell.load("def f(): return 1")
    held = psutil.Process(slot.pid).children(recursive=True)
    slot.close()
    assert held
    _, alive = psutil.wait_procs(held, timeout=10)
    assert not alive
    slot.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        slot.control.send(b"x")
    with pytest.raises(Fault):
        cell.end()


@pytest.mark.parametrize("walls", ["namespaces", "strict", "none"])
@pytest.mark.parametrize("cut", ["control", "leash"])
def test_it_dies_with_its_engine_or_its_judge_even_under_a_busy_candidate(walls: Walls, cut: str) -> None:
    slot = local.start(walls, LIMITS)
    cell = Slots(slot.control).spawn(LIMITS.model_copy(update={"seconds": 0.3}))
    with pytest.raises(CandidateError):
        cell.load("while True: pass")
    held = [psutil.Process(slot.pid), *psutil.Process(slot.pid).children(recursive=True)]
    getattr(slot, cut).close()
    _, alive = psutil.wait_procs(held[1:], timeout=10)
    assert not alive
    slot.close()
    with pytest.raises(Fault):
        cell.end()


def test_strict_mode_runs_no_programs() -> None:
    slot = local.start("strict", LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    cell.load("import os\ndef fork(): os.fork()\ndef write(): open('/tmp/x', 'w')")
    with pytest.raises(Fault, match="runs no programs"):
        cell.exec(["id"])
    for function in ("fork", "write"):
        with pytest.raises(CandidateError) as caught:
            cell.call(function)
        assert caught.value.verdict is Verdict.CRASHED
    cell.end()
    slot.close()


def test_connect_finds_the_strongest_walls() -> None:
    sandbox = local.connect()
    assert isinstance(sandbox, Sandbox)
    assert sandbox.walls == "namespaces"
    assert sandbox.describe().startswith("local: namespaces, Python ")
    slot = sandbox.open(LIMITS)
    assert isinstance(slot, Slot)
    slot.close()
    sandbox.close()


def test_connect_falls_back_to_strict_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    reasons: dict[Walls, str | None] = {"namespaces": "EPERM", "strict": None}
    monkeypatch.setattr(local, "missing", reasons.get)
    assert local.connect().walls == "strict"
    reasons["strict"] = "no Landlock"
    with pytest.raises(UsageError, match="namespaces: EPERM; strict: no Landlock"):
        local.connect()


def test_there_is_none_but_on_linux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert local.missing("namespaces") == "needs Linux"


def test_walls_that_cannot_be_raised_are_told_apart_from_a_broken_start(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(local, "packages", lambda: ["/no/such/folder"])
        with pytest.raises(NoWalls, match="/no/such/folder"):
            local.start("namespaces", LIMITS)
    monkeypatch.setattr(local, "PRELOAD", 1)
    with pytest.raises(Fault, match="TypeError") as caught:
        local.start("namespaces", LIMITS)
    assert not isinstance(caught.value, NoWalls)


def test_none_says_what_it_means_and_leaves_no_folder() -> None:
    assert "isolates nothing" in none.WARNING
    sandbox = none.connect()
    assert sandbox.name == "none"
    assert not any(promise.kept for promise in sandbox.promises() if promise.name == "no network")
    slot = sandbox.open(LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    cell.load("import os\nopen('x', 'w').close()\ndef f(): return os.getcwd()")
    folder = Path(cell.call("f"))
    assert (folder / "x").exists()
    cell.end()
    assert not folder.exists()
    slot.close()


def test_a_silent_supervisor_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from refine.sandbox import warm

    monkeypatch.setattr(warm, "STARTING", 0.01)
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, pytest.raises(Fault, match="did not start"):
        greeted(ours, lambda: "")
