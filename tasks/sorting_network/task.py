"""Sorting networks for 8 to 12 inputs, proved to sort by the 0-1 principle.

A network of comparators sorts all inputs if and only if it sorts all 2^n inputs of zeros and ones (Knuth, The Art of
Computer Programming, vol. 3, section 5.3.4, theorem Z). All of them are tried at once: a line is an integer of 2^n
bits, bit x its value under input number x, and a comparator is one AND and one OR.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import refine

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Comparator = tuple[int, int]
LINES = (8, 9, 10, 11, 12)
MOST = 1000
"""Comparators of one network; bubble sort for 12 lines has 66."""
GOLDEN = Path(__file__).parent / "golden"
CODISH = "Codish, Cruz-Filipe, Frank, Schneider-Kamp 2014, proven optimal"
HARDER = "Harder 2020, proven optimal"

task = refine.Task(
    instruction=f"""
    Sorting networks. Write a Python function `network(n)` that returns a list of comparators [i, j] with
    0 <= i < j < n, as plain integers. They are applied in order: a comparator puts the smaller of the values on lines
    i and j on line i and the larger on line j. In the end line 0 must hold the smallest value and line n - 1 the
    largest, whatever the input was.

    It is asked once for each n = {", ".join(map(str, LINES))}, and every network is proved by the 0-1 principle, on all
    2^n inputs of zeros and ones. The score is the number of comparators of all five together: as small as possible.
    Bubble sort, which is the start, has 230, Batcher's odd-even merge sort 154; the optimum is
    19 + 25 + 29 + 35 + 39 = 147. All five must sort for any to count. At most {MOST} comparators each.
    """,
    direction="minimize",
    metric="comparators, n = 8 ... 12 together",
    target=147,
    limits=refine.Limits(seconds=5),
    references=[
        refine.Reference(name="optimal", value=19, metric="n=8", source="Knuth, TAOCP vol. 3, section 5.3.4"),
        refine.Reference(name="optimal", value=25, metric="n=9", source=CODISH),
        refine.Reference(name="optimal", value=29, metric="n=10", source=CODISH),
        refine.Reference(name="optimal", value=35, metric="n=11", source=HARDER),
        refine.Reference(name="optimal", value=39, metric="n=12", source=HARDER),
    ],
    baselines={"Batcher's odd-even merge sort, no model": (GOLDEN / "batcher.py").read_text()},
    grammar=refine.Grammar(terminals=("n", "i", "n - 1", "n // 2", "i + 1", "last"), constants=(1.0, 2.0, 4.0)),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    answers = candidate.map("network", [(n,) for n in LINES])
    networks = {n: comparators(answer, n) for n, answer in zip(LINES, answers, strict=True)}
    for n, network in networks.items():
        prove(network, n)
    sizes = {f"n={n}": float(len(network)) for n, network in networks.items()}
    depths = {n: depth(network, n) for n, network in networks.items()}
    spare = {n: redundant(network, n) for n, network in networks.items()}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(sizes.values()),
        metrics=sizes | {"depth": float(sum(depths.values()))},
        features={"depth": float(sum(depths.values()))},
        instances=sizes,
        feedback="All five sort. "
        + "; ".join(f"n = {n}: {len(networks[n])} comparators, depth {depths[n]}" for n in LINES)
        + "".join(f". n = {n}: number(s) {found[:5]} never exchange anything" for n, found in spare.items() if found),
    )


def comparators(answer: object, n: int) -> list[Comparator]:
    """The candidate's answer as pairs of lines. Raises `Wrong`."""
    what = f"network({n})"
    rows = answer.tolist() if isinstance(answer, np.ndarray) else answer
    refine.require(isinstance(rows, list | tuple), f"{what} must return a list of comparators [i, j]")
    assert isinstance(rows, list | tuple)
    refine.require(len(rows) <= MOST, f"{what} has {len(rows)} comparators: at most {MOST} are allowed")
    return [_comparator(row, n, f"{what}, comparator {k}") for k, row in enumerate(rows)]


def _comparator(row: object, n: int, what: str) -> Comparator:
    pair = row.tolist() if isinstance(row, np.ndarray) else row
    refine.require(isinstance(pair, list | tuple) and len(pair) == 2, f"{what} is no pair [i, j]")
    assert isinstance(pair, list | tuple)
    i, j = (line.item() if isinstance(line, np.integer) else line for line in pair)
    refine.require(type(i) is int and type(j) is int, f"{what} must hold two plain integers")
    refine.require(0 <= i < j < n, f"{what} must have 0 <= i < j < {n}: the smaller value goes to the first line")
    return i, j


def prove(network: Sequence[Comparator], n: int) -> None:
    """Tries all 2^n inputs of zeros and ones. Raises `Wrong` with one that is not sorted, and how many there are."""
    lines = run(network, n)
    bad = 0
    for upper, lower in pairwise(lines):
        bad |= upper & ~lower
    if not bad:
        return
    x = (bad & -bad).bit_length() - 1
    given, got = [x >> k & 1 for k in range(n)], [line >> x & 1 for line in lines]
    raise refine.Wrong(
        f"network({n}), {len(network)} comparators, does not sort {bad.bit_count()} of the {2**n} inputs of zeros and "
        f"ones: {given} becomes {got}"
    )


def run(network: Sequence[Comparator], n: int) -> list[int]:
    """The lines after the network, each an integer whose bit x is its value under input number x."""
    lines = list(inputs(n))
    for i, j in network:
        lines[i], lines[j] = lines[i] & lines[j], lines[i] | lines[j]
    return lines


@lru_cache
def inputs(n: int) -> tuple[int, ...]:
    """Line k is 1 under input number x where bit k of x is 1."""
    return tuple(sum(1 << x for x in range(2**n) if x >> k & 1) for k in range(n))


def redundant(network: Sequence[Comparator], n: int) -> list[int]:
    """The numbers of comparators that never exchange anything: they may go."""
    lines, found = list(inputs(n)), []
    for number, (i, j) in enumerate(network):
        if not lines[i] & ~lines[j]:
            found.append(number)
        lines[i], lines[j] = lines[i] & lines[j], lines[i] | lines[j]
    return found


def depth(network: Sequence[Comparator], n: int) -> int:
    """Steps, where comparators on different lines work at the same time."""
    at = [0] * n
    for i, j in network:
        at[i] = at[j] = max(at[i], at[j]) + 1
    return max(at)
