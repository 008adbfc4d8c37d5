"""Law 4 against the real thing: processes killed at random moments, a slow model, real judges and a real sandbox."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from refine.events import Answered, Asked, Event, Resumed, Verified
from refine.journal import Journal
from tests.stub_model import Stub

PROGRAM = """
import sys
import refine

task = refine.Task("Write f(x) -> number; larger is better.", seed="def f(x):\\n    return x * 1.5\\n")

@task.verifier
def verify(candidate):
    return float(candidate.f(2))

if __name__ == "__main__":
    refine.run(task, model="hosted_vllm/stub", path=sys.argv[1], budget=refine.Budget(candidates=60), workers=2,
               strategy=refine.preset("default").sized(samples=2, in_flight=8))
"""


def start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "HOSTED_VLLM_API_BASE": url, "HOSTED_VLLM_API_KEY": "sk-stub"}
    argv = [sys.executable, str(folder / "doubles.py"), str(folder / "run.db")]
    return subprocess.Popen(argv, env=environment, stderr=subprocess.DEVNULL)


def events(path: Path) -> list[Event]:
    if not path.exists():
        return []
    with Journal.read(path) as journal:
        return [fact.event for fact in journal.facts() if not isinstance(fact.event, Resumed)]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_kill_at_any_instant_and_nothing_is_lost_or_asked_twice(tmp_path: Path) -> None:
    (tmp_path / "doubles.py").write_text(PROGRAM)
    moments = np.random.default_rng(0).uniform(0.02, 1.5, size=6)
    path = tmp_path / "run.db"
    with Stub(latency=0.15) as stub:
        before = events(path)
        for moment in moments:
            process = start(tmp_path, stub.url)
            answers = len(stub.requests)
            wait_for_requests(stub, answers + 1, process)
            try:
                process.wait(timeout=float(moment))  # the kill's moment is the test: nothing is waited for
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()
            after = events(path)
            assert after[: len(before)] == before, "a kill changed what was journalled"
            before = after
        assert start(tmp_path, stub.url).wait(timeout=120) == 0
        after = events(path)
        assert after[: len(before)] == before
        asked = {(e.ask, s) for e in after if isinstance(e, Asked) for s in range(e.samples)}
        answered = Counter((e.ask, e.sample) for e in after if isinstance(e, Answered))
        verified = Counter((e.ask, e.sample) for e in after if isinstance(e, Verified))
        assert len(asked) == 60
        assert asked == set(answered) == set(verified)
        assert set(answered.values()) == set(verified.values()) == {1}
        # What was in flight at a kill was never answered to us and is asked again: 8 samples by 2 in each request.
        answered_requests = sum(request["status"] == 200 for request in stub.requests)
        assert answered_requests <= 30 + len(moments) * 8


def wait_for_requests(stub: Stub, count: int, process: subprocess.Popen[bytes]) -> None:
    while len(stub.requests) < count and process.poll() is None:
        try:
            process.wait(timeout=0.05)
        except subprocess.TimeoutExpired:
            continue
