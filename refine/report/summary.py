"""A run as one JSON object, for programs: what `refine run --json` and `refine show --json` print."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from refine.report.history import History, Spend
from refine.report.models import records
from refine.report.table import on_selection, published, rows
from refine.task import Reference
from refine.types import Json


def summary(history: History, control: History | None = None, references: Sequence[Reference] = ()) -> dict[str, Json]:
    """Identity, end, best program, table, counts and spend of a run."""
    started, table = history.started, rows(history, control)
    return {
        "run": str(history.journal.path),
        "task": started.task,
        "task_digest": started.task_digest,
        "metric": started.metric,
        "direction": started.direction,
        "model": started.model,
        "seed": started.seed,
        "strategy": started.strategy,
        "advice": history.advice,
        "sandbox": history.sandbox,
        "stop": history.stopped.model_dump(mode="json", exclude={"kind"}) if history.stopped else None,
        "best": candidate(history, history.best) if history.best else None,
        "lineage": list(history.lineage(history.best)) if history.best else [],
        "table": [row.as_json() for row in table],
        "references": published(references),
        "control": on_selection(table, started.direction),
        "control_run": str(control.journal.path) if control else None,
        "counts": counts(history),
        "spend": [spent(row) for row in history.spend],
        "models": [row.as_json() for row in records(history)],
        "seconds": round(history.seconds, 3),
        "curve": [[count, score, name] for count, score, name in history.curve],
        "faults": [fault.event.model_dump(mode="json", exclude={"kind"}) for fault in history.faults],
    }


def counts(history: History) -> dict[str, Json]:
    verdicts: dict[str, Json] = {verdict.value: n for verdict, n in history.verdicts.items()}
    return {
        "asked": history.asked,
        "answered": len(history.answers),
        "verified": len(history.verified),
        "repeats": history.repeats,
        "too_alike": len(history.alike),
        "verdicts": verdicts,
    }


def spent(row: Spend) -> dict[str, Json]:
    """`usd` is None where no answer has a price, and where no language model was asked."""
    priced = row.language_model and row.unpriced < row.answers
    return dataclasses.asdict(row) | {"usd": row.usd if priced else None}


def candidate(history: History, name: str) -> dict[str, Json]:
    """One candidate with its outcome and where it comes from. Digests are those of the journal's texts."""
    ask, answer = history.origin(name)
    outcome = history.outcome(name)
    return {
        "id": name,
        "text": history.journal.text(name),
        "outcome": outcome.model_dump(mode="json") if outcome else None,
        "ask": ask.ask,
        "sample": answer.sample,
        "parents": list(ask.parents),
        "model": answer.model,
        "note": answer.note,
        "usage": answer.usage.model_dump(mode="json") if answer.usage else None,
        "prompt": ask.messages,
    }


def whole(history: History, name: str) -> dict[str, Json]:
    """`candidate`, and its relatives and confirmations; who it is too like, if it was not verified for that."""
    near = history.alike.get(name)
    return candidate(history, name) | {
        "alike": {"id": near.alike, "similarity": near.similarity} if near else None,
        "lineage": list(history.lineage(name)),
        "children": list(history.children(name)),
        "confirmed": [
            found.model_dump(mode="json", exclude={"kind"}) for found in history.confirmed if found.candidate == name
        ],
    }
