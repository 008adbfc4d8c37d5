"""Means over the seeds, with intervals, from the JSON lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.improving.ida import TRIES, needed
from benchmarks.improving.records import read

_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262)
"""Quantiles of Student's t for 95 %, by degrees of freedom from 1."""
SEARCHES = (1, 2, 4, TRIES)
FILES = ("lmsi", "lmsi_weak", "lmsi_words", "self_rewarding", "ida")


def table(output: Path) -> dict[str, Any]:
    """For each benchmark, arm and round: each figure's mean, its 95 % interval, and the seeds' values."""
    return {what: _arms(with_ratio(read(output / f"{what}.jsonl"))) for what in FILES}


def _arms(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (row["arm"], row["round"], row["seed"])):
        groups.setdefault(f"{row['arm']} {row['round']}", []).append(row)
    return {name: _figures(group) for name, group in groups.items()}


def _figures(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    names = sorted({name for row in rows for name, value in row.items() if isinstance(value, int | float)})
    found: dict[str, Any] = {
        name: _figure([row[name] for row in rows if name in row])
        for name in names
        if name not in {"seed", "round", "left_out", "low", "high"}
    }
    return {"seeds": [row["seed"] for row in rows]} | found | _gain(rows)


def _gain(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    if not all("after" in row for row in rows):
        return {}
    verdicts = [row["verdict"] for row in rows]
    stops = [row["would_stop"] for row in rows if row["would_stop"]]
    return {
        "gain": _figure([row["after"] - row["before"] for row in rows]),
        "better": verdicts.count("better"),
        "worse": verdicts.count("worse"),
        "would_stop": stops,
    }


def _figure(values: Sequence[float]) -> dict[str, Any]:
    found: dict[str, Any] = {"mean": round(fmean(values), 4), "values": [round(value, 4) for value in values]}
    if len(values) > 1:
        found["half_width"] = round(_T[min(len(values) - 2, len(_T) - 1)] * stdev(values) / len(values) ** 0.5, 4)
    return found


def with_ratio(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What ida found, with how many times fewer answers reach what k answers of the model before did.

    `ratio k` is 0 where all TRIES answers do not reach it.
    """
    before = {(row["seed"], row["arm"], row["round"]): row for row in rows}
    made = []
    for row in rows:
        arm = "base" if row["round"] == 1 else row["arm"]
        earlier = before.get((row["seed"], arm, row["round"] - 1))
        made.append(row | (_searched(row, earlier) if "search" in row else {}))
    return made


def _searched(row: dict[str, Any], earlier: dict[str, Any] | None) -> dict[str, float]:
    found = {f"search {k}": row["search"][k - 1] for k in SEARCHES}
    if earlier is None:
        return found
    return found | {f"ratio {k}": k / needed(row["search"], earlier["search"][k - 1]) for k in SEARCHES}
