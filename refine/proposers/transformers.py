"""`transformers:PATH`: a causal language model of a local folder, in this process, on whatever torch finds.

For models that are small or just trained; vLLM is many times faster for all others. Prompts that wait together are
answered together. Sample s of ask a is drawn with `default_rng([seed, a, s])` by Gumbel noise on the logits (adding
such noise and taking the largest is sampling; Gumbel 1954), so that it does not depend on what it was batched with, but
for the last bits of the logits.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from refine.errors import Fault, MissingExtra, UsageError
from refine.proposers import Options, Proposer
from refine.task import Task
from refine.types import Completion, Json, Prompt, Usage

ROWS = 512
"""Completions computed at once, at most."""
_TOKENS = 256
"""Of one completion, where `--max-tokens` does not say."""


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
    return Local(f"transformers:{path}", AutoModelForCausalLM.from_pretrained(path).eval(), tokenizer, options)


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
            alike = [row for row in self._waiting if row.params == params]
            batch = list(itertools.islice(alike, ROWS))
            taken = set(map(id, batch))
            self._waiting = [row for row in self._waiting if id(row) not in taken]
            try:
                done = await asyncio.to_thread(self._generate, batch, dict(params))
            except (RuntimeError, ValueError, IndexError) as error:  # out of memory, a prompt beyond the model's length
                _fail(batch, Fault("model", f"{self.name}: {error}", retry=False))
            else:
                _answer(batch, done)

    def _generate(self, rows: Sequence[_Row], params: dict[str, Json]) -> list[Completion]:
        import torch  # noqa: PLC0415 - heavy, and an extra
        from transformers import LogitsProcessorList  # noqa: PLC0415 - as above

        padded = self._tokenizer.pad({"input_ids": [list(row.ids) for row in rows]}, return_tensors="pt")
        inputs = {name: padded[name].to(self._model.device) for name in ("input_ids", "attention_mask")}
        most = _most(params)
        heat = float(str(params.get("temperature", 1.0)))
        share = float(str(params.get("top_p", 1.0)))
        begun = time.monotonic()
        with torch.inference_mode():
            made = self._model.generate(
                **inputs,
                max_new_tokens=most,
                do_sample=False,
                logits_processor=LogitsProcessorList(_processors(rows, heat, share)),
                pad_token_id=self._tokenizer.pad_token_id,
            )
        new = made[:, inputs["input_ids"].shape[1] :].tolist()
        each = (time.monotonic() - begun) / len(rows)
        done = [self._completion(row, ids, most) for row, ids in zip(rows, new, strict=True)]
        return [completion.model_copy(update={"seconds": each}) for completion in done]

    def _completion(self, row: _Row, ids: list[int], most: int) -> Completion:
        end = self._tokenizer.eos_token_id
        finished = end in ids
        own = ids[: ids.index(end)] if finished else ids
        usage = Usage(prompt_tokens=len(row.ids), completion_tokens=len(own) + finished, usd=0.0)
        text = self._tokenizer.decode(own, skip_special_tokens=True)
        finish = "stop" if finished or len(own) < most else "length"
        return Completion(sample=row.place[2], text=text, model=self.name, usage=usage, finish=finish)


def _most(params: dict[str, Json]) -> int:
    return int(str(params.get("max_tokens") or _TOKENS))


def _processors(rows: Sequence[_Row], heat: float, share: float) -> list[Any]:
    """Temperature and nucleus first, then the noise; nothing for a temperature of 0, which is greedy."""
    from transformers import TemperatureLogitsWarper, TopPLogitsWarper  # noqa: PLC0415 - heavy, and an extra

    if heat == 0:
        return []
    warped = [TemperatureLogitsWarper(heat)] if heat != 1 else []
    kept = [TopPLogitsWarper(share)] if share < 1 else []
    return [*warped, *kept, _Gumbel(rows)]


class _Gumbel:
    """Adds each row's own noise, one draw for each token of the vocabulary at each step."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        self._generators = [np.random.default_rng(list(row.place)) for row in rows]

    def __call__(self, input_ids: Any, scores: Any) -> Any:  # noqa: ANN401 - tensors
        import torch  # noqa: PLC0415 - heavy, and an extra

        del input_ids
        noise = np.stack([generator.gumbel(size=scores.shape[-1]) for generator in self._generators])
        return scores + torch.from_numpy(noise).to(scores)


def _answer(rows: Sequence[_Row], completions: Sequence[Completion]) -> None:
    for row, completion in zip(rows, completions, strict=True):
        if not row.answer.done():
            row.answer.set_result(completion)


def _fail(rows: Sequence[_Row], fault: Fault) -> None:
    for row in rows:
        if not row.answer.done():
            row.answer.set_exception(fault)
