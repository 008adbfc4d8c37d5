"""The journal: one append-only SQLite file of facts, and beside them the long texts that the facts name.

    fact(seq INTEGER PRIMARY KEY, at REAL, body TEXT)   events as JSON; triggers refuse UPDATE and DELETE
    blob(digest TEXT PRIMARY KEY, body BLOB)            zlib-compressed UTF-8, named by SHA-256 (32 hex digits)
    views candidate, ask, cost                          for people with `sqlite3` or Datasette

One process writes (held by a lock file beside it); any number may read meanwhile.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import os
import sqlite3
import time
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from pydantic import ValidationError

from refine.errors import Fault, JournalError
from refine.events import FORMAT, Answered, Embedded, Event, Fact, Opined, Started, decode, encode
from refine.types import Candidate, Completion, Message, Outcome, Shown, digest

_SCHEMA = """
CREATE TABLE fact (seq INTEGER PRIMARY KEY, at REAL NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE blob (digest TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX verified ON fact (body ->> 'candidate') WHERE body ->> 'kind' = 'verified';
CREATE TRIGGER fact_update BEFORE UPDATE ON fact BEGIN SELECT RAISE(ABORT, 'facts are final'); END;
CREATE TRIGGER fact_delete BEFORE DELETE ON fact BEGIN SELECT RAISE(ABORT, 'facts are final'); END;
CREATE TRIGGER blob_update BEFORE UPDATE ON blob BEGIN SELECT RAISE(ABORT, 'texts are final'); END;
CREATE TRIGGER blob_delete BEFORE DELETE ON blob BEGIN SELECT RAISE(ABORT, 'texts are final'); END;
CREATE VIEW candidate AS SELECT seq, at, body ->> 'candidate' AS id, body ->> 'ask' AS ask, body ->> 'sample' AS sample,
  body ->> '$.outcome.verdict' AS verdict, body ->> '$.outcome.score' AS score,
  body ->> '$.outcome.feedback' AS feedback FROM fact WHERE body ->> 'kind' = 'verified';
CREATE VIEW ask AS SELECT seq, at, body ->> 'ask' AS ask, body ->> 'samples' AS samples, body ->> 'parents' AS parents
  FROM fact WHERE body ->> 'kind' = 'asked';
CREATE VIEW cost AS SELECT body ->> 'model' AS model, count(*) AS answers,
  sum(body ->> '$.usage.prompt_tokens') AS prompt_tokens,
  sum(body ->> '$.usage.completion_tokens') AS completion_tokens,
  sum(body ->> '$.usage.usd') AS usd FROM fact WHERE body ->> 'kind' IN ('answered', 'embedded', 'opined') GROUP BY 1;
PRAGMA application_id = 0x7265666e;
"""
_APPLICATION_ID = 0x7265666E  # "refn"
_BATCH = 512
"""Facts fetched at once."""


class Journal:
    """The facts, in order. Make one with `create`, `open` (to go on) or `read` (to look).

    Raises:
        JournalError: the file is missing, is no journal, or is written by another process just now.
        Fault: the disk is full or the file cannot be written; what was appended before is safe.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, lock: int | None) -> None:
        self.path = path
        self._db = connection
        self._lock = lock
        self._seq = self._last_seq()
        self._synchronous = ""

    @classmethod
    def create(cls, path: Path, started: Started) -> Self:
        """A new journal. Raises `JournalError` if the file exists."""
        if path.exists():
            raise JournalError(f"{path} exists already: it is never overwritten; take another name with -o")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Fault("journal", f"cannot make {path.parent}: {error.strerror}", retry=False) from error
        lock = _locked(path)
        # The file gets its name when it is whole: a kill in between leaves no journal without its first fact.
        unfinished = path.with_name(path.name + ".new")
        unfinished.unlink(missing_ok=True)
        first = cls(unfinished, _connected(unfinished, "rwc"), None)
        with _writing(first.path):
            first._db.execute("PRAGMA journal_mode = WAL")  # stays with the file: readers do not stop the writer
            first._db.executescript(_SCHEMA)
            first.append(started)
        first.close()
        unfinished.replace(path)
        return cls(path, _connected(path, "rw"), lock)

    @classmethod
    def open(cls, path: Path) -> Self:
        """An existing journal, to be appended to by this process alone."""
        _be_a_file(path)
        lock = _locked(path)
        return cls(path, _checked(path, _connected(path, "rw")), lock)

    @classmethod
    def read(cls, path: Path) -> Self:
        """An existing journal, to look at, also while another process writes."""
        _be_a_file(path)
        # Who may write opens for writing and does not: a read-only connection leaves SQLite's -wal and -shm behind.
        own = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
        db = _checked(path, _connected(path, "rw" if own else "ro"))
        db.execute("PRAGMA query_only = ON")
        return cls(path, db, None)

    def append(self, event: Event, texts: Iterable[str] = ()) -> Fact:
        """Writes the event and the texts that it names in one transaction; on return both are in the file."""
        return self.extend([event], texts)[0]

    def extend(self, events: Iterable[Event], texts: Iterable[str] = ()) -> list[Fact]:
        """Writes the events, in this order, and the texts that they name in one transaction: all of it or nothing.

        Where several facts are known at once this is many times cheaper than one after the other.
        """
        now = time.time()
        facts = [Fact(seq, now, event) for seq, event in enumerate(events, self._seq + 1)]
        rows = [(fact.seq, fact.at, encode(fact.event)) for fact in facts]
        blobs = [(digest(text)[:32], _packed(text)) for text in dict.fromkeys(texts)]
        self._be_synchronous("FULL" if any(is_paid(fact.event) for fact in facts) else "NORMAL")
        with _writing(self.path), self._db:  # the connection's own context: commit, or roll back what failed
            self._db.execute("BEGIN IMMEDIATE")
            self._db.executemany("INSERT OR IGNORE INTO blob VALUES (?, ?)", blobs)
            self._db.executemany("INSERT INTO fact VALUES (?, ?, ?)", rows)
        self._seq += len(facts)
        return facts

    def _be_synchronous(self, how: Literal["FULL", "NORMAL"]) -> None:
        """FULL: a transaction is on the disk before anything else happens. NORMAL: it outlives this process."""
        if how != self._synchronous:
            self._db.execute(f"PRAGMA synchronous = {how}")
            self._synchronous = how

    def facts(self, after: int = 0) -> Iterator[Fact]:
        """The facts with `seq > after`, in order."""
        for seq, at, body in self._rows(after):
            try:
                yield Fact(seq, at, decode(body))
            except ValidationError as error:
                raise JournalError(f"{self.path}: fact {seq} is not readable: {error.errors()[0]['msg']}") from error

    def _rows(self, after: int) -> Iterator[tuple[int, float, str]]:
        """In batches: to take turns with other questions row by row costs a tenth more."""
        cursor = self._db.execute("SELECT seq, at, body FROM fact WHERE seq > ? ORDER BY seq", (after,))
        while rows := cursor.fetchmany(_BATCH):
            yield from rows

    @property
    def started(self) -> Started:
        """The first fact."""
        first = next(self.facts(), None)
        if first is None or not isinstance(first.event, Started):
            raise JournalError(f"{self.path} does not begin as a journal does")
        return first.event

    def text(self, name: str) -> str:
        """The text with this digest. Raises `JournalError` if it is not there."""
        row = self._db.execute("SELECT body FROM blob WHERE digest = ?", (name[:32],)).fetchone()
        if row is None:
            raise JournalError(f"{self.path} holds no text {name}")
        return zlib.decompress(row[0]).decode("utf-8", "surrogatepass")

    def messages(self, name: str) -> tuple[Message, ...]:
        """The messages of an ask, exactly as they were sent."""
        return tuple(Message(role=role, content=content) for role, content in json.loads(self.text(name)))

    def completions(self) -> Iterator[tuple[int, Completion]]:
        """Every answer with the number of its ask, in the order of arrival."""
        for fact in self.facts():
            if isinstance(fact.event, Answered):
                yield fact.event.ask, self.completion(fact.event)

    def completion(self, event: Answered) -> Completion:
        fields = {
            name: getattr(event, name) for name in ("sample", "model", "usage", "finish", "note", "key", "seconds")
        }
        return Completion(text=self.text(event.text), **fields)

    def shown(self, candidate: str) -> Shown:
        """A candidate with the outcome that it got. Raises `JournalError` if it was not verified here."""
        row = self._db.execute(
            "SELECT body FROM fact WHERE body ->> 'kind' = 'verified' AND body ->> 'candidate' = ?"
            " AND body ->> 'outcome' IS NOT NULL ORDER BY seq LIMIT 1",
            (candidate,),
        ).fetchone()
        if row is None:
            raise JournalError(f"{self.path} holds no verified candidate {candidate}")
        return Shown(Candidate(self.text(candidate)), Outcome.model_validate(json.loads(row[0])["outcome"]))

    def named(self, prefix: str) -> str:
        """The id of the one candidate whose id begins so. Raises `JournalError` if there is none, or several."""
        rows = self._db.execute(
            "SELECT DISTINCT body ->> 'candidate' FROM fact WHERE body ->> 'kind' = 'verified'"
            " AND body ->> 'candidate' >= ? AND body ->> 'candidate' < ? LIMIT 2",
            (prefix, prefix + "g"),
        ).fetchall()
        if len(rows) != 1:
            raise JournalError(
                f"{self.path}: {'several candidates begin' if rows else 'no candidate begins'} with {prefix}"
            )
        return str(rows[0][0])

    def close(self) -> None:
        self._db.close()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _last_seq(self) -> int:
        has_facts = self._db.execute("SELECT 1 FROM sqlite_master WHERE name = 'fact'").fetchone()
        return int(self._db.execute("SELECT coalesce(max(seq), 0) FROM fact").fetchone()[0]) if has_facts else 0


def _packed(text: str) -> bytes:
    """Compressed, with a window as large as the text needs: to make one of full size takes longer than all the rest."""
    plain = text.encode("utf-8", "surrogatepass")
    bits = min(15, max(9, len(plain).bit_length()))
    coder = zlib.compressobj(3, zlib.DEFLATED, bits, bits - 7)
    return coder.compress(plain) + coder.flush()


def is_paid(event: Event) -> bool:
    """Whether it is an answer, an embedding or an opinion that may have cost money, as one without a price may."""
    return isinstance(event, Answered | Embedded | Opined) and event.usage is not None and event.usage.usd != 0


def set_aside(path: Path) -> Path:
    """Moves a journal, and what SQLite keeps beside it, to the first free of NAME.1, NAME.2, ...; the new name.

    Raises:
        JournalError: another process is writing it.
        Fault: it cannot be moved.
    """
    lock = _locked(path)
    try:
        number = next(n for n in itertools.count(1) if not path.with_name(f"{path.name}.{n}").exists())
        aside = path.with_name(f"{path.name}.{number}")
        for suffix in ("-wal", "-shm", ""):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(aside.with_name(aside.name + suffix))
    except OSError as error:
        raise Fault("journal", f"cannot move {path} aside: {error.strerror}", retry=False) from error
    finally:
        os.close(lock)
    return aside


class _writing:  # noqa: N801 - reads as a verb at its only use: `with _writing(path)`
    """Turns SQLite's errors into the Fault that says what to do."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, sqlite3.OperationalError | sqlite3.DatabaseError):
            advice = "free some space and run the same command again; nothing that was journalled is lost"
            raise Fault("journal", f"cannot write {self._path}: {error}; {advice}", retry=False) from error


def _be_a_file(path: Path) -> None:
    if not path.is_file():
        raise JournalError(f"there is no journal {path}")


def _connected(path: Path, mode: str) -> sqlite3.Connection:
    try:
        return sqlite3.connect(f"{path.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, timeout=30)
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path} cannot be opened as a journal: {error}") from error


def _checked(path: Path, db: sqlite3.Connection) -> sqlite3.Connection:
    """`db`, if it is a journal of this format. Raises `JournalError` otherwise."""
    try:
        if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION_ID:
            raise JournalError(f"{path} is not a journal of refine")
        row = db.execute("SELECT body ->> 'format', body ->> 'refine' FROM fact ORDER BY seq LIMIT 1").fetchone()
    except sqlite3.DatabaseError as error:
        raise JournalError(f"{path} is not a journal of refine: {error}") from error
    if row is not None and (row[0] or FORMAT) != FORMAT:
        raise JournalError(f"{path} has format {row[0]}, written by refine {row[1]}; this refine reads format {FORMAT}")
    return db


def _locked(path: Path) -> int:
    """A lock that dies with the process. On a file beside the journal: SQLite's own locks live in the journal itself,
    and closing any descriptor of it would drop them.
    """
    try:
        lock = os.open(path.with_name(path.name + ".lock"), os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise Fault("journal", f"cannot write beside {path}: {error.strerror}", retry=False) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise JournalError(f"another process is writing {path}: wait for it, or take another name with -o") from None
    return lock
