"""`transformers:PATH`: a causal language model of a local folder, in this process, on whatever torch finds.

For models that are small or just trained; vLLM is many times faster for all others. Prompts that wait together are
answered together. Sample s of ask a is drawn with `default_rng([seed, a, s])` by Gumbel noise on the logits (adding
such noise and taking the largest is sampling; Gumbel 1954), so that it does not depend on what it was batched with, but
for the last bits of the logits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from refine.errors import Fault, MissingExtra, UsageError
from refine.proposers import Options, Proposer
from refine.task import Task
from refine.types import Completion, Json, Prompt, Usage

if TYPE_CHECKING:
    from refine.proposers.decoding import Choose

ROWS = 512
"""Completions computed at once, at most."""
_TOKENS = 256
"""Of one completion, where `--max-tokens` does not say."""
_STEPS, _DRAWS = 8, 1 << 22
"""Noise is drawn for so many steps at once, as long as that is not more numbers than these."""


def connect(spec: str, options: Options, task: Task | None = None) -> Proposer:
    """The proposer of `transformers:PATH`.

    Raises:
        UsageError: PATH is no folder with a model.
        MissingExtra: transformers or torch is not installed.
    """
    del task
    path = Path(spec.partition(":")[2])
    if not (path / "config.json").is_file():
        raise UsageError(f"{path or 'PATH'} holds no config.json: --model transformers:FOLDER names a model's folder")
    try:
        from transformers import AutoModelForCausalLM, AutoTokenizer  # noqa: PLC0415 - heavy, and an extra
        from transformers.utils import logging  # noqa: PLC0415 - as above
    except ImportError as error:
        raise MissingExtra("transformers", "distill") from error
    logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(path, padding_side="left", local_files_only=True)
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    model = AutoModelForCausalLM.from_pretrained(path, local_files_only=True).to(_device()).eval()
    return Local(f"transformers:{path}", model, tokenizer, options)


def _device() -> Any:  # noqa: ANN401 - untyped library
    """The accelerator that torch finds, or the CPU."""
    import torch  # noqa: PLC0415 - heavy, and an extra

    found = torch.accelerator.current_accelerator() if torch.accelerator.is_available() else None
    return found or torch.device("cpu")


@dataclass(frozen=True, slots=True)
class _Row:
    """One completion that somebody waits for."""

    ids: tuple[int, ...]
    place: tuple[int, int, int]
    params: tuple[tuple[str, Json], ...]
    answer: asyncio.Future[Completion]


class Local:
    """A model and its tokenizer. One batch at a time is computed, in a thread."""

    def __init__(self, name: str, model: Any, tokenizer: Any, options: Options) -> None:  # noqa: ANN401 - untyped library
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        self._ends = _ends(model, tokenizer)
        self._options = options
        self._waiting: list[_Row] = []
        self._work: asyncio.Task[None] | None = None

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        params = tuple(sorted(self._options.over(prompt.params).items()))
        ids = self._ids(prompt)
        self._fits(len(ids), _most(dict(params)))
        loop = asyncio.get_running_loop()
        rows = [_Row(ids, (prompt.seed, prompt.ask, sample), params, loop.create_future()) for sample in prompt.samples]
        self._waiting += rows
        if self._work is None or self._work.done():
            self._work = asyncio.create_task(self._compute())
        for answer in asyncio.as_completed([row.answer for row in rows]):
            yield await answer

    def price_known(self) -> bool:
        return True

    async def aclose(self) -> None:
        if self._work is not None and not self._work.done():
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _ids(self, prompt: Prompt) -> tuple[int, ...]:
        said = [{"role": m.role, "content": m.content} for m in prompt.messages]
        if self._tokenizer.chat_template is None:
            text = "\n".join(m["content"] for m in said) + "\n"
            return tuple(self._tokenizer(text)["input_ids"])
        text = self._tokenizer.apply_chat_template(said, add_generation_prompt=True, tokenize=False)
        return tuple(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def _fits(self, asked: int, most: int) -> None:
        holds = getattr(self._model.config, "max_position_embeddings", None)
        if holds is not None and asked + most > holds:
            why = f"a prompt of {asked} tokens and {most} to come are more than the {holds} that the model holds"
            raise Fault("model", f"{self.name}: {why}: lower --max-tokens or shorten the prompt", retry=False)

    async def _compute(self) -> None:
        """Answers what waits, those with the same parameters together, until nothing does."""
        await asyncio.sleep(0)  # whoever asks in the same turn of the loop is answered in the same batch
        while self._waiting:
            params = self._waiting[0].params
            length = len(self._waiting[0].ids)
            alike = [row for row in self._waiting if row.params == params]
            alike.sort(
                key=lambda row: abs(len(row.ids) - length)
            )  # the less is padded; the oldest is first in any case
            batch = alike[:ROWS]
            taken = set(map(id, batch))
            self._waiting = [row for row in self._waiting if id(row) not in taken]
            try:
                done = await asyncio.to_thread(self._generate, batch, dict(params))
            except (RuntimeError, ValueError, IndexError) as error:  # out of memory, a prompt beyond the model's length
                _fail(batch, Fault("model", f"{self.name}: {error}", retry=False))
            except Exception as error:  # noqa: BLE001 - whoever waits for an answer is to hear of it
                _fail(batch, error)
            else:
                _answer(batch, done)

    def _generate(self, rows: Sequence[_Row], params: dict[str, Json]) -> list[Completion]:
        from refine.proposers.decoding import decoded  # noqa: PLC0415 - loads torch, which is an extra

        most = _most(params)
        begun = time.monotonic()
        new = decoded(self._model, [row.ids for row in rows], _choice(rows, params), most=most, ends=self._ends)
        own = [ids[:-1] if ids[-1] in self._ends else ids for ids in new]
        texts = self._tokenizer.batch_decode(own, skip_special_tokens=True)
        each = (time.monotonic() - begun) / len(rows)
        return [self._completion(*made, each) for made in zip(rows, texts, new, strict=True)]

    def _completion(self, row: _Row, text: str, ids: Sequence[int], seconds: float) -> Completion:
        usage = Usage(prompt_tokens=len(row.ids), completion_tokens=len(ids), usd=0.0)
        finish = "stop" if ids[-1] in self._ends else "length"
        sample = row.place[2]
        return Completion(sample=sample, text=text, model=self.name, usage=usage, finish=finish, seconds=seconds)


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401 - untyped library
    """The tokens that end an answer: the tokenizer's, and those that the model's generation_config.json names."""
    named = model.generation_config.eos_token_id
    several = named if isinstance(named, list) else [named]
    return frozenset(token for token in (tokenizer.eos_token_id, *several) if token is not None)


def _most(params: dict[str, Json]) -> int:
    return int(str(params.get("max_tokens") or _TOKENS))


def _choice(rows: Sequence[_Row], params: dict[str, Json]) -> Choose:
    """Temperature and nucleus first, then the noise and the largest; a temperature of 0 is greedy."""
    from transformers import TemperatureLogitsWarper, TopPLogitsWarper  # noqa: PLC0415 - heavy, and an extra

    heat = float(str(params.get("temperature", 1.0)))
    share = float(str(params.get("top_p", 1.0)))
    if heat == 0:
        return _largest
    warped = [TemperatureLogitsWarper(heat)] if heat != 1 else []
    kept = [TopPLogitsWarper(share)] if share < 1 else []
    noise = _Gumbel(rows)

    def choose(logits: Any, alive: Sequence[int]) -> Any:  # noqa: ANN401 - tensors
        for warper in (*warped, *kept):
            logits = warper(None, logits)
        return (logits + noise(logits, alive)).argmax(-1)

    return choose


def _largest(logits: Any, _alive: Sequence[int]) -> Any:  # noqa: ANN401 - tensors
    return logits.argmax(-1)


class _Gumbel:
    """Each row's own noise, one draw for each token of the vocabulary at each step; drawn for several steps at once."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._generators = [np.random.default_rng(list(row.place)) for row in rows]
        self._ahead: list[Any] = []
        self._place: dict[int, int] = {}

    def __call__(self, logits: Any, alive: Sequence[int]) -> Any:  # noqa: ANN401 - tensors
        """That of the rows at the places `alive`, in the shape of `logits`. For the next step when called again."""
        import torch  # noqa: PLC0415 - heavy, and an extra

        if not self._ahead:
            size = logits.shape[-1]
            steps = min(_STEPS, max(1, _DRAWS // (size * len(alive))))
            drawn = [self._generators[row].gumbel(size=(steps, size)) for row in alive]
            self._ahead = list(np.stack(drawn, axis=1))[::-1]
            self._place = {row: place for place, row in enumerate(alive)}
        noise = self._ahead.pop()[[self._place[row] for row in alive]]
        return torch.from_numpy(noise).to(logits)


def _answer(rows: Sequence[_Row], completions: Sequence[Completion]) -> None:
    for row, completion in zip(rows, completions, strict=True):
        if not row.answer.done():
            row.answer.set_result(completion)


def _fail(rows: Sequence[_Row], why: Exception) -> None:
    for row in rows:
        if not row.answer.done():
            row.answer.set_exception(why)
