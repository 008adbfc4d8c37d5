"""Makes a language model from nothing that can half do the walks: the base that `refine improve` begins with.

    python tasks/ring_road/base.py -o base --seed 0

A Llama of two layers, 64 wide, with a word for each token. It learns from labelled walks, each solved in several
orders, and so little that it slips: its samples err in different ways, and a vote knows more than one of them.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from refine.improve.tiny import School, beside, command, made

if TYPE_CHECKING:
    from tasks.ring_road import exercise as ring
else:
    ring = beside(__file__, "exercise")

LENGTHS = (1, 2, *ring.STEPS)
WALKS, ORDERS, STEPS = 600, 8, 400


def lessons(seed: int, walks: int = WALKS, orders: int = ORDERS) -> list[tuple[str, str]]:
    """What a base learns from; no exercise has any of these walks."""
    return solutions(ring.walks(seed, walks, LENGTHS, labelled=True), orders, seed)


def solutions(walks: list[ring.Walk], orders: int, seed: int) -> list[tuple[str, str]]:
    """Questions with right solutions: `orders` of each walk, its steps in an order drawn for each."""
    chance = Random(f"orders/{seed}")
    return [(w.question, w.solution(tuple(chance.sample(range(len(w.steps)), len(w.steps))))) for w in walks * orders]


def make(folder: Path, *, seed: int = 0, steps: int = STEPS) -> Path:
    """Trains the base and writes it to `folder`."""
    return made(folder, lessons(seed), School(steps=steps, batch=32, context=64), seed=seed)


if __name__ == "__main__":
    command(make, STEPS)
