"""Z3 in a process of its own, which can be killed: its time-out is a request, and its memory is nobody's business here.

    python -m refine.verifiers.smt.solver        a JSON line in (SMT-LIB text, milliseconds), a JSON line out

One warm process serves all questions of a judge, so a short one costs milliseconds. One that does not answer in time
is killed and the next question starts another.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import resource
import select
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any, Literal

from refine.errors import Fault
from refine.verifiers.smt.sorts import z3

MEMORY_MB = 2048
GRACE_S = 1.0
"""How much longer than its time-out Z3 may take to notice it."""
_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Found:
    """What Z3 said of a set of assertions: "sat" with a model (name -> value), "unsat", or "unknown" with a reason."""

    result: Literal["sat", "unsat", "unknown"]
    model: dict[str, str]
    reason: str = ""


class _Process:
    """The warm process, or none yet."""

    def __init__(self) -> None:
        self.popen: subprocess.Popen[bytes] | None = None

    def running(self) -> subprocess.Popen[bytes]:
        if self.popen is None or self.popen.poll() is not None:
            self.end()
            self.popen = subprocess.Popen(
                [sys.executable, "-m", "refine.verifiers.smt.solver"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
            )
        return self.popen

    def end(self) -> None:
        if self.popen is not None:
            self.popen.kill()
            self.popen.communicate()
            self.popen = None


_PROCESS = _Process()
atexit.register(_PROCESS.end)


def check(smt2: str, seconds: float) -> Found:
    """Whether the assertions of an SMT-LIB text can be satisfied.

    Raises:
        Fault: the solver's process cannot be started.
    """
    try:
        line = _asked(_PROCESS.running(), json.dumps([smt2, max(1, round(seconds * 1000))]).encode() + b"\n", seconds)
    except OSError as error:
        _PROCESS.end()
        raise Fault("verifier", f"the Z3 process cannot be used: {error}") from error
    if not line:
        _PROCESS.end()
        return Found("unknown", {}, f"no answer within {seconds:g} s or {MEMORY_MB} MiB")
    result, model, reason = json.loads(line)
    return Found(result, model, reason)


def _asked(process: subprocess.Popen[bytes], question: bytes, seconds: float) -> bytes:
    """The answer's line; empty where there is none in time, or the process died."""
    assert process.stdin is not None
    assert process.stdout is not None
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(question)
        process.stdin.flush()
    deadline, line = time.monotonic() + seconds + GRACE_S + _START_S, b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([process.stdout], [], [], left)[0]:
            return b""
        part = os.read(process.stdout.fileno(), 65536)
        if not part:
            return b""
        line += part
    return line


_START_S = 2.0
"""What a cold process may take to import Z3, on a busy machine."""


# ── inside of the process ────────────────────────────────────────────────────────────────────────────────────────────


def answer(smt2: str, milliseconds: int) -> tuple[str, dict[str, str], str]:
    """Result, model and reason, as plain data."""
    solver = z3().Solver()
    solver.set("timeout", milliseconds)
    try:
        solver.from_string(smt2)
        result = str(solver.check())
    except z3().Z3Exception as error:  # out of memory, for instance
        return "unknown", {}, str(error)[:_VALUE_CHARS]
    if result == "unknown":
        return result, {}, str(solver.reason_unknown())
    model = solver.model() if result == "sat" else []
    return result, {str(name): _text(model[name]) for name in model}, ""


def _text(value: Any) -> str:  # noqa: ANN401 - a Z3 value
    text = value.as_string() if hasattr(value, "as_string") else str(value)
    return str(text)[:_VALUE_CHARS]


def main() -> None:
    limit = MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    z3().set_param("memory_max_size", MEMORY_MB * 3 // 4)
    for line in sys.stdin:
        smt2, milliseconds = json.loads(line)
        sys.stdout.write(json.dumps(answer(smt2, milliseconds)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
