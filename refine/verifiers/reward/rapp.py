"""The reward-aware physics prior of DrEureka (Ma et al. 2024, arXiv 2406.01967): how far each parameter may go.

A policy that a reward has trained is tried with one parameter of the physics changed, over a wide grid, all others as
they are. Where it still succeeds by a relaxed test, the parameter may be randomised. The range kept is the *connected*
one around the model's own value: DrEureka's lowest and highest success would also take in the failures between them.

`measured` simulates. All else is a function of the table that it makes, and the table is plain data.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from refine.errors import TaskError
from refine.types import Frozen
from refine.verifiers.reward.physics import MAX_LATENCY, Physics
from refine.verifiers.reward.ranges import INTEGER, Range, nominal
from refine.verifiers.reward.rollouts import fitness, roll
from refine.verifiers.reward.training import Trained
from refine.verifiers.reward.worlds import Numbers, World

GRIDS: Final[Mapping[str, tuple[float, ...]]] = {
    "friction": (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.85, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0),
    "mass": (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0, 4.0),
    "motor": (0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0, 3.0),
    "damping": (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 16.0, 32.0),
    "gravity": (0.2, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.6, 2.0),
    "contact_damping": (0.05, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.0, 3.0),
    "latency": tuple(float(steps) for steps in range(MAX_LATENCY + 1)),
    "observation_noise": (0.0, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.8, 1.2, 2.0),
}
"""Values to try, in the units of `Physics`, the model's own among them. `contact_damping` below 1 is restitution."""

RELAXED: Final = 1 / 3
"""Success: this share of what the policy reaches with the model's own physics."""


class Point(Frozen):
    """The mean fitness with one value, and its standard error over rollouts."""

    value: float
    fitness: float
    error: float = 0.0

    def succeeds(self, least: float) -> bool:
        return self.fitness >= least


class Table(Frozen):
    """What was found: the fitness with the model's own physics, and for each parameter its points, values rising."""

    own: float
    points: dict[str, tuple[Point, ...]]


def measured(
    world: World,
    policies: Sequence[Trained],
    grids: Mapping[str, Sequence[float]] = GRIDS,
    *,
    starts: int = 32,
    seed: int = 0,
) -> Table:
    """Tries the policies (one, or several trainings of the same reward) with every value of every grid.

    All values meet the same initial states: what differs is the value.
    """

    def point(name: str, value: float) -> Point:
        physics = Physics(**{name: int(value) if name == INTEGER else value})  # type: ignore[arg-type]
        each = np.concatenate([_tried(world, trained, physics, starts, seed) for trained in policies])
        return Point(value=value, fitness=float(each.mean()), error=float(each.std() / np.sqrt(len(each))))

    points = {
        name: tuple(point(name, value) for value in sorted({*grid, nominal(name)})) for name, grid in grids.items()
    }
    return Table(own=point("mass", nominal("mass")).fitness, points=points)


def _tried(world: World, trained: Trained, physics: Physics, starts: int, seed: int) -> Numbers:
    rng = np.random.default_rng(seed)
    begun = world.start(rng, starts)
    return fitness(world, roll(world, trained.policies(world, starts), begun, [physics] * starts, rng))


def feasible(points: Sequence[Point], own: float, least: float) -> Range | None:
    """The first and last value of the unbroken row of successes that holds the value `own`; None if that one fails.

    Args:
        points: by rising value, `own` among them.
        own: the model's own value.
        least: the fitness that is a success.
    """
    here = next(k for k, point in enumerate(points) if point.value == own)
    if not points[here].succeeds(least):
        return None
    low = high = here
    while low > 0 and points[low - 1].succeeds(least):
        low -= 1
    while high + 1 < len(points) and points[high + 1].succeeds(least):
        high += 1
    return points[low].value, points[high].value


def islands(points: Sequence[Point], own: float, least: float) -> tuple[float, ...]:
    """Values of success beyond a failure: what the lowest and the highest success alone would have taken in."""
    kept = feasible(points, own, least)
    return tuple(p.value for p in points if p.succeeds(least) and not (kept and kept[0] <= p.value <= kept[1]))


def prior(table: Table, share: float = RELAXED) -> dict[str, Range]:
    """The range of each parameter in which the policy reaches `share` of its own fitness.

    Raises TaskError where the policy reaches nothing in its own world: a prior of its failures says nothing.
    """
    if table.own <= 0:
        raise TaskError("the policy has fitness 0 in its own world: train it for longer, or with another reward")
    found = {name: feasible(points, nominal(name), share * table.own) for name, points in table.points.items()}
    return {name: kept for name, kept in found.items() if kept}


def told(table: Table, share: float = RELAXED) -> str:
    """The table in Markdown: a line for each parameter with its range and the fitness at every value."""
    least, kept = share * table.own, prior(table, share)
    head = f"Fitness {table.own:.3f} in its own world; a success is {least:.3f} or more.\n\n"
    lines = [_line(name, points, kept.get(name), least) for name, points in table.points.items()]
    return head + "\n".join(["| parameter | range | fitness at each value |", "|---|---|---|", *lines])


def _line(name: str, points: Sequence[Point], kept: Range | None, least: float) -> str:
    said = "none" if kept is None else f"{kept[0]:g} to {kept[1]:g}"
    apart = islands(points, nominal(name), least)
    note = f"; again at {', '.join(f'{value:g}' for value in apart)}" if apart else ""
    return f"| {name} | {said}{note} | {', '.join(f'{p.value:g}: {p.fitness:.2f}' for p in points)} |"
