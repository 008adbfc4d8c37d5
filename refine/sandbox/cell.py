"""The judge's side of a slot: spawn a cell for a candidate, call into it, end it.

slots = Slots(control)                      # the socket that this judge process inherited
cell = slots.spawn(limits)
cell.load(text)
value = cell.call("f", (1, 2), {})
ended = cell.end()                          # kills it and all that it made; what it used, what it printed
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from refine.errors import CandidateError, Fault
from refine.sandbox import wire
from refine.sandbox.link import Link
from refine.types import Limits, Resources, Verdict

Plain = Any
"""None, bool, int, float, str, bytes, list, tuple (arrives as list), dict with str keys, numpy array or scalar."""

TAIL = 4096
"""Bytes of output that are kept."""
PATIENCE = 30.0
"""Seconds after which a supervisor that does not answer is a Fault."""
_GRACE = 0.5  # seconds that a cell whose socket closed gets to finish dying, so that its status is its own
_EVIDENCE = 4096
_UNCONFINED = 70  # exit status of a cell whose walls did not rise
_VERDICTS = {
    "missing": Verdict.CRASHED,
    "crash": Verdict.CRASHED,
    "memory": Verdict.OVERRUN,
    "overrun": Verdict.OVERRUN,
    "syntax": Verdict.MALFORMED,
    "plain": Verdict.MALFORMED,
}


@dataclass(frozen=True, slots=True)
class Completed:
    """What `exec` brings back."""

    returncode: int
    stdout: bytes
    stderr: bytes
    files: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ended:
    """What the supervisor measured when a cell was over."""

    resources: Resources
    output: str
    """Tail of stdout and stderr, at most 4 KiB."""


@dataclass(frozen=True, slots=True)
class _Figures:
    """The supervisor's word on how a cell ended. `killed`: it was alive, or still dying, when it was told to end."""

    killed: bool
    status: int
    cpu_s: float
    memory_mb: float


