"""What rewards are worth: sparse, human-written, none, and discovered ones, over training seeds that no search used.

    .venv/bin/python benchmarks/reward.py [--tasks reward_pendulum,...] [--seeds 5] [--only sparse,human,...]
                                          [--add embedded:reward_pendulum=FILE ...] [--lines FILE] [--minutes 14]

Beside the golden cases "human", "sparse", "discovered" (found with a capable model) and "embedded" (found without one)
it trains with the task's seed program, and with what `--add` names: files that `refine export RUN` wrote. "none" is the
policy as it begins. One line of JSON for each training; `--lines` keeps them, and a training that is there is not made
again, so that the same command goes on after `--minutes`.

The last line is one JSON object. For each task and reward: the fitness of the trained policies on initial states that
the training never met, mean, standard deviation and 95 % interval of the mean (Student's t) over the seeds; CPU seconds
of one training, judge and candidate together. For the discovered reward by how much it is ahead of the human's, whether
that is above 0 with 95 % confidence (paired by seed), and as Eureka normalises it (Ma et al. 2023): (discovered -
sparse) / |human - sparse|, which says little where the human's reward is worth no more than the sparse one. Last on how
many tasks the discovered reward is ahead.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

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
GOLDEN = {"discovered": "discovered", "human": "human", "sparse": "sparse", "embedded": "embedded", "none": "constant"}
"""Rewards by the golden cases that they are, in the order in which they are trained."""


@dataclass(frozen=True, slots=True)
class Training:
    """One training: `text` is the reward's digest, so that another reward of the same name is another training."""

    task: str
    reward: str
    text: str
    seed: int
    fitness: float
    cpu_seconds: float


def rewards(task: Task, added: Mapping[str, Path]) -> dict[str, Candidate]:
    """The rewards to compare, by name; `added` takes the place of golden cases of the same name."""
    golden = {case.name: case.text for case in task.golden}
    found = {name: golden[case] for name, case in GOLDEN.items() if case in golden} | {"seed": task.seeds[0].text}
    return {name: Candidate(text) for name, text in (found | {n: f.read_text() for n, f in added.items()}).items()}


def trained(task: Task, slots: Slots, reward: str, candidate: Candidate, seed: int) -> Training:
    handle = Handle(candidate, slots, task.limits, seed=seed, folder=task.folder)
    started = time.process_time()
    outcome = task.verify(handle)
    mine = time.process_time() - started
    used, _ = handle._end()  # noqa: SLF001 - what the judge does after a verifier
    assert isinstance(outcome, Outcome)
    assert outcome.score is not None
    return Training(task.name, reward, candidate.id, seed, round(outcome.score, 6), round(mine + used.cpu_s, 3))


def interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean."""
    mean, reach = statistics.fmean(values), T_95[len(values)] * statistics.stdev(values) / math.sqrt(len(values))
    return mean - reach, mean + reach


def told(trainings: Sequence[Training]) -> dict[str, object]:
    fitness = [one.fitness for one in trainings]
    return {
        "fitness": round(statistics.fmean(fitness), 4),
        "sd": round(statistics.stdev(fitness), 4),
        "interval": [round(value, 4) for value in interval(fitness)],
        "by_seed": [round(value, 4) for value in fitness],
        "cpu_seconds": round(statistics.fmean(one.cpu_seconds for one in trainings), 2),
    }


def compared(rows: Mapping[str, Sequence[Training]]) -> dict[str, object]:
    """The discovered reward against the human's, seed by seed."""
    pairs = zip(rows["discovered"], rows["human"], strict=True)
    ahead = [mine.fitness - theirs.fitness for mine, theirs in pairs]
    means = {name: statistics.fmean(one.fitness for one in found) for name, found in rows.items()}
    low, high = interval(ahead)
    apart = abs(means["human"] - means["sparse"])
    return {
        "ahead_by": round(statistics.fmean(ahead), 4),
        "interval": [round(low, 4), round(high, 4)],
        "surely_ahead": low > 0,
        "human_normalised": round((means["discovered"] - means["sparse"]) / apart, 3) if apart else None,
        "human_itself": round((means["human"] - means["sparse"]) / apart, 3) if apart else None,
    }


