"""A long run of evaluations, one in twenty of them hostile: does anything grow, and is every honest score exact?

    .venv/bin/python benchmarks/soak.py [--evaluations 20000] [--sandbox docker|local|strict] [--every 1000]

Two judges, each with a slot, as a run has them (`refine.workers.local.Pool`), so that recycling is part of it. The
hostile ones are drawn from tests/hostile/candidates; left out are those that can only end by the clock, but for a few
of each kind. After every 1000 evaluations, with nothing in flight: memory, descriptors and processes of the engine,
the judges and the slots, and the containers. Prints one JSON object last, and ends with status 1 if

- an honest score is not exact, or an honest candidate has no score, or a hostile one reached its goal, or
- anything grew from the first look (after 1000) to the last: the engine's memory, or the mean of a judge or of a slot
  (PSS), by more than a quarter and 16 MiB, the engine's descriptors by more than 16, the mean of a judge or of a slot
  by more than 4, or
- there are more judges, slots or containers than twice the width (one may be warm as a replacement).
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from refine.errors import Fault, RefineError
from refine.load import load_file
from refine.sandbox import Sandbox
from refine.sandbox.choose import choose
from refine.sandbox.local import LocalSandbox
from refine.types import Candidate, Outcome
from refine.workers.local import Pool

CANDIDATES = Path(__file__).parents[1] / "tests" / "hostile" / "candidates"
WIDTH = 2
SHARE = 0.05
BY_THE_CLOCK = {"loop", "deaf", "half_frame", "regex"}  # of those that end by the clock alone, these take part
TASK = """
import refine

task = refine.Task("Soak.", seed="def f(x): return x", limits=refine.Limits(
    seconds=1.5, memory_mb=256, disk_mb=16, processes=16, output_kb=64, reply_mb=4))

@task.verifier
def verify(candidate):
    if '"Goal:' in candidate.text or "# held:" in candidate.text:
        answer = candidate.attack()
        return float(answer is not False and answer is not None)
    return candidate.f(7)
"""


@dataclass(frozen=True, slots=True)
class Hostile:
    name: str
    text: str
    plain: bool
    """Whether an answer of plain data is what may come of it."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is there while nothing is in flight. Memory is PSS in MiB; lists are one number for each process or slot."""

    engine_mb: float
    judges_mb: list[float]
    slots_mb: list[float]
    engine_fds: int
    judges_fds: list[int]
    slots_fds: list[int]
    processes: int
    containers: int


def hostile() -> tuple[list[Hostile], list[str]]:
    """Those that take part, and the names of those that do not."""
    chosen, left_out = [], []
    for path in sorted(CANDIDATES.glob("*.*")):
        text = path.read_text()
        held = re.search(r"^# held: (.*)$", text, re.MULTILINE)
        words = held[1].split() if held else []
        if words[:1] == ["timeout"] and path.stem not in BY_THE_CLOCK:
            left_out.append(path.stem)
        else:
            chosen.append(Hostile(path.stem, text, "plain" in words))
    return chosen, left_out


# ---- looking --------------------------------------------------------------------------------------------------------


def look() -> Look:
    engine = psutil.Process()
    judges = [child for child in engine.children() if "refine.verifiers.judge" in _argv(child)]
    containers = _containers()
    slots = [_tree(pid) for pid in containers] or [
        _tree(child.pid) for child in engine.children() if "supervisor.py" in _argv(child)
    ]
    return Look(
        engine_mb=_pss(engine),
        judges_mb=[_pss(judge) for judge in judges],
        slots_mb=[sum(map(_pss, slot)) for slot in slots],
        engine_fds=_fds(engine),
        judges_fds=[_fds(judge) for judge in judges],
        slots_fds=[sum(map(_fds, slot)) for slot in slots],
        processes=1 + len(judges) + sum(map(len, slots)),
        containers=len(containers),
    )


def _argv(process: psutil.Process) -> str:
    with contextlib.suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""


def _tree(pid: int) -> list[psutil.Process]:
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _pss(process: psutil.Process) -> float:
    with contextlib.suppress(OSError):  # over, or of another user
        found = re.search(r"^Pss: +(\d+)", Path(f"/proc/{process.pid}/smaps_rollup").read_text(), re.MULTILINE)
        return round(int(found[1]) / 1024, 1) if found else 0.0
    return 0.0


def _fds(process: psutil.Process) -> int:
    with contextlib.suppress(psutil.Error):
        return int(process.num_fds())
    return 0


def _containers() -> list[int]:
    """Process 1 of each container that belongs to this process."""
    try:
        from refine.sandbox import docker, images  # noqa: PLC0415 - an extra

        engine = images.client()
    except RefineError:
        return []
    with contextlib.closing(engine):
        found = engine.containers.list(all=True, ignore_removed=True, filters={"label": docker.LABEL})
        return [c.attrs["State"]["Pid"] for c in found if c.labels[docker.LABEL] == docker.owner()]


