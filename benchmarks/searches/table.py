"""Runs to a table: medians and quartiles by problem and method; who is ahead of whom."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

from benchmarks.searches.session import quartiles

Row = dict[str, Any]


def joined(rows: Iterable[Row]) -> dict[str, dict[str, Row]]:
    """By problem and method: runs, `best_at_K` as (lower quartile, median, upper), medians of the rest."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["problem"], row["method"]), []).append(row)
    table: dict[str, dict[str, Row]] = {}
    for (problem, method), runs in groups.items():
        table.setdefault(problem, {})[method] = _summary(runs)
    return table


def _summary(runs: Sequence[Row]) -> Row:
    marks = sorted(set.intersection(*(set(run["best"]) for run in runs)), key=int)
    best = {f"best_at_{mark}": [round(x, 3) for x in quartiles([run["best"][mark] for run in runs])] for mark in marks}
    rest = {
        name: round(statistics.median(run[name] for run in runs), 1)
        for name in ("wasted", "refusals", "other", "crashed", "evaluations", "took_s")
    }
    return {"runs": len(runs), **best, **rest}


def printed(table: dict[str, dict[str, Row]]) -> str:
    """For people: each problem's methods, the best median at the last mark first."""
    lines = []
    for problem, methods in table.items():
        last = _last_mark(methods)
        lines.append(f"{problem} (median [quartiles])")
        lines.extend(_line(name, methods[name]) for name in sorted(methods, key=lambda name: -methods[name][last][1]))
    return "\n".join(lines)


def _line(method: str, found: Row) -> str:
    quarters = [value for key, value in found.items() if key.startswith("best_at_")]
    best = [f"{m:9.2f} [{a:.2f}, {b:.2f}]".ljust(27) for a, m, b in quarters]
    counts = f"wasted {found['wasted']:5g}  evaluations {found['evaluations']:5g}  runs {found['runs']}"
    return f"  {method:18}{''.join(best)} {counts}"


def _last_mark(methods: dict[str, Row]) -> str:
    marks = [key for found in methods.values() for key in found if key.startswith("best_at_")]
    return max(marks, key=lambda key: int(key.rpartition("_")[2]))


def behind(table: dict[str, dict[str, Row]], method: str, rivals: Iterable[str]) -> list[tuple[str, str, str]]:
    """Where `method` is not ahead: (problem, rival, mark) of every median that is above its own."""
    return [
        (problem, rival, mark)
        for problem, methods in table.items()
        for rival in rivals
        if method in methods and rival in methods
        for mark in methods[method]
        if mark.startswith("best_at_") and mark in methods[rival]
        if methods[rival][mark][1] > methods[method][mark][1]
    ]
