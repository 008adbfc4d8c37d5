"""What rewards are worth: sparse, human-written, none, and discovered ones, over training seeds that no search used.

    .venv/bin/python benchmarks/reward.py [--sandbox local] [--tasks reward_pendulum,...] [--seeds 5]
                                          [--discovered reward_pendulum=FILE ...] [--only sparse,human,...]

`--discovered` takes what `refine export RUN` wrote. For each task and reward: the fitness of the trained policy on
initial states that the training never met, mean, standard deviation and 95 % interval of the mean (Student's t) over
the seeds; CPU seconds of one training, judge and candidate together; and for the discovered reward by how much it is
ahead of the human's, (discovered - sparse) / |human - sparse| as Eureka normalises, and whether the paired difference
is above 0 with 95 % confidence. "none" is the policy as it begins. Prints one JSON object last.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from refine.load import load, names
from refine.sandbox.cell import Slots
from refine.sandbox.choose import choose
from refine.task import Task
from refine.types import Candidate, Outcome
from refine.verifiers.handle import Handle

FIRST = 1_000_003
"""The first training seed. A search's are drawn from 60 bits, or 0."""
T_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776, 6: 2.571, 7: 2.447, 8: 2.365, 9: 2.306, 10: 2.262}
"""Student's t, two-sided 95 %, by the number of values."""


@dataclass(frozen=True, slots=True)
class Trainings:
    """Fitness by seed, and CPU seconds of each training."""

    fitness: tuple[float, ...]
    cpu_seconds: tuple[float, ...]


def rewards(task: Task, discovered: Mapping[str, Path]) -> dict[str, str]:
    """The rewards to compare, by name."""
    golden = {case.name: case.text for case in task.golden}
    found = {
        "none": golden["constant"],
        "sparse": golden["sparse"],
        "human": golden["human"],
        "seed": task.seeds[0].text,
    }
    return found | ({"discovered": discovered[task.name].read_text()} if task.name in discovered else {})


def trained(task: Task, slots: Slots, text: str, seeds: Sequence[int]) -> Trainings:
    fitness, seconds = [], []
    for seed in seeds:
        handle = Handle(Candidate(text), slots, task.limits, seed=seed, folder=task.folder)
        started = time.process_time()
        outcome = task.verify(handle)
        mine = time.process_time() - started
        used, _ = handle._end()  # noqa: SLF001 - what the judge does after a verifier
        assert isinstance(outcome, Outcome)
        assert outcome.score is not None
        fitness.append(outcome.score)
        seconds.append(mine + used.cpu_s)
    return Trainings(tuple(fitness), tuple(seconds))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean."""
    mean, reach = statistics.fmean(values), T_95[len(values)] * statistics.stdev(values) / math.sqrt(len(values))
    return mean - reach, mean + reach


def told(task: str, name: str, found: Trainings) -> dict[str, object]:
    low, high = interval(found.fitness)
    return {
        "task": task,
        "reward": name,
        "fitness": round(statistics.fmean(found.fitness), 4),
        "sd": round(statistics.stdev(found.fitness), 4),
        "interval": [round(low, 4), round(high, 4)],
        "by_seed": [round(value, 4) for value in found.fitness],
        "cpu_seconds": round(statistics.fmean(found.cpu_seconds), 2),
    }


def compared(rows: Mapping[str, Trainings]) -> dict[str, object]:
    """The discovered reward against the human's, seed by seed."""
    ahead = np.subtract(rows["discovered"].fitness, rows["human"].fitness)
    low, high = interval(ahead.tolist())
    means = {name: statistics.fmean(found.fitness) for name, found in rows.items()}
    apart = abs(means["human"] - means["sparse"])
    return {
        "ahead_by": round(float(ahead.mean()), 4),
        "interval": [round(low, 4), round(high, 4)],
        "surely_ahead": low > 0,
        "human_normalised": round((means["discovered"] - means["sparse"]) / apart, 3) if apart else None,
    }


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--tasks", default=",".join(name for name in names() if name.startswith("reward_")))
    parser.add_argument("--seeds", type=int, default=5, choices=sorted(T_95))
    parser.add_argument("--discovered", action="append", default=[], metavar="TASK=FILE")
    parser.add_argument("--only", default="", help="names of rewards, with commas; default: all")
    return parser.parse_args()


def measured(task: Task, wish: argparse.Namespace, discovered: Mapping[str, Path]) -> dict[str, object]:
    only = set(filter(None, wish.only.split(",")))
    sandbox = choose(wish.sandbox, image=task.image)
    slot = sandbox.open(task.limits)
    slots, rows = Slots(slot.control), {}
    for name, text in rewards(task, discovered).items():
        if not only or name in only:
            rows[name] = trained(task, slots, text, range(FIRST, FIRST + wish.seeds))
            print(json.dumps(told(task.name, name, rows[name])), flush=True)
    slot.close()
    sandbox.close()
    result: dict[str, object] = {"rewards": [told(task.name, name, found) for name, found in rows.items()]}
    return result | ({"discovered": compared(rows)} if {"discovered", "human", "sparse"} <= rows.keys() else {})


def main() -> None:
    wish = wishes()
    discovered = {name: Path(file) for name, _, file in (text.partition("=") for text in wish.discovered)}
    tasks = {name: measured(load(name), wish, discovered) for name in wish.tasks.split(",")}
    print(json.dumps({"seeds": wish.seeds, "load": os.getloadavg()[0], "tasks": tasks}))


if __name__ == "__main__":
    main()
