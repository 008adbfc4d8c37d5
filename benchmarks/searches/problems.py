"""What is searched for: programs of knobs, one a line, judged by what is hidden from them. Standard library alone: the
peers' environments read this file too.

Five kinds, each asking something else of a search. Of each kind there are two problems: choose a method's parameters on
the first and look at the second (`_b`) afterwards.

    valley    a curved valley in several dimensions; the score is all that is known. Any sound climb gets on.
    bounds    hidden numbers; the feedback says of the three worst "k3 = 50 is too low". Two such sentences about the
              same knob, out of different programs, say more than twice as much as one.
    blocks    pairs of knobs, each with a wide hill and a higher, narrow one elsewhere: greedy climbs end on wide ones.
              The feedback says what each pair earns, so that two programs can be crossed sensibly.
    luck      a bowl under noise as large as what is to be gained: the best that was seen is not the best.
    limits    more is better until a hidden limit, beyond which there is no score; only a failure's message tells it.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import itertools
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

SHOWN = 3
"""Of the items that are wrong, so many are told at once."""


@dataclass(frozen=True)
class Judged:
    """What a program's knobs come to. More is better; `score` is at least 0, and None where the program is refused."""

    score: float | None
    feedback: str
    instances: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Problem:
    """One problem. `judge` is exact; `noise` is the standard deviation of what one evaluation adds to it."""

    name: str
    about: str
    start: tuple[float, ...]
    low: float
    high: float
    judge: Callable[[Sequence[float]], Judged]
    noise: float = 0.0
    whole: bool = True

    @property
    def instruction(self) -> str:
        kind = "whole numbers" if self.whole else "numbers"
        return (
            f"Write settings() -> list of {len(self.start)} {kind} from {self.low:g} to {self.high:g}. {self.about} "
            "Keep each knob on a line of its own. Higher scores are better."
        )

    @property
    def seed(self) -> str:
        edge = "%d .. %d" if self.whole else "%.1f .. %.1f"
        return program(self.start, edge % (self.low, self.high))


def program(values: Sequence[float], span: str) -> str:
    """The program that has these knobs, their range beside each."""
    lines = [f"k{i} = {value:g}  # {span}" for i, value in enumerate(values)]
    names = ", ".join(f"k{i}" for i in range(len(values)))
    body = ["# EVOLVE-BLOCK-START", *lines, "", "", "def settings():", f"    return [{names}]", "# EVOLVE-BLOCK-END"]
    return "\n".join(body) + "\n"


@functools.lru_cache(maxsize=4096)
def form(text: str) -> str:
    """What makes two programs the same: the digest of the syntax tree; of the text where there is none."""
    try:
        what = ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        what = text.strip()
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def run(text: str) -> object:
    """What the program's `settings()` returns, in this process: programs are our own model's. Raises what it does."""
    names: dict[str, object] = {}
    exec(compile(text, "candidate.py", "exec"), names)  # noqa: S102 - see above
    settings = names["settings"]
    return settings() if callable(settings) else settings


def checked(problem: Problem, answer: object) -> list[float] | str:
    """The knobs, or why the answer is refused."""
    if not isinstance(answer, list) or len(answer) != len(problem.start):
        return f"settings() must return a list of {len(problem.start)} numbers"
    if not all(type(x) in (int, float) and math.isfinite(x) for x in answer):
        return "settings() must return finite numbers"
    outside = [f"k{i} = {x:g}" for i, x in enumerate(answer) if not problem.low <= x <= problem.high]
    if outside:
        return f"{outside[0]} is not between {problem.low:g} and {problem.high:g}"
    return [float(x) for x in answer]


def judged(problem: Problem, text: str) -> Judged:
    """The exact outcome of a program."""
    try:
        answer = run(text)
    except Exception as error:  # noqa: BLE001 - whatever it raises is its failure
        return Judged(None, f"{type(error).__name__}: {error}")
    knobs = checked(problem, answer)
    return Judged(None, knobs) if isinstance(knobs, str) else problem.judge(knobs)


def drawn(problem: Problem, text: str, *seeds: int) -> Judged:
    """What evaluations with these seeds say, averaged: the exact outcome, and noise that the seeds decide."""
    exact = judged(problem, text)
    if exact.score is None or not problem.noise:
        return exact
    luck = [random.Random(f"{seed}/{form(text)}").gauss(0.0, problem.noise) for seed in seeds]
    return Judged(exact.score + statistics.fmean(luck), exact.feedback)


# the five kinds


def valley(name: str, size: int, seed: int, bend: float) -> Problem:
    """Score: 4 - log10 of a sum of squares whose bottom is bent from each knob to the next (as in Rosenbrock 1960)."""
    target = _numbers(seed, size, -3.0, 3.0)

    def judge(knobs: Sequence[float]) -> Judged:
        off = [k - t for k, t in zip(knobs, target, strict=True)]
        bent = [off[0], *(b - bend * a * a for a, b in itertools.pairwise(off))]
        loss = sum(x * x for x in bent) / size
        return Judged(4 - math.log10(loss + 1e-6), f"the loss is {loss:.6g}")

    return Problem(name, "Scored by 4 - log10 of a loss.", (0.0,) * size, -5, 5, judge, whole=False)


