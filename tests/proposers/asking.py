"""A prompt with a program in it, and all the answers to a prompt."""

from __future__ import annotations

from collections.abc import Sequence

from refine.proposers import Proposer
from refine.types import Completion, Json, Message, Prompt

PROGRAM = "def f(x):\n    return 3.5 * x + 20"


def prompt(
    samples: Sequence[int] = (0,), *, ask: int = 0, text: str = "", seed: int = 0, params: dict[str, Json] | None = None
) -> Prompt:
    message = Message(role="user", content=f"{text}\n```python\n{PROGRAM}\n```")
    return Prompt(ask=ask, messages=(message,), samples=tuple(samples), seed=seed, params=params or {})


async def answers(proposer: Proposer, to: Prompt) -> list[Completion]:
    return [completion async for completion in proposer(to)]


async def take(proposer: Proposer, to: Prompt, got: list[Completion]) -> None:
    """All the answers into `got`, so that those before a Fault can be seen."""
    async for completion in proposer(to):
        got.append(completion)  # noqa: PERF401 - one by one is the point
