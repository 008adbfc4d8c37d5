"""Word problems of three or four steps, in few words, that a model of a hundred thousand parameters can half do.

    python tasks/arithmetic_words/exercise.py --seed 7 --count 1000 > more.jsonl

Most problems can be worked in several ways: sums in any order, products either way round. Each way needs other facts
(7 + 8, 15 - 4, ...), so a model that knows only some of them goes wrong on some ways and not on others, and where
many ways agree they are likely to be right: that is what makes a vote worth more than one answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from refine.improve.exercise import Exercise
from refine.questions import Question

MOST = 36
"""No number in a problem or in its solution is larger."""
NAMES = ("Amira", "Bruno", "Chen", "Dalia", "Emeka", "Freya", "Goran", "Hana")
THINGS = ("pens", "plums", "shells", "stamps", "coins", "cards")
MORE, LESS = ("finds", "buys", "gets"), ("loses", "eats", "gives")


@dataclass(frozen=True, slots=True)
class Problem:
    """A question and one of the ways to work it."""

    question: str
    steps: tuple[str, ...]
    answer: int

    @property
    def solution(self) -> str:
        return f"{' ; '.join(self.steps)} #### {self.answer}"


def _fits(*numbers: int) -> bool:
    return all(0 <= number <= MOST for number in numbers)


def _total(terms: list[int], chance: Random) -> tuple[list[str], int] | None:
    """Adds `terms` up in an order drawn by chance; None where a number on the way is negative or too large."""
    order = chance.sample(terms, len(terms))
    if order[0] < 0:
        return None
    at, steps = order[0], []
    for term in order[1:]:
        then = at + term
        if not _fits(then):
            return None
        steps.append(f"{at} {'+' if term >= 0 else '-'} {abs(term)} = {then}")
        at = then
    return steps, at


def _changes(chance: Random, count: int) -> list[int]:
    return [chance.choice((1, 1, -1)) * chance.randint(2, 9) for _ in range(count)]


def _told(changes: list[int], chance: Random) -> str:
    return " , ".join(f"{chance.choice(MORE if change > 0 else LESS)} {abs(change)}" for change in changes)


def _product(a: int, b: int, chance: Random) -> str:
    first, second = (a, b) if chance.random() < 0.5 else (b, a)
    return f"{first} * {second} = {a * b}"


def events(chance: Random) -> Problem | None:
    """Has some, and some come and go."""
    name, thing = chance.choice(NAMES), chance.choice(THINGS)
    terms = [chance.randint(3, 15), *_changes(chance, 3)]
    worked = _total(terms, chance)
    if worked is None:
        return None
    question = f"{name} has {terms[0]} {thing} , {_told(terms[1:], chance)} . how many {thing} now ?"
    return Problem(question, tuple(worked[0]), worked[1])


def bags(chance: Random) -> Problem | None:
    """So many in each bag, and some beside them."""
    name, thing = chance.choice(NAMES), chance.choice(THINGS)
    count, each = chance.randint(2, 6), chance.randint(2, 9)
    changes = _changes(chance, 2)
    worked = _total([count * each, *changes], chance)
    if worked is None or not _fits(count * each):
        return None
    question = f"{name} has {count} bags with {each} {thing} each , {_told(changes, chance)} . how many {thing} now ?"
    return Problem(question, (_product(count, each, chance), *worked[0]), worked[1])


def together(chance: Random) -> Problem | None:
    """Two people, one with more than the other."""
    (one, other), thing = chance.sample(NAMES, 2), chance.choice(THINGS)
    has, more, changes = chance.randint(2, 12), chance.randint(2, 9), _changes(chance, 1)
    worked = _total([has, has, more, *changes], chance)
    if worked is None:
        return None
    question = (
        f"{one} has {has} {thing} . {other} has {more} more than {one} , {_told(changes, chance)} . "
        f"how many {thing} together ?"
    )
    return Problem(question, tuple(worked[0]), worked[1])


def shared(chance: Random) -> Problem | None:
    """Divided evenly; then some more for each."""
    name, thing = chance.choice(NAMES), chance.choice(THINGS)
    friends, each = chance.randint(2, 6), chance.randint(2, 9)
    changes = _changes(chance, 3)
    worked = _total([each, *changes], chance)
    if worked is None or not _fits(friends * each):
        return None
    question = (
        f"{name} shares {friends * each} {thing} among {friends} friends . each friend {_told(changes, chance)} . "
        f"how many {thing} has each friend ?"
    )
    return Problem(question, (f"{friends * each} / {friends} = {each}", *worked[0]), worked[1])


KINDS: tuple[Callable[[Random], Problem | None], ...] = (events, bags, together, shared)


def problems(seed: int, count: int) -> list[Problem]:
    """`count` problems, no two with the same question, of each kind in turn."""
    chance = Random(f"arithmetic words/{seed}")
    found: dict[str, Problem] = {}
    while len(found) < count:
        problem = KINDS[len(found) % len(KINDS)](chance)
        if problem is not None:
            found.setdefault(problem.question, problem)
    return list(found.values())


def asked(found: list[Problem]) -> tuple[Question, ...]:
    return tuple(Question(text=problem.question, answer=str(problem.answer)) for problem in found)


def exercise(practice: int = 1000, held_out: int = 500, seed: int = 0) -> Exercise:
    """What is practised and what is examined share no question, and neither has one that the base learnt from."""
    found = asked(problems(seed, practice + held_out))
    return Exercise("arithmetic_words", found[held_out:], found[:held_out], tokens=32)


def main() -> None:
    """Prints problems as questions with their answers, a JSON object a line, as GSM8K has them."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=1000)
    given = options.parse_args()
    for problem in problems(given.seed, given.count):
        sys.stdout.write(json.dumps({"question": problem.question, "answer": problem.solution}) + "\n")


if __name__ == "__main__":
    main()
