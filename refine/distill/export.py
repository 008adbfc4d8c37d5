"""Data sets as files, in the formats that TRL's trainers read: prompt and completion, or chosen and rejected."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

from refine.distill.rows import Row
from refine.errors import MissingExtra, UsageError
from refine.types import Json

SUFFIXES = (".jsonl", ".parquet")


def record(row: Row) -> dict[str, Json]:
    """One row as TRL reads it: prompt and completion, or prompt, chosen and rejected; and where it comes from."""
    prompt: list[Json] = [{"role": message.role, "content": message.content} for message in row.prompt]
    sources: list[Json] = [dict(dataclasses.asdict(source)) for source in row.sources]
    rest: dict[str, Json] = {"worth": row.worth, "sources": sources}
    if row.rejected is None:
        return {"prompt": prompt, "completion": _said(row.chosen), **rest}
    return {"prompt": prompt, "chosen": _said(row.chosen), "rejected": _said(row.rejected), **rest}


def _said(text: str) -> list[Json]:
    return [{"role": "assistant", "content": text}]


def write(rows: Iterable[Row], path: Path) -> int:
    """Writes `path` (.jsonl or .parquet) in one piece; how many rows. What was there is replaced.

    Raises:
        UsageError: the suffix is another.
        MissingExtra: Parquet needs pyarrow.
    """
    if path.suffix not in SUFFIXES:
        raise UsageError(f"{path}: a data set is written as {' or '.join(SUFFIXES)}")
    records = [record(row) for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".new")
    if path.suffix == ".parquet":
        _parquet(records, unfinished)
    else:
        unfinished.write_text("".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records), "utf-8")
    unfinished.replace(path)
    return len(records)


def _parquet(records: list[dict[str, Json]], path: Path) -> None:
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra
        import pyarrow.parquet as pq  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra("pyarrow", "distill") from error
    pq.write_table(pa.Table.from_pylist(records), path)
