"""`vllm:FOLDER`: a language model of a local folder by vLLM, in a thread of this process.

    vllm:FOLDER                      the model
    vllm:FOLDER?lora=ADAPTER         with a low-rank adapter in PEFT's format
    vllm:FOLDER?lora                 without one yet, but ready for `adapted`
    vllm:FOLDER?context=8k           of 8 * 1024 tokens, prompt and answer together; less memory than the model's own
    vllm:FOLDER?memory=40%           of the GPU's memory at most, where something else needs the rest; 90% else

Sample s of ask a is drawn with the seed `base + s`, where base comes from `default_rng([seed, a])`: the same answer
whatever else was asked, as long as the logits are the same. They differ in the last bits with what they are batched
with, which in sixteen-bit numbers is enough to turn a draw now and then; so a run is reproduced by its journal, and
by its seeds only nearly.
"""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np

from refine.errors import MissingExtra, UsageError
from refine.proposers import Options
from refine.proposers.engine import Adapter, Answered, Core, Engine, Request
from refine.proposers.merge import merge
from refine.task import Task
from refine.types import Completion, Json, Message, Prompt, Usage

RANKS = (16, 32, 64, 128, 256)
"""Of adapters, for which vLLM can keep room."""
ROOM = 64
"""The rank that room is kept for, which adapters rarely exceed, where nothing else is said."""
_SERVED = "or serve the model elsewhere (`vllm serve FOLDER`) and take --model hosted_vllm/FOLDER --api-base URL"
_KNOWN = {
    "temperature",
    "top_p",
    "top_k",
    "min_p",
    "max_tokens",
    "min_tokens",
    "stop",
    "stop_token_ids",
    "presence_penalty",
    "frequency_penalty",
    "repetition_penalty",
}


@dataclass(frozen=True, slots=True)
class Where:
    """What `vllm:...` says.

    Attributes:
        adapts: room is kept for adapters of `rank`, which is that of `room`, or more if the first one needs it.
        context: tokens; None as many as the model has.
        memory: share of a GPU's memory that vLLM may take; None as it chooses.
    """

    path: Path
    adapter: Adapter | None
    adapts: bool
    context: int | None
    memory: float | None = None
    room: int = ROOM

    @property
    def rank(self) -> int:
        return next(rank for rank in RANKS if rank >= max(self.room, self.adapter.rank if self.adapter else 0))


def connect(spec: str, options: Options, task: Task | None = None, *, room: int = ROOM) -> Vllm:
    """The proposer of `vllm:FOLDER`. vLLM loads at the first ask. `room`: rank of the largest adapter, 256 at most.

    Raises:
        UsageError: FOLDER is no folder with a model, or an option means nothing to one.
        MissingExtra: vLLM is not installed.
    """
    del task
    if options.reasoning_effort is not None:
        raise UsageError(f"--reasoning-effort means nothing to {spec}: leave it out")
    where = replace(located(spec), room=room)
    if importlib.util.find_spec("vllm") is None:
        raise MissingExtra("vllm", "vllm", f"as its own installation page says for this machine, {_SERVED}")

    def load() -> Core:
        from refine.proposers import vllm_core  # noqa: PLC0415 - loads vLLM, which takes seconds

        return vllm_core.load(where)

    return Vllm(where, options, Engine(f"vllm:{where.path}", load))


def located(spec: str) -> Where:
    """Reads `vllm:FOLDER?lora=ADAPTER&context=8k`. Raises `UsageError`."""
    name, _, query = spec.partition(":")[2].partition("?")
    path = Path(name)
    if not name or not (path / "config.json").is_file():
        raise UsageError(f"{name or 'PATH'} holds no config.json: --model vllm:FOLDER names a model's folder")
    said = dict(parse_qsl(query, keep_blank_values=True))
    unknown = sorted(said.keys() - {"lora", "context", "memory"})
    if unknown:
        known = "lora=ADAPTER, context=8k or memory=40%"
        raise UsageError(f"--model {spec}: {unknown[0]!r} means nothing here; write {known}")
    adapter = adapter_in(Path(said["lora"])) if said.get("lora") else None
    context = _tokens(said["context"]) if "context" in said else None
    return Where(path, adapter, "lora" in said, context, _share(said["memory"]) if "memory" in said else None)


def _tokens(text: str) -> int:
    """A plain number would be taken for a weight of the mix before it comes here."""
    found = re.fullmatch(r"([1-9]\d*)k", text)
    if found is None:
        raise UsageError(f"context={text}: write it in units of 1024 tokens, as in context=8k")
    return 1024 * int(found.group(1))


def _share(text: str) -> float:
    """No plain number, for the same reason."""
    found = re.fullmatch(r"([1-9]\d?)%", text)
    if found is None:
        raise UsageError(f"memory={text}: write the share of the GPU's memory in percent, as in memory=40%")
    return int(found.group(1)) / 100


