"""Linear equations modulo 13: hard to solve for who does not know the tables, easy to check by putting a value in.

    python tasks/equations/exercise.py --seed 7 --count 1000 > more.jsonl

`a x + b = c x + d` has one root from 0 to 12, because 13 is prime and a is not c. Solving needs a division; checking
needs two products. So there is a `tool`, which puts the answer in and knows no other, and a `judge` whose question a
small model can learn to answer in the same way.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from refine.improve.exercise import Exercise, Judge
from refine.questions import Question
from refine.types import Message, Outcome, Verdict

PRIME = 13
RIGHT, WRONG = 5, 0
"""Points that a judge gives."""
_EQUATION = re.compile(r"(\d{1,2}) x \+ (\d{1,2}) = (\d{1,2}) x \+ (\d{1,2})")
_ANSWER = re.compile(r"####(.*)", re.DOTALL)
_VALUE = re.compile(r"0|[1-9][0-9]?")


@dataclass(frozen=True, slots=True)
class Equation:
    """a x + b = c x + d modulo PRIME, a different from c."""

    a: int
    b: int
    c: int
    d: int

    @property
    def text(self) -> str:
        return f"{self.a} x + {self.b} = {self.c} x + {self.d}"

    @property
    def question(self) -> str:
        return f"solve {self.text} ?"

    @property
    def root(self) -> int:
        return (self.d - self.b) * pow(self.a - self.c, -1, PRIME) % PRIME

    def holds(self, x: int) -> bool:
        return (self.a * x + self.b - self.c * x - self.d) % PRIME == 0

    def solution(self, *, turned: bool = False) -> str:
        """The x on the left, or, turned, on the right."""
        a, b, c, d = (self.c, self.d, self.a, self.b) if turned else (self.a, self.b, self.c, self.d)
        slope, rest = (a - c) % PRIME, (d - b) % PRIME
        return f"{a} - {c} = {slope} ; {d} - {b} = {rest} ; {rest} / {slope} = {self.root} #### {self.root}"


def equations(seed: int, count: int) -> list[Equation]:
    """`count` different equations. Raises ValueError where there are hardly so many."""
    if count > 0.8 * PRIME**3 * (PRIME - 1):
        raise ValueError(f"there are {PRIME**3 * (PRIME - 1)} equations: ask for fewer than {count}")
    chance = Random(f"equations/{seed}")
    found: dict[Equation, None] = {}
    while len(found) < count:
        a, b, c, d = (chance.randrange(PRIME) for _ in range(4))
        if a != c:
            found.setdefault(Equation(a, b, c, d))
    return list(found)


def read(question: str) -> Equation:
    """The equation in a question. Raises ValueError where there is none."""
    found = _EQUATION.search(question)
    if found is None:
        raise ValueError(f"no equation in {question[:80]!r}")
    return Equation(*(int(number) for number in found.groups()))


# ── what an answer is worth ──────────────────────────────────────────────────────────────────────────────────────────


def value(text: str) -> int | None:
    """The one value that an answer ends with: what stands behind its only `####`, if it is 0 to 12 and nothing else."""
    found = _ANSWER.findall(text)
    said = found[0].strip() if len(found) == 1 else ""
    return int(said) if _VALUE.fullmatch(said) and int(said) < PRIME else None


def substituted(question: Question, texts: Sequence[str]) -> list[Outcome]:
    """The tool: puts each answer into the equation. It does not look at the known answer."""
    equation = read(question.text)
    return [_substituted(equation, value(text)) for text in texts]


def _substituted(equation: Equation, x: int | None) -> Outcome:
    if x is None:
        why = f"end with one value: #### and a number from 0 to {PRIME - 1}"
        return Outcome(verdict=Verdict.MALFORMED, feedback=why)
    if not equation.holds(x):
        return Outcome(verdict=Verdict.WRONG, feedback=f"x = {x} does not solve it")
    return Outcome(verdict=Verdict.PASSED, score=1.0)


def asked_to_judge(question: str, answer: str) -> tuple[Message, ...]:
    """Only the value gets to the judge: what else an answer says is no reason to believe it."""
    x = value(answer)
    content = f"judge {read(question).text} at {'nothing' if x is None else x} ."
    return (Message(role="user", content=content),)


def judgement(equation: Equation, x: int | None) -> str:
    """What a judge should say."""
    if x is None:
        return f"Score: {WRONG}"
    left, right = equation.a * x % PRIME, equation.c * x % PRIME
    one, other = (left + equation.b) % PRIME, (right + equation.d) % PRIME
    same = "is" if one == other else "is not"
    return (
        f"{equation.a} * {x} = {left} ; {left} + {equation.b} = {one} ; "
        f"{equation.c} * {x} = {right} ; {right} + {equation.d} = {other} ; "
        f"{one} {same} {other} Score: {RIGHT if one == other else WRONG}"
    )


# ── the exercise ─────────────────────────────────────────────────────────────────────────────────────────────────────


def exercise(practice: int = 3000, held_out: int = 500, seed: int = 0) -> Exercise:
    """What is practised and what is examined share nothing."""
    found = [Question(text=one.question, answer=str(one.root)) for one in equations(seed, practice + held_out)]
    judge = Judge(ask=asked_to_judge, tokens=40)
    return Exercise("equations", tuple(found[held_out:]), tuple(found[:held_out]), (), "", substituted, judge, 32)


def main() -> None:
    """Prints equations as questions with their roots, a JSON object a line."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=1000)
    given = options.parse_args()
    for one in equations(given.seed, given.count):
        sys.stdout.write(json.dumps({"question": one.question, "answer": str(one.root)}) + "\n")


if __name__ == "__main__":
    main()
