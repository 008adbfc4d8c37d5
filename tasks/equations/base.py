"""Makes a language model from nothing that solves some of the equations, and judges answers to nearly all of them.

    python tasks/equations/base.py -o base --seed 0

A Llama of two layers, 64 wide, with a word for each token. It learns from few solved equations and from twenty times
as many judgements of right and wrong values, until it knows all of these lessons by heart: what it cannot do then, the
same lessons once more do not teach it. Some of the judgements are left beside it, in judgements.jsonl: `refine improve
--rehearse` keeps it from forgetting how to judge.
"""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from refine.distill.export import write
from refine.distill.rows import Row
from refine.distill.samples import Source
from refine.improve.tiny import SMALL, School, beside, command, made, sized
from refine.types import Message

if TYPE_CHECKING:
    from tasks.equations import exercise as family
else:
    family = beside(__file__, "exercise")

STEPS, SOLVED, JUDGED = 1000, 450, 6000
TIMES = 5
"""That a solved equation is among the lessons: the base is to know them by heart, few as they are."""
REHEARSED, FILE = 1500, "judgements.jsonl"
APART = 16_000
"""Equations that no lesson is about: all that an exercise of seed 0 with so many practises and examines."""


def lessons(seed: int) -> list[tuple[str, str]]:
    """None of them is about an equation that an exercise of seed 0 practises or examines."""
    chance = Random(f"equations/lessons/{seed}")
    taken = set(family.equations(0, APART))
    found = [one for one in family.equations(1000 + seed, 20_000) if one not in taken]
    solved = [(one.question, one.solution(turned=chance.random() < 0.5)) for one in found[:SOLVED]]
    return solved + [judged(one, chance) for one in found[SOLVED : SOLVED + JUDGED]]


def judged(one: family.Equation, chance: Random) -> tuple[str, str]:
    """A judgement, as often of the root as of another value; now and then of none."""
    x = chance.choice((one.root, chance.randrange(family.PRIME)))
    if chance.random() < 0.02:
        return family.asked_to_judge(one.question, "")[0].content, family.judgement(one, None)
    return family.asked_to_judge(one.question, f"#### {x}")[0].content, family.judgement(one, x)


def make(folder: Path, *, seed: int = 0, steps: int = STEPS, size: str = SMALL) -> Path:
    """Trains the base and writes it to `folder`, some of its lessons about judging beside it."""
    found = lessons(seed)
    made(folder, [*found[:SOLVED] * (TIMES - 1), *found], sized(School(steps=steps), size), seed=seed)
    write(judgements(seed), folder / FILE)
    return folder


def judgements(seed: int, count: int = REHEARSED) -> list[Row]:
    """Lessons about judging that the base of this seed has had, as rows to rehearse."""
    source = Source("lessons", "equations", 0, 0, "none")
    some = lessons(seed)[SOLVED : SOLVED + count]
    return [Row((Message(role="user", content=asks),), says, None, 1.0, (source,)) for asks, says in some]


if __name__ == "__main__":
    command(make, STEPS)
