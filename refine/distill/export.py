"""Data sets as files, in the formats that TRL's trainers read: prompt and completion, or chosen and rejected.

A prompt is a list of messages, or one text, which the user says; so is an answer.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ValidationError

from refine.distill.rows import Row
from refine.distill.samples import Source
from refine.errors import MissingExtra, UsageError
from refine.types import Json, Message

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


def _messages(said: object) -> object:
    return ({"role": "user", "content": said},) if isinstance(said, str) else said


Said = Annotated[tuple[Message, ...], BeforeValidator(_messages)]
"""Of an answer the roles do not matter."""


class _Record(BaseModel):
    """A line of a data set; what else it has does not matter."""

    prompt: Said
    completion: Said | None = None
    chosen: Said | None = None
    rejected: Said | None = None
    worth: float = 1.0
    sources: tuple[Source, ...] = ()


def rows(path: Path) -> list[Row]:
    """The rows of JSON lines in TRL's formats, such as `write` leaves them.

    Raises:
        UsageError: there is no such file, it is no text, or a line is no row: which one, and why.
    """
    if not path.is_file():
        raise UsageError(f"there is no file {path}")
    try:
        lines = enumerate(path.read_text("utf-8").split("\n"), 1)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is no text: rows are read as JSON lines, in UTF-8") from error
    return [_row(line, f"{path}:{number}") for number, line in lines if line.strip()]


def _row(line: str, where: str) -> Row:
    try:
        read = _Record.model_validate_json(line)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(f"{where}: {'.'.join(map(str, first['loc'])) or 'the line'}: {first['msg']}") from error
    good = read.completion if read.completion is not None else read.chosen
    if good is None:
        raise UsageError(f"{where}: a row needs a completion, or chosen and rejected")
    bad = _text(read.rejected) if read.rejected is not None else None
    return Row(read.prompt, _text(good), bad, read.worth, read.sources)


def _text(said: Said) -> str:
    return "\n".join(message.content for message in said)
