"""What is practised and what is examined: two sets of questions that share nothing."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from refine.distill.rows import Row
from refine.errors import TaskError, UsageError
from refine.questions import Question, Verify, questions
from refine.types import Message
from refine.verifiers import rubric


@dataclass(frozen=True, slots=True)
class Judge:
    """How a model is asked to judge an answer, and how what it says is read: None where it cannot be.

    `tokens`: of a judgement, at most.
    """

    ask: Callable[[str, str], tuple[Message, ...]] = rubric.points
    read: Callable[[str], float | None] = rubric.score
    tokens: int = 256


@dataclass(frozen=True, slots=True)
class Exercise:
    """One family of questions.

    Attributes:
        name: for journals and cards.
        practice: the questions to practise on; their answers, where known, are never used but to report how often a
            vote or a judge is right.
        held_out: the examination; every question has its answer.
        unrelated: another examination, of what should not be forgotten.
        system: the system message.
        tool: checks an answer without knowing the right one, as by substitution; None where there is no such thing.
        judge: how a model judges.
        tokens: of an answer, at most.
        rehearsed: what the base has learnt before and should not forget, such as judgements. Each round mixes half as
            many of these as it has rows of its own into what is learnt.
    """

    name: str
    practice: tuple[Question, ...]
    held_out: tuple[Question, ...]
    unrelated: tuple[Question, ...] = ()
    system: str = ""
    tool: Verify | None = None
    judge: Judge = Judge()
    tokens: int = 256
    rehearsed: tuple[Row, ...] = ()

    def __post_init__(self) -> None:
        if not self.practice or not self.held_out:
            raise TaskError(f"{self.name}: an exercise needs questions to practise and questions to be examined with")
        without = next((question for question in (*self.held_out, *self.unrelated) if question.answer is None), None)
        if without is not None:
            raise TaskError(f"{self.name}: the examination asks {without.text[:80]!r}, to which no answer is known")
        shared = {question.id for question in self.practice} & {question.id for question in self.held_out}
        if shared:
            raise TaskError(f"{self.name}: {len(shared)} question(s) are practised and examined: keep them apart")


def load(path: Path, held_out: Path | None = None, unrelated: Path | None = None) -> Exercise:
    """From a Python file or a task's folder that defines `exercise`, or from JSON lines.

    Raises:
        UsageError: there is no such file, no exercise in it, or JSON lines without a set to examine with.
        TaskError: the exercise is at fault.
    """
    file = path / "exercise.py" if path.is_dir() else path
    if not file.is_file():
        raise UsageError(f"there is no {file}: name a file of questions (JSON lines) or one that defines `exercise`")
    if file.suffix == ".py":
        return _imported(file)
    if held_out is None:
        raise UsageError("questions from a file need others to be examined with: --held-out FILE")
    return Exercise(file.stem, questions(file), questions(held_out), questions(unrelated) if unrelated else ())


def _imported(file: Path) -> Exercise:
    name = f"refine_exercise_{file.parent.name}"
    spec = importlib.util.spec_from_file_location(name, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    found = getattr(module, "exercise", None)
    if callable(found):
        found = found()
    if not isinstance(found, Exercise):
        raise UsageError(
            f"{file} defines no `exercise`: a refine.improve.exercise.Exercise, or a function that makes one"
        )
    return found
