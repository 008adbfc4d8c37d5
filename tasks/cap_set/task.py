"""Cap sets in F_3^n: the candidate ranks vectors, the judge builds the cap greedily and proves that it is one."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import refine
from refine.verifiers.exact import number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from refine.verifiers.handle import Handle

DIMENSIONS = (3, 4, 5, 6, 7, 8)
SCORED = 8

task = refine.Task(
    instruction="""
    A cap set in F_3^n is a set of vectors with entries 0, 1, 2, no three different ones of which sum to zero modulo 3
    (so: no three on a line). Write a Python function `priority(element, n)` that ranks vectors: `element` is a tuple
    of n integers out of 0, 1, 2, and the answer is a finite number.

    The cap is built for you: all 3^n vectors are taken in order of falling priority (ties in lexicographic order, so
    (0, ..., 0, 1) before (0, ..., 0, 2)), and each that makes no line with two already taken is taken.
    The score is the size of the cap for n = 8: as large as possible. The best known is 512; priority 0 for all gives
    256. The sizes for n = 3 to 7 are shown too: 9, 20, 45, 112 are the proven optima for n = 3 to 6.

    `priority` is called 9 828 times in all, for n = 3 to 8, within 10 seconds. It sees one vector at a time. What helps
    are quantities that symmetries leave alone: numbers of 0s, 1s and 2s, whether entries repeat or mirror each other,
    sums of blocks modulo 3, products of smaller caps. numpy may be imported.
    """,
    metric="size of the cap, n = 8",
    target=512,
    limits=refine.Limits(seconds=10),
    references=[
        refine.Reference(name="best known", value=512, source="FunSearch: Romera-Paredes et al., Nature 625 (2024)"),
        refine.Reference(name="best before 2023", value=496, source="as cited there, table of known sizes"),
    ],
    baselines={
        "random symmetric orbits, no model": (Path(__file__).parent / "golden" / "orbits.py").read_text(),
    },
    grammar=refine.Grammar(
        terminals=(
            *("element[0]", "element[1]", "element[-1]", "element[n // 2]"),
            *("element.count(0)", "element.count(1)", "element.count(2)", "sum(element)", "sum(element) % 3"),
            "sum(a == b for a, b in zip(element, element[::-1]))",
            "sum(a * b for a, b in zip(element, element[1:])) % 3",
        ),
        functions=("abs",),
        constants=(1.0, 2.0, 3.0, 0.5),
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    asked = [(element, n) for n in DIMENSIONS for element in elements(n)]
    answers = candidate.map("priority", asked)
    refine.require(len(answers) == len(asked), f"{len(answers)} priorities for {len(asked)} vectors")
    values = [rank(answer, *about) for answer, about in zip(answers, asked, strict=True)]
    caps, start = {}, 0
    for n in DIMENSIONS:
        caps[n] = greedy(values[start : start + 3**n], n)
        start += 3**n
        refine.require(is_cap(caps[n]), f"n = {n}: three vectors on a line")
    return outcome(caps, len(set(values[-(3**SCORED) :])))


def rank(answer: object, element: tuple[int, ...], n: int) -> float:
    if type(answer) is float and answer - answer == 0:  # finite; the common case, 9 828 times
        return answer
    return float(number(answer, f"priority({element}, {n})"))


def outcome(caps: dict[int, np.ndarray], ranks: int) -> refine.Outcome:
    best = caps[SCORED]
    sizes = {f"n={n}": float(len(cap)) for n, cap in caps.items()}
    zeros = np.bincount((best == 0).sum(axis=1), minlength=SCORED + 1)
    spread = ", ".join(f"{count} with {k}" for k, count in enumerate(zeros) if count)
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sizes[f"n={SCORED}"],
        instances=sizes,
        features={"mean zeros": float((best == 0).sum(axis=1).mean()), "different priorities": float(ranks)},
        feedback=f"sizes: {', '.join(f'{k}: {v:g}' for k, v in sizes.items())}. Of the vectors taken for n = {SCORED}, "
        f"by their number of zeros: {spread}. {ranks} different priorities among {3**SCORED} vectors.",
    )


@lru_cache
def elements(n: int) -> tuple[tuple[int, ...], ...]:
    """All vectors of F_3^n in lexicographic order: vector number i has the base-3 digits of i."""
    return tuple(product(range(3), repeat=n))


def greedy(priorities: Sequence[float], n: int) -> np.ndarray:
    """The cap that taking vectors by falling priority gives; shape (size, n), dtype int64.

    For each pair a != b there is one c with a + b + c = 0; whenever a vector is taken, its c with every vector taken
    before is blocked.
    """
    vectors = np.array(elements(n))
    powers = 3 ** np.arange(n - 1, -1, -1)
    blocked = np.zeros(3**n, dtype=bool)
    taken: list[int] = []
    for i in np.argsort(-np.array(priorities), kind="stable").tolist():
        if not blocked[i]:
            blocked[(-(vectors[taken] + vectors[i]) % 3) @ powers] = True
            taken.append(i)
    return vectors[taken]


def is_cap(cap: np.ndarray) -> bool:
    """Whether all rows differ and no three of them sum to zero modulo 3; decided anew, in integers."""
    powers = 3 ** np.arange(cap.shape[1] - 1, -1, -1)
    member = np.zeros(3 ** cap.shape[1], dtype=bool)
    member[cap @ powers] = True
    third = (-(cap[:, None] + cap[None]) % 3) @ powers
    lines = member[third] & ~np.eye(len(cap), dtype=bool)
    return int(member.sum()) == len(cap) and not lines.any()
