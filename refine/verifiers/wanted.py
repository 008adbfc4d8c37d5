"""What a verifier may ask of the engine: the judge model's opinion. Plain data, over the judge's own socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from pydantic import Field

from refine.types import Frozen, Message, Usage

MOST_DRAWS = 64


class Wanted(Frozen):
    """A question to the judge model.

    Attributes:
        messages: what it reads.
        draws: answers wanted, each drawn anew.
        temperature, max_tokens: how each is drawn.
    """

    messages: tuple[Message, ...] = Field(min_length=1)
    draws: int = Field(default=1, ge=1, le=MOST_DRAWS)
    temperature: float = Field(default=1.0, ge=0, le=2)
    max_tokens: int = Field(default=512, ge=1)


class Said(Frozen):
    """One answer, and what it cost; None where no paid model was asked."""

    text: str
    usage: Usage | None = None


class Told(Frozen):
    """The engine's answer: as many as were wanted."""

    said: tuple[Said, ...]


AskModel = Callable[[Wanted], tuple[Said, ...]]
"""In the judge process: returns when the engine has answered."""
AskEngine = Callable[[Wanted], Awaitable[tuple[Said, ...]]]
"""In the engine."""
