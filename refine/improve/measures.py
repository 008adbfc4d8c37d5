"""What a round is watched by: is the vote right, is the judge right, do the answers still differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refine.distill.samples import Sample, by_prompt
from refine.questions import Question, checked
from refine.verifiers import rubric
from refine.verifiers.vote import Calibration, calibration, vote


@dataclass(frozen=True, slots=True)
class Ballots:
    """Votes of a survey. `accuracy` and `calibrated` need known answers, which nothing else here uses; NaN and None
    without.

    Attributes:
        confidence: mean share of the majority.
        accuracy: share of the questions whose majority is right.
        diversity: mean number of different answers to a question, over the number of samples: near 0 all agree.
    """

    confidence: float
    accuracy: float
    diversity: float
    calibrated: Calibration | None


def ballots(samples: Iterable[Sample], known: dict[str, Question]) -> Ballots:
    """`known` holds the questions with their answers by their text."""
    groups = by_prompt(samples)
    votes = [vote([sample.completion for sample in group]) for group in groups]
    judged = [
        (found.confidence, _right(group[found.agreeing[0]].completion, question))
        for group, found in zip(groups, votes, strict=True)
        if (question := known.get(group[0].question)) is not None and question.answer is not None and found.agreeing
    ]
    return Ballots(
        confidence=_mean([found.confidence for found in votes]),
        accuracy=_mean([float(right) for _, right in judged]),
        diversity=_mean([len(f.groups) / max(1, len(g)) for f, g in zip(votes, groups, strict=True)]),
        calibrated=calibration(judged) if judged else None,
    )


def judging(samples: Iterable[Sample], known: dict[str, Question]) -> rubric.Agreement:
    """How well the worth that samples were given tells right ones from wrong ones, where the answer is known."""
    rows = [
        (sample.worth, _right(sample.completion, question))
        for sample in samples
        if sample.worth is not None
        and (question := known.get(sample.question)) is not None
        and question.answer is not None
    ]
    return rubric.agreement([worth for worth, _ in rows], [right for _, right in rows])


def _right(text: str, question: Question) -> bool:
    return checked(question, [text])[0].passed


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else math.nan