class Slots:
    """All that a judge process knows of a sandbox: the control socket that it inherited."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        control.settimeout(PATIENCE)

    def spawn(self, limits: Limits) -> Cell:
        """A confined process for one candidate. Raises `Fault("sandbox", ...)` when the supervisor is gone."""
        self._send({"do": "spawn", "limits": limits.model_dump()})
        try:
            data, fds, _, _ = socket.recv_fds(self._control, 4096, 2)
        except OSError as error:
            raise _gone(error) from error
        said = _said(data)
        link = socket.socket(fileno=fds[0])
        return Cell(self, said["cell"], limits, walls=said["walls"], link=link, output=fds[1])

    def _end(self, cell: int, grace: float) -> _Figures:
        self._send({"do": "end", "cell": cell, "grace": grace})
        try:
            data = self._control.recv(4096)
        except OSError as error:
            raise _gone(error) from error
        return _Figures(**_said(data))

    def _send(self, message: Mapping[str, object]) -> None:
        try:
            self._control.send(json.dumps(message).encode())
        except OSError as error:
            raise _gone(error) from error


def _gone(error: OSError | None = None) -> Fault:
    return Fault("sandbox", f"the sandbox's supervisor is gone{f': {error}' if error else ''}")


def _said(data: bytes) -> dict[str, Any]:
    if not data:
        raise _gone()
    said: dict[str, Any] = json.loads(data)
    return said


class Cell:
    """One candidate's process. Every method but `end` raises `CandidateError` for what the candidate did and
    `Fault("sandbox", ...)` for what the sandbox did; after either only `end` may follow.

    `nonfinite=True` lets nan and infinity through; by default an answer that holds one is MALFORMED.
    """

    def __init__(self, slots: Slots, pid: int, limits: Limits, *, walls: str, link: socket.socket, output: int) -> None:
        self._slots = slots
        self._pid = pid
        self._walls = walls
        self._link = Link(link, limits.reply_mb << 20)
        self._output = output
        self._limits = limits
        self._waited = 0.0
        self._figures: _Figures | None = None
        self._ended: Ended | None = None

    def load(self, text: str) -> None:
        """Executes the candidate's text as the module `candidate`."""
        try:
            text.encode()
        except UnicodeEncodeError as error:
            raise CandidateError(Verdict.MALFORMED, f"the text is not Unicode: {error}") from error
        self._ask(["load", text])

    def call(
        self,
        function: str,
        args: Sequence[Plain] = (),
        kwargs: Mapping[str, Plain] | None = None,
        *,
        nonfinite: bool = False,
    ) -> Plain:
        """What the candidate's `function` returns."""
        frame = wire.encode(["call", function, args, dict(kwargs)]) if kwargs else wire.encode_call(function, args)
        return self._asked(frame, nonfinite=nonfinite)

    def map(self, function: str, items: Sequence[Sequence[Plain]], *, nonfinite: bool = False) -> list[Plain]:
        """What `function` returns for each of `items` (its positional arguments), in one exchange."""
        answers = self._ask(["map", function, items], nonfinite=nonfinite)
        if not isinstance(answers, list) or len(answers) != len(items):
            raise CandidateError(Verdict.MALFORMED, "the answer has another number of items than the question")
        return answers

    def run(self, source: str, kwargs: Mapping[str, Plain] | None = None, *, nonfinite: bool = False) -> Plain:
        """What `run(candidate, **kwargs)` of the harness `source` returns, executed beside the candidate."""
        return self._ask(["run", source, dict(kwargs or {})], nonfinite=nonfinite)

    def exec(
        self,
        argv: Sequence[str],
        *,
        files: Mapping[str, bytes] | None = None,
        stdin: bytes = b"",
        collect: Sequence[str] = (),
    ) -> Completed:
        """Writes `files` into the private folder, runs a program there, brings back what it printed and `collect`.

        Programs need namespaces around them: a sandbox in strict mode raises Fault.
        """
        if self._walls == "strict":
            raise Fault("sandbox", "this sandbox runs no programs: its kernel grants no namespaces", retry=False)
        most = [self._limits.output_kb * 1024, self._limits.reply_mb << 20]
        answer = self._ask(["exec", list(argv), dict(files or {}), stdin, list(collect), most])
        return _completed(answer, collect)

    def end(self) -> Ended:
        """Kills the candidate and all that it made. May be called again; what it says stays the same."""
        if self._ended is None:
            try:
                figures = self._finish(0.0)
            except Fault:
                self._close()
                raise
            resources = Resources(wall_s=self._waited, cpu_s=figures.cpu_s, memory_mb=figures.memory_mb)
            self._ended = Ended(resources, self._tail())
            self._close()
        return self._ended

    def _close(self) -> None:
        self._link.close()
        with contextlib.suppress(OSError):
            os.close(self._output)

    def _finish(self, grace: float) -> _Figures:
        if self._figures is None:
            self._figures = self._slots._end(self._pid, grace)  # noqa: SLF001 - one module, two halves
        return self._figures

    def _printed(self) -> int:
        return min(os.lseek(self._output, 0, os.SEEK_CUR), self._limits.output_kb * 1024)

    def _tail(self) -> str:
        end = self._printed()
        start = max(0, end - TAIL)
        return os.pread(self._output, end - start, start).decode("utf-8", "replace").replace("\0", "")

    # ---- one exchange ---------------------------------------------------------------------------------------------

    def _ask(self, request: object, *, nonfinite: bool = False) -> Plain:
        return self._asked(wire.encode(request), nonfinite=nonfinite)

    def _asked(self, parts: list[bytes | memoryview], *, nonfinite: bool) -> Plain:
        started = time.monotonic()
        try:
            text, buffers = self._link.exchange(parts, self._limits.seconds - self._waited)
        except TimeoutError:
            raise CandidateError(Verdict.TIMEOUT, f"no answer within {self._limits.seconds:g} s") from None
        except OSError:
            self._died()
        finally:
            self._waited += time.monotonic() - started
        number = None if buffers else wire.one_number(text)
        if number is not None:
            return number
        try:
            answer = wire.decode(text, buffers, nonfinite=nonfinite)
        except wire.Malformed as error:
            raise CandidateError(Verdict.MALFORMED, f"the answer is no plain data: {error}") from None
        return self._value(answer)

    def _value(self, answer: object) -> Plain:
        match answer:
            case ["ok", value]:
                return value
            case ["err", str(kind), str(evidence)] if kind in _VERDICTS:
                raise CandidateError(self._verdict(_VERDICTS[kind]), evidence[-_EVIDENCE:])
        raise CandidateError(Verdict.MALFORMED, "the answer has another form than an answer")

    def _verdict(self, verdict: Verdict) -> Verdict:
        """A crash because the output was full is an overrun."""
        full = self._printed() >= self._limits.output_kb * 1024
        return Verdict.OVERRUN if full and verdict is Verdict.CRASHED else verdict

    # ---- how it died ----------------------------------------------------------------------------------------------

    def _died(self) -> NoReturn:
        figures = self._finish(_GRACE)
        if not self._link.confined and figures.status == _UNCONFINED:
            raise Fault("sandbox", self._tail().strip())
        raise CandidateError(*self._obituary(figures))

    def _obituary(self, figures: _Figures) -> tuple[Verdict, str]:
        status = figures.status
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and figures.cpu_s >= self._limits.seconds):
            return Verdict.TIMEOUT, f"used {figures.cpu_s:.1f} s of CPU time; {self._limits.seconds:g} s are allowed"
        if status == -signal.SIGKILL and figures.killed:
            return Verdict.CRASHED, "closed its connection and answered nothing"
        if status == -signal.SIGKILL:
            return Verdict.OVERRUN, "was killed by the kernel, most likely out of memory"
        if status < 0:
            return self._verdict(Verdict.CRASHED), f"was killed by {_signal(-status)} before it answered"
        return self._verdict(Verdict.CRASHED), f"exited with status {status} before it answered"


def _signal(number: int) -> str:
    with contextlib.suppress(ValueError):
        return f"{signal.Signals(number).name} ({signal.strsignal(number)})"
    return f"signal {number}"


def _completed(answer: object, collect: Sequence[str]) -> Completed:
    match answer:
        case [int(code), bytes(out), bytes(err), dict(files)] if not isinstance(code, bool):
            if all(isinstance(data, bytes) for data in files.values()) and files.keys() <= set(collect):
                return Completed(code, out, err, files)
    raise CandidateError(Verdict.MALFORMED, "the answer has another form than an answer")
