"""Walks on a ring: sums of several steps that a model of a hundred thousand parameters can half do.

    python tasks/ring_road/exercise.py --seed 7 --count 1000 > more.jsonl

A walk goes forward and back on a ring of fields, so that every step is a sum or a difference modulo the ring's length.
A solution takes the steps in any order and writes down each field on the way. So there are many right solutions to one
question, and a slip in one of them is not made in the next: what a vote needs.
"""

from __future__ import annotations

import argparse
import json
import sys
import zlib
from dataclasses import dataclass
from random import Random

from refine.improve.exercise import Exercise
from refine.questions import Question

FIELDS = 13
STEPS = (3, 4, 5)
UNRELATED_STEPS = (1,)
LABELLED = 4


@dataclass(frozen=True, slots=True)
class Walk:
    """A start and signed steps."""

    start: int
    steps: tuple[int, ...]

    @property
    def question(self) -> str:
        return f"{self.start} {' '.join(map(_named, self.steps))} ?"

    @property
    def labelled(self) -> bool:
        """Whether it is one of the quarter of all walks that a base may learn from; no exercise has them."""
        return zlib.crc32(self.question.encode()) % LABELLED == 0

    def solution(self, order: tuple[int, ...]) -> str:
        """The steps as `order` has them, a permutation of their places, each with the field that it leads to."""
        at, said = self.start, []
        for place in order:
            at = (at + self.steps[place]) % FIELDS
            said.append(f"{_named(self.steps[place])} {at}")
        return f"{' '.join(said)} #### {self.answer}"

    @property
    def answer(self) -> str:
        return str((self.start + sum(self.steps)) % FIELDS)


def _named(step: int) -> str:
    return f"{step:+d}"


def walks(seed: int, count: int, steps: tuple[int, ...] = STEPS, *, labelled: bool = False) -> list[Walk]:
    """`count` different walks, labelled ones or others. Raises ValueError where there are hardly so many."""
    share = 1 / LABELLED if labelled else 1 - 1 / LABELLED
    there_are = share * sum(FIELDS * (2 * FIELDS - 2) ** each for each in steps)
    if count > 0.85 * there_are:
        raise ValueError(f"{count} of about {there_are:.0f} walks of {steps} steps: ask for fewer")
    chance = Random(f"ring road/{seed}")
    made: dict[Walk, None] = {}
    while len(made) < count:
        taken = tuple(chance.choice((1, -1)) * chance.randint(1, FIELDS - 1) for _ in range(chance.choice(steps)))
        walk = Walk(chance.randrange(FIELDS), taken)
        if walk.labelled == labelled:
            made.setdefault(walk)
    return list(made)


def exercise(practice: int = 3000, held_out: int = 500, seed: int = 0) -> Exercise:
    """The practised and the examined walks share nothing; the unrelated ones have a single step."""
    short = [Question(text=walk.question, answer=walk.answer) for walk in walks(seed + 1, 50, UNRELATED_STEPS)]
    made = [Question(text=walk.question, answer=walk.answer) for walk in walks(seed, practice + held_out)]
    return Exercise("ring_road", tuple(made[held_out:]), tuple(made[:held_out]), tuple(short), tokens=14)


def main() -> None:
    """Prints walks as questions with their answers, a JSON object a line."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=1000)
    asked = options.parse_args()
    for walk in walks(asked.seed, asked.count):
        sys.stdout.write(json.dumps({"question": walk.question, "answer": walk.answer}) + "\n")


if __name__ == "__main__":
    main()
