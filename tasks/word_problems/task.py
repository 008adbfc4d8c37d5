"""Word problems with worked solutions: the last answer of each is held against the known one. No candidate ever runs.

The problems are made from a fixed seed, or are the user's own: `problems.jsonl` beside this file. More of them:

    python tasks/word_problems/task.py --seed 7 --count 40 > problems.jsonl
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import refine
from refine.errors import TaskError
from refine.verifiers import symbolic
from refine.verifiers.answers import Proved, Undecided

if TYPE_CHECKING:
    from refine.verifiers.handle import Handle

OWN = Path(__file__).parent / "problems.jsonl"
COUNT, MOST = 20, 50
SECONDS = 2.0
"""For one answer; most are compared at once."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A question with its answer; `solution` says how it comes about, where that is known."""

    question: str
    answer: str
    solution: str = ""


# ── problems that are made ───────────────────────────────────────────────────────────────────────────────────────────

_NAMES = ("Amira", "Bruno", "Chen", "Dalia", "Emeka", "Freya", "Goran", "Hana", "Ivo", "Jun", "Kavya", "Luis")
Made = tuple[str, str, str]
"""Question, solution, answer."""


def shopping(chance: Random, name: str) -> Made:
    pens, price, books = chance.randint(3, 9), chance.choice((120, 140, 160, 180)), chance.randint(2, 4)
    book, percent, paid = chance.choice((640, 720, 860, 980)), chance.choice((5, 10, 20, 25)), 6000
    full = pens * price + books * book
    due = Fraction(full * (100 - percent), 100)
    return (
        (
            f"{name} buys {pens} pens at {money(price)} each and {books} books at {money(book)} each. The shop takes "
            f"{percent}% off the whole bill. How much change is there from {money(paid)}?"
        ),
        (
            f"The bill is {pens}*{money(price)} + {books}*{money(book)} = {money(full)}. Less {percent}% it is "
            f"{money(due)}, so the change is {money(paid)} - {money(due)}."
        ),
        money(paid - due),
    )


def journey(chance: Random, name: str) -> Made:
    first, fast, slow = chance.choice((40, 60, 90, 120)), chance.choice((60, 80, 120)), chance.choice((15, 20, 30))
    second, rest = chance.choice((5, 10, 15, 20)), chance.randint(3, 25)
    minutes = Fraction(60 * first, fast) + Fraction(60 * second, slow) + rest
    return (
        (
            f"{name} rides {first} km on a train at {fast} km/h, waits {rest} minutes at the station, and cycles "
            f"the last "
            f"{second} km at {slow} km/h. How many minutes does the whole journey take?"
        ),
        f"The train takes {60 * first}/{fast} minutes, the bicycle {60 * second}/{slow}, and waiting {rest}.",
        str(minutes),
    )


def garden(chance: Random, name: str) -> Made:
    width, longer, path = chance.randint(5, 14), chance.randint(2, 9), chance.randint(1, 2)
    length = width + longer
    area = (width + 2 * path) * (length + 2 * path) - width * length
    return (
        (
            f"{name}'s garden is a rectangle {width} m wide, and {longer} m longer than it is wide. A path {path} "
            f"m wide is "
            f"laid all around it, outside. What is the area of the path in square metres?"
        ),
        f"The garden is {width} m by {length} m; with the path it is {width + 2 * path} m by {length + 2 * path} m.",
        str(area),
    )


def sharing(chance: Random, name: str) -> Made:
    parts = chance.sample(range(2, 9), 3)
    unit, given = chance.randint(6, 30), chance.randint(5, 20)
    total = unit * sum(parts)
    return (
        (
            f"{name} and two friends share {total} stamps in the ratio {parts[0]}:{parts[1]}:{parts[2]}, {name} first. "
            f"Then {name} gets {given} more as a present. How many stamps does {name} have now?"
        ),
        f"One part is {total}/{sum(parts)} = {unit} stamps, so {name} has {parts[0]}*{unit} + {given}.",
        str(parts[0] * unit + given),
    )


def filling(chance: Random, name: str) -> Made:
    one, other, leak = chance.choice(((3, 6, 12), (4, 6, 24), (2, 3, 9), (4, 5, 10), (6, 8, 12), (3, 5, 20)))
    hours = 1 / (Fraction(1, one) + Fraction(1, other) - Fraction(1, leak))
    return (
        (
            f"One tap fills {name}'s tank in {one} hours, another in {other} hours, and a leak empties the full "
            f"tank in "
            f"{leak} hours. With both taps open and the leak, how many hours does it take to fill the empty tank? "
            f"Give an exact fraction."
        ),
        f"In one hour 1/{one} + 1/{other} - 1/{leak} = {1 / hours} of the tank is filled.",
        str(hours),
    )


