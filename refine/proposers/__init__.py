"""Proposers: `Prompt -> completions`. A proposer made of proposers is a proposer.

`connect("anthropic/claude-sonnet-4-5")` gives one from a `--model` text:

    mutate                 the embedded default: syntax-tree mutation, no language model
    manual[:FOLDER]        a person (or any chat) answers files in a folder
    replay:RUN.db          answers from a recorded journal
    vllm:PATH              a local model in process
    transformers:PATH      a small local model in process, where there is no vLLM
    anything/else          litellm: hosted or local OpenAI-compatible endpoints
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Protocol, runtime_checkable

from pydantic import Field

from refine.types import Completion, Frozen, Json, Message, Prompt


@runtime_checkable
class Proposer(Protocol):
    """Answers a prompt, one completion for each of `prompt.samples`, in any order, each as soon as it is there.

    Every completion that is yielded is journalled before the next one is awaited, so a proposer yields what was paid
    for at once. Raises `Fault("model", ...)` when the world fails; what was yielded before stays.
    """

    @property
    def name(self) -> str:
        """What the journal records: the `--model` text that makes it again, without keys."""
        ...

    def __call__(self, prompt: Prompt, /) -> AsyncIterator[Completion]: ...

    async def aclose(self) -> None:
        """Frees connections. Called once, after the last call."""
        ...


@runtime_checkable
class Priced(Protocol):
    """A proposer that asks paid models. One without this costs nothing."""

    def price_known(self) -> bool:
        """Whether every completion will carry `usage.usd`, so that a budget in USD can be kept. May take seconds."""
        ...


@runtime_checkable
class Checked(Protocol):
    """A proposer that can be tried out before a run."""

    async def check(self) -> None:
        """One cheap request. Raises `Fault("model", ...)` that says what to do."""
        ...


class Price(Frozen):
    """USD per million tokens, as the user states it (`--price 3,15`) for a model that litellm has no price for."""

    prompt: float = Field(ge=0)
    completion: float = Field(ge=0)


class Options(Frozen):
    """How to ask, from the command line. None leaves a value to the strategy, then to the provider."""

    temperature: float | None = Field(default=None, ge=0)
    top_p: float | None = Field(default=None, gt=0, le=1)
    max_tokens: int | None = Field(default=None, ge=1)
    reasoning_effort: str | None = None
    price: Price | None = None
    api_base: str | None = None
    timeout_s: float = Field(default=300.0, gt=0)
    """Seconds for one request, its answer included."""
    attempts: int = Field(default=6, ge=1)
    """Requests for one answer before it is a Fault; waits between them back off exponentially or as the server says."""

    def over(self, params: Mapping[str, Json]) -> dict[str, Json]:
        """The sampling parameters of a request: the strategy's, and these where they are set."""
        own = {name: getattr(self, name) for name in ("temperature", "top_p", "max_tokens", "reasoning_effort")}
        return {**params, **{name: value for name, value in own.items() if value is not None}}


def content_key(model: str, messages: tuple[Message, ...], params: Mapping[str, Json], sample: int) -> str:
    """The content address of an answer: SHA-256 over canonical JSON of what determines it, 64 hex digits."""
    what = [model, [[m.role, m.content] for m in messages], dict(params), sample]
    canonical = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
