"""What journals hold to train on: every answer with what was asked and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from refine.archives import SEEDS
from refine.events import Answered, Asked, Verified
from refine.journal import Journal
from refine.types import Direction, Message, Outcome, Verdict


@dataclass(frozen=True, slots=True)
class Source:
    """Where a row comes from: enough to find it again in the run's journal, and to check it."""

    run: str
    task: str
    ask: int
    sample: int
    model: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One verified answer. `worth` is its score turned so that more is better; None where it did not pass."""

    prompt: tuple[Message, ...]
    completion: str
    verdict: Verdict
    worth: float | None
    source: Source

    @property
    def question(self) -> str:
        """What the user's messages ask."""
        return "\n".join(message.content for message in self.prompt if message.role == "user")


def samples(path: Path) -> Iterator[Sample]:
    """The verified answers of a run or a survey, in the order of their verification.

    Left out: the task's seeds, which no model wrote, answers that ask for lessons, and what was never verified. A
    repeat of an earlier candidate counts with that candidate's outcome.

    Raises:
        JournalError: it is no journal.
    """
    with Journal.read(path) as journal:
        started = journal.started
        asked: dict[int, tuple[Message, ...]] = {}
        answered: dict[tuple[int, int], Answered] = {}
        outcomes: dict[str, Outcome] = {}
        for fact in journal.facts():
            match fact.event:
                case Asked() as event if event.ask != SEEDS and event.wants == "candidates":
                    asked[event.ask] = journal.messages(event.messages)
                case Answered() as event if event.ask in asked:
                    answered[event.ask, event.sample] = event
                case Verified() as event:
                    outcome = event.outcome or outcomes.get(event.candidate or "")
                    if event.candidate is not None and outcome is not None:
                        outcomes.setdefault(event.candidate, outcome)
                    answer = answered.get((event.ask, event.sample))
                    if answer is not None and outcome is not None:
                        source = Source(path.name, started.task, event.ask, event.sample, answer.model)
                        worth = _worth(outcome, started.direction)
                        yield Sample(asked[event.ask], journal.text(answer.text), outcome.verdict, worth, source)
                case _:
                    pass


def _worth(outcome: Outcome, direction: Direction) -> float | None:
    if outcome.score is None:
        return None
    return outcome.score if direction == "maximize" else -outcome.score


def by_prompt(found: Iterable[Sample]) -> list[list[Sample]]:
    """Samples with the same prompt together, in the order of their first."""
    groups: dict[tuple[Message, ...], list[Sample]] = {}
    for sample in found:
        groups.setdefault(sample.prompt, []).append(sample)
    return list(groups.values())
