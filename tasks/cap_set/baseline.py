"""The no-model baseline: random symmetries, then the judge's greedy on whole orbits. Also: random priorities.

    python tasks/cap_set/baseline.py --seed 0 --cpu-s 120            # prints JSON
    python tasks/cap_set/baseline.py --seed 0 --cpu-s 120 --write    # and golden/orbits.py

A round draws up to three signed permutations of the coordinates, takes the orbits of the group they generate, drops
those that hold a line, and adds whole orbits in random order as long as no line appears; ORDERS times a group.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from refine.load import load_file
from refine.types import Outcome

Numbers = NDArray[np.int64]
TASK = load_file(str(Path(__file__).with_name("task.py")))
SCORED = 8
ORDERS = 6
LARGEST = 200
"""Orbits longer than this are left out: a cap of a few hundred is made of shorter ones."""
VECTORS = np.array(list(product(range(3), repeat=SCORED)))
POWERS = 3 ** np.arange(SCORED - 1, -1, -1)


@dataclass(frozen=True)
class Given:
    """A candidate whose priorities for n = 8 are these; 0 elsewhere."""

    priorities: NDArray[np.float64]

    def map(self, _: str, asked: Sequence[object]) -> list[float]:
        values: list[float] = self.priorities.tolist()
        return [0.0] * (len(asked) - len(values)) + values


def verified(priorities: NDArray[np.float64]) -> int:
    """The size of the cap that the task's own verifier builds."""
    candidate: Any = Given(priorities)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return int(outcome.score or 0)


def numbered(vectors: Numbers) -> Numbers:
    """Vector numbers modulo 3; drops the last axis."""
    return np.asarray((vectors % 3) @ POWERS)


def symmetry(rng: np.random.Generator) -> Numbers:
    """A random signed permutation of the coordinates, as a permutation of vector numbers; shape (3^n,)."""
    order = rng.permutation(SCORED) if rng.random() < 0.6 else np.arange(SCORED)
    return numbered(VECTORS[:, order] * rng.choice([1, 2], SCORED))


def orbits(generators: list[Numbers]) -> list[Numbers]:
    """The orbits of vector numbers under the group that `generators` make: smallest labels, passed on until stable."""
    label = np.arange(len(VECTORS))
    while True:
        before = label.copy()
        for image in generators:
            label = np.minimum(label, label[image])
            np.minimum.at(label, image, label.copy())
        if np.array_equal(label, before):
            break
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)


def thirds(a: Numbers, b: Numbers) -> Numbers:
    """The vector on the line of each vector of `a` with each of `b`; numbers, shape (len(a), len(b))."""
    return numbered(-(VECTORS[a][:, None] + VECTORS[b][None]))


def cap_of(parts: list[Numbers], rng: np.random.Generator) -> Numbers:
    """Takes whole orbits in random order while no line appears. Each of `parts` is free of lines by itself."""
    blocked = np.zeros(len(VECTORS), dtype=bool)
    taken = np.zeros(0, dtype=np.int64)
    for k in rng.permutation(len(parts)):
        part = parts[k]
        if blocked[part].any():
            continue
        between = thirds(part, taken)
        inside = np.zeros(len(VECTORS), dtype=bool)
        inside[part] = True
        if inside[between].any():
            continue
        blocked[between] = blocked[thirds(part, part)] = True
        taken = np.concatenate([taken, part])
    return taken


def line_free(part: Numbers) -> bool:
    """Whether no three of these different vectors are on a line."""
    third = thirds(part, part)
    np.fill_diagonal(third, -1)
    return not np.isin(third, part).any()


def search(seed: int, cpu_s: float) -> tuple[dict[str, object], Numbers]:
    rng, began = np.random.default_rng(seed), time.process_time()
    best, at, now, groups = np.zeros(0, dtype=np.int64), 0.0, 0.0, 0
    while (now := time.process_time() - began) < cpu_s and len(best) < 512:
        groups += 1
        parts = [o for o in orbits([symmetry(rng) for _ in range(rng.integers(1, 4))]) if len(o) <= LARGEST]
        parts = [o for o in parts if line_free(o)]
        for _ in range(ORDERS):
            found = cap_of(parts, rng) if len(parts) >= 8 else best
            if len(found) > len(best):
                best, at = found, time.process_time() - began
    size = verified(np.isin(np.arange(len(VECTORS)), best).astype(float))
    spent = {"cpu_s_to_best": round(at, 1), "cpu_s": round(now, 1), "groups": groups}
    return {"seed": seed, "best": size, **spent}, np.sort(best)


def random_priorities(seed: int, tries: int) -> dict[str, object]:
    sizes = [verified(np.random.default_rng([seed, i]).random(len(VECTORS))) for i in range(tries)]
    return {"tries": tries, "best": max(sizes), "mean": round(float(np.mean(sizes)), 1), "worst": min(sizes)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cpu-s", type=float, default=120, help="stop after so many CPU seconds, or at 512")
    parser.add_argument("--tries", type=int, default=200, help="greedy caps by random priorities")
    parser.add_argument("--write", action="store_true", help="write the best as golden/orbits.py")
    args = parser.parse_args()
    report, best = search(args.seed, args.cpu_s)
    what = {"task": "cap_set", "method": "random symmetric orbits, no model", **report}
    what |= {"lexicographic": verified(np.zeros(len(VECTORS)))}
    what |= {"random_priorities": random_priorities(args.seed, args.tries)}
    sys.stdout.write(json.dumps(what) + "\n")
    if args.write:
        lines = "\n".join(f'    "{" ".join("".join(map(str, v)) for v in chunk)}"' for chunk in _chunks(VECTORS[best]))
        spaced = lines.replace('"\n', ' "\n')
        text = f"CAP = frozenset(\n    (\n{spaced}\n    ).split()\n)\n\n\n"
        text += 'def priority(element, n):\n    return float("".join(map(str, element)) in CAP)\n'
        (Path(__file__).parent / "golden" / "orbits.py").write_text(text)


def _chunks(vectors: Numbers) -> list[list[list[int]]]:
    return [vectors[i : i + 12].tolist() for i in range(0, len(vectors), 12)]


if __name__ == "__main__":
    main()
