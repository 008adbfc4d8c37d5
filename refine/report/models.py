"""What each model of a run did: answers, what passed, what improved, what it cost, and who is asked by now."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from refine.events import Answered, Asked, Verified
from refine.report.history import SEED_MODEL, History
from refine.types import Json


@dataclass(frozen=True, slots=True)
class Record:
    """One model.

    Attributes:
        answers: all of them. lessons: how many of these were lessons.
        passed: candidates that passed and were not there before.
        improved: those of them that are better than the best program that their prompt showed, or where it showed none,
            than everything before.
        usd, seconds: of all its answers; None where it is not known of every one.
        recently: its share of the candidates in the last quarter of the answers.
    """

    model: str
    answers: int
    lessons: int
    passed: int
    improved: int
    usd: float | None
    seconds: float | None
    recently: float

    def as_json(self) -> dict[str, Json]:
        return dataclasses.asdict(self)


def records(history: History) -> tuple[Record, ...]:
    """One for each model that answered, in the order of their first answers; the task's seeds are no model."""
    answers = [answer for answer in history.answers.values() if answer.model != SEED_MODEL]
    improved = _improved(history)
    latest = [answer for answer in answers if history.asks[answer.ask].wants == "candidates"]
    latest = latest[-max(1, len(latest) // 4) :]
    models = dict.fromkeys(answer.model for answer in answers)
    return tuple(_record(history, model, answers, improved, latest) for model in models)


def _record(
    history: History,
    model: str,
    answers: Sequence[Answered],
    improved: frozenset[tuple[int, int]],
    latest: Sequence[Answered],
) -> Record:
    own = [answer for answer in answers if answer.model == model]
    places = {(answer.ask, answer.sample) for answer in own}
    passed = [v for v in history.verified if (v.ask, v.sample) in places and v.outcome and v.outcome.passed]
    return Record(
        model=model,
        answers=len(own),
        lessons=sum(history.asks[answer.ask].wants == "lessons" for answer in own),
        passed=len(passed),
        improved=len(improved & places),
        usd=_sum([answer.usage.usd if answer.usage else None for answer in own]),
        seconds=_sum([answer.seconds for answer in own]),
        recently=sum(answer.model == model for answer in latest) / max(1, len(latest)),
    )


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _improved(history: History) -> frozenset[tuple[int, int]]:
    """Ask and sample of every answer that is better than what it was to improve."""
    record: float | None = None
    found = set()
    for verified in history.verified:
        score = verified.outcome.score if verified.outcome else None
        if score is None:
            continue
        bar = _bar(history, history.asks[verified.ask], record)
        if bar is not None and history.better(score, bar) and not _is_seed(history, verified):
            found.add((verified.ask, verified.sample))
        record = score if record is None or history.better(score, record) else record
    return frozenset(found)


def _is_seed(history: History, verified: Verified) -> bool:
    return history.answers[verified.ask, verified.sample].model == SEED_MODEL


def _bar(history: History, asked: Asked, record: float | None) -> float | None:
    shown = [score for name in asked.parents if (score := history.score(name)) is not None]
    if not shown:
        return record
    return max(shown) if history.started.direction == "maximize" else min(shown)
