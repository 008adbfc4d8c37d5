from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.extract import Unreadable, extract, remarks
from refine.task import Language
from refine.types import Candidate


@pytest.mark.parametrize(
    ("answer", "language", "text"),
    [
        ("Better:\n```python\nx = 1\n```\nDone.", "python", "x = 1\n"),
        ("```\nx = 1\n```\nno, rather\n```py\nx = 2\n```", "python", "x = 2\n"),
        ("x = 1", "python", "x = 1\n"),
        ("```python\nx = 1\n```\n```text\nit prints: 3 >\n```", "python", "x = 1\n"),
        ("~~~python\ns = '```'\n~~~", "python", "s = '```'\n"),
        ("1. like this\n   ```python\n   x = 1\n   ```", "python", "x = 1\n"),
        ("```python\nx = 1\r\n```", "python", "x = 1\n"),
        ("so `n` it is\n```\nn*(n+1)/2\n```", "expression", "n*(n+1)/2"),
        ("n + 1", "expression", "n + 1"),
        ("be brief", "text", "be brief"),
    ],
)
def test_the_last_block_that_is_one(answer: str, language: Language, text: str) -> None:
    found = extract(answer, language)
    assert isinstance(found, Candidate)
    assert found.text.replace("\r", "") == text


@pytest.mark.parametrize(
    ("answer", "language", "why"),
    [
        ("I am sorry.", "python", "no fenced block"),
        ("```python\ndef f(:\n```", "python", "line 1"),
        ("```python\n1 + 1\n```", "python", "defines nothing"),
        ("```python\nx = '\0'\n```", "python", "null"),
        ("", "text", "empty"),
        ("x" * 200_001, "text", "200001 characters"),
        ("```\nx = 1\n```", "expression", "line 1"),
        ("-" * 100_000 + "1", "expression", "cannot parse"),
        ("(" * 5000 + ")" * 5000, "expression", "("),
    ],
)
def test_what_cannot_be_read_says_why(answer: str, language: Language, why: str) -> None:
    found = extract(answer, language)
    assert isinstance(found, Unreadable)
    assert why in found.why


@given(st.text(max_size=300), st.sampled_from(["python", "expression", "text"]))
def test_no_answer_breaks_it(answer: str, language: Language) -> None:
    assert isinstance(extract(answer, language), Candidate | Unreadable)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ("I think.\nName: up\n```python\nx = 1\n```\nThat is all.", "I think.\nName: up\n\nThat is all."),
        ("x = 1\n", ""),
        ("```\nx = 1\n```", ""),
        ("One:\n~~~\na = 1\n~~~\nanother:\n~~~\nb = 1\n~~~", "One:\n\nanother:"),
    ],
)
def test_remarks_are_what_stands_beside_the_blocks(answer: str, said: str) -> None:
    assert remarks(answer) == said
