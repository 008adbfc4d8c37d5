"""Questions, with or without known answers, and what an answer among others is worth."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from refine.errors import TaskError, UsageError, Wrong
from refine.types import Frozen, Outcome, Verdict, digest
from refine.verifiers.vote import same_words, vote


class Question(Frozen):
    """What is asked, and its known answer where there is one. The answer is never shown to a model."""

    text: str
    answer: str | None = None

    @property
    def id(self) -> str:
        return digest(self.text)[:32]


# ── files of questions ───────────────────────────────────────────────────────────────────────────────────────────────

Layout = Literal["auto", "plain", "gsm8k", "math"]
"""How the lines of a file are written. `plain`: question and answer, taken as they stand; `gsm8k`: the answer is a
solution, calculations in << >>, that ends with `#### 42`; `math`: problem and solution, with the answer in a box;
`auto`: each line as it looks."""

_WANTED: dict[Layout, str] = {
    "auto": '{"question": "...", "answer": "..."}, the answer optional',
    "plain": '{"question": "...", "answer": "..."}, the answer optional',
    "gsm8k": '{"question": "...", "answer": "... #### 42"}',
    "math": '{"problem": "...", "solution": "... \\boxed{42}"}',
}
_NAMED = 3
"""Bad lines that a message names."""


class _BadLineError(ValueError):
    """A line is none; says what is missing in it."""


def questions(path: Path, layout: Layout = "auto") -> tuple[Question, ...]:
    """Reads JSON lines, an object for each question; further fields in it are nobody's business. Solutions, as GSM8K
    (`#### 42`) and MATH (a box) have them, are reduced to the answer that they end with. A question is kept once.

    Raises:
        UsageError: the file cannot be read, or lines are no questions: the message has their numbers and what each
            lacks.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"the questions in {path} cannot be read: {error}") from error
    kept: dict[str, Question] = {}
    bad: list[str] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _question(line, layout)
            kept.setdefault(question.id, question)
        except _BadLineError as why:
            bad.append(f"line {number}: {why}")
    _require(path, layout, kept, bad)
    return tuple(kept.values())


def _require(path: Path, layout: Layout, kept: dict[str, Question], bad: Sequence[str]) -> None:
    if bad:
        more = f"; and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
        raise UsageError(f"{path}, {'; '.join(bad[:_NAMED])}{more}. A line is {_WANTED[layout]}")
    if not kept:
        raise UsageError(f"{path} holds no questions")


def _question(line: str, layout: Layout) -> Question:
    try:
        row = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        raise _BadLineError(f"no JSON ({error})") from None
    if not isinstance(row, dict):
        raise _BadLineError(f"a {type(row).__name__}, not an object")
    problem = layout == "math" or (layout == "auto" and "problem" in row and "question" not in row)
    text = _field(row, "problem" if problem else "question")
    if not isinstance(text, str) or not text.strip():
        raise _BadLineError(f"the {'problem' if problem else 'question'} is {text!r:.40}, not a text")
    return Question(text=text, answer=_answer(row, layout))


def _field(row: dict[str, object], name: str) -> object:
    if name not in row:
        there = f"; it has {', '.join(map(repr, list(row)[:6]))}" if row else ""
        raise _BadLineError(f'no "{name}"{there}')
    return row[name]


def _answer(row: dict[str, object], layout: Layout) -> str | None:
    """The known answer; None where the line has none, which only a declared layout with solutions refuses."""
    match layout:
        case "plain":
            return _said(row.get("answer"))
        case "gsm8k":
            return _ended(_said(_field(row, "answer")), "####")
        case "math":
            return _said(row["answer"]) if "answer" in row else _ended(_said(_field(row, "solution")), "\\boxed")
        case _:
            said = _said(row.get("answer", row.get("solution")))
            return next((_ended(said, mark) for mark in ("####", "\\boxed") if said and mark in said), said)


def _said(answer: object) -> str | None:
    if answer is None:
        return None
    if isinstance(answer, bool) or not isinstance(answer, str | int | float) or not str(answer).strip():
        raise _BadLineError(f"the answer is {answer!r:.40}: write one value, a text or a number, or leave it out")
    return str(answer).strip()


def _ended(solution: str | None, mark: str) -> str:
    """What a solution ends with."""
    from refine.verifiers.symbolic import final_answer  # noqa: PLC0415 - SymPy is an extra

    if solution is None or mark not in solution:
        raise _BadLineError(f"the solution has no {mark}")
    answer = final_answer(solution)
    if answer is None:
        raise _BadLineError(f"nothing can be read behind {mark}")
    return answer


def apart(asked: Sequence[Question], share: float) -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """The questions to practise with, and about `share` of them (0 to 1) held out.

    Which ones is told by a question's digest alone: it stays on its side when others are added or the file is sorted.

    Raises:
        UsageError: one of the two would be empty.
    """
    out = {question.id for question in asked if int(question.id[:13], 16) < share * 16**13}
    held = tuple(question for question in asked if question.id in out)
    rest = tuple(question for question in asked if question.id not in out)
    if not held or not rest:
        raise UsageError(f"{share:.3g} of {len(asked)} question(s) leaves one side empty: take another share, or more")
    return rest, held


# ── what an answer is worth ──────────────────────────────────────────────────────────────────────────────────────────

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
    from refine.verifiers.symbolic import final_answer  # noqa: PLC0415 - SymPy is an extra

    said = final_answer(text)
    if said is None:
        return Outcome(verdict=Verdict.MALFORMED, feedback="no final answer was found")
    try:
        right = is_answer(said, expected)
    except Wrong as error:
        return Outcome(verdict=Verdict.WRONG, feedback=f"the answer {said[:80]!r} cannot be read: {error}")
    if right:
        return Outcome(verdict=Verdict.PASSED, score=1.0)
    return Outcome(verdict=Verdict.WRONG, feedback=f"the answer {said[:80]!r} is not the known one")


def is_answer(said: str, known: str, *, seconds: float = 5.0) -> bool:
    """Whether a final answer is proved to be the known one, or is it to the letter. A known answer that is no formula,
    such as "Paris" or "(b) both", is compared as a text without regard to case, spaces and a full stop at its end.

    Raises:
        Wrong: `said` cannot be read, where the known answer can.
    """
    from refine.verifiers.answers import Proved  # noqa: PLC0415 - SymPy is an extra
    from refine.verifiers.symbolic import same_answer  # noqa: PLC0415 - as above

    if said.strip() == known.strip():
        return True
    try:
        return isinstance(same_answer(said, known, percent="sign", seconds=seconds), Proved)
    except TaskError:
        return same_words(said, known)
