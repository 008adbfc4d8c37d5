"""Questions, with or without known answers, and what an answer among others is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from refine.errors import TaskError, UsageError, Wrong
from refine.types import Frozen, Outcome, Verdict, digest
from refine.verifiers.vote import vote


class Question(Frozen):
    """What is asked, and its known answer where there is one. The answer is never shown to a model."""

    text: str
    answer: str | None = None

    @property
    def id(self) -> str:
        return digest(self.text)[:32]


def questions(path: Path) -> tuple[Question, ...]:
    """Reads JSON lines: {"question": ..., "answer": ...}, the answer optional; one that is a whole solution, as GSM8K
    (`#### 42`) and MATH (a box) have it, is reduced to what it ends with. The same question is kept once.

    Raises:
        UsageError: the file cannot be read, or a line is no question; the message has its number.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the questions in {path} cannot be read: {error}") from error
    read = [_question(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not read:
        raise UsageError(f"{path} holds no questions")
    kept: dict[str, Question] = {}
    for question in read:
        kept.setdefault(question.id, question)
    return tuple(kept.values())


def _question(path: Path, number: int, line: str) -> Question:
    try:
        row = json.loads(line)
        known = row.get("answer")
        return Question(text=row["question"], answer=None if known is None else _reduced(str(known)))
    except (json.JSONDecodeError, ValidationError, KeyError, AttributeError) as error:
        wanted = '{"question": "...", "answer": "..."}'
        raise UsageError(f"{path}, line {number}: write {wanted} ({type(error).__name__}: {error})") from error


def _reduced(answer: str) -> str:
    if "####" not in answer and "\\boxed" not in answer:
        return answer.strip()
    from refine.verifiers.symbolic import final_answer  # noqa: PLC0415 - SymPy is an extra

    return final_answer(answer) or answer.strip()


# ---- what an answer is worth ----------------------------------------------------------------------------------------

Verify = Callable[[Question, Sequence[str]], Sequence[Outcome]]
"""The outcomes of all answers to a question, in their order."""


def voted(question: Question, texts: Sequence[str]) -> list[Outcome]:
    """Self-consistency: whoever is of the majority passes, with the majority's share as score. Uses no label."""
    del question
    found = vote(texts)
    return [_voted(place, found.confidence, set(found.agreeing), set(found.abstained)) for place in range(len(texts))]


def _voted(place: int, confidence: float, agreeing: set[int], abstained: set[int]) -> Outcome:
    if place in agreeing:
        return Outcome(verdict=Verdict.PASSED, score=confidence)
    if place in abstained:
        return Outcome(verdict=Verdict.MALFORMED, feedback="no final answer was found")
    return Outcome(verdict=Verdict.WRONG, feedback=f"another answer has {confidence:.0%} of the votes")


def checked(question: Question, texts: Sequence[str]) -> list[Outcome]:
    """By the known answer: a score of 1 for the same, none for another. Raises `TaskError` where none is known."""
    if question.answer is None:
        raise TaskError(f"no answer is known to {question.text[:80]!r}: vote instead, or give it one")
    kept: dict[str, Outcome] = {}
    return [kept.setdefault(text, _checked(text, question.answer)) for text in texts]


def _checked(text: str, expected: str) -> Outcome:
    from refine.verifiers.answers import Proved  # noqa: PLC0415 - SymPy is an extra
    from refine.verifiers.symbolic import final_answer, same_answer  # noqa: PLC0415 - as above

    said = final_answer(text)
    if said is None:
        return Outcome(verdict=Verdict.MALFORMED, feedback="no final answer was found")
    try:
        answer = same_answer(said, expected, percent="sign")
    except Wrong as error:
        return Outcome(verdict=Verdict.WRONG, feedback=f"the answer {said[:80]!r} cannot be read: {error}")
    if isinstance(answer, Proved):
        return Outcome(verdict=Verdict.PASSED, score=1.0)
    return Outcome(verdict=Verdict.WRONG, feedback=f"the answer {said[:80]!r} is not the known one")