def grown(first: Look, last: Look) -> list[str]:
    """What is more than it may be, in words."""
    memory = {
        "the engine's memory": (first.engine_mb, last.engine_mb),
        "a judge's memory": (_mean(first.judges_mb), _mean(last.judges_mb)),
        "a slot's memory": (_mean(first.slots_mb), _mean(last.slots_mb)),
    }
    said = [f"{what}: {a:.0f} to {b:.0f} MiB" for what, (a, b) in memory.items() if b > 1.25 * a + 16]
    if last.engine_fds > first.engine_fds + 16:
        said.append(f"the engine's descriptors: {first.engine_fds} to {last.engine_fds}")
    for what, before, after in (
        ("judge", first.judges_fds, last.judges_fds),
        ("slot", first.slots_fds, last.slots_fds),
    ):
        if _mean(after) > _mean(before) + 4:
            said.append(f"a {what}'s descriptors: {_mean(before):.0f} to {_mean(after):.0f}")
    counts = {"judges": len(last.judges_mb), "slots": len(last.slots_mb), "containers": last.containers}
    return said + [f"{count} {what}" for what, count in counts.items() if count > 2 * WIDTH]


def _mean(values: list[float] | list[int]) -> float:
    return sum(values) / len(values) if values else 0.0


# ---- the run --------------------------------------------------------------------------------------------------------


class Tally:
    """What came of the evaluations so far."""

    def __init__(self) -> None:
        self.honest = 0
        self.hostile = 0
        self.wrong: list[str] = []
        self.reached: list[str] = []
        self.faults: list[str] = []

    def count(self, number: int, attacker: Hostile | None, outcome: Outcome | Fault) -> None:
        if isinstance(outcome, Fault):
            self.faults.append(f"{attacker.name if attacker else 'honest'}: {outcome}")
        if attacker is not None:
            self.hostile += 1
            if isinstance(outcome, Outcome) and outcome.score not in (None, 0.0) and not attacker.plain:
                self.reached.append(attacker.name)
            return
        self.honest += 1
        if isinstance(outcome, Fault) or outcome.score != exact(number):
            self.wrong.append(f"{number}: {outcome}")


def exact(number: int) -> float:
    """What the honest candidate `number` must score."""
    return 7 * number + 0.1 * number


def program(number: int) -> str:
    return f"import numpy as np\ndef f(x):\n    return x * {number} + 0.1 * {number}\n"


async def evaluate(pool: Pool, number: int, attacker: Hostile | None) -> Outcome | Fault:
    try:
        return await pool.verify(Candidate(attacker.text if attacker else program(number)))
    except Fault as fault:
        return fault


async def soak(sandbox: Sandbox, task: Path, evaluations: int, every: int, seed: int) -> tuple[Tally, list[Look]]:
    chance = random.Random(seed)
    chosen, _ = hostile()
    tally, looks = Tally(), []
    async with Pool(load_file(str(task)), sandbox, width=WIDTH, log=task.with_suffix(".log")) as pool:
        for start in range(0, evaluations, every):
            numbers = range(start, min(start + every, evaluations))
            drawn = [chance.choice(chosen) if chance.random() < SHARE else None for _ in numbers]
            came = await asyncio.gather(*map(evaluate, [pool] * len(drawn), numbers, drawn))
            for number, attacker, outcome in zip(numbers, drawn, came, strict=True):
                tally.count(number, attacker, outcome)
            looks.append(await asyncio.to_thread(look))
            print(f"{numbers.stop}: {looks[-1]}, {len(tally.wrong)} wrong", file=sys.stderr, flush=True)
    return tally, looks


def total(one: Look) -> float:
    return round(one.engine_mb + sum(one.judges_mb) + sum(one.slots_mb), 1)


def summary(tally: Tally, looks: list[Look], seconds: float) -> dict[str, object]:
    first, last = looks[0], looks[-1]
    return {
        "evaluations": tally.honest + tally.hostile,
        "hostile": tally.hostile,
        "wrong_honest_scores": len(tally.wrong),
        "hostile_reached": sorted(set(tally.reached)),
        "faults": tally.faults[:20],
        "rss_mb_first": total(first),
        "rss_mb_last": total(last),
        "fds_first": first.engine_fds + sum(first.judges_fds) + sum(first.slots_fds),
        "fds_last": last.engine_fds + sum(last.judges_fds) + sum(last.slots_fds),
        "processes_first": first.processes,
        "processes_last": last.processes,
        "containers_first": first.containers,
        "containers_last": last.containers,
        "grown": grown(first, last),
        "left_out": hostile()[1],
        "seconds": round(seconds, 1),
    }


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--evaluations", type=int, default=20_000)
    options.add_argument("--sandbox", choices=["docker", "local", "strict"], default="docker")
    options.add_argument("--every", type=int, default=1_000, help="evaluations between two looks")
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    sandbox = LocalSandbox("strict") if given.sandbox == "strict" else choose(given.sandbox)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder, contextlib.closing(sandbox):
        task = Path(folder, "soaked.py")
        task.write_text(TASK)
        tally, looks = asyncio.run(soak(sandbox, task, given.evaluations, given.every, given.seed))
    said = summary(tally, looks, time.monotonic() - began)
    print("\n".join(tally.wrong[:10]), file=sys.stderr)
    print(json.dumps({"sandbox": given.sandbox, "cpus": len(os.sched_getaffinity(0))} | said))
    return 1 if tally.wrong or tally.reached or said["grown"] else 0


if __name__ == "__main__":
    sys.exit(main())
