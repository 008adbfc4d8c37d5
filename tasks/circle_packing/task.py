"""26 circles in the unit square, the sum of their radii as large as possible, decided in exact arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations
from math import sqrt
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.verifiers.exact import rows

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

Circle = tuple[Fraction, ...]  # x, y, r
N = 26

task = refine.Task(
    instruction="""
    Write a Python function `pack(n)` that returns a list of n circles (x, y, r) inside the unit square [0, 1] x [0, 1],
    no two of which overlap. The score is the sum of the radii for n = 26: as large as possible.

    - x, y, r are plain floats, and r >= 0. Touching is allowed; a circle may be of any size.
    - The check is exact: your floats are taken as rational numbers, with no tolerance. An overlap of 1e-18 is an
      overlap. So when your construction is done, shrink every radius by a hair, for example `r * (1 - 1e-9) - 1e-12`.
    - The score is computed from the circles; nothing else that you return or print counts.
    - You have 10 seconds. numpy may be imported; scipy may be missing, so import it in a `try` and do without.
    - Either give coordinates that you know to be good, or compute them: for fixed centres the best radii are a linear
      program, and centres and radii together are a smooth problem with many local optima.
    """,
    metric="sum of radii",
    target=2.635983,
    limits=refine.Limits(seconds=10),
    references=[
        refine.Reference(
            name="best known",
            value=2.6359830774,
            source="published construction, its radii shrunk until this exact check admits it (2025)",
        ),
        refine.Reference(name="AlphaEvolve", value=2.6358627564, source="Novikov et al. 2025, appendix B.12"),
        refine.Reference(name="human, before 2025", value=2.634, source="Erich Friedman's Packing Center"),
    ],
    baselines={
        "multi-start of linear programs, no model": (Path(__file__).parent / "golden" / "multistart.py").read_text(),
    },
    grammar=refine.Grammar(
        terminals=("i % k", "i // k", "1 / k", "0.5 / k", "i // k % 2"), constants=(0.25, 0.5, 0.4999999999, 1.0)
    ),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    return judge(rows(candidate.pack(N), N, 3, "circle"))


def judge(circles: Sequence[Circle]) -> refine.Outcome:
    """Scores a packing; raises `Wrong` naming the worst violation."""
    for i, circle in enumerate(circles):
        inside(i, circle)
    disjoint(circles)
    radii = [r for _, _, r in circles]
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=float(sum(radii, Fraction())),
        features={"smallest radius": float(min(radii)), "largest radius": float(max(radii))},
        feedback=room(circles),
    )


def inside(i: int, circle: Circle) -> None:
    x, y, r = circle
    refine.require(r >= 0, f"circle {i} has a negative radius")
    out = max(r - x, r - y, x + r - 1, y + r - 1)
    refine.require(out <= 0, f"circle {i} {shown(circle)} sticks out of the unit square by {approx(out):.3g}")


def disjoint(circles: Sequence[Circle]) -> None:
    """No tolerance: circles touch where the squared distance *equals* the squared sum of radii, as rationals."""
    worst = [(overlap(circles[i], circles[j]), i, j) for i, j in combinations(range(len(circles)), 2)]
    bad = [entry for entry in worst if entry[0] > 0]
    if not bad:
        return
    by, i, j = max(bad)
    raise refine.Wrong(
        f"{len(bad)} pair(s) of circles overlap; the worst are circle {i} {shown(circles[i])} and circle {j} "
        f"{shown(circles[j])}, by {by:.3g}. The check is exact: shrink the radii by a little more than that"
    )


def overlap(a: Circle, b: Circle) -> float:
    """How deep two circles overlap, in the square's unit; 0 where they do not, exactly.

    With s the sum of radii and d the distance, s - d = (s^2 - d^2) / (s + d), whose numerator is exact.
    """
    square = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
    excess = (a[2] + b[2]) ** 2 - square
    return approx(excess) / (approx(a[2] + b[2]) + sqrt(square)) or 5e-324 if excess > 0 else 0.0


def room(circles: Sequence[Circle]) -> str:
    """Which circles could still grow alone: what a next attempt may use."""
    slack = [gap(i, circles) for i in range(len(circles))]
    loose = [i for i, s in enumerate(slack) if s > 1e-6]
    if not loose:
        return "Valid. Every circle is blocked (no radius can grow by 1e-6 alone): move centres, or change the layout."
    most = max(loose, key=lambda i: slack[i])
    return f"Valid. {len(loose)} circle(s) could grow alone: circle {most} {shown(circles[most])} by {slack[most]:.3g}."


def gap(i: int, circles: Sequence[Circle]) -> float:
    """By how much circle `i` could grow with all else fixed, about."""
    x, y, r = map(float, circles[i])
    others = (map(float, c) for j, c in enumerate(circles) if j != i)
    return min(min(x, y, 1 - x, 1 - y) - r, *(sqrt((x - u) ** 2 + (y - v) ** 2) - r - s for u, v, s in others))


def shown(circle: Circle) -> str:
    return "({:.6g}, {:.6g}, r={:.6g})".format(*map(approx, circle))


def approx(value: Fraction) -> float:
    """A float for messages: infinite where the number is beyond floats, never 0 where it is positive."""
    try:
        return float(value) or (5e-324 if value > 0 else 0.0)
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")
