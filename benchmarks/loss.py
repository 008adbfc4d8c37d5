"""Losses: what a candidate costs, whether the ranking of the known ones is stable, and what a search finds.

    python benchmarks/loss.py known  --task preference_loss --seeds 4            # JSON
    python benchmarks/loss.py search --task preference_loss --candidates 200     # no key: the built-in proposer

`known` verifies every golden case that passes twice, on two disjoint sets of seeds. It prints scores, spread, the CPU
seconds of judge and sandbox together, and Spearman's correlation of the two sets over all losses and instances (an
instance of `preference_loss` is a beta). `search` runs and confirms; the held-out score is the gain over the yardstick.
Its journal, `--run`, goes on where Ctrl-C stopped it; what was not verified by then is verified then.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import sys
import time
from typing import Any

import numpy as np
import psutil

import refine
from refine.load import load
from refine.sandbox.choose import choose
from refine.task import Task
from refine.types import Candidate, Outcome
from refine.workers.local import Pool


def cpu_s() -> float:
    """CPU seconds of all processes below this one: judges, supervisors, and the cells that these have reaped."""
    used = 0.0
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:  # a cell that ended meanwhile is in its supervisor's figure
            continue
        used += times.user + times.system + times.children_user + times.children_system
    return used


async def known(task: Task, seeds: int, kind: str) -> dict[str, Any]:
    """Every golden case that passes, on two sets of `seeds` seeds each."""
    sandbox = choose(kind, image=task.image)
    rows: dict[str, Any] = {}
    costs: list[float] = []
    try:
        async with Pool(task, sandbox, width=1) as pool:
            await pool.verify(task.seeds[0], replicates=2)  # torch is imported, its first optimiser made
            for case in (case for case in task.golden if case.kind == "pass"):
                before = cpu_s()
                both = [await pool.verify(Candidate(case.text), seed=seed, replicates=seeds) for seed in (1, 2)]
                costs.append((cpu_s() - before) / (2 * seeds))
                rows[case.name] = [told(outcome) for outcome in both]
    finally:
        sandbox.close()
    return {
        "cpu_s_per_replicate": statistics.median(costs),
        "spearman": spearman(*([value for row in rows.values() for value in flat(row[k])] for k in (0, 1))),
        "losses": rows,
    }


def told(outcome: Outcome) -> dict[str, Any]:
    return {"verdict": outcome.verdict, "instances": outcome.instances, **outcome.metrics}


def flat(row: dict[str, Any]) -> list[float]:
    """The scores by instance; none where a loss did not pass."""
    return list(row["instances"].values())


def spearman(one: list[float], other: list[float]) -> float:
    """Correlation of the ranks, equals at their mean rank."""
    return float(np.corrcoef(ranks(np.array(one)), ranks(np.array(other)))[0, 1])


def ranks(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    below = (values[None, :] < values[:, None]).sum(1)
    return np.asarray(below + ((values[None, :] == values[:, None]).sum(1) - 1) / 2, dtype=np.float64)


def searched(task: Task, said: argparse.Namespace) -> dict[str, Any]:
    """A run of the built-in proposer and, once it is whole, what its confirmation says."""
    result = refine.run(
        task,
        path=said.run or f"runs/{task.name}.db",
        seed=said.seed,
        sandbox=said.sandbox,
        workers=said.workers,
        budget=refine.Budget(candidates=said.candidates),
    )
    rows: dict[str, Any] = {}
    for one in result.confirmed:
        if one.on == "held-out":
            rows[one.name] = {"score": one.outcome.score, **one.outcome.metrics, "instances": one.outcome.instances}
            rows[one.name]["standard_errors"] = standard_errors(one.outcome)
    best = result.best
    return {
        "ended": result.stop.detail,
        "verified": result.search.tally.verified,
        "best": best.candidate.text if best else None,
        "score": best.outcome.score if best else None,
        "held_out": rows,
    }


def standard_errors(outcome: Outcome) -> float | None:
    """By how many standard errors the mean is above 0; None where nothing varied."""
    mean, sd, count = (outcome.metrics.get(name, 0.0) for name in ("mean", "sd", "replicates"))
    return mean / (sd / count**0.5) if sd and count else None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("known", "search"))
    parser.add_argument("--task", default="preference_loss")
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--seeds", type=int, default=4, help="seeds of each of the two sets")
    parser.add_argument("--candidates", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", help="the search's journal; by default runs/TASK.db")
    parser.add_argument("--workers", type=int, help="judge processes of the search; by default one for each CPU")
    said = parser.parse_args()
    task, started = load(said.task), time.perf_counter()
    found = asyncio.run(known(task, said.seeds, said.sandbox)) if said.what == "known" else searched(task, said)
    print(
        json.dumps(
            {
                "task": task.name,
                "what": said.what,
                "seeds": said.seeds,
                "seed": said.seed,
                "python": platform.python_version(),
                "wall_s": round(time.perf_counter() - started, 1),
                **found,
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped; the same command goes on with a search", file=sys.stderr)
        sys.exit(130)
