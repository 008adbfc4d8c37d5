"""The no-model baseline: multi-start sequential linear programming, verified by the task's own exact check.

    python tasks/circle_packing/baseline.py --seed 0 --cpu-s 120            # prints JSON
    python tasks/circle_packing/baseline.py --seed 0 --cpu-s 120 --write    # and golden/multistart.py

The distance of two centres is a convex function of them, so its tangent never exceeds it: where a linear program keeps
the tangents above the sums of radii, the true circles are disjoint too. Each program therefore goes from a packing to a
better one, within a box that shrinks. A round starts from random centres and goes on from disturbances of its best
until PATIENCE of them in a row brought nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import coo_matrix, vstack

from refine.errors import Wrong
from refine.load import load_file
from refine.types import Outcome

Floats = NDArray[np.float64]
"""Circles as (N, 3): x, y, r."""
TASK = load_file(str(Path(__file__).with_name("task.py")))
N = 26
FIRST, SECOND = np.triu_indices(N, 1)
SHRINK = (0.0, *(10.0**e for e in range(-17, -8)))
PATIENCE = 60
GOOD = 2.63598


@dataclass(frozen=True)
class Given:
    """A candidate that answers with these circles."""

    circles: Floats

    def pack(self, _: int) -> list[list[float]]:
        answer: list[list[float]] = self.circles.tolist()
        return answer


def apart(c: Floats, box: float) -> tuple[coo_matrix, Floats]:
    """Rows (A, b) of A step <= b that keep pairs disjoint; only of those that could meet within the box."""
    x, y, r = c.T
    dx, dy = x[FIRST] - x[SECOND], y[FIRST] - y[SECOND]
    distance = np.hypot(dx, dy) + 1e-12
    near = distance - r[FIRST] - r[SECOND] < 4 * box + 0.02
    i, j, d = FIRST[near], SECOND[near], distance[near]
    ux, uy, one = dx[near] / d, dy[near] / d, np.ones(len(d))
    columns = np.stack([3 * i, 3 * j, 3 * i + 1, 3 * j + 1, 3 * i + 2, 3 * j + 2], axis=1)
    values = np.stack([-ux, ux, -uy, uy, one, one], axis=1)
    rows = np.repeat(np.arange(len(d)), 6)
    return coo_matrix((values.ravel(), (rows, columns.ravel())), (len(d), 3 * N)), d - r[i] - r[j]


def inside(c: Floats) -> tuple[coo_matrix, Floats]:
    """Rows that keep circles in the square; these are exact."""
    x, y, r = c.T
    k = np.arange(N)
    columns = np.stack([np.concatenate([3 * k, 3 * k, 3 * k + 1, 3 * k + 1]), np.tile(3 * k + 2, 4)], axis=1)
    values = np.stack([np.repeat([-1.0, 1.0, -1.0, 1.0], N), np.ones(4 * N)], axis=1)
    rows = np.repeat(np.arange(4 * N), 2)
    matrix = coo_matrix((values.ravel(), (rows, columns.ravel())), (4 * N, 3 * N))
    return matrix, np.concatenate([x - r, 1 - x - r, y - r, 1 - y - r])


def improved(c: Floats, box: float) -> tuple[Floats, float]:
    """The best packing within `box` of these centres by the tangents, and what was gained."""
    (pairs, free), (walls, room) = apart(c, box), inside(c)
    low, high = np.full((N, 3), -box), np.full((N, 3), box)
    low[:, 2], high[:, 2] = -c[:, 2], 0.5
    found = linprog(
        np.tile([0.0, 0.0, -1.0], N),
        A_ub=vstack([pairs, walls]).tocsr(),
        b_ub=np.concatenate([free, room]),
        bounds=np.stack([low.ravel(), high.ravel()], axis=1),
        method="highs-ds",
    )
    return (c, 0.0) if found.x is None else (c + found.x.reshape(N, 3), -float(found.fun))


def solve(centres: Floats) -> Floats:
    """A local optimum from (N, 2) centres; in 0.05 CPU-s or so."""
    circles, box = np.column_stack([centres, np.zeros(N)]), 0.1
    for _ in range(100):
        circles, gained = improved(circles, box)
        if gained < 1e-11:
            break
        box = max(0.7 * box, 1e-9) if gained < 0.02 else box
    return circles


def disturbed(circles: Floats, rng: np.random.Generator) -> Floats:
    """Centres after one to three circles were thrown anywhere, or all were jittered."""
    centres = circles[:, :2].copy()
    if rng.random() < 0.5:
        thrown = rng.choice(N, rng.integers(1, 4), replace=False)
        centres[thrown] = rng.random((len(thrown), 2))
        return centres
    return np.clip(centres + rng.normal(0, rng.choice([0.02, 0.05, 0.1]), (N, 2)), 0, 1)


def exact(circles: Floats) -> tuple[float, Floats]:
    """The score after the smallest shrink that the exact check admits, and those circles; 0.0 where none does."""
    for by in SHRINK:
        shrunk = np.column_stack([circles[:, :2], np.maximum(circles[:, 2] - by, 0)])
        try:
            return verified(shrunk), shrunk
        except Wrong:
            continue
    return 0.0, circles


def verified(circles: Floats) -> float:
    """The task's own score. Raises `Wrong`."""
    candidate: Any = Given(circles)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    return outcome.score or 0.0


def packings(rng: np.random.Generator) -> Iterator[Floats]:
    """Local optima, for ever: rounds of random centres and disturbances of the round's best."""
    while True:
        best = solve(rng.random((N, 2)))
        yield best
        stale = 0
        while stale < PATIENCE:
            other = solve(disturbed(best, rng))
            yield other
            better = other[:, 2].sum() > best[:, 2].sum() + 1e-9
            best, stale = (other, 0) if better else (best, stale + 1)


def search(seed: int, cpu_s: float) -> tuple[dict[str, object], Floats]:
    began = time.process_time()
    best, circles, at, now, solves = 0.0, np.zeros((N, 3)), 0.0, 0.0, 0
    for found in packings(np.random.default_rng(seed)):
        solves, now = solves + 1, time.process_time() - began
        if found[:, 2].sum() > best + 1e-9:
            score, shrunk = exact(found)
            best, circles, at = max((best, circles, at), (score, shrunk, now), key=lambda entry: entry[0])
        if now > cpu_s or best >= GOOD:
            break
    figures = {"cpu_s_to_best": round(at, 1), "solves": solves, "cpu_s": round(now, 1)}
    return {"seed": seed, "best": best, **figures}, circles


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cpu-s", type=float, default=120, help="stop after so many CPU seconds, or at 2.63598")
    parser.add_argument("--write", action="store_true", help="write the best as golden/multistart.py")
    args = parser.parse_args()
    report, circles = search(args.seed, args.cpu_s)
    what = {"task": "circle_packing", "method": "multi-start sequential linear programming, no model"}
    sys.stdout.write(json.dumps(what | report) + "\n")
    if args.write:
        lines = ",\n    ".join(f"({x!r}, {y!r}, {r!r})" for x, y, r in circles.tolist())
        text = f"CIRCLES = [\n    {lines},\n]\n\n\ndef pack(n):\n    return CIRCLES[:n]\n"
        (Path(__file__).parent / "golden" / "multistart.py").write_text(text)


if __name__ == "__main__":
    main()
