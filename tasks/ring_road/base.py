"""Makes a language model from nothing that can half do the walks: the base that `refine improve` begins with.

    python tasks/ring_road/base.py -o base --seed 0

A Llama of two layers, 64 wide, with a word for each token. It learns from few labelled walks, each solved in a
hundred orders, until they have no more to teach: what it gains afterwards it has from elsewhere. There are so few that
it slips on other walks, its samples in different places, and a vote knows more than one of them.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from refine.improve.tiny import SMALL, School, beside, command, made, sized

if TYPE_CHECKING:
    from tasks.ring_road import exercise as ring
else:
    ring = beside(__file__, "exercise")

WALKS, SHORT, ORDERS, STEPS = 250, 24, 100, 2000


def lessons(seed: int, walks: int = WALKS, orders: int = ORDERS) -> list[tuple[str, str]]:
    """What a base learns from: labelled walks, and a few of one step. No exercise has any of them."""
    short = ring.walks(seed, SHORT, ring.UNRELATED_STEPS, labelled=True)
    return solutions([*ring.walks(seed, walks, labelled=True), *short], orders, seed)


def solutions(walks: list[ring.Walk], orders: int, seed: int) -> list[tuple[str, str]]:
    """Questions with right solutions: `orders` of each walk, its steps in an order drawn for each."""
    chance = Random(f"orders/{seed}")
    return [(w.question, w.solution(tuple(chance.sample(range(len(w.steps)), len(w.steps))))) for w in walks * orders]


def make(folder: Path, *, seed: int = 0, steps: int = STEPS, walks: int = WALKS, size: str = SMALL) -> Path:
    """Trains the base on so many labelled walks and writes it to `folder`."""
    return made(folder, lessons(seed, walks), sized(School(steps=steps, context=64), size), seed=seed)


if __name__ == "__main__":
    command(make, STEPS)
