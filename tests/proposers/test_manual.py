from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from refine.errors import Fault
from refine.proposers import Options, content_key
from refine.proposers.manual import Manual, connect
from refine.task import Task
from refine.types import Completion
from tests.proposers.asking import PROGRAM, answers, prompt

POLL_S = 0.002


async def _started(one: Manual, folder: Path, samples: tuple[int, ...], ask: int = 7) -> asyncio.Task[list[Completion]]:
    """An ask that waits for its answers, its question already written."""
    waiting = asyncio.create_task(answers(one, prompt(samples, ask=ask)))
    while not (folder / f"ask-{ask:04d}.md").exists():  # noqa: ASYNC110 - a file is no event
        await asyncio.sleep(POLL_S)
    return waiting


async def test_a_question_and_its_answer(tmp_path: Path) -> None:
    waiting = await _started(Manual("manual", tmp_path, POLL_S), tmp_path, (0,))
    question = (tmp_path / "ask-0007.md").read_text()
    assert PROGRAM in question
    assert "ask-0007.answer.md" in question
    (tmp_path / "ask-0007.answer.md").write_text("```python\nx = 1\n```")
    (got,) = await waiting
    assert got.text == "```python\nx = 1\n```"
    assert got.usage is None
    assert got.key == content_key("manual", prompt().messages, {}, 0)


async def test_each_sample_has_a_file_of_its_own_and_any_may_come_first(tmp_path: Path) -> None:
    waiting = await _started(Manual("manual", tmp_path, POLL_S), tmp_path, (0, 2))
    for name, text in [("ask-0007.3.answer.md", "third"), ("ask-0007.answer.md", "first")]:
        assert name in (tmp_path / "ask-0007.md").read_text()
        (tmp_path / name).write_text(text)
    assert {c.sample: c.text for c in await waiting} == {0: "first", 2: "third"}


async def test_answers_that_are_there_are_taken_after_a_restart(tmp_path: Path) -> None:
    first = await _started(Manual("manual", tmp_path, POLL_S), tmp_path, (0, 1))
    (tmp_path / "ask-0007.answer.md").write_text("kept")
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    (tmp_path / "ask-0007.2.answer.md").write_text("later")
    got = await answers(Manual("manual", tmp_path, POLL_S), prompt((0, 1), ask=7))
    assert {c.sample: c.text for c in got} == {0: "kept", 1: "later"}


async def test_half_an_answer_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes the answer makes it longer between every two looks, until it is whole."""
    file = tmp_path / "ask-0007.answer.md"
    parts = iter(["", "a", "ab", "abc"])
    real = asyncio.sleep

    async def write_some(seconds: float) -> None:
        file.write_text(next(parts, "abc"))
        await real(seconds)

    monkeypatch.setattr("refine.proposers.manual.asyncio.sleep", write_some)
    (got,) = await answers(Manual("manual", tmp_path, 0), prompt(ask=7))
    assert got.text == "abc"


async def test_another_runs_questions_are_not_answered_by_its_answers(tmp_path: Path) -> None:
    (tmp_path / "ask-0007.answer.md").write_text("an answer to something else")
    await answers(Manual("manual", tmp_path, 0), prompt(ask=7, text="one task"))
    with pytest.raises(Fault, match="another run") as caught:
        await answers(Manual("manual", tmp_path, 0), prompt(ask=7, text="another task"))
    assert not caught.value.retry


async def test_a_folder_that_cannot_be_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Fault, match="cannot write"):
        await answers(Manual("manual", tmp_path / "file" / "folder", 0), prompt())


def test_the_folder_is_given_or_the_tasks_own(task: Task) -> None:
    assert connect("manual", Options(), task).answer_file(0, 0) == Path("manual/line/ask-0000.answer.md")
    assert connect("manual:here", Options(), task).answer_file(12, 1) == Path("here/ask-0012.2.answer.md")
