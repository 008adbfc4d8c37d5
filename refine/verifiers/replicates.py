"""Scores that are not the same twice: replicates with fresh seeds, stopped early where more cannot matter. Pure."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence

from refine.task import Noise
from refine.types import Direction, Outcome, digest, together

COUNT, MEAN, SD = "replicates", "mean", "sd"
"""Metrics that an outcome of replicates has: how many, and the mean and standard deviation of their scores."""


def seeds(base: int, candidate: str, count: int) -> list[int]:
    """Seeds of 60 bits that nobody can know who does not know `base`; other ones for every `candidate`, so that an
    empty name gives those that all share (`Noise.paired`).
    """
    return [int(digest(f"{base}/{candidate}/{number}")[:15], 16) for number in range(count)]


def replicated(
    verify: Callable[[int], Outcome],
    drawn: Sequence[int],
    noise: Noise,
    direction: Direction,
    against: float | None = None,
) -> Outcome:
    """One outcome of a verification for each of the seeds `drawn`.

    Its score is the pessimistic end of the mean: mean - z standard errors where more is better, mean + z where less is.
    So a lucky draw gains less than it wins by, and many draws gain what their mean is. A replicate that does not pass
    is the whole outcome. Metrics, instances and features are means; feedback, curves and artifacts are those of the
    worst replicate. With `against`, the score to beat, it stops as soon as `noise.least` replicates say that even
    the mean's optimistic end at two standard errors is worse (racing).
    """
    outcomes: list[Outcome] = []
    sign = 1.0 if direction == "maximize" else -1.0
    for number, seed in enumerate(drawn, 1):
        outcome = verify(seed)
        if outcome.score is None:
            return outcome.model_copy(update={"feedback": f"replicate {number} of {len(drawn)}: {outcome.feedback}"})
        outcomes.append(outcome)
        if against is not None and number >= noise.least:
            mean, error = _mean(outcomes)
            if sign * mean + 2 * error < sign * against:
                break
    return _joined(outcomes, noise, sign)


def _scores(outcomes: Sequence[Outcome]) -> list[float]:
    return [outcome.score for outcome in outcomes if outcome.score is not None]


def _mean(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The mean score and its standard error; infinite for a single one."""
    scores = _scores(outcomes)
    error = statistics.stdev(scores) / math.sqrt(len(scores)) if len(scores) > 1 else math.inf
    return statistics.fmean(scores), error


def _joined(outcomes: Sequence[Outcome], noise: Noise, sign: float) -> Outcome:
    mean, error = _mean(outcomes)
    worst = min(outcomes, key=lambda outcome: sign * (outcome.score or 0.0))
    spread = statistics.stdev(_scores(outcomes)) if len(outcomes) > 1 else 0.0
    metrics = _averaged([outcome.metrics for outcome in outcomes])
    return worst.model_copy(
        update={
            "feedback": _of_the_worst(worst, outcomes),
            "score": mean - sign * noise.z * (error if len(outcomes) > 1 else 0.0),
            "metrics": metrics | {MEAN: mean, SD: spread, COUNT: float(len(outcomes))},
            "instances": _averaged([outcome.instances for outcome in outcomes]),
            "features": _averaged([outcome.features for outcome in outcomes]),
            "resources": together([outcome.resources for outcome in outcomes]),
        }
    )


def _of_the_worst(worst: Outcome, outcomes: Sequence[Outcome]) -> str:
    """Its feedback, told from the metrics beside it, which are means."""
    if len(outcomes) == 1 or not (worst.feedback or worst.curves):
        return worst.feedback
    whose = "This and the curves are" if worst.curves else "This is"
    return f"({whose} of the worst of {len(outcomes)} replicates.) {worst.feedback}".strip()


def _averaged(rows: Sequence[dict[str, float]]) -> dict[str, float]:
    """Of each name that all rows have, the mean."""
    return {name: statistics.fmean(row[name] for row in rows) for name in rows[0] if all(name in row for row in rows)}
