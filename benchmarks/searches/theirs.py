"""A peer on a problem: its own environment, its own process; the model's server here counts and ends it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

from benchmarks.searches.server import Served
from benchmarks.searches.session import Evaluated, Session

ROOT = Path(__file__).parents[2]
PEERS = {"openevolve": "openevolve==0.4.0", "shinka": "shinka-evolve==0.0.7", "gepa": "gepa==0.1.4"}
"""As the package index calls them. Each gets an environment of its own."""
QUIET_S, AT_MOST_S = 4.0, 30.0
"""After the last completion: how long no evaluation has come before it is over, and how long is waited at most."""


def environment(cache: Path, peer: str) -> Path:
    """The Python of an environment that holds the peer; made once."""
    home = cache / PEERS[peer].replace("==", "-")
    python = home / "bin" / "python"
    if not (home / "installed").exists():
        print(f"installing {PEERS[peer]} into {home}", file=sys.stderr)
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", PEERS[peer]], check=True)
        (home / "installed").touch()
    return python


@dataclass(frozen=True)
class Job:
    """One run of a peer: `budget` completions, each `latency` seconds after it was asked for."""

    python: Path
    peer: str
    problem: str
    seed: int
    budget: int
    latency: float = 0.0
    limit_s: float = 1800.0


def searched(job: Job) -> tuple[Session, list[Evaluated], float]:
    """What the run proposed and evaluated; and its seconds from the first request to the last evaluation.

    Raises `RuntimeError` with the peer's last lines where it ends before its budget or not within `limit_s`.
    """
    session = Session(job.seed)
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name,
        Served(session, job.budget, job.latency) as server,
    ):
        log, said = Path(name) / "evaluated.jsonl", Path(name) / "output.txt"
        process = _started(job, server.url, Path(name), said)
        try:
            over = _waited(process, server, job.limit_s)
            ended_at = _settled(log, server.last_at) if over else 0.0
        finally:
            _ended(process)
        if not over:
            raise RuntimeError(f"{job.peer} stopped after {len(session.kinds)} completions: {said.read_text()[-2000:]}")
        rows = [json.loads(line) for line in log.read_text().splitlines()]
    return session, [Evaluated(row["text"], row["score"]) for row in rows], ended_at - server.first_at


def _started(job: Job, url: str, folder: Path, said: Path) -> subprocess.Popen[bytes]:
    log = str(folder / "evaluated.jsonl")
    told = {"SEARCH_PROBLEM": job.problem, "SEARCH_SEED": str(job.seed), "SEARCH_LOG": log}
    quiet = {"OPENAI_API_KEY": "none", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "OMP_NUM_THREADS": "1"}
    module = f"benchmarks.searches.peers.{job.peer}"
    argv = [str(job.python), "-m", module, url, str(job.budget), str(job.seed), str(folder)]
    with said.open("wb") as output:
        environ = {**os.environ, **told, **quiet}
        return subprocess.Popen(argv, env=environ, cwd=folder, stdout=output, stderr=output, start_new_session=True)


def _waited(process: subprocess.Popen[bytes], server: Served, limit_s: float) -> bool:
    """Until the budget is spent (True), or the process or the time has ended."""
    until = time.monotonic() + limit_s
    while time.monotonic() < until and process.poll() is None:
        if server.spent.wait(0.2):
            return True
    return server.spent.is_set()


def _settled(log: Path, since: float) -> float:
    """When the last evaluation was written (monotonic), once none has come for a while."""
    began = time.monotonic()
    size, changed = -1, max(since, began)
    last = since
    while time.monotonic() - changed < QUIET_S and time.monotonic() - began < AT_MOST_S:
        now = log.stat().st_size if log.exists() else 0
        if now != size:
            last = time.monotonic() if size >= 0 else since
            size, changed = now, time.monotonic()
        time.sleep(0.05)
    return last


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Ends the process and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
