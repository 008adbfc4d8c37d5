"""The same worked answer in several formats, so that a model learns the reasoning and not one way to be asked.

Large Language Models Can Self-Improve (Huang et al. 2022) trains on four: with and without worked examples before the
question, with the reasoning and with the answer alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from refine.distill.rows import Row
from refine.types import Message

STEPS = "Let's think step by step."
DIRECT = "Give the final answer alone."


@dataclass(frozen=True, slots=True)
class Example:
    """A worked question, to stand before the one that is asked."""

    question: str
    solution: str
    answer: str


Format = Callable[[Row, str, Sequence[Example]], Row]
"""From a row, its final answer, and examples."""


def as_asked(row: Row, answer: str, examples: Sequence[Example]) -> Row:
    """Unchanged."""
    del answer, examples
    return row


def few_shot(row: Row, answer: str, examples: Sequence[Example]) -> Row:
    """Examples with their reasoning, then the question; the reasoning is learnt."""
    del answer
    return _asked(row, _shown((e.question, e.solution) for e in examples) + row.question)


def few_shot_direct(row: Row, answer: str, examples: Sequence[Example]) -> Row:
    """Examples with their answers alone, then the question; the answer is learnt."""
    asked = _shown((e.question, _said(e.answer)) for e in examples) + row.question
    return replace(_asked(row, asked), chosen=_said(answer))


def step_by_step(row: Row, answer: str, examples: Sequence[Example]) -> Row:
    """The question with the words that ask for reasoning (Kojima et al. 2022)."""
    del answer, examples
    return _asked(row, f"{row.question}\n{STEPS}")


def direct(row: Row, answer: str, examples: Sequence[Example]) -> Row:
    """The question with the words that ask for the answer alone."""
    del examples
    return replace(_asked(row, f"{row.question}\n{DIRECT}"), chosen=_said(answer))


FORMATS: dict[str, Format] = {
    "as_asked": as_asked,
    "few_shot": few_shot,
    "few_shot_direct": few_shot_direct,
    "step_by_step": step_by_step,
    "direct": direct,
}


def formatted(
    rows: Iterable[Row],
    names: Sequence[str],
    *,
    final: Callable[[str], str | None],
    examples: Sequence[Example] = (),
) -> list[Row]:
    """Each row in each of the formats `names` (of `FORMATS`); a row without a final answer only as it was asked.

    Raises:
        KeyError: there is no format of that name.
    """
    chosen = [FORMATS[name] for name in names]
    made: list[Row] = []
    for row in rows:
        answer = final(row.chosen)
        fitting = chosen if answer is not None else [form for form in chosen if form is as_asked]
        made += [form(row, answer or "", examples) for form in fitting]
    return made


def _asked(row: Row, text: str) -> Row:
    """The row with `text` for its question; what the system said stays."""
    system = tuple(message for message in row.prompt if message.role == "system")
    return replace(row, prompt=(*system, Message(role="user", content=text)))


def _shown(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(f"Q: {question}\nA: {answer}\n\n" for question, answer in pairs)


def _said(answer: str) -> str:
    return f"The answer is {answer}."
