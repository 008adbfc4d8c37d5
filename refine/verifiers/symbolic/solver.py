"""Asking the solver: one warm worker per process, a deadline per question, and a fresh worker after every accident.

A worker that hangs is killed, one that dies is replaced; either way the answer is `Undecided`, and the run goes on.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import threading
import time
from typing import Any

from refine.errors import Fault, MissingExtra, Wrong
from refine.verifiers.answers import Answer, Undecided
from refine.verifiers.symbolic.messages import FORK, KILL, MEMORY_MB, Gone, receive, send
from refine.verifiers.symbolic.plain import answer_read

_START_S = 60.0  # for a nursery to import SymPy on a busy machine
_QUESTIONS = 2000  # after which a worker is replaced: SymPy's caches only grow


class Solver:
    """A nursery and its worker. Not for two threads at once: see `ask`."""

    def __init__(self) -> None:
        self.pid = os.getpid()
        self.walls = ""
        self._asked = 0
        self._sock: socket.socket | None = None
        ours, theirs = socket.socketpair()
        self._control = ours
        argv = [sys.executable, "-m", "refine.verifiers.symbolic.worker", str(theirs.fileno())]
        environment = {k: v for k, v in os.environ.items() if k in ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "HOME")}
        with theirs:
            self._process = subprocess.Popen(
                argv, pass_fds=[theirs.fileno()], env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        ours.settimeout(_START_S)
        self._order_done()

    def ask(self, question: dict[str, Any], deadline_s: float) -> Answer:
        """The answer to one question, within the deadline.

        Raises:
            Wrong: the candidate's text cannot be read.
            Fault: the question itself cannot be read, or the solver does not start.
        """
        claim = str(question["claim"])
        sock = self._worker()
        ends = time.monotonic() + deadline_s
        try:
            sock.settimeout(max(0.001, ends - time.monotonic()))
            send(sock, question)
            sock.settimeout(max(0.001, ends - time.monotonic()))
            reply = receive(sock)
        except TimeoutError:
            self.replace()
            return Undecided((f"{claim}: no answer within {deadline_s:g} s",))
        except (Gone, ConnectionError):
            self.replace()
            return Undecided((f"{claim}: the solver died, at most of its {MEMORY_MB} MiB",))
        except BaseException:  # an interrupt, a message that is none: what the worker says next answers nothing
            self.replace()
            raise
        return _told(reply)

    def replace(self) -> None:
        """Kills the worker; the next question gets a fresh one."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None
            self._control.sendall(KILL)
            self._order_done()

    def close(self) -> None:
        """Ends the nursery and the worker."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None
        self._control.close()
        self._process.wait()

    def _worker(self) -> socket.socket:
        if self._sock is not None and self._asked >= _QUESTIONS:
            self.replace()
        if self._sock is None:
            ours, theirs = socket.socketpair()
            with theirs:
                socket.send_fds(self._control, [FORK], [theirs.fileno()])
            self._order_done()
            ours.settimeout(_START_S)
            self.walls = str(receive(ours)["walls"])
            self._sock, self._asked = ours, 0
        self._asked += 1
        return self._sock

    def _order_done(self) -> None:
        try:
            done = self._control.recv(1)
        except TimeoutError:
            done = b""
        if not done:
            raise Fault("verifier", "the symbolic solver did not start: see the log above")


def _told(reply: Any) -> Answer:  # noqa: ANN401 - JSON
    if isinstance(reply, dict) and isinstance(reply.get("wrong"), str):
        raise Wrong(reply["wrong"])
    if isinstance(reply, dict) and isinstance(reply.get("fault"), str):
        raise Fault("verifier", reply["fault"], retry=False)
    return answer_read(reply)


_lock = threading.Lock()
_solvers: list[Solver] = []


def ask(question: dict[str, Any], deadline_s: float) -> Answer:
    """Asks this process's solver, which starts with the first question.

    Raises:
        Wrong: the candidate's text cannot be read.
        Fault: the question itself cannot be read, or the solver does not start.
        MissingExtra: SymPy or python-flint is not installed.
    """
    with _lock:
        try:
            return _own().ask(question, deadline_s)
        except OSError as error:  # the nursery itself is gone
            close()
            raise Fault("verifier", f"the symbolic solver's process is gone: {error.strerror}") from error


def _own() -> Solver:
    if _solvers and _solvers[0].pid != os.getpid():  # forked: the parent's solver is not ours to use or to end
        _solvers.clear()
    if _solvers and _solvers[0]._process.poll() is not None:  # noqa: SLF001 - same module
        close()
    if not _solvers:
        for package, module in (("sympy", "sympy"), ("python-flint", "flint")):
            if importlib.util.find_spec(module) is None:
                raise MissingExtra(package, "math")
        _solvers.append(Solver())
    return _solvers[0]


@atexit.register
def close() -> None:
    """Ends this process's solver, if there is one."""
    while _solvers:
        solver = _solvers.pop()
        if solver.pid == os.getpid():
            with contextlib.suppress(OSError):
                solver.close()
