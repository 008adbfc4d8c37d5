"""Seconds that a method takes where every answer takes one: refine with its sandbox and its client, a peer as it is."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from benchmarks.searches import theirs
from benchmarks.searches.server import Served
from benchmarks.searches.session import Session
from refine.budget import Budget
from refine.load import load_file
from refine.proposers import Options
from refine.session import run

LATENCY_S = 1.0
PROBLEM = "bounds"
TASK = """
import sys

sys.path.insert(0, {root!r})
import refine
from benchmarks.searches.problems import PROBLEMS, checked

problem = PROBLEMS[{name!r}]
task = refine.Task(problem.instruction, problem.seed)


@task.verifier
def verify(candidate):
    knobs = checked(problem, candidate.settings())
    refine.require(not isinstance(knobs, str), knobs)
    found = problem.judge(knobs)
    refine.require(found.score is not None, found.feedback)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED, score=found.score, feedback=found.feedback, instances=found.instances
    )
"""


def wall_s(method: str, budget: int, cache: Path) -> float:
    """From the first request to the last evaluation."""
    if method.endswith("@peer"):
        peer = method.removesuffix("@peer")
        python = theirs.environment(cache, peer)
        return theirs.searched(theirs.Job(python, peer, PROBLEM, 0, budget, LATENCY_S))[2]
    os.environ.setdefault("HOSTED_VLLM_API_KEY", "none")
    with tempfile.TemporaryDirectory() as folder, Served(Session(0), budget, LATENCY_S) as server:
        file = Path(folder) / "problem.py"
        file.write_text(TASK.format(root=str(theirs.ROOT), name=PROBLEM))
        run(
            load_file(str(file)),
            model="hosted_vllm/stub",
            path=Path(folder) / "run.db",
            strategy=method,
            budget=Budget(candidates=budget + 1),
            options=Options(api_base=server.url),
            sandbox="local",
        )
        return time.monotonic() - server.first_at