def average(chance: Random, name: str) -> Made:
    count, mean, gain = chance.randint(3, 7), chance.randint(60, 78), chance.randint(1, 3)
    needed = (mean + gain) * (count + 1) - mean * count
    return (
        (
            f"After {count} tests {name} has an average of {mean} points. Which score on the next test raises the "
            f"average "
            f"by {gain}?"
        ),
        (
            f"So far there are {count}*{mean} = {count * mean} points; {count + 1}*{mean + gain} = "
            f"{(count + 1) * (mean + gain)} are needed."
        ),
        str(needed),
    )


def village(chance: Random, name: str) -> Made:
    people, up, down = chance.choice((400, 800, 1200, 2000)), chance.choice((10, 20, 25)), chance.choice((5, 10, 15))
    after = Fraction(people * (100 + up) * (100 - down), 10_000)
    return (
        (
            f"{name}'s village had {people} inhabitants. Their number rose by {up}% in one year and fell by "
            f"{down}% in the "
            f"next. By how many percent has it changed in the two years together? (A fall counts as negative.)"
        ),
        f"After the two years there are {people}*{100 + up}/100*{100 - down}/100 = {after} inhabitants.",
        str(100 * (after / people - 1)),
    )


def ages(chance: Random, name: str) -> Made:
    now, times, years = chance.randint(5, 11), chance.choice((3, 4, 5)), chance.randint(3, 12)
    total = now + times * now + 2 * years
    return (
        (
            f"{name}'s mother is {times} times as old as {name}. In {years} years their ages together will be {total}. "
            f"How old is the mother now?"
        ),
        (
            f"Now their ages together are {total} - 2*{years} = {(times + 1) * now}, which is {times + 1} times "
            f"{name}'s "
            f"age: {name} is {now}."
        ),
        str(times * now),
    )


def legs(chance: Random, name: str) -> Made:
    hens, goats, cats = chance.randint(6, 20), chance.randint(4, 15), chance.randint(2, 4)
    heads, feet = hens + goats, 2 * hens + 4 * goats
    return (
        (
            f"{name} keeps hens and goats: {heads} heads and {feet} legs. There are also {cats} cats, not counted. "
            f"How many goats are there?"
        ),
        f"If all {heads} were hens, there would be {2 * heads} legs; the other {feet - 2 * heads} are two a goat.",
        str(goats),
    )


def saving(chance: Random, name: str) -> Made:
    first, more, weeks, spent = (
        chance.randint(4, 12),
        chance.randint(2, 5),
        chance.randint(6, 15),
        chance.randint(10, 30),
    )
    total = weeks * first + more * weeks * (weeks - 1) // 2
    return (
        (
            f"{name} saves {first} dollars in the first week, and in each further week {more} dollars more than in the "
            f"one before. After {weeks} weeks {name} spends {spent} dollars. How many dollars are left?"
        ),
        f"The savings are {weeks}*{first} + {more}*(1 + 2 + ... + {weeks - 1}) = {total} dollars, less {spent}.",
        str(total - spent),
    )


KINDS: tuple[Callable[[Random, str], Made], ...] = (
    *(shopping, journey, garden, sharing, filling),
    *(average, village, ages, legs, saving),
)


def made(seed: int, count: int) -> tuple[Problem, ...]:
    """The problems of a seed, of each kind in turn."""
    chance = Random(seed)
    found = []
    for k in range(count):
        question, solution, answer = KINDS[k % len(KINDS)](chance, chance.choice(_NAMES))
        found.append(Problem(question, answer, solution))
    return tuple(found)


def money(cents: int | Fraction) -> str:
    """The prices are chosen so that no cent is ever broken."""
    assert Fraction(cents).denominator == 1
    return f"${int(cents) // 100}.{int(cents) % 100:02}"


# ── problems that are given ──────────────────────────────────────────────────────────────────────────────────────────


def read(lines: Iterable[str], source: str) -> tuple[Problem, ...]:
    """One problem a line: {"question": ..., "answer": ...}. An answer that is a whole solution with `#### 42` or a box
    at its end, as GSM8K and MATH have them, is reduced to what it ends with.

    Raises:
        TaskError: a line is no such object, or there are none or more than MOST.
    """
    found = tuple(_read(line, f"{source}, line {k}") for k, line in enumerate(lines, 1) if line.strip())
    if not 1 <= len(found) <= MOST:
        raise TaskError(f"{source} has {len(found)} problems: give 1 to {MOST}, for all of them stand in the prompt")
    return found


