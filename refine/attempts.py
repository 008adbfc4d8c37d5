"""What was known, what was tried lately, what failed, and what is to be repaired. A fold; ordered by ask and sample,
not by arrival.
"""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from refine.types import Outcome, Verdict

Place = tuple[int, int]
"""Ask and sample."""
CURABLE = frozenset({Verdict.CRASHED, Verdict.MALFORMED})
"""Failures that their own error message may cure."""
AROUND = 8
"""So many times the failures that a prompt shows are remembered, to find among them those near a parent."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One answer (by its digest) and what came of it. `candidate` is None where none was found in it."""

    place: Place
    answer: str
    candidate: str | None
    outcome: Outcome
    parents: tuple[str, ...] = ()
    """Whom its prompt showed."""


@dataclass(slots=True)
class Attempts:
    """The latest `kept` attempts, the latest failures (a prompt shows `failing` of them), what waits for repair, and
    what was known before the first proposal (a burn-in), which never ages.
    """

    kept: int
    failing: int
    repairing: bool
    tried: list[Attempt] = field(default_factory=list)
    failures: list[Attempt] = field(default_factory=list)
    repairs: list[Attempt] = field(default_factory=list)
    known: list[Attempt] = field(default_factory=list)

    def add(self, attempt: Attempt, *, of_a_repair: bool) -> None:
        """A repair that fails is not repaired again."""
        if attempt.candidate is not None:
            _insert(self.tried, attempt, self.kept)
        if attempt.outcome.passed:
            return
        _insert(self.failures, attempt, self.failing * AROUND)
        if self.repairing and not of_a_repair and attempt.outcome.verdict in CURABLE:
            bisect.insort(self.repairs, attempt, key=_place)

    def began_with(self, attempt: Attempt) -> None:
        bisect.insort(self.known, attempt, key=_place)

    def near(self, parents: Iterable[str]) -> list[Attempt]:
        """The failures to show beside `parents`: of those parents' other children first, then the latest; the most
        telling last.
        """
        same = set(parents)
        ranked = sorted(self.failures, key=lambda attempt: (not same.isdisjoint(attempt.parents), attempt.place))
        return ranked[-self.failing :] if self.failing else []

    def taken(self, place: Place) -> None:
        """The repair of that attempt was asked for."""
        self.repairs = [attempt for attempt in self.repairs if attempt.place != place]

    def snapshot(self) -> dict[str, Any]:
        return {"tried": self.tried, "failures": self.failures, "repairs": self.repairs, "known": self.known}


def _place(attempt: Attempt) -> Place:
    return attempt.place


def _insert(row: list[Attempt], attempt: Attempt, most: int) -> None:
    if not row or row[-1].place < attempt.place:  # as good as always, and much faster than to search
        row.append(attempt)
    else:
        bisect.insort(row, attempt, key=_place)
    if len(row) > most:
        del row[0]
