"""Data sets as files: what is written is read again, and what is no row is said with its line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.distill.export import record, rows, write
from refine.distill.rows import Row
from refine.distill.samples import Source
from refine.errors import UsageError
from refine.types import Message

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
ROWS = st.builds(
    Row,
    st.lists(st.builds(Message, role=st.sampled_from(["system", "user"]), content=TEXTS), min_size=1).map(tuple),
    TEXTS,
    st.none() | TEXTS,
    st.floats(-5, 5),
    st.lists(st.builds(Source, TEXTS, TEXTS, st.integers(0, 9), st.integers(0, 9), TEXTS), max_size=2).map(tuple),
)


@given(st.lists(ROWS, max_size=4))
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, given: list[Row]) -> None:
    path = tmp_path_factory.mktemp("rows") / "rows.jsonl"
    assert write(given, path) == len(given)
    assert rows(path) == given


def test_a_text_is_what_the_user_says(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"prompt": "2 + 2?", "completion": "4"}\n\n{"prompt": "1?", "chosen": "1", "rejected": "2"}\n')
    first, second = rows(path)
    assert first == Row((Message(role="user", content="2 + 2?"),), "4", None, 1.0, ())
    assert (second.chosen, second.rejected) == ("1", "2")
    assert record(first)["completion"] == [{"role": "assistant", "content": "4"}]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "2: the line: Invalid JSON"),
        ('{"completion": "4"}', "2: prompt: Field required"),
        ('{"prompt": "2 + 2?"}', "2: a row needs a completion, or chosen and rejected"),
        ('{"prompt": [{"role": "user"}], "completion": "4"}', "content: Field required"),
    ],
)
def test_what_is_no_row_is_said_with_its_line(tmp_path: Path, line: str, why: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text(json.dumps({"prompt": "1?", "completion": "1"}) + "\n" + line + "\n")
    with pytest.raises(UsageError, match=why):
        rows(path)
    with pytest.raises(UsageError, match="there is no file"):
        rows(tmp_path / "none.jsonl")
    path.write_bytes(b"PAR1\xff\xfe")
    with pytest.raises(UsageError, match="is no text: rows are read as JSON lines"):
        rows(path)
