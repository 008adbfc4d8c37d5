"""The solver's processes.

    python -m refine.verifiers.symbolic.worker CONTROL_FD

This one is the *nursery*: it imports SymPy once, reads no candidate, and forks a worker whenever it is told to, so
that replacing a worker that hangs costs milliseconds. A worker closes everything but its own socket, lowers its limits,
enters the sandbox's strict walls (no network, no programs, no writing; where the kernel has them), and only then reads
its first question. The nursery ends when the control socket closes, and its worker with it.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from refine.verifiers.symbolic.messages import FORK, MEMORY_MB, Gone, receive, send

_CPU_S = 3600  # of a worker's whole life; a question's own deadline ends it long before


def nursery(control: socket.socket) -> None:
    """Forks and kills workers as the control socket says, until it closes."""
    confinement = _confinement()
    from refine.verifiers.symbolic import claims  # noqa: PLC0415 - heavy; and only here, so that workers are born with it

    claims.warm()
    control.sendall(FORK)
    child = 0
    while True:
        order, fds, _, _ = socket.recv_fds(control, 1, 1)
        if child and order != FORK:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            child = 0
        if not order:
            return
        if order == FORK:
            child = os.fork()
            if child == 0:
                control.close()
                _work(socket.socket(fileno=fds[0]), confinement)
            os.close(fds[0])
        control.sendall(order)


def _work(sock: socket.socket, confinement: Any) -> None:  # noqa: ANN401 - sandboxes/ is not typed
    """A worker's whole life; never returns."""
    status = 1
    try:
        walls = _confined(confinement)
        # SymPy asks for these now and then, and has ways without: not there is better than forbidden to be read.
        sys.modules.update(dict.fromkeys(("numpy", "scipy")))  # type: ignore[arg-type]
        send(sock, {"walls": walls})
        _serve(sock)
        status = 0
    except (Gone, OSError):
        status = 0
    finally:
        os._exit(status)


def _serve(sock: socket.socket) -> None:
    from refine.verifiers.symbolic.claims import answered  # noqa: PLC0415 - loaded already, see `nursery`

    while True:
        try:
            reply = answered(receive(sock))
        except MemoryError:
            return  # what is left of this process is not to be trusted; the next question gets a fresh one
        send(sock, reply)


def _confinement() -> Any:  # noqa: ANN401
    """The strict walls of the sandboxes' runner, computed beforehand; None where this machine has none."""
    from refine.sandbox.files import runner  # noqa: PLC0415 - only the nursery

    sys.path.insert(0, str(runner()))
    try:
        import walls  # type: ignore[import-not-found]  # noqa: PLC0415 - lies in the runner's folder

        walls.renounce()
        walls.limit_once()
        confinement = walls.Confinement("strict", _packages())
        with Path("/proc/self/statm").open() as statm:
            base = int(statm.read().split()[0]) * resource.getpagesize()
        limits = {"seconds": _CPU_S, "memory_mb": MEMORY_MB, "disk_mb": 1, "processes": 1}
        confinement.prepare(limits, base + (1 << 28))
    except (ImportError, KeyError, OSError):
        return None
    else:
        return confinement
    finally:
        sys.path.pop(0)


def _packages() -> list[str]:
    """Folders that SymPy may still import from: reading code is harmless, writing is what the walls forbid."""
    import importlib.util  # noqa: PLC0415

    found = [importlib.util.find_spec(name) for name in ("sympy", "mpmath", "flint", "refine")]
    return [folder for spec in found if spec is not None for folder in (spec.submodule_search_locations or ())]


def _confined(confinement: Any) -> str:  # noqa: ANN401
    import ctypes  # noqa: PLC0415

    ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)  # PR_SET_PDEATHSIG
    if os.getppid() == 1:
        os._exit(1)
    if confinement is None:
        limit = MEMORY_MB << 21
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        return "limits only"
    confinement.enter()
    return "strict" if confinement.ruleset is not None else "seccomp"


def main(argv: list[str]) -> int:
    """The nursery's process."""
    control = socket.socket(fileno=int(argv[0]))
    os.set_inheritable(control.fileno(), False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the run, which closes the socket in its own time
    nursery(control)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
