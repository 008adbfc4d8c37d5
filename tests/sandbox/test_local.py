"""The local sandbox: what is in sight behind its walls, and that it never outlives who holds it."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from refine.errors import CandidateError, Fault, UsageError
from refine.sandbox import Sandbox, Slot, files, local, none
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
        patched.setattr(local, "packages", lambda _image: ["/no/such/folder"])
        with pytest.raises(NoWalls, match="/no/such/folder"):
            local.start("namespaces", LIMITS)
    monkeypatch.setattr(files, "declared", lambda _image, _what: ("there_is_no_such_module",))
    with pytest.raises(Fault, match="there_is_no_such_module") as caught:
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


# ---- what stands in for an image ------------------------------------------------------------------------------------


def installed(folder: Path, name: str, requires: str = "", body: str = "") -> None:
    """A distribution as pip leaves it: a single-file module."""
    (folder / f"{name}.py").write_text(body)
    info = folder / f"{name}-1.0.dist-info"
    info.mkdir()
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{needs}")
    (info / "RECORD").write_text(f"{name}.py,,\n{name}-1.0.dist-info/METADATA,,\n../../bin/{name},,\n")


@pytest.fixture
def image(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    """An image that preloads `outer`, which requires `inner`; both are installed here."""
    installed(tmp_path, "outer", 'inner>=1; python_version >= "3"', "import inner\nvalue = inner.value + 1\n")
    installed(tmp_path, "inner", 'unwanted ; extra == "more"', "value = 41\n")
    installed(tmp_path, "unwanted")
    monkeypatch.syspath_prepend(str(tmp_path))
    declare(monkeypatch, preload=("numpy", "outer"))
    return "mine"


def declare(monkeypatch: pytest.MonkeyPatch, **labels: tuple[str, ...]) -> None:
    monkeypatch.setattr(files, "declared", lambda _image, what: labels.get(what, ()))


def test_what_an_image_declares_is_imported_with_all_that_it_requires(image: str) -> None:
    local.require(image)
    names = {Path(path).name for path in local.packages(image)}
    assert {"outer.py", "inner.py", "numpy"} <= names
    assert "unwanted.py" not in names
    assert not {name for name in names if name.endswith((".dist-info", ".."))}
    sandbox = local.LocalSandbox("namespaces", image)
    assert "outer 1.0" in sandbox.describe()
    slot = sandbox.open(LIMITS)
    cell = Slots(slot.control).spawn(LIMITS)
    cell.load("import sys\nloaded = 'outer' in sys.modules\nimport outer\ndef f(): return [loaded, outer.value]")
    assert cell.call("f") == [True, 42]
    cell.end()
    slot.close()


def test_what_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    declare(monkeypatch, preload=("numpy", "no_such_package", "no_such_package.part"), programs=("no-such-program",))
    for connect in (local.connect, none.connect):
        with pytest.raises(UsageError, match=r"`pip install no_such_package` and .* no-such-program in /usr/bin"):
            connect("mine")


def test_a_program_that_no_candidate_could_see_does_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "tool").write_text("#!/bin/sh\n")
    (tmp_path / "tool").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    declare(monkeypatch, programs=("tool",))
    with pytest.raises(UsageError, match="tool in /usr/bin"):
        local.require("mine")
    declare(monkeypatch, programs=("sh",))
    local.require("mine")


def test_a_gpu_is_not_to_be_had_here() -> None:
    for sandbox in (local.connect(), none.connect()):
        with pytest.raises(UsageError, match="by docker only"):
            sandbox.open(LIMITS.model_copy(update={"gpus": 1}))