def summed_up(tasks: Mapping[str, dict[str, object]]) -> dict[str, object]:
    """Over the tasks with a comparison: how often the discovered reward is ahead, and the normalised improvement."""
    each = [found["discovered"] for found in tasks.values() if "discovered" in found]
    known = [one for one in each if isinstance(one, dict)]
    gains = [one["human_normalised"] - one["human_itself"] for one in known if one["human_normalised"] is not None]
    return {
        "tasks": len(known),
        "ahead": sum(one["ahead_by"] > 0 for one in known),
        "surely_ahead": sum(one["surely_ahead"] for one in known),
        "normalised_improvement": round(statistics.fmean(gains), 3) if gains else None,
        "normalised_improvement_median": round(statistics.median(gains), 3) if gains else None,
    }


def wishes() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sandbox", default="local")
    parser.add_argument("--tasks", default=",".join(name for name in names() if name.startswith("reward_")))
    parser.add_argument("--seeds", type=int, default=5, choices=sorted(T_95))
    parser.add_argument("--add", action="append", default=[], metavar="REWARD:TASK=FILE")
    parser.add_argument("--only", default="", help="names of rewards, with commas; default: all")
    parser.add_argument("--lines", type=Path, help="a file of trainings that are not made again")
    parser.add_argument("--minutes", type=float, default=math.inf, help="after so many no training is begun")
    return parser.parse_args()


def recorded(lines: Path | None) -> list[Training]:
    """What an earlier session trained; nothing where there is no such file yet."""
    if lines is None or not lines.exists():
        return []
    return [Training(**json.loads(line)) for line in lines.read_text().splitlines()]


@dataclass(frozen=True, slots=True)
class Session:
    """What is asked for, what is known already, and when to stop; `until` in seconds of the monotonic clock."""

    seeds: Sequence[int]
    only: frozenset[str]
    known: Sequence[Training]
    lines: Path | None
    until: float


@contextmanager
def opened(task: Task, kind: str) -> Iterator[Slots]:
    sandbox = choose(kind, image=task.image)
    slot = sandbox.open(task.limits)
    try:
        yield Slots(slot.control)
    finally:
        slot.close()
        sandbox.close()


def measured(task: Task, slots: Slots, added: Mapping[str, Path], session: Session) -> dict[str, object]:
    """Trains with every reward and seed that is not known, until the time is over, and tells what is whole."""
    rows = {
        reward: list(by_seed(task, slots, reward, candidate, session))
        for reward, candidate in rewards(task, added).items()
        if not session.only or reward in session.only
    }
    whole = {reward: found for reward, found in rows.items() if len(found) == len(session.seeds)}
    result: dict[str, object] = {"rewards": {reward: told(found) for reward, found in whole.items()}}
    return result | ({"discovered": compared(whole)} if {"discovered", "human", "sparse"} <= whole.keys() else {})


def by_seed(task: Task, slots: Slots, reward: str, candidate: Candidate, session: Session) -> Iterator[Training]:
    """What is known, and what is trained now, which is printed and kept."""
    before = {one.seed: one for one in session.known if one.task == task.name and one.text == candidate.id}
    for seed in session.seeds:
        if seed in before:
            yield before[seed]
        elif time.monotonic() < session.until:
            found = trained(task, slots, reward, candidate, seed)
            line = json.dumps(asdict(found))
            print(line, flush=True)
            if session.lines is not None:
                with session.lines.open("a") as file:
                    file.write(line + "\n")
            yield found


def added_to(task: str, said: Sequence[str]) -> dict[str, Path]:
    """The files that `--add` names for a task, by reward."""
    each = [(where.partition(":"), file) for where, _, file in (text.partition("=") for text in said)]
    return {reward: Path(file) for (reward, _, name), file in each if name == task}


def main() -> None:
    wish, tasks = wishes(), {}
    session = Session(
        seeds=range(FIRST, FIRST + wish.seeds),
        only=frozenset(filter(None, wish.only.split(","))),
        known=recorded(wish.lines),
        lines=wish.lines,
        until=time.monotonic() + 60 * wish.minutes,
    )
    for name in wish.tasks.split(","):
        task = load(name)
        with opened(task, wish.sandbox) as slots:
            tasks[name] = measured(task, slots, added_to(name, wish.add), session)
    print(json.dumps({"seeds": wish.seeds, "load": os.getloadavg()[0], "tasks": tasks, "summary": summed_up(tasks)}))


if __name__ == "__main__":
    main()
