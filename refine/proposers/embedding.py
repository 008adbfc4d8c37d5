"""Embedders: a candidate's text -> a vector that is near those of texts that mean the same.

`connect("openai/text-embedding-3-small", options)` gives one from a `--novelty-model` text.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from refine.errors import UsageError
from refine.events import Embedded, Fact
from refine.likeness import packed
from refine.proposers import Options
from refine.types import Candidate, Usage

if TYPE_CHECKING:
    from refine.proposers.litellm import LiteLLM


@dataclass(frozen=True, slots=True)
class Embedding:
    """A vector as `refine.likeness.packed` writes it, and what it cost; None where no language model was asked."""

    vector: str
    usage: Usage | None = None


class Embedder(Protocol):
    """One embedding model. An Embedder that asks a paid one has `price_known`, as a proposer has."""

    @property
    def name(self) -> str:
        """What the journal records: the `--novelty-model` text that makes it again."""
        ...

    async def __call__(self, candidate: Candidate, /) -> Embedding | None:
        """Its embedding; None where there is none to be had. Raises `Fault("model", ...)` when the world fails."""
        ...

    async def aclose(self) -> None: ...


class Hosted:
    """An embedding model that litellm reaches."""

    def __init__(self, model: LiteLLM) -> None:
        self.name = model.name
        self.price_known = model.price_known
        self.aclose = model.aclose
        self._model = model

    async def __call__(self, candidate: Candidate) -> Embedding:
        vector, usage = await self._model.embed(candidate.text)
        return Embedding(packed(vector), usage)


class Recorded:
    """Answers from a recorded run's facts and asks nobody."""

    def __init__(self, name: str, facts: Iterable[Fact]) -> None:
        self.name = name
        events = (fact.event for fact in facts)
        self._vectors = {e.candidate: Embedding(e.vector, e.usage) for e in events if isinstance(e, Embedded)}

    async def __call__(self, candidate: Candidate) -> Embedding | None:
        return self._vectors.get(candidate.id)

    async def aclose(self) -> None: ...


def connect(spec: str, options: Options) -> Embedder:
    """`provider/name`, as litellm writes it, reached at `options.api_base` if that is given.

    Raises:
        UsageError: it is no such text.
        MissingExtra: litellm is not installed (at the first request).
    """
    from refine.proposers.litellm import LiteLLM  # noqa: PLC0415 - loads when used

    name = spec.removeprefix("litellm:")
    if "/" not in name.strip("/"):
        raise UsageError(f"--novelty-model {spec!r}: write PROVIDER/NAME, such as openai/text-embedding-3-small")
    return Hosted(LiteLLM(name, Options(api_base=options.api_base, timeout_s=options.timeout_s)))
