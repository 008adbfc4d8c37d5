"""What the engine itself costs: CPU per candidate, completions per second, memory, import time, and how they grow.

    .venv/bin/python benchmarks/engine.py [--quick]

Evaluation and the model's own work are left out: candidates are texts whose verifier returns at once, the model is a
local stub in a process of its own, and loading its client is counted apart (`litellm_load_cpu_s`). Judges are real
processes; what is counted is this process alone. Each search runs in a fresh process, so that memory is its own.
Prints one JSON object last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

from refine.budget import Budget
from refine.events import Fact
from refine.journal import Journal
from refine.load import load_file
from refine.loop import Run
from refine.order import AsItComes
from refine.proposers import Options
from refine.proposers.litellm import LiteLLM
from refine.sandbox.choose import choose
from refine.search import Search
from refine.session import identity
from refine.strategies import preset
from refine.types import Completion, Prompt
from refine.workers.local import Pool

HERE = Path(__file__).parent
TASK = """
import refine

task = refine.Task("Improve this text.", seed="```python\\nx = 1.5\\n```", language="text")

@task.verifier
def verify(candidate):
    return float(hash(candidate.text) % 1000)
"""


class Instant:
    """A model that answers at once, in process: what is left is the engine."""

    name = "instant"

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        for sample in prompt.samples:
            self.count += 1
            program = "# a line of a program\n" * 30 + f"x = {self.count}\n"
            text = f"A different idea.\n```python\n{program}```"
            yield Completion(sample=sample, text=text, model=self.name)

    async def check(self) -> None: ...

    async def aclose(self) -> None: ...


async def search(proposer: Instant | LiteLLM, candidates: int, in_flight: int, folder: Path) -> dict[str, float]:
    """One search; CPU and memory are this process's, from the first ask to the last verdict."""
    (folder / "text.py").write_text(TASK)
    task = load_file(str(folder / "text.py"))
    strategy = preset("default").sized(samples=1, in_flight=in_flight)
    clock: list[float] = []

    def observe(fact: Fact, _state: Search) -> None:
        clock.append(fact.at)

    sandbox = choose("local")
    async with Pool(task, sandbox, width=2) as pool:
        with Journal.create(folder / "run.db", identity(task, strategy, 0, proposer.name, sandbox.name)) as journal:
            state = Search(task, strategy, texts=journal.text)
            warm_up = time.process_time()
            await proposer.check()
            warm_up = time.process_time() - warm_up
            one = Run(state, journal, proposer, pool, Budget(candidates=candidates), observe, AsItComes())
            cpu = time.process_time()
            await one.go()
            cpu = time.process_time() - cpu
    await proposer.aclose()
    return {
        "cpu_ms_per_candidate": round(cpu / candidates * 1000, 3),
        "completions_per_s": round(candidates / (clock[-1] - clock[0]), 1),
        "client_load_cpu_s": round(warm_up, 2),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def measured(what: str, candidates: int, in_flight: int = 64, url: str = "") -> dict[str, float]:
    """`search` in a process of its own."""
    argv = [sys.executable, __file__, "--one", what, str(candidates), str(in_flight), url]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(f"{what} {candidates} candidates, {in_flight} in flight {url}: {result}", file=sys.stderr)
    return result


def one(what: str, candidates: str, in_flight: str, url: str) -> None:
    os.environ.update({"HOSTED_VLLM_API_BASE": url, "HOSTED_VLLM_API_KEY": "sk-stub"} if url else {})
    with tempfile.TemporaryDirectory() as name:
        proposer = Instant() if what == "instant" else LiteLLM("hosted_vllm/stub", Options())
        print(json.dumps(asyncio.run(search(proposer, int(candidates), int(in_flight), Path(name)))))


class Stub:
    """The model server of the tests, in a process of its own."""

    def __init__(self, latency: float) -> None:
        argv = [sys.executable, str(HERE.parent / "tests" / "stub_model.py"), "--latency", str(latency)]
        self._process = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().split()[-1]

    def __enter__(self) -> str:
        return self.url

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()


def import_seconds(runs: int = 5) -> float:
    """Median seconds of `import refine`, the interpreter's own start taken off."""

    def median(program: str) -> float:
        times = []
        for _ in range(runs):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", program], check=True)
            times.append(time.perf_counter() - began)
        return sorted(times)[runs // 2]

    return round(max(0.0, median("import refine") - median("pass")), 4)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="a tenth of the candidates")
    options.add_argument("--one", nargs=4, metavar=("WHAT", "N", "IN_FLIGHT", "URL"), help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        one(*given.one)
        return
    scale = 10 if given.quick else 1
    grown = {n: measured("instant", n // scale) for n in (1_000, 10_000)}
    with Stub(latency=0) as url:
        hurry = measured("litellm", 1_000 // scale, url=url)
    with Stub(latency=1) as url:
        slow = measured("litellm", 1_280 // scale, url=url)
    last = grown[10_000]
    print(
        json.dumps(
            {
                "cpus": len(os.sched_getaffinity(0)),
                "python": sys.version.split()[0],
                "cpu_ms_per_candidate": last["cpu_ms_per_candidate"],
                "cpu_ms_per_candidate_litellm": hurry["cpu_ms_per_candidate"],
                "litellm_load_cpu_s": hurry["client_load_cpu_s"],
                "completions_per_s_64x1s": slow["completions_per_s"],
                "completions_per_s_0s": hurry["completions_per_s"],
                "rss_mb": last["rss_mb"],
                "import_s": import_seconds(),
                "at_1000": grown[1_000],
                "at_10000": grown[10_000],
                "growth_10000_over_1000": round(last["cpu_ms_per_candidate"] / grown[1_000]["cpu_ms_per_candidate"], 3),
            }
        )
    )


if __name__ == "__main__":
    main()
