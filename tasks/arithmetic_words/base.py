"""Makes a language model from nothing that can half do the problems: the base that `refine improve` begins with.

    python tasks/arithmetic_words/base.py -o base --seed 0

A Llama of two layers, 64 wide, with a word for each token, learns from worked problems, each worked in one way drawn by
chance, and is stopped early.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from refine.improve.tiny import SMALL, School, beside, command, made, sized

if TYPE_CHECKING:
    from tasks.arithmetic_words import exercise as words
else:
    words = beside(__file__, "exercise")

STEPS, LESSONS = 500, 4000


def lessons(seed: int, count: int = LESSONS) -> list[tuple[str, str]]:
    """Worked problems, without those that an exercise of seed 0 practises or examines."""
    taken = {problem.question for problem in words.problems(0, 1500)}
    found = [problem for problem in words.problems(1000 + seed, count + 500) if problem.question not in taken]
    return [(problem.question, problem.solution) for problem in found[:count]]


def make(folder: Path, *, seed: int = 0, steps: int = STEPS, size: str = SMALL) -> Path:
    """Trains the base and writes it to `folder`."""
    return made(folder, lessons(seed), sized(School(steps=steps, planned=2 * steps), size), seed=seed)


if __name__ == "__main__":
    command(make, STEPS)
