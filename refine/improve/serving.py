"""Who answers for the models of the rounds: each new one is a folder, and somebody must load it.

By transformers in this process; or by vLLM, of which there is one engine at a time. With low-rank adapters that engine
keeps the base for all rounds and is only given the adapter of the model that is asked: training writes merged models
too, so that other programs can take them, but nothing is loaded again here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from refine.distill.adapters import lineage, rank, stacked
from refine.errors import UsageError
from refine.proposers import Options, Proposer
from refine.proposers.vllm import RANKS, Vllm
from refine.proposers.vllm import connect as by_vllm

Connect = Callable[[Path], Proposer]
"""Makes a proposer of a model's folder. How long an answer may be is said with each question."""
SERVED = ("transformers", "vllm")
MEMORY = 40
"""Percent of a GPU's memory that an engine may take which stays while the next adapter is trained beside it."""


def transformers(model: Path) -> Proposer:
    """By transformers, in this process."""
    from refine.proposers.transformers import connect  # noqa: PLC0415 - heavy, and an extra

    return connect(f"transformers:{model}", Options())


@contextmanager
def serving(by: str, base: Path, *, lora: int | None = None, rounds: int = 1) -> Iterator[Connect]:
    """What connects `base` and the models of `rounds` rounds from there, of adapters of rank `lora` or of all weights.

    By vLLM a model is closed when the next one is connected, and the last one at the end: two never share the memory.

    Raises:
        UsageError: `by` is none of SERVED.
    """
    if by not in SERVED:
        raise UsageError(f"--serve {by}: write one of {', '.join(SERVED)}")
    if by == "transformers":
        yield transformers
        return
    with closing(Swapped(base, lora * rounds) if lora else Alone()) as connect:
        yield connect


class Alone:
    """An engine for each model; the one before is closed first."""

    def __init__(self) -> None:
        self._last: Vllm | None = None

    def __call__(self, model: Path) -> Proposer:
        self.close()
        self._last = by_vllm(f"vllm:{model}", Options())
        return self._last

    def close(self) -> None:
        if self._last is not None:
            asyncio.run(self._last.aclose())


class Swapped:
    """One engine with the model in `base`, which is given the adapters that lead to the others.

    A model that none lead to, or adapters of more than `room` ranks together, is loaded whole in place of the base.
    """

    def __init__(self, base: Path, room: int) -> None:
        self._base, self._room = base, min(room, RANKS[-1])
        self._engine: Vllm | None = None
        self._last: Vllm | None = None

    def __call__(self, model: Path) -> Proposer:
        self._finish()
        adapters = lineage(model, self._base)
        if adapters is None or rank(adapters) > self._room:
            self.close()
            self._base, self._engine, adapters = model, None, []
        self._last = self._of(model, adapters)
        return self._last

    def close(self) -> None:
        self._finish()
        if self._engine is not None:
            asyncio.run(self._engine.aclose())

    def _of(self, model: Path, adapters: Sequence[Path]) -> Vllm:
        if self._engine is None:
            self._engine = by_vllm(f"vllm:{self._base}?lora&memory={MEMORY}%", Options(), room=self._room)
        if not adapters:
            return self._engine.again()
        return self._engine.adapted(adapters[0] if len(adapters) == 1 else stacked(adapters, model / "stacked"))

    def _finish(self) -> None:
        if self._last is not None:
            asyncio.run(self._last.aclose())
