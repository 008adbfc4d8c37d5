"""What a run is doing, while it does it: three live lines on a terminal, one line every few seconds elsewhere."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from refine.budget import Budget
from refine.cli.terminal import duration, number
from refine.events import Answered, Confirmed, Fact
from refine.report.table import improvement
from refine.search import Search
from refine.types import Verdict

_PLAIN_EVERY_S = 5.0
_PER_SECOND = 4
_WINDOW_S = 10.0
"""Over which evaluations per second are counted."""


@dataclass(frozen=True, slots=True)
class View:
    """What is shown, taken from the state at one fact: the display's thread never reads the state itself."""

    best: float | None
    seed: float | None
    verified: int
    outstanding: int
    repeats: int
    verdicts: tuple[tuple[Verdict, int], ...]
    cost: str
    tokens: int
    seconds: float
    rate: float
    left: float | None
    faults: int
    last_fault: str


class Progress:
    """An observer of a run, as a context manager.

    Args:
        console: where it is shown.
        label: what runs: "search" or "control".
        budget: for the time that is left.
    """

    def __init__(self, console: Console, label: str, budget: Budget) -> None:
        self._console = console
        self._label = self._doing = label
        self._budget = budget
        self._view: View | None = None
        self._direction = "maximize"
        self._language_model = False
        self._counts: deque[tuple[float, int]] = deque()
        self._printed_at = time.monotonic()
        self._printed: View | None = None
        live = Live(get_renderable=self._lines, console=console, refresh_per_second=_PER_SECOND, transient=True)
        self._live = live if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live:
            self._live.stop()
        elif error is None and self._view is not None and self._view != self._printed:
            self._print()

    def observe(self, fact: Fact, search: Search) -> None:
        if isinstance(fact.event, Answered):
            self._language_model |= fact.event.usage is not None
        self._doing = f"{self._label}, confirming" if isinstance(fact.event, Confirmed) else self._label
        now = time.monotonic()
        self._view = self._viewed(search, now)
        self._direction = search.task.direction
        if self._live is None and now - self._printed_at >= _PLAIN_EVERY_S:
            self._print()
            self._printed_at = now

    def _viewed(self, search: Search, now: float) -> View:
        tally = search.tally
        rate = self._rate(now, tally.verified)
        asked_lm = self._language_model or tally.tokens > 0 or tally.unpriced > 0
        return View(
            best=search.best.outcome.score if search.best else None,
            seed=search.curve[0][1] if search.curve and search.seeds else None,
            verified=tally.verified,
            outstanding=tally.outstanding,
            repeats=tally.repeats,
            verdicts=tuple(tally.verdicts.items()),
            cost=cost(tally.usd, tally.unpriced, language_model=asked_lm),
            tokens=tally.tokens,
            seconds=tally.seconds,
            rate=rate,
            left=_left(self._budget, tally.verified, tally.seconds, rate),
            faults=tally.faults,
            last_fault=tally.last_fault if tally.faults_in_a_row else "",
        )

    def _rate(self, now: float, verified: int) -> float:
        """Verified per second, over the last seconds."""
        if not self._counts or now - self._counts[-1][0] >= _WINDOW_S / 20:
            self._counts.append((now, verified))
        while now - self._counts[0][0] > _WINDOW_S:
            self._counts.popleft()
        at, count = self._counts[0]
        return (verified - count) / (now - at) if now > at else 0.0

    def _lines(self) -> Text:
        return Text("\n".join(self._words())) if self._view else Text(f"{self._label}: starting ...")

    def _print(self) -> None:
        self._printed = self._view
        self._console.print(" · ".join(self._words()), markup=False, soft_wrap=True)

    def _words(self) -> list[str]:
        view = self._view
        assert view is not None, "nothing is shown before the first fact"
        return _said(self._doing, view, self._direction)


def _said(label: str, view: View, direction: str) -> list[str]:
    best = number(view.best) or "none yet"
    if view.best is not None and view.seed is not None:
        best += f" ({improvement(view.best, view.seed, 'maximize' if direction == 'maximize' else 'minimize')})"
    verdicts = ", ".join(f"{n} {verdict}" for verdict, n in view.verdicts)
    left = f", {duration(view.left)} left" if view.left is not None else ""
    counts = f"{verdicts or 'none'}, {view.repeats} repeats"
    lines = [
        f"{label}: best {best}",
        f"{view.verified} verified ({counts}), {view.outstanding} in flight, {view.rate:.3g}/s",
        f"spent {view.cost}, {view.tokens} tokens, {duration(view.seconds)}{left}",
    ]
    return [*lines, f"fault: {view.last_fault[:200]}"] if view.last_fault else lines


def cost(usd: float, unpriced: int, *, language_model: bool) -> str:
    """Dollars; "unpriced" where a model has no price; "n/a" where there is no language model."""
    if not language_model:
        return "n/a (no language model)"
    if unpriced:
        return f"${usd:.4f} and {unpriced} unpriced" if usd else "unpriced"
    return f"${usd:.4f}"


def _left(budget: Budget, verified: int, seconds: float, rate: float) -> float | None:
    """Seconds until the budget of candidates or of time is used, whichever is first; None if neither is known."""
    ends = []
    if budget.candidates is not None and rate > 0:
        ends.append((budget.candidates - verified) / rate)
    if budget.seconds is not None:
        ends.append(budget.seconds - seconds)
    return max(0.0, min(ends)) if ends else None