def _read(line: str, where: str) -> Problem:
    try:
        entry = json.loads(line)
        question, answer = str(entry["question"]), str(entry["answer"])
    except (ValueError, TypeError, KeyError) as error:
        raise TaskError(f'{where} is not {{"question": ..., "answer": ...}}: {type(error).__name__}') from None
    ended = symbolic.final_answer(answer) if "####" in answer or "\\boxed" in answer else None
    return Problem(question, (ended or answer).strip(), answer)


# ── the task ─────────────────────────────────────────────────────────────────────────────────────────────────────────

PROBLEMS = read(OWN.read_text(encoding="utf-8").splitlines(), OWN.name) if OWN.is_file() else made(0, COUNT)


def written(solutions: Iterable[str]) -> str:
    """A candidate out of one solution for each problem."""
    return "\n\n".join(f"Problem {k}\n{solution}" for k, solution in enumerate(solutions, 1)) + "\n"


def with_numbers(rule: Callable[[list[Fraction]], Fraction]) -> str:
    """A candidate that answers each problem by a blind rule on the numbers of its question."""
    numbers = [[Fraction(n) for n in re.findall(r"\d+(?:\.\d+)?", p.question)] or [Fraction()] for p in PROBLEMS]
    return written(f"The answer is {rule(found)}." for found in numbers)


_LIST = "\n".join(f"    Problem {k}: {' '.join(p.question.split())}" for k, p in enumerate(PROBLEMS, 1))
task = refine.Task(
    instruction=f"""
    Solve {len(PROBLEMS)} problems. For each write a line "Problem N" and below it a short worked solution, whose last
    line is the final answer in a box: \\boxed{{...}}. The answer must be one value: a number, a fraction, an amount.
    Exact fractions are better than rounded decimals. The last answer under each heading counts, and no other.

{_LIST}
    """,
    seed=written("The answer is 0." for _ in PROBLEMS),
    metric="share answered right",
    language="text",
    target=1.0,
    judge_seconds=150,
    references=[refine.Reference(name="all right", value=1.0, source="the known answers")],
    baselines={
        "last number of each question, no model": with_numbers(lambda numbers: numbers[-1]),
        "product of the first two, no model": with_numbers(
            lambda numbers: numbers[0] * numbers[min(1, len(numbers) - 1)]
        ),
    },
    golden=() if OWN.is_file() else None,
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    given = sections(candidate.text)
    said = {k: checked(given.get(k), problem) for k, problem in enumerate(PROBLEMS, 1)}
    right = sum(not why for why in said.values())
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=right / len(PROBLEMS),
        metrics={"right": float(right), "answered": float(sum(why != MISSING for why in said.values()))},
        features={"length": float(len(candidate.text))},
        instances={str(k): float(not why) for k, why in said.items()},
        feedback="\n".join(f"Problem {k}: {why}" for k, why in said.items() if why),
    )


_HEADING = re.compile(r"^[ \t#*_]{0,8}Problem[ \t]+(\d{1,6})[ \t:.*_)#]{0,8}", re.MULTILINE | re.IGNORECASE)
MISSING = "there is no solution with an answer"


def sections(text: str) -> dict[int, str]:
    """Problem number -> what stands under its heading. Raises `Wrong` where a problem is answered twice or unknown."""
    found = list(_HEADING.finditer(text))
    refine.require(found, 'write a line "Problem 1" above the solution of problem 1, and so on')
    ends = [*(heading.start() for heading in found[1:]), len(text)]
    given: dict[int, str] = {}
    for heading, end in zip(found, ends, strict=True):
        number = int(heading[1])
        refine.require(1 <= number <= len(PROBLEMS), f"there is no problem {number}")
        refine.require(number not in given, f"problem {number} has two solutions: write one")
        given[number] = text[heading.end() : end]
    return given


def checked(solution: str | None, problem: Problem) -> str:
    """What is wrong with a solution's answer, or "". The expected answer is never said."""
    answer = symbolic.final_answer(solution or "")
    if answer is None:
        return MISSING
    try:
        found = symbolic.same_answer(answer, problem.answer, percent="sign", seconds=SECONDS)
    except refine.Wrong as refused:
        return f"the answer {answer[:80]!r} cannot be read: {refused}"
    if isinstance(found, Proved):
        return ""
    if isinstance(found, Undecided):
        return f"the answer {answer[:80]!r} could not be compared: write one plain value"
    return f"the answer {answer[:80]!r} is wrong"


def main() -> None:
    """Prints problems that are made, a JSON object a line."""
    options = argparse.ArgumentParser(description=main.__doc__)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--count", type=int, default=COUNT)
    asked = options.parse_args()
    for problem in made(asked.seed, asked.count):
        sys.stdout.write(json.dumps({"question": problem.question, "answer": problem.answer}) + "\n")


if __name__ == "__main__":
    main()
