"""Which of two programs is faster, measured so that neither can do anything about it but be faster.

What a lap measures begins before the program is loaded and ends when its answers are here, by the judge's clock: time
spent at import counts, and a patched `time` is nobody's clock. Every lap is a fresh process, so nothing is remembered
from the lap before. A program has one processor and may start nothing (what a sandbox lets through shares that
processor), so work on the side costs what it takes. Laps alternate (A B, B A, A B, ...), so that a machine that warms
up or slows down does so for both.
"""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from refine.errors import CandidateError, TaskError, Wrong
from refine.sandbox import wire
from refine.sandbox.cell import Ended, Plain, Slots
from refine.types import Limits

CONFIDENCE = 0.95
FEWEST = 6
"""Repeats below which no order statistics cover the median with 95 %."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wall-clock seconds of one program's laps."""

    least: float
    median: float


@dataclass(frozen=True, slots=True)
class Race:
    """How a candidate did against a reference.

    Attributes:
        ratio: median over the repeats of reference seconds / candidate seconds: 2.0 is twice as fast as the reference.
        low, high: an interval that covers the true median of that ratio with probability `confidence`, whatever the
            noise looks like: order statistics of the repeats. The candidate is faster if `low > 1`.
        confidence: at least 0.95; exact for independent repeats.
        cpu_ratio: the same median of CPU seconds. Evidence and never a score: a process that nobody waited for is not
            in it. Where it differs much from `ratio`, the machine was busy or the candidate waited.
        candidate, reference: seconds of a lap, loading included.
        answers: the candidate's, the same in every repeat. Nobody has checked them: that is the verifier's part.
        expected: the reference's.
    """

    ratio: float
    low: float
    high: float
    confidence: float
    cpu_ratio: float
    candidate: Seconds
    reference: Seconds
    answers: list[Plain]
    expected: list[Plain]


@dataclass(frozen=True, slots=True)
class Lap:
    """One program, loaded into a fresh process and asked everything once."""

    seconds: float
    cpu_s: float
    answers: list[Plain]


@dataclass(frozen=True, slots=True)
class Course:
    """What both programs are asked: `function` for each of `items` (its positional arguments), in one exchange."""

    slots: Slots
    limits: Limits
    function: str
    items: Sequence[Sequence[Plain]]

    def lap(self, text: str, seen: Callable[[Ended], None] = lambda _: None) -> Lap:
        """Runs one program; `seen` gets what it used, however it ends. Raises `CandidateError` with what it did,
        `Fault` with what the sandbox did.
        """
        cell = self.slots.spawn(self.limits)
        try:
            started = time.perf_counter()
            cell.load(text)
            answers = cell.map(self.function, self.items)
            seconds = time.perf_counter() - started
        finally:
            ended = cell.end()
            seen(ended)
        return Lap(seconds, ended.resources.cpu_s, answers)


def course(slots: Slots, limits: Limits, function: str, items: Sequence[Sequence[Plain]]) -> Course:
    """A course on which each program has one processor, and as good as no process or thread besides its own."""
    return Course(slots, limits.model_copy(update={"cpus": 1, "processes": 1}), function, items)


def run(
    course: Course, candidate: str, reference: str, *, repeats: int, seen: Callable[[Ended], None] = lambda _: None
) -> Race:
    """The race; `seen` gets what each of the candidate's laps used.

    Raises:
        TaskError: fewer than 6 repeats; the reference fails.
        CandidateError: the candidate fails.
        Wrong: the candidate answers differently in two repeats.
    """
    if repeats < FEWEST:
        raise TaskError(f"{repeats} repeats say too little about a median: use {FEWEST} or more")
    ours: list[Lap] = []
    theirs: list[Lap] = []
    for repeat in range(repeats):
        for mine in (True, False) if repeat % 2 else (False, True):
            if mine:
                ours.append(course.lap(candidate, seen))
            else:
                theirs.append(_trusted(course, reference))
    _require_one_answer(ours)
    return _result(ours, theirs)


def _result(ours: Sequence[Lap], theirs: Sequence[Lap]) -> Race:
    pairs = list(zip(ours, theirs, strict=True))
    ratios = [other.seconds / own.seconds for own, other in pairs]
    low, high, confidence = interval(ratios)
    return Race(
        ratio=statistics.median(ratios),
        low=low,
        high=high,
        confidence=confidence,
        cpu_ratio=statistics.median(_cpu(other) / _cpu(own) for own, other in pairs),
        candidate=_seconds(ours),
        reference=_seconds(theirs),
        answers=ours[0].answers,
        expected=theirs[0].answers,
    )


def _trusted(course: Course, reference: str) -> Lap:
    try:
        return course.lap(reference)
    except CandidateError as error:
        raise TaskError(f"the reference program failed: {error.verdict}: {error.evidence}") from error


def _require_one_answer(laps: Sequence[Lap]) -> None:
    """Equal to the last bit: else one repeat could be right and the others fast."""
    frames = [b"".join(wire.encode(lap.answers)) for lap in laps]
    for number, frame in enumerate(frames[1:], 2):
        if frame != frames[0]:
            raise Wrong(f"answers differently when asked again in a fresh process (repeat {number})")


def _cpu(lap: Lap) -> float:
    """CPU seconds, at least a microsecond: the kernel may have counted nothing."""
    return max(lap.cpu_s, 1e-6)


def _seconds(laps: Sequence[Lap]) -> Seconds:
    taken = [lap.seconds for lap in laps]
    return Seconds(min(taken), statistics.median(taken))


def interval(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float, float]:
    """(low, high, coverage): the narrowest pair of order statistics, symmetric in rank, that covers the median of what
    `values` are drawn from with probability `confidence` or more; with fewer than 6 values, the extremes.

    The number of draws below a continuous median is binomial(n, 1/2), so the k-th smallest and k-th largest of n miss
    it with probability 2 P(B < k). Source: W. J. Conover, Practical Nonparametric Statistics, section 3.2.
    """
    ordered, count = sorted(values), len(values)
    ranks = [rank for rank in range(1, count // 2 + 1) if _coverage(count, rank) >= confidence]
    rank = max(ranks, default=1)
    return ordered[rank - 1], ordered[count - rank], _coverage(count, rank)


def _coverage(count: int, rank: int) -> float:
    return 1.0 - 2 * sum(math.comb(count, below) for below in range(rank)) / float(2**count)
