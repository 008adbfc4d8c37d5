"""What an archive costs with a million candidates in it, and how long a long journal takes to resume.

    .venv/bin/python benchmarks/archive.py [--candidates 1000000] [--events 100000] [--only grid] [--seed 0]

For each archive of `refine.archives`: `add_us` and `sample_us` (three candidates for one prompt) as median, 95 % and
most, while the last tenth of the candidates is added; `best_us`, the ten best; `kept`; and `bytes_each`, the growth of
the process's resident memory by candidate *added*, with what the archive keeps alive of texts and outcomes.

The candidates are a stream that gets better, slowly: a score with noise, texts of 0.2 to 6 kB, metrics that
trade off against the score, 16 instances. "all" marks archives that keep every one: the worst case.

`novelty`: whether a program was verified already, its syntax tree's digest included, and the memory of the index by
candidate. `resume`: opening a journal of so many facts (for an ask of 4: asked, 4 answered, 4 verified, with the texts
and the prompt) and folding it into a `Search`. Prints one JSON object last.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from refine.archives import Archive
from refine.archives.everything import Everything
from refine.archives.grid import Grid
from refine.archives.islands import Islands
from refine.archives.pareto import Instances, Metrics
from refine.archives.topk import TopK
from refine.events import Answered, Asked, Event
from refine.facts import judged
from refine.journal import Journal
from refine.novelty import form
from refine.search import Search, fold
from refine.session import identity
from refine.strategies import preset
from refine.task import Feature, Task
from refine.types import Candidate, Outcome, Resources, Shown, Usage, Verdict, digest

FEATURES = (
    Feature(name="length", low=100, high=20_000, bins=100, log=True),
    Feature(name="cpu_s", low=0.003, high=30, bins=100, log=True),
)
ARCHIVES: dict[str, Callable[[], Archive]] = {
    "top-k": lambda: TopK("maximize", size=64, pressure=16.0),
    "top-k, all": lambda: TopK("maximize", size=10**7, pressure=16.0),
    "grid": lambda: Grid("maximize", FEATURES),
    "instances": lambda: Instances("maximize"),
    "metrics": lambda: Metrics("maximize", {"error": "minimize", "seconds": "minimize"}),
    "metrics, all": lambda: Metrics("maximize", {"loss": "minimize"}),
    "islands": lambda: Islands("maximize", lambda d: TopK(d, size=256, pressure=8.0), count=10, reset=1000),
    "everything": lambda: Everything("maximize"),
}
LINE = "    total += weights[{}] * (item - {}) ** 2 if item > {} else {}\n"


def programs(seed: int) -> Iterator[str]:
    """Programs that differ, of 0.2 to 6 kB."""
    rng = np.random.default_rng(seed)
    body = "".join(LINE.format(n % 7, n, n % 13, n * n) for n in range(100))
    for number in itertools.count():
        length = int(min(6000, 200 * np.exp(rng.exponential(1.0))))
        lines = body[:length].rpartition("\n")[0]
        yield f"def score(item, weights):\n    total = {number}\n{lines}\n    return total\n"


def stream(seed: int) -> Iterator[Shown]:
    """Candidates that passed, better and better on the whole."""
    rng = np.random.default_rng([seed, 1])
    for number, text in enumerate(programs(seed)):
        noise = rng.normal(size=20)
        score = float(np.log1p(number) + noise[0])
        names = {"error": float(score + noise[1]), "seconds": float(score + noise[2]), "loss": 2 * score}
        instances = {f"case {n}": round(float(score + x), 3) for n, x in enumerate(noise[4:])}
        used = Resources(wall_s=0.1, cpu_s=float(np.exp(noise[3] - 1)), memory_mb=50)
        metrics, verdict = names, Verdict.PASSED
        outcome = Outcome(verdict=verdict, score=score, metrics=metrics, instances=instances, resources=used)
        yield Shown(Candidate(text), outcome)


def resident() -> int:
    """Bytes of this process in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def told(nanoseconds: list[int]) -> dict[str, float]:
    microseconds = sorted(n / 1000 for n in nanoseconds)
    p95 = microseconds[int(0.95 * (len(microseconds) - 1))]
    median = statistics.median(microseconds)
    return {"median": round(median, 2), "p95": round(p95, 2), "most": round(microseconds[-1], 1)}


def timed(work: Callable[[], object]) -> int:
    start = time.perf_counter_ns()
    work()
    return time.perf_counter_ns() - start


def measured(make: Callable[[], Archive], candidates: int, seed: int) -> dict[str, object]:
    archive, rng = make(), np.random.default_rng(seed)
    gc.collect()
    before = resident()
    adds, samples, bests = [], [], []
    for ask, one in enumerate(itertools.islice(stream(seed), candidates), 1):
        took = timed(lambda one=one, ask=ask: archive.add(one, ask))  # type: ignore[misc]
        if ask > candidates * 0.9:
            adds.append(took)
            if ask % 50 == 0:
                samples.append(timed(lambda ask=ask: archive.sample(rng, 3, ask)))  # type: ignore[misc]
            if ask % 500 == 0:
                bests.append(timed(lambda: list(itertools.islice(archive, 10))))
    grown, kept = resident() - before, len(archive)
    return {
        "add_us": told(adds),
        "sample_us": told(samples),
        "best_us": told(bests),
        "kept": kept,
        "bytes_each": round(grown / candidates, 1),
    }