def bounds(name: str, size: int, seed: int, high: int) -> Problem:
    """Score: 100 minus the mean distance to hidden numbers, in percent of the range."""
    target = [round(x) for x in _numbers(seed, size, 0, high)]

    def judge(knobs: Sequence[float]) -> Judged:
        off = [k - t for k, t in zip(knobs, target, strict=True)]
        worst = sorted((i for i, x in enumerate(off) if x), key=lambda i: -abs(off[i]))[:SHOWN]
        said = [f"k{i} = {knobs[i]:g} is too {'high' if off[i] > 0 else 'low'}" for i in worst]
        instances = {f"item {i}": 100 - 100 * abs(x) / high for i, x in enumerate(off)}
        return Judged(statistics.fmean(instances.values()), "; ".join(said) or "nothing is wrong", instances)

    return Problem(name, "Each must meet a hidden number.", (high // 2,) * size, 0, high, judge)


def blocks(name: str, count: int, seed: int, high: int) -> Problem:
    """Score: what the pairs of knobs earn: up to 8 on the wide hill, 10 on the narrow one and 2 less a step off it."""
    chance = random.Random(seed)
    wide = [(chance.randint(0, high // 3), chance.randint(0, high // 3)) for _ in range(count)]
    narrow = [(chance.randint(2 * high // 3, high), chance.randint(2 * high // 3, high)) for _ in range(count)]

    def earns(block: int, x: float, y: float) -> float:
        def steps(to: tuple[int, int]) -> float:
            return abs(x - to[0]) + abs(y - to[1])

        return max(8 - 0.25 * steps(wide[block]), 10 - 2 * steps(narrow[block]), 0.0)

    def judge(knobs: Sequence[float]) -> Judged:
        pairs = list(zip(knobs[::2], knobs[1::2], strict=True))
        won = [earns(i, *pair) for i, pair in enumerate(pairs)]
        said = [f"pair at k{2 * i} = {x:g}, k{2 * i + 1} = {y:g} earns {won[i]:g}" for i, (x, y) in enumerate(pairs)]
        return Judged(sum(won), "; ".join(said), {f"pair {i}": x for i, x in enumerate(won)})

    return Problem(
        name, "Each pair of neighbours (k0, k1), (k2, k3), ... earns.", (high // 2,) * 2 * count, 0, high, judge
    )


def luck(name: str, size: int, seed: int, noise: float) -> Problem:
    """Score: 100 minus the mean squared distance to hidden numbers, measured with noise."""
    target = _numbers(seed, size, -3.0, 3.0)

    def judge(knobs: Sequence[float]) -> Judged:
        return Judged(100 - statistics.fmean((k - t) ** 2 for k, t in zip(knobs, target, strict=True)), "")

    return Problem(name, "Scores are noisy.", (0.0,) * size, -5, 5, judge, noise=noise, whole=False)


def limits(name: str, size: int, seed: int, high: int) -> Problem:
    """Score: percent of the best sum of weighted knobs that keeps below each knob's hidden limit."""
    limit = [round(x) for x in _numbers(seed, size, 0.3 * high, high)]
    weight = _numbers(seed + 1, size, 1.0, 5.0)
    best = sum(w * t for w, t in zip(weight, limit, strict=True))

    def judge(knobs: Sequence[float]) -> Judged:
        over = [i for i, k in enumerate(knobs) if k > limit[i]]
        if over:
            return Judged(None, f"k{over[0]} = {knobs[over[0]]:g} is too high: it is above its limit")
        gained = sum(w * k for w, k in zip(weight, knobs, strict=True))
        return Judged(100 * gained / best, "within all limits; more is better")

    return Problem(name, "More earns more, up to a hidden limit of each.", (high // 10,) * size, 0, high, judge)


def _numbers(seed: int, size: int, low: float, high: float) -> list[float]:
    chance = random.Random(seed)
    return [chance.uniform(low, high) for _ in range(size)]


PROBLEMS = {
    problem.name: problem
    for problem in (
        valley("valley", 6, 11, 0.5),
        bounds("bounds", 10, 12, 999),
        blocks("blocks", 5, 13, 9),
        luck("luck", 6, 14, 1.0),
        limits("limits", 10, 15, 99),
        valley("valley_b", 9, 21, 0.3),
        bounds("bounds_b", 14, 22, 499),
        blocks("blocks_b", 4, 23, 13),
        luck("luck_b", 5, 24, 2.0),
        limits("limits_b", 14, 25, 199),
    )
}