def adapter_in(path: Path) -> Adapter:
    """The adapter in a folder. Raises `UsageError` if there is none, or one that vLLM has no room for."""
    weights = path / "adapter_model.safetensors"
    try:
        rank = int(json.loads((path / "adapter_config.json").read_text(encoding="utf-8"))["r"])
        stamp = weights.stat().st_mtime_ns
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UsageError(f"{path} holds no adapter (adapter_config.json and {weights.name}, as PEFT writes)") from error
    if rank > RANKS[-1]:
        raise UsageError(f"the adapter in {path} has rank {rank}; vLLM takes {RANKS[-1]} at most: merge it instead")
    return Adapter(path, stamp, rank)


class Vllm:
    """A model, or one of its adapters; all of them share the engine, which the last one to be closed ends.

    To close one twice is to close it once.
    """

    def __init__(self, where: Where, options: Options, engine: Engine, adapter: Adapter | None = None) -> None:
        self._where, self._options, self._engine = where, options, engine
        self._adapter = adapter or where.adapter
        self._open = True
        self.name = f"vllm:{where.path}" + (f"?lora={self._adapter.path}" if self._adapter else "")
        engine.join()

    def again(self) -> Vllm:
        """The same model, or adapter, in the same engine; to be closed for itself."""
        return Vllm(self._where, self._options, self._engine, self._adapter)

    def adapted(self, path: Path) -> Vllm:
        """The same model with the adapter in the folder `path`, in the same engine: nothing is loaded but the adapter.

        Both can be asked at the same time, and each is closed for itself. An adapter that was trained again in the
        same folder is another one.

        Raises:
            UsageError: there is no adapter, it is too large, or the engine was begun without room for any.
        """
        adapter = adapter_in(path)
        if not self._where.adapts:
            raise UsageError(f"{self.name} has no room for adapters: connect it as vllm:{self._where.path}?lora")
        if adapter.rank > self._where.rank:
            raise UsageError(f"the adapter in {path} has rank {adapter.rank}; there is room for {self._where.rank}")
        return Vllm(self._where, self._options, self._engine, adapter)

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        async for completion in merge(self._run(prompt, samples) for samples in consecutive(prompt.samples)):
            yield completion

    def price_known(self) -> bool:
        return True

    async def check(self) -> None:
        """Loads the model and asks it for a few tokens. Raises `Fault`."""
        say = Prompt(0, (Message(role="user", content="Say yes."),), params={"max_tokens": 16})
        await self._asked(say, (0,), say.params)

    async def aclose(self) -> None:
        if self._open:
            self._open = False
            await asyncio.to_thread(self._engine.leave)

    def __repr__(self) -> str:
        return f"Vllm({self.name!r})"

    async def _run(self, prompt: Prompt, samples: Sequence[int]) -> AsyncIterator[Completion]:
        answered = await self._asked(prompt, samples, self._options.over(prompt.params))
        for completion in completions(self.name, samples, answered):
            yield completion

    async def _asked(self, prompt: Prompt, samples: Sequence[int], params: dict[str, Json]) -> Answered:
        known = {name: value for name, value in params.items() if name in _KNOWN and value is not None}
        seed = first_seed(prompt, samples[0])
        request = Request(prompt.messages, known, len(samples), seed, self._adapter)
        return await asyncio.wrap_future(self._engine.submit(request))


def consecutive(samples: Iterable[int]) -> list[tuple[int, ...]]:
    """The samples in runs of consecutive numbers, of which each can be one request: its seeds are consecutive too."""
    runs: list[list[int]] = []
    for sample in sorted(samples):
        if runs and sample == runs[-1][-1] + 1:
            runs[-1].append(sample)
        else:
            runs.append([sample])
    return [tuple(run) for run in runs]


def first_seed(prompt: Prompt, sample: int) -> int:
    """The seed of a sample, below 2**63: vLLM draws answer i of a request with the request's seed + i."""
    return int(np.random.default_rng([prompt.seed, prompt.ask]).integers(2**62)) + sample


def completions(model: str, samples: Sequence[int], answered: Answered) -> list[Completion]:
    """The answers as completions. The prompt was computed once: its tokens and the time are shared evenly."""
    n = len(samples)
    return [
        Completion(
            sample=sample,
            text=answer.text,
            model=model,
            usage=Usage(
                prompt_tokens=answer.prompt_tokens * (i + 1) // n - answer.prompt_tokens * i // n,
                completion_tokens=answer.completion_tokens,
                usd=0.0,
            ),
            finish=answer.finish,
            seconds=round(answered.seconds / n, 6),
        )
        for i, (sample, answer) in enumerate(zip(samples, answered.answers, strict=True))
    ]
