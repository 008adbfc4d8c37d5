"""Programs that answer a file's questions: the shipped ones, and a file of the user's own."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.load import load, shipped
from refine.task import Task
from refine.types import Outcome, Verdict
from tests.tasks.fake import FakeCandidate

SUMS = "import re\n\ndef solve(question):\n    return sum(int(n) for n in re.findall(r'\\d+', question))\n"


def score(task: Task, text: str, *, held_out: bool = False) -> float:
    verifier = task.confirm if held_out else task.verify
    assert verifier is not None
    found = verifier(FakeCandidate(text))  # type: ignore[arg-type]
    assert isinstance(found, Outcome)
    assert found.verdict is Verdict.PASSED
    assert found.score is not None
    return found.score


def own(folder: Path, rows: list[dict[str, object]]) -> Task:
    folder.mkdir()
    shutil.copy(shipped() / "question_file" / "task.py", folder)
    (folder / "questions.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return load(str(folder))


def sums(count: int) -> list[dict[str, object]]:
    """In GSM8K's layout."""
    return [
        {"question": f"{n} and {n + 1}?", "answer": f"<<{n}+{n + 1}={2 * n + 1}>>\n#### {2 * n + 1}"}
        for n in range(count)
    ]


def test_the_shipped_questions_can_be_answered_and_are_not_by_the_seed() -> None:
    task = load("question_file")
    right = (task.folder / "golden" / "right.py").read_text()
    assert (score(task, right), score(task, right, held_out=True)) == (1.0, 1.0)
    assert score(task, task.seeds[0].text) == 0.12
    assert score(task, task.seeds[0].text, held_out=True) == 0.145


def test_ones_own_file_in_gsm8ks_layout(tmp_path: Path) -> None:
    task = own(tmp_path / "mine", [*sums(40), {"question": "why?"}])
    assert (score(task, SUMS), score(task, SUMS, held_out=True)) == (1.0, 1.0)
    assert "why?" not in task.instruction
    assert not task.golden


def test_no_answer_is_told_but_those_of_the_examples(tmp_path: Path) -> None:
    task = own(tmp_path / "mine", [{"question": f"{n} {n}?", "answer": f"secret-{n}"} for n in range(60)])
    found = task.verify(FakeCandidate(SUMS))  # type: ignore[arg-type]
    assert isinstance(found, Outcome)
    assert "secret" not in found.feedback
    assert task.instruction.count("secret-") == 6


def test_what_was_memorised_is_worth_nothing_on_what_is_held_out(tmp_path: Path) -> None:
    rows = sums(60)
    task = own(tmp_path / "mine", rows)
    known = {str(row["question"]): str(row["answer"]).rpartition(" ")[2] for row in rows}
    shown = {question: answer for question, answer in known.items() if repr(question) in task.instruction}
    by_heart = f"def solve(question):\n    return {shown!r}.get(question, '')\n"
    assert score(task, by_heart) > 0
    assert score(task, by_heart, held_out=True) == 0.0


def test_other_questions_are_another_task(tmp_path: Path) -> None:
    one, other = own(tmp_path / "one", sums(40)), own(tmp_path / "other", [*sums(39), {"question": "x", "answer": "1"}])
    assert one.digest != other.digest


def test_a_file_with_a_bad_line_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='questions.jsonl, line 2: no "question"'):
        own(tmp_path / "mine", [*sums(1), {"q": 1}])
