"""A program that answers a file's questions: `solve(question) -> answer`, held against the known answers.

The questions are those of the exercise `arithmetic_words`, or the user's own: `questions.jsonl` beside this file, in
any layout that `refine survey` reads. Half of them, chosen by digest, are held out for the confirmation.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import refine
from refine.errors import Wrong
from refine.improve.exercise import load
from refine.load import shipped
from refine.questions import Question, apart, is_answer, questions
from refine.types import digest

if TYPE_CHECKING:
    from refine.sandbox.cell import Plain
    from refine.verifiers.handle import Handle

OWN = Path(__file__).parent / "questions.jsonl"
MOST, SHOWN, TOLD = 200, 6, 3
"""Questions of a verification, those in the instruction, and those that feedback names."""
LONGEST = 200
"""Characters of an answer."""


def sets() -> tuple[tuple[Question, ...], tuple[Question, ...]]:
    """What the search sees, and what it does not. Raises `TaskError` or `UsageError` for questions without answers."""
    if not OWN.is_file():
        made = load(shipped() / "arithmetic_words")
        return made.practice[:MOST], made.held_out[:MOST]
    known, held = apart([question for question in questions(OWN) if question.answer is not None], 0.5)
    return known[:MOST], held[:MOST]


SEARCH, HELD_OUT = sets()
_EXAMPLES = "\n".join(f"    {question.text!r} -> {question.answer!r}" for question in SEARCH[:SHOWN])
_SET = digest("".join(f"{question.id}{question.answer}" for question in (*SEARCH, *HELD_OUT)))[:8]
"""In the instruction, so that other questions are another task."""
task = refine.Task(
    instruction=f"""
    Write solve(question: str) -> str, a program that reads a question and returns its answer: one value, as short as
    it can be written, such as "42", "3/4" or "12.50". Scored by the share of {len(SEARCH)} questions (set {_SET}) that
    are answered right; the best program is tried on {len(HELD_OUT)} others of the same kinds, which nobody has seen.
    Questions and their answers are like:

{_EXAMPLES}
    """,
    metric="share answered right",
    target=1.0,
    golden=() if OWN.is_file() else None,
    limits=refine.Limits(seconds=5),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    return outcome(SEARCH, candidate.map("solve", [(question.text,) for question in SEARCH]))


@task.confirmation
def confirm(candidate: Handle) -> refine.Outcome:
    return outcome(HELD_OUT, candidate.map("solve", [(question.text,) for question in HELD_OUT]))


def outcome(asked: Sequence[Question], said: Sequence[Plain]) -> refine.Outcome:
    """The share that is right. What is wrong is told without the right answer."""
    right = [is_right(answer, question) for question, answer in zip(asked, said, strict=True)]
    wrong = [(q.text, a) for q, a, good in zip(asked, said, right, strict=True) if not good]
    told = "\n".join(f"{text!r:.300} is not {answer!r:.80}" for text, answer in wrong[:TOLD])
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=sum(right) / len(asked),
        metrics={"right": float(sum(right))},
        feedback=f"{len(wrong)} of {len(asked)} are wrong, such as:\n{told}" if wrong else "all are right",
    )


def is_right(answer: Plain, question: Question) -> bool:
    """Whether it is a text or an integer that is proved to be the known answer."""
    if type(answer) not in (str, int) or len(said := str(answer).strip()) > LONGEST:
        return False
    assert question.answer is not None
    try:
        return is_answer(said, question.answer, seconds=1.0)
    except Wrong:
        return False
