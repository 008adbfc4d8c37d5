"""Which sandbox: by name, or the strongest that works on this machine. Never one weaker than what was asked for."""

from __future__ import annotations

import ctypes
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

from refine.errors import CandidateError, Fault, RefineError, UsageError
from refine.sandbox import Sandbox
from refine.sandbox.cell import Cell, Slots
from refine.types import Limits, Verdict

STRONGEST_FIRST = ("docker", "local")
"""What "auto" tries. "none" is no sandbox and is only taken by name."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing about this machine or a sandbox; `good` None where it is neither."""

    name: str
    value: str
    good: bool | None = None


def choose(name: str = "auto", image: str = "python") -> Sandbox:
    """The sandbox `name`, or with "auto" the strongest that works here.

    Raises:
        UsageError: there is no such sandbox, or it cannot work here; the message says why.
        Fault: its engine does not answer.
    """
    if name != "auto":
        return _connect(name, image)
    reasons = []
    for each in STRONGEST_FIRST:
        try:
            return _connect(each, image)
        except RefineError as error:
            reasons.append(f"{each}: {error}")
    raise UsageError(f"no sandbox works here. {' | '.join(reasons)}")


def _connect(name: str, image: str) -> Sandbox:
    found = {entry.name: entry for entry in entry_points(group="refine.sandboxes")}
    if name in found:
        made: Sandbox = found[name].load()(image)
        return made
    raise UsageError(f"there is no sandbox {name!r}; there are: auto, {', '.join(sorted(found))}")


# ---- status ---------------------------------------------------------------------------------------------------------


def status(image: str = "python") -> list[Fact]:
    """What this machine offers, what "auto" would use, and what that promises."""
    return [*_kernel(), *_engine(image), *_chosen(image)]


def _kernel() -> Iterator[Fact]:
    yield Fact("kernel", f"{platform.system()} {platform.release()} {platform.machine()}", sys.platform == "linux")
    limit = _read("/proc/sys/user/max_user_namespaces")
    restricted = _read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") == "1" and os.geteuid() != 0
    granted = limit not in ("", "0") and not restricted
    yield Fact("user namespaces", "restricted by AppArmor" if restricted else f"at most {limit or 0}", granted)
    actions = _read("/proc/sys/kernel/seccomp/actions_avail")
    yield Fact("seccomp", actions or "missing", bool(actions))
    abi = landlock_abi()
    yield Fact("Landlock", f"ABI {abi}" if abi else "missing", abi > 0)
    yield Fact("cgroup", "v2" if Path("/sys/fs/cgroup/cgroup.controllers").exists() else "v1 or none")
    yield Fact("bubblewrap", shutil.which("bwrap") or "not installed; not needed")


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 without."""
    if sys.platform != "linux":
        return 0
    create, ask_version = 444, 1
    found: int = ctypes.CDLL(None).syscall(create, None, ctypes.c_size_t(0), ctypes.c_uint(ask_version))
    return max(0, found)


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _engine(image: str) -> Iterator[Fact]:
    try:
        images = import_module("refine.sandbox.images")
        engine = images.client()
        info = engine.info()
        tag = images.tag(image)
        built = any(tag in found.tags for found in engine.images.list(name=tag))
    except RefineError as error:
        yield Fact("Docker", str(error), good=False)
        return
    runtimes = ", ".join(sorted(info.get("Runtimes", {})))
    yield Fact("Docker", f"{info.get('ServerVersion')}, runtimes: {runtimes}", good=True)
    yield Fact("image", tag if built else f"{tag} is not built: `refine sandbox build {image}`", built)
    engine.close()


def _chosen(image: str) -> Iterator[Fact]:
    try:
        sandbox = choose("auto", image)
    except RefineError as error:
        yield Fact("sandbox", str(error), good=False)
        return
    yield Fact("sandbox", sandbox.describe(), good=True)
    for promise in sandbox.promises():
        yield Fact(promise.name, promise.how, promise.kept)
    sandbox.close()


# ---- self-test ------------------------------------------------------------------------------------------------------

_PROBE = """
import os, socket, time

def echo(x): return x
def files(): return sorted(os.listdir("/")), os.path.exists("/proc/1"), os.path.exists("/etc/passwd")
def net(): socket.socket().close()
def leave():
    try:
        open("/tmp/left", "w").write("x")
    except OSError:
        pass
def left(): return os.path.exists("/tmp/left")
def root():
    with open("/usr/left", "w"): pass
def hang():
    while True: time.sleep(1)
def hog(): return len(bytearray(8 << 30))
"""


def selftest(sandbox: Sandbox) -> list[Fact]:
    """Opens a slot and tries what must and what must not work; each result is named, `good` where it is as promised."""
    limits = Limits(seconds=5.0, memory_mb=256)
    slot = sandbox.open(limits)
    try:
        slots = Slots(slot.control)
        return [_probed(slots, limits, name, probe) for name, probe in _PROBES.items()]
    finally:
        slot.close()


def _probed(slots: Slots, limits: Limits, name: str, probe: Callable[[Cell], str | None]) -> Fact:
    tight = limits.model_copy(update={"seconds": 0.5}) if name == "time limit" else limits
    cell = slots.spawn(tight)
    try:
        cell.load(_PROBE)
        wrong = probe(cell)
    except (CandidateError, Fault) as error:
        wrong = str(error)
    finally:
        cell.end()
    return Fact(name, wrong or "as promised", wrong is None)


def _answers(cell: Cell) -> str | None:
    value = {"a": [1, 2.5, None, "é"], "b": b"\0"}
    return None if cell.call("echo", (value,), {}) == value else "the answer is not what was sent"


def _refuses(function: str, verdict: Verdict) -> Callable[[Cell], str | None]:
    def probe(cell: Cell) -> str | None:
        try:
            cell.call(function)
        except CandidateError as error:
            return None if error.verdict is verdict else f"{error.verdict}: {error.evidence}"
        return "it was let through"

    return probe


def _sees_no_files(cell: Cell) -> str | None:
    try:
        names, proc, passwd = cell.call("files")
    except CandidateError as error:
        return None if "Permission" in error.evidence else error.evidence
    return f"it sees {', '.join(names)}" if proc or passwd else None


def _writes(cell: Cell) -> str | None:
    cell.call("leave")
    return None


def _finds_nothing(cell: Cell) -> str | None:
    return "a file of the candidate before is there" if cell.call("left") else None


_PROBES: dict[str, Callable[[Cell], str | None]] = {
    "answers": _answers,
    "no network": _refuses("net", Verdict.CRASHED),
    "files out of sight": _sees_no_files,
    "read-only system": _refuses("root", Verdict.CRASHED),
    "may write for itself": _writes,
    "nothing written stays": _finds_nothing,
    "memory limit": _refuses("hog", Verdict.OVERRUN),
    "time limit": _refuses("hang", Verdict.TIMEOUT),
}