def novelty(candidates: int, seed: int) -> dict[str, object]:
    """What `Search.known` and the fold do with forms: a dictionary of digests."""
    gc.collect()
    before, index, adds, asks = resident(), dict[str, str](), list[int](), list[int]()
    for number, text in enumerate(itertools.islice(programs(seed), candidates)):
        one = Candidate(text)
        if number >= candidates * 0.99:
            asks.append(timed(lambda one=one: index.get(form(one, "python"))))  # type: ignore[misc]
        adds.append(timed(lambda one=one: index.setdefault(digest(one.id)[:32], one.id)))  # type: ignore[misc]
    each = round((resident() - before) / candidates, 1)
    return {"add_us": told(adds[-candidates // 10 :]), "known_us": told(asks), "bytes_each": each}


def resumed(events: int, seed: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "task.py")
        path = Path(folder, "run.db")
        file.write_text("")
        task = a_task(file)
        with Journal.create(path, identity(task, preset("default"), seed, "model", "none")) as journal:
            written = timed(lambda: [journal.append(*fact) for fact in facts(events, seed)])
        gc.collect()
        before, start, cpu = resident(), time.perf_counter(), time.process_time()
        with Journal.read(path) as journal:
            search = fold(Search(task, preset("default"), seed=seed, texts=journal.text), journal.facts())
            took = time.perf_counter() - start
            return {
                "resume_s": round(took, 3),
                "resume_cpu_s": round(time.process_time() - cpu, 3),
                "events": events,
                "verified": search.tally.verified,
                "file_mb": round(path.stat().st_size / 2**20, 1),
                "state_bytes_each": round((resident() - before) / search.tally.verified, 1),
                "append_us": round(written / events / 1000, 1),
            }


def a_task(file: Path) -> Task:
    program = "import refine\ntask = refine.Task('Write score(item, weights).')\n@task.verifier\ndef v(c): return 1\n"
    names: dict[str, object] = {}
    file.write_text(program)
    exec(compile(program, file, "exec"), names | {"__name__": "bench", "__file__": str(file)}, names)  # noqa: S102 - ours
    found = names["task"]
    assert isinstance(found, Task)
    return found


def facts(events: int, seed: int, samples: int = 4) -> Iterator[tuple[Event, tuple[str, ...]]]:
    """What a run journals, with the texts: a prompt of 12 kB an ask, four answers, half of them passing."""
    made = stream(seed)
    prompt = '[["system","You improve a program."],["user","' + "What was tried. " * 750 + '%d"]]'

    def ask(number: int) -> Iterator[tuple[Event, tuple[str, ...]]]:
        shown, said = list(itertools.islice(made, samples)), prompt % number
        parents = tuple(one.candidate.id for one in shown[:2])
        yield Asked(ask=number, samples=samples, parents=parents, messages=digest(said)[:32], move="improve"), (said,)
        for sample, one in enumerate(shown):
            answer = f"It weighs the items anew.\n```python\n{one.candidate.text}```\n"
            usage = Usage(prompt_tokens=3000, completion_tokens=600, usd=0.01)
            key, named = digest(f"{number}/{sample}"), digest(answer)[:32]
            yield Answered(ask=number, sample=sample, text=named, model="m", usage=usage, key=key), (answer,)
            why = "ZeroDivisionError: division by zero\n  line 3, in score\n" * 5
            failed = Outcome(verdict=Verdict.CRASHED, feedback=why, resources=one.outcome.resources)
            outcome = one.outcome if sample % 2 else failed
            yield judged((number, sample), one.candidate, "python", outcome), (one.candidate.text,)

    return itertools.islice((fact for number in itertools.count(1) for fact in ask(number)), events)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    options.add_argument("--candidates", type=int, default=1_000_000)
    options.add_argument("--events", type=int, default=100_000)
    options.add_argument("--only", choices=[*ARCHIVES, "novelty", "resume"], action="append")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    found: dict[str, object] = {"machine": f"{platform.processor() or platform.machine()}, {os.cpu_count()} processors"}
    found |= {"python": platform.python_version(), "candidates": given.candidates, "seed": given.seed}
    for name, make in ARCHIVES.items():
        if given.only is None or name in given.only:
            found[name] = measured(make, given.candidates, given.seed)
            print(name, found[name], flush=True)
    if given.only is None or "novelty" in given.only:
        found["novelty"] = novelty(given.candidates, given.seed)
        print("novelty", found["novelty"], flush=True)
    if given.only is None or "resume" in given.only:
        found["resume"] = resumed(given.events, given.seed)
        print("resume", found["resume"], flush=True)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
