"""What a solver can say of a claim: proved, refuted or undecided, each with its evidence.

"Undecided" is an answer of its own: a claim is never wrong because nobody managed to simplify it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from refine.types import Outcome, Verdict

_VALUE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Proved:
    """The claim holds. `how` names the step that showed it."""

    how: str

    def feedback(self) -> str:
        """A sentence for the next prompt."""
        return f"proved: {self.how}"


@dataclass(frozen=True, slots=True)
class Refuted:
    """The claim is false, and `at` this point it can be seen.

    Attributes:
        how: what showed it.
        at: the counterexample, symbol -> value as text; empty where the claim has no symbol.
        left: the claim's left side there, as text; empty where a comparison of two values is not what failed.
        right: its right side there.
        sides: what to call the two: which of them is the candidate's is for the claim to say.
    """

    how: str
    at: Mapping[str, str] = field(default_factory=dict)
    left: str = ""
    right: str = ""
    sides: tuple[str, str] = ("the left side is", "and the right side is")

    def feedback(self) -> str:
        """A sentence for the next prompt, with the counterexample and both values."""
        where = ", ".join(f"{name} = {_short(value)}" for name, value in self.at.items())
        values = f"{self.sides[0]} {_short(self.left)} {self.sides[1]} {_short(self.right)}"
        seen = values if self.left or self.right else "the claim fails"
        return f"refuted: {f'at {where} ' if where else ''}{seen} ({self.how})"


@dataclass(frozen=True, slots=True)
class Undecided:
    """Neither proved nor refuted: what was tried, in order."""

    tried: tuple[str, ...]

    def last(self) -> str:
        """As `feedback`, with the last step alone."""
        return f"not proved: {self.tried[-1] if self.tried else 'nothing was tried'}"

    def feedback(self) -> str:
        """A sentence for the next prompt."""
        return f"undecided; tried: {'; '.join(self.tried) or 'nothing'}"


Answer = Proved | Refuted | Undecided
OWN = ("your formula is", "where it should be")
"""The words for a candidate's value on the left and the true one on the right."""


def worded(answer: Answer, left: str, right: str) -> Answer:
    """The same answer; a refutation calls its two sides by these words."""
    return replace(answer, sides=(left, right)) if isinstance(answer, Refuted) else answer


def why(answer: Answer) -> str:
    """For the next prompt, where many claims share it: of what was tried in vain only the last step."""
    return answer.last() if isinstance(answer, Undecided) else answer.feedback()


def scored(answers: Mapping[str, Answer], direction: Literal["maximize", "minimize"] = "maximize") -> Outcome:
    """A task's outcome out of its claims: the number proved, each claim's instance 1 or 0, a line for each unproved.

    With direction "minimize" the score is the number not proved, and so are the instances.
    """
    gain = {name: float(isinstance(answer, Proved)) for name, answer in answers.items()}
    instances = gain if direction == "maximize" else {name: 1.0 - value for name, value in gain.items()}
    lines = [f"{name}: {answer.feedback()}" for name, answer in answers.items() if not isinstance(answer, Proved)]
    return Outcome(
        verdict=Verdict.PASSED, score=sum(instances.values()), instances=instances, feedback="\n".join(lines)
    )


def _short(text: str) -> str:
    return text if len(text) <= _VALUE_CHARS else text[:_VALUE_CHARS] + "..."
