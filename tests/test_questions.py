"""Files of questions."""

from __future__ import annotations

from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.questions import Question, questions


def test_answers_of_the_known_data_sets_are_reduced(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"question": "a?", "answer": "3 + 4 = 7\\n#### 7"}\n\n'
        '{"question": "b?", "answer": "so \\\\boxed{\\\\frac12}"}\n'
        '{"question": "c?", "answer": 5}\n{"question": "d?"}\n{"question": "a?", "answer": "again"}\n'
    )
    assert questions(file) == (
        Question(text="a?", answer="7"),
        Question(text="b?", answer="\\frac12"),
        Question(text="c?", answer="5"),
        Question(text="d?"),
    )


@pytest.mark.parametrize("line", ["nonsense", '{"q": 1}', "[1]", '{"question": 3}'])
def test_what_is_no_question_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text('{"question": "a?"}\n' + line + "\n")
    with pytest.raises(UsageError, match="line 2: write"):
        questions(file)


def test_no_questions_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="holds no questions"):
        questions(tmp_path / "q.jsonl")
    with pytest.raises(UsageError, match="cannot be read"):
        questions(tmp_path / "none.jsonl")
