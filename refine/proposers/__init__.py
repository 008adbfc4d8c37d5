"""Proposers: `Prompt -> completions`. A proposer made of proposers is a proposer.

`connect("anthropic/claude-sonnet-4-5")` gives one from a `--model` text:

    mutate                 the embedded default: syntax-tree mutation, no language model
    manual[:FOLDER]        a person (or any chat) answers files in a folder
    replay:RUN.db          answers from a recorded journal
    vllm:PATH              a local model in process
    anything/else          litellm: hosted or local OpenAI-compatible endpoints
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator, Mapping
from typing import Protocol, runtime_checkable

from refine.types import Completion, Json, Message, Prompt


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


def content_key(model: str, messages: tuple[Message, ...], params: Mapping[str, Json], sample: int) -> str:
    """The content address of an answer: SHA-256 over canonical JSON of what determines it, 64 hex digits."""
    what = [model, [[m.role, m.content] for m in messages], dict(params), sample]
    canonical = json.dumps(what, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
