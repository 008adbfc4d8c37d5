"""What can be left of a candidate on the machine: taken before and after, and compared.

What needs root to be seen (other users' descriptors and namespaces) is compared where it can be seen.
"""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from refine.sandbox.warm import Warm

NOBODY = 65534
SETTLED = 5.0  # seconds in which a supervisor has its spares again
STARTED = 0.5  # and after which one that was left alone has them
FOLDERS = ("/tmp", "/dev/shm", "/var/tmp", "/dev/mqueue", "/run", ".")
NAMES = {"left.py", "refine-pwned", "kept", "link", "loop", "sparse", "id", "program"}


@dataclass(frozen=True, slots=True)
class Leftovers:
    """One look at the machine. Two looks are equal when nothing was left in between."""

    supervisor: tuple[tuple[int, int, str], ...]
    """Each process of the slot that is no cell: its number, how many descriptors it holds, what it has mounted."""
    cells: int
    """All other processes in the slot, and all in its user namespace wherever they are: its spares."""
    descriptors: tuple[str, ...]
    """Of this process, which is the judge."""
    sysv: tuple[str, ...]
    files: frozenset[str]


def leftovers(slot: Warm, at_rest: Leftovers | None = None) -> Leftovers:
    """A look at a slot that has its spares again: as it was `at_rest`, or after a while without a change."""
    until = time.monotonic() + (SETTLED if at_rest else STARTED)
    while (look := _look(slot)) and time.monotonic() < until:
        if at_rest and (look.supervisor, look.cells) == (at_rest.supervisor, at_rest.cells):
            break
        time.sleep(0.002)  # nothing says when a spare is there: it is made for nobody
    return look


def _look(slot: Warm) -> Leftovers:
    lasting = _lasting(slot)
    return Leftovers(
        supervisor=tuple((pid, *_holds(pid)) for pid in sorted(lasting)),
        cells=len(_processes(slot) - lasting),
        descriptors=tuple(sorted(os.listdir("/proc/self/fd"))),
        sysv=tuple(Path("/proc/sysvipc", name).read_text() for name in ("msg", "sem", "shm")),
        files=frozenset(_files()),
    )


def _lasting(slot: Warm) -> set[int]:
    """The supervisor and, with namespaces, the process around it that waits for it."""
    if slot.hello.walls == "strict":
        return {slot.pid}
    return {slot.pid, *_children(slot.pid)}


def _holds(pid: int) -> tuple[int, str]:
    try:
        mounts = os.readlink(f"/proc/{pid}/ns/mnt") != os.readlink("/proc/self/ns/mnt")  # not the machine's own
        return len(os.listdir(f"/proc/{pid}/fd")), Path(f"/proc/{pid}/mountinfo").read_text() if mounts else ""
    except OSError:  # of another user
        return -1, ""


def _processes(slot: Warm) -> set[int]:
    """The slot's, and whatever else is in its user namespace, be it orphaned or adopted."""
    found = _tree(slot.pid)
    inside = _namespace(slot.pid)
    if inside not in (None, _namespace(os.getpid())):
        found |= {int(name) for name in os.listdir("/proc") if name.isdigit() and _namespace(int(name)) == inside}
    return found


def _tree(pid: int) -> set[int]:
    return {pid}.union(*map(_tree, _children(pid)))


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # over
        return []


def _namespace(pid: int) -> str | None:
    try:
        return os.readlink(f"/proc/{pid}/ns/user")
    except OSError:
        return None


def _files() -> list[str]:
    """Entries of shared folders that a candidate could have made: by its uid, or by a name that ours use."""
    found = []
    for folder in FOLDERS:
        if os.path.isdir(folder):
            with os.scandir(folder) as entries:
                found += [e.path for e in entries if e.name in NAMES or _owner(e) == NOBODY]
    return found


def _owner(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except OSError:
        return -1
