from __future__ import annotations

import os
import random
import sqlite3
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault, JournalError
from refine.events import Answered, Started, Stopped, Verified
from refine.journal import Journal, _packed
from refine.types import Candidate, Outcome, Usage, Verdict, digest

STARTED = Started(
    refine="0", task="toy", task_digest="d", direction="maximize", metric="score", seed=1, strategy={}, model="m",
    sandbox="none", secret="s",
)  # fmt: skip


def journal(folder: Path) -> Journal:
    return Journal.create(folder / "run.db", STARTED)


def test_what_is_written_is_read_in_order(tmp_path: Path) -> None:
    with journal(tmp_path) as written:
        written.append(Answered(ask=0, sample=0, text=digest("hello")[:32], model="m", usage=Usage(usd=0.5)), ["hello"])
        written.append(Stopped(reason="target", detail="reached"))
    with Journal.read(tmp_path / "run.db") as read:
        facts = list(read.facts())
        assert [fact.seq for fact in facts] == [1, 2, 3]
        assert facts[0].event == STARTED
        assert facts[2].event == Stopped(reason="target", detail="reached")
        assert [(ask, c.text, c.usage) for ask, c in read.completions()] == [(0, "hello", Usage(usd=0.5))]
        assert [fact.seq for fact in read.facts(after=2)] == [3]


@pytest.mark.parametrize(
    "statement", ["UPDATE fact SET at = 0", "DELETE FROM fact", "DELETE FROM blob", "UPDATE blob SET body = x''"]
)
def test_facts_are_final(tmp_path: Path, statement: str) -> None:
    with journal(tmp_path) as written:
        written.append(Stopped(reason="target", detail=""), ["a text"])
    with sqlite3.connect(tmp_path / "run.db") as db, pytest.raises(sqlite3.IntegrityError, match="final"):
        db.execute(statement)
    db.close()


def test_a_journal_is_never_overwritten(tmp_path: Path) -> None:
    journal(tmp_path).close()
    with pytest.raises(JournalError, match="exists already"):
        journal(tmp_path)


def test_one_process_writes(tmp_path: Path) -> None:
    with journal(tmp_path), pytest.raises(JournalError, match="another process"):
        Journal.open(tmp_path / "run.db")
    Journal.open(tmp_path / "run.db").close()


def test_others_read_meanwhile(tmp_path: Path) -> None:
    with journal(tmp_path) as written, Journal.read(tmp_path / "run.db") as read:
        written.append(Stopped(reason="target", detail=""))
        assert len(list(read.facts())) == 2


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no journal at all, but long enough to look like a file of some kind" * 20)
    with pytest.raises(JournalError, match="not a journal"):
        Journal.read(tmp_path / "notes.txt")
    with pytest.raises(JournalError, match="no journal"):
        Journal.open(tmp_path / "nothing.db")
    sqlite3.connect(tmp_path / "other.db").execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(JournalError, match="not a journal"):
        Journal.open(tmp_path / "other.db")


def test_another_format_is_refused(tmp_path: Path) -> None:
    Journal.create(tmp_path / "old.db", STARTED.model_copy(update={"format": 99, "refine": "9.9"})).close()
    with pytest.raises(JournalError, match=r"format 99.*9\.9"):
        Journal.open(tmp_path / "old.db")


def test_a_candidate_is_found_by_the_beginning_of_its_name(tmp_path: Path) -> None:
    one, other = Candidate("x = 1\n"), Candidate("x = 2\n")
    with journal(tmp_path) as written:
        for sample, candidate in enumerate((one, other)):
            outcome = Outcome(verdict=Verdict.PASSED, score=float(sample))
            written.append(Verified(ask=0, sample=sample, candidate=candidate.id, outcome=outcome), [candidate.text])
        assert written.named(one.id[:6]) == one.id
        assert written.shown(other.id).candidate == other
        assert written.shown(other.id).outcome.score == 1.0
        with pytest.raises(JournalError, match="several"):
            written.named("")
        with pytest.raises(JournalError, match="no candidate"):
            written.named("zz")


def test_a_full_disk_is_a_fault_that_says_what_to_do(tmp_path: Path) -> None:
    with journal(tmp_path) as written:
        written._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(Fault, match="full.*free some space"):
            written.append(Stopped(reason="target", detail=""), [os.urandom(200_000).hex()])
    with Journal.read(tmp_path / "run.db") as read:
        assert len(list(read.facts())) == 1


def test_looking_leaves_nothing_behind_and_changes_nothing(tmp_path: Path) -> None:
    journal(tmp_path).close()
    before = (tmp_path / "run.db").read_bytes()
    with Journal.read(tmp_path / "run.db") as read:
        assert len(list(read.facts())) == 1
        with pytest.raises(Fault, match="readonly"):
            read.append(Stopped(reason="target", detail=""))
    assert (tmp_path / "run.db").read_bytes() == before
    assert sorted(f.name for f in tmp_path.iterdir()) == ["run.db", "run.db.lock"]


def answered(sample: int, text: str, usd: float = 0.0) -> Answered:
    return Answered(ask=1, sample=sample, text=digest(text)[:32], model="m", usage=Usage(usd=usd))


def test_several_facts_at_once_read_as_if_each_had_been_written_alone(tmp_path: Path) -> None:
    texts = ["one", "two", "one"]
    events = [answered(sample, text) for sample, text in enumerate(texts)]
    with journal(tmp_path / "together") as together, journal(tmp_path / "alone") as alone:
        written = together.extend(events, texts)
        for event, text in zip(events, texts, strict=True):
            alone.append(event, [text])
        assert [fact.seq for fact in written] == [2, 3, 4]
        assert [(f.seq, f.event) for f in together.facts()] == [(f.seq, f.event) for f in alone.facts()]
        assert [c.text for _, c in together.completions()] == texts
        assert together.extend([]) == []
        assert together.append(Stopped(reason="target", detail="")).seq == 5


def test_all_of_several_facts_are_written_or_none(tmp_path: Path) -> None:
    with journal(tmp_path) as written:
        written._db.execute("CREATE TEMP TRIGGER full BEFORE INSERT ON main.fact WHEN new.seq = 3 BEGIN"
                            " SELECT RAISE(ABORT, 'disk full'); END")  # fmt: skip
        with pytest.raises(Fault, match="disk full"):
            written.extend([answered(0, "one"), answered(1, "two")], ["one", "two"])
        with pytest.raises(JournalError, match="holds no text"):
            written.text(digest("one"))
        written._db.execute("DROP TRIGGER full")
        assert written.append(answered(0, "one"), ["one"]).seq == 2


@pytest.mark.parametrize(("usd", "level"), [(0.5, 2), (None, 2), (0.0, 1)])
def test_a_transaction_with_anything_paid_is_synchronous(tmp_path: Path, usd: float, level: int) -> None:
    with journal(tmp_path) as written:
        for _ in range(2):
            written.append(Stopped(reason="target", detail=""))
            assert written._db.execute("PRAGMA synchronous").fetchone() == (1,)
            written.extend([answered(0, "one"), answered(1, "two", usd)], ["one", "two"])
            assert written._db.execute("PRAGMA synchronous").fetchone() == (level,)


@given(st.text(st.characters()))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert zlib.decompress(_packed(text)).decode("utf-8", "surrogatepass") == text


@pytest.mark.parametrize("size", [0, 1, 255, 256, 511, 512, 513, 40_000, 1_000_000])
def test_texts_of_every_length_come_back(size: int) -> None:
    text = random.Random(size).randbytes(size).hex()[:size]
    assert zlib.decompress(_packed(text)).decode() == text
