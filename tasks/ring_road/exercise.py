"""Walks on a ring: arithmetic in words, of several steps, that a model of a hundred thousand parameters can half do.

    python tasks/ring_road/exercise.py --seed 7 --count 1000 > more.jsonl

A walk goes forward and back on a ring of fields, so that every step is a sum or a difference modulo the ring's length.
A solution writes down each field on the way; one slip spoils the rest.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from random import Random

from refine.improve.exercise import Exercise
from refine.questions import Question

FIELDS = 7
STEPS = (3, 4, 5)
UNRELATED_STEPS = (1,)


@dataclass(frozen=True, slots=True)
class Walk:
    """A start and signed steps."""

    start: int
    steps: tuple[int, ...]

    @property
    def question(self) -> str:
        return f"start {self.start} , {' , '.join(_named(step) for step in self.steps)} ?"

    @property
    def fields(self) -> tuple[int, ...]:
        """The field after each step."""
        at, visited = self.start, []
        for step in self.steps:
            at = (at + step) % FIELDS
            visited.append(at)
        return tuple(visited)

    @property
    def solution(self) -> str:
        worked = [f"{_named(step)} {field}" for step, field in zip(self.steps, self.fields, strict=True)]
        return f"{' '.join(worked)} #### {self.answer}"

    @property
    def answer(self) -> str:
        return str(self.fields[-1])


def _named(step: int) -> str:
    return f"{'on' if step > 0 else 'back'} {abs(step)}"


def walks(seed: int, count: int, steps: tuple[int, ...] = STEPS) -> list[Walk]:
    """`count` different walks. Raises ValueError where there are hardly so many."""
    there_are = sum(FIELDS * (2 * FIELDS - 2) ** each for each in steps)
    if count > 0.8 * there_are:
        raise ValueError(f"{count} of the {there_are} walks of {steps} steps: ask for fewer")
    chance = Random(f"ring road/{seed}")
    made: dict[Walk, None] = {}
    while len(made) < count:
        taken = tuple(chance.choice((1, -1)) * chance.randint(1, FIELDS - 1) for _ in range(chance.choice(steps)))
        made.setdefault(Walk(chance.randrange(FIELDS), taken))
    return list(made)


def exercise(practice: int = 1000, held_out: int = 500, seed: int = 0) -> Exercise:
    """The practised and the examined walks share nothing; the unrelated ones have a single step."""
    short = [Question(text=walk.question, answer=walk.answer) for walk in walks(seed + 1, 60, UNRELATED_STEPS)]
    made = [Question(text=walk.question, answer=walk.answer) for walk in walks(seed, practice + held_out)]
    return Exercise("ring_road", tuple(made[held_out:]), tuple(made[:held_out]), tuple(short), tokens=48)


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
