"""The final table, as data: the champion beside the seed, the baselines, the control and published values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from refine.events import Confirmed
from refine.report.history import History
from refine.task import Reference
from refine.types import Direction, Json, Outcome

BEST, SEED, CONTROL = "best found", "seed", "no selection (control)"
CLOSE = 0.9
"""A control that makes this share of the improvement is close."""


@dataclass(frozen=True, slots=True)
class Row:
    """One program. An outcome is None where it was not verified on those instances."""

    name: str
    id: str
    search: Outcome | None
    held_out: Outcome | None

    def as_json(self) -> dict[str, Json]:
        return {"name": self.name, "id": self.id, "search": _json(self.search), "held_out": _json(self.held_out)}


def rows(history: History, control: History | None = None) -> tuple[Row, ...]:
    """Best found, seed, each baseline, and the best of the run without selection."""
    found = [_row(history, BEST, "best", history.best), _row(history, SEED, "seed", history.seed)]
    names = dict.fromkeys(c.name for c in history.confirmed if c.name not in ("best", "seed"))
    found += [_baseline(name, [c for c in history.confirmed if c.name == name]) for name in names]
    if control is not None:
        found.append(_row(control, CONTROL, "best", control.best))
    return tuple(row for row in found if row is not None)


def metrics(table: Iterable[Row]) -> tuple[str, ...]:
    """Names of all metrics in the table, in the order in which they come."""
    outcomes = [outcome for row in table for outcome in (row.search, row.held_out) if outcome is not None]
    return tuple(dict.fromkeys(name for outcome in outcomes for name in outcome.metrics))


def _row(history: History, name: str, confirmed: str, candidate: str | None) -> Row | None:
    if candidate is None:
        return None
    held_out = [
        c.outcome for c in history.confirmed if (c.name, c.on, c.candidate) == (confirmed, "held-out", candidate)
    ]
    return Row(name, candidate, history.outcome(candidate), held_out[0] if held_out else None)


def _baseline(name: str, found: Sequence[Confirmed]) -> Row:
    by = {c.on: c.outcome for c in found}
    return Row(name, found[0].candidate, by.get("search"), by.get("held-out"))


def improvement(score: float, seed: float, direction: Direction) -> str:
    """Signed change from the seed, and whether it is one for the better: "-1.2 from the seed's 5.4, 22% better"."""
    change = score - seed
    if change == 0:
        return f"the seed's {seed:.6g}"
    good = (change > 0) == (direction == "maximize")
    share = f"{100 * abs(change / seed):.3g}% " if seed else ""
    return f"{change:+.4g} from the seed's {seed:.6g}, {share}{'better' if good else 'worse'}"


def on_selection(table: Sequence[Row], direction: Direction) -> str | None:
    """What the control says about the search, in one honest sentence; None without a control.

    Held-out scores are compared where all three have one, else the search's.
    """
    named = {row.name: row for row in table}
    if not {BEST, SEED, CONTROL} <= named.keys():
        return None
    three = [named[name] for name in (BEST, SEED, CONTROL)]
    outcomes = [row.held_out for row in three]
    where = "held-out"
    if any(outcome is None or outcome.score is None for outcome in outcomes):
        outcomes, where = [row.search for row in three], "search"
    best, seed, control = (outcome.score if outcome else None for outcome in outcomes)
    if best is None or seed is None or control is None:
        return None
    sign = 1.0 if direction == "maximize" else -1.0
    return _sentence(sign * (best - seed), sign * (control - seed), where)


def _sentence(gained: float, control: float, where: str) -> str:
    if gained <= 0:
        return f"Nothing was gained over the seed on {where} instances, so there is nothing to owe to selection."
    if control >= gained:
        return f"The control without selection did as well on {where} instances: selection earned nothing here."
    share = max(0.0, control / gained)
    if share >= CLOSE:
        return (
            f"The control is close: without selection, as many candidates make {share:.0%} of the {where} improvement."
        )
    return (
        f"Without selection, as many candidates make {share:.0%} of the {where} improvement; the rest is selection's."
    )


def published(references: Iterable[Reference]) -> list[Json]:
    return [reference.model_dump(mode="json") for reference in references]


def _json(outcome: Outcome | None) -> Json:
    if outcome is None:
        return None
    return {"verdict": outcome.verdict.value, "score": outcome.score, "metrics": dict(outcome.metrics)}
