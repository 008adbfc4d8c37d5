"""Self-consistency: of many answers to one question the most frequent is taken for right, and no label is used.

Wang et al. 2022, as Large Language Models Can Self-Improve (Huang et al. 2022) uses it to choose what a model is
trained on. Votes overstate: a model that errs alike in most samples is sure of its error, so `calibration` belongs to
every use where labels exist for evaluation.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from refine.errors import TaskError, Wrong

Answer = Callable[[str], "str | None"]
"""The final answer in a completion, or None."""
Same = Callable[[str, str], bool]
"""Whether two final answers say the same."""
_INTEGER = re.compile(r"0|-?[1-9][0-9]{0,29}")
"""In the one way to write it: two of these say the same where they are the same text."""


@dataclass(frozen=True, slots=True)
class Vote:
    """What the answers to one question agree on.

    Attributes:
        winner: the answer with the most votes, as it was first written; None where nothing could be read. Of equal
            ones the one that was given first.
        confidence: its votes over all completions, the unreadable among them: 0 to 1.
        groups: places of the completions that say the same, the most frequent answer first.
        abstained: places of those in which no answer was found.
    """

    winner: str | None
    confidence: float
    groups: tuple[tuple[int, ...], ...]
    abstained: tuple[int, ...]

    @property
    def agreeing(self) -> tuple[int, ...]:
        """Places of the completions that the majority is made of."""
        return self.groups[0] if self.groups else ()


def vote(completions: Sequence[str], *, answer: Answer | None = None, same: Same | None = None) -> Vote:
    """The majority among `completions`, all of them answers to the same question.

    Args:
        completions: whole texts, reasoning and all.
        answer: finds the final answer in a text; by default `symbolic.final_answer`.
        same: compares two final answers; by default `symbolic.same_answer`, of which only a proof counts. Texts that
            are the same are never compared. It is asked about the first of each group, so at most once a group.
    """
    answer, same = answer or _final, same or _proved
    said = [answer(text) for text in completions]
    first: dict[str, int] = {}
    groups: list[tuple[str, list[int]]] = []
    for place, text in enumerate(said):
        if text is None:
            continue
        if text not in first:
            first[text] = _group(groups, text, same)
        groups[first[text]][1].append(place)
    ranked = sorted(groups, key=lambda group: (-len(group[1]), group[1][0]))
    winner = ranked[0][0] if ranked else None
    confidence = len(ranked[0][1]) / len(said) if ranked else 0.0
    abstained = tuple(place for place, text in enumerate(said) if text is None)
    return Vote(winner, confidence, tuple(tuple(places) for _, places in ranked), abstained)


def _group(groups: list[tuple[str, list[int]]], text: str, same: Same) -> int:
    """The number of the group that `text` belongs to; a new one is opened for what agrees with none."""
    for number, (representative, _) in enumerate(groups):
        if same(text, representative):
            return number
    groups.append((text, []))
    return len(groups) - 1


def _final(text: str) -> str | None:
    from refine.verifiers.symbolic import final_answer  # noqa: PLC0415 - SymPy is an extra

    return final_answer(text)


def _proved(one: str, other: str) -> bool:
    """Neither side of a vote is trusted. Answers that are no formulas, such as "Paris", agree with the same words."""
    if _INTEGER.fullmatch(one) and _INTEGER.fullmatch(other):
        return one == other
    from refine.verifiers.answers import Proved  # noqa: PLC0415 - SymPy is an extra
    from refine.verifiers.symbolic import same_answer  # noqa: PLC0415 - as above

    try:
        return isinstance(same_answer(one, other, percent="sign", seconds=1.0), Proved)
    except (Wrong, TaskError):
        return same_words(one, other)


def same_words(one: str, other: str) -> bool:
    """Whether two texts are the same without regard to case, spaces and a full stop at the end."""
    first, second = (" ".join(text.casefold().split()).removesuffix(".") for text in (one, other))
    return first == second


@dataclass(frozen=True, slots=True)
class Bin:
    """Answers of like confidence: `low` to `high`, how many, their mean confidence, and the share that is right."""

    low: float
    high: float
    count: int
    confidence: float
    accuracy: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Confidence against accuracy. `error` is the expected calibration error (Naeini et al. 2015): the bins' mean
    distance between the two, weighted by how many are in each; `overstated` the same without the bars of its sign, so
    above 0 where confidence exceeds accuracy. NaN where there is nothing.
    """

    bins: tuple[Bin, ...]
    error: float
    overstated: float


def calibration(judged: Iterable[tuple[float, bool]], *, bins: int = 10) -> Calibration:
    """From (confidence, whether it was right) of each question; only bins that hold something are listed."""
    rows: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for confidence, right in judged:
        rows[min(bins - 1, int(confidence * bins))].append((confidence, right))
    filled = tuple(_bin(number, row, bins) for number, row in enumerate(rows) if row)
    total = sum(each.count for each in filled)
    if not total:
        return Calibration((), math.nan, math.nan)
    gaps = [(each.count / total, each.confidence - each.accuracy) for each in filled]
    return Calibration(filled, sum(w * abs(gap) for w, gap in gaps), sum(w * gap for w, gap in gaps))


def _bin(number: int, row: Sequence[tuple[float, bool]], bins: int) -> Bin:
    count = len(row)
    mean = sum(confidence for confidence, _ in row) / count
    return Bin(number / bins, (number + 1) / bins, count, mean, sum(right for _, right in row) / count)
