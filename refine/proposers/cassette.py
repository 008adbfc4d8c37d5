"""A cassette: one SQLite file of answers, found again by content.

    answer(key TEXT, ask INTEGER, body BLOB)    body: zlib-compressed JSON of the Completion; primary key (key, ask)

The same question may be asked twice in a run and get two answers, so an answer is kept with the number of its ask.
`recording(proposer, cassette)` keeps what a proposer answers; `replaying(cassette)` answers from it alone.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from refine.errors import UsageError
from refine.proposers import Proposer, content_key
from refine.types import Completion, Prompt

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answer (key TEXT NOT NULL, ask INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (key, ask))
STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x72656361;
"""
_APPLICATION_ID = 0x72656361  # "reca"


class Cassette:
    """Answers by content. `open` makes the file if it is not there; the first answer to a key and ask stays."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._db = connection

    @classmethod
    def open(cls, path: Path) -> Self:
        """Raises `UsageError` if the file is something else, or cannot be opened."""
        try:
            db = sqlite3.connect(path, isolation_level=None, timeout=30)
            if not _is_ours_or_empty(db):
                db.close()
                raise UsageError(f"{path} is not a cassette of refine")
            db.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            raise UsageError(f"{path} cannot be opened as a cassette: {error}") from error
        return cls(path, db)

    def put(self, ask: int, completion: Completion) -> None:
        """Keeps an answer. Its `key` must be set."""
        body = zlib.compress(completion.model_dump_json().encode("utf-8", "surrogatepass"), 3)
        self._db.execute("INSERT OR IGNORE INTO answer VALUES (?, ?, ?)", (completion.key, ask, body))

    def completions(self) -> Iterator[tuple[int, Completion]]:
        """Every answer with the number of its ask, by ask and sample."""
        for ask, body in self._db.execute("SELECT ask, body FROM answer ORDER BY ask, key"):
            yield ask, Completion.model_validate_json(zlib.decompress(body))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM answer").fetchone()[0])

    def close(self) -> None:
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def is_cassette(path: Path) -> bool:
    """Whether the file is a cassette (and not a journal, say)."""
    with path.open("rb") as file:
        return int.from_bytes(file.read(72)[68:72]) == _APPLICATION_ID  # where SQLite's header has the application's id


def recording(proposer: Proposer, cassette: Cassette) -> Recording:
    """The same proposer; what it answers is kept before it is handed on."""
    return Recording(proposer, cassette)


class Recording:
    """A proposer whose answers are kept. It does not close the cassette."""

    def __init__(self, proposer: Proposer, cassette: Cassette) -> None:
        self.name = proposer.name
        self._proposer = proposer
        self._cassette = cassette

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        async for completion in self._proposer(prompt):
            key = completion.key or content_key(completion.model, prompt.messages, prompt.params, completion.sample)
            kept = completion.model_copy(update={"key": key})
            self._cassette.put(prompt.ask, kept)
            yield kept

    async def aclose(self) -> None:
        await self._proposer.aclose()


def _is_ours_or_empty(db: sqlite3.Connection) -> bool:
    tables = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    return not tables or int(db.execute("PRAGMA application_id").fetchone()[0]) == _APPLICATION_ID
