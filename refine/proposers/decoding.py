"""Decoding with a causal language model of transformers, many prompts at once.

It gives what the model's own `generate` gives, greedily or by a choice of ours, in a fraction of its time where the
model is small: a prompt that is asked several times is read once, and rows that have ended are dropped. What a model's
generation_config.json asks for beside the tokens that end an answer (penalties, a top_k) is not applied: choices are
made on the model's own logits.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch
from torch import Tensor
from transformers.cache_utils import DynamicCache, DynamicLayer

Tokens = Sequence[int]
Choose = Callable[[Tensor, Sequence[int]], Tensor]
"""From logits, float32 (rows, vocabulary), and the places of these rows among all: a token for each, (rows,)."""

_ROOM = 8
"""Tokens that a cache is made larger by."""
_ENDED = 0.25
"""The share of rows that have ended at which they are dropped: to drop them copies the cache of the others."""


def decoded(
    model: Any,  # noqa: ANN401 - untyped library
    prompts: Sequence[Tokens],
    choose: Choose,
    *,
    most: int,
    ends: Collection[int],
) -> list[list[int]]:
    """What `model` says after each of `prompts`: `most` tokens, or those up to the first of `ends` and with it."""
    said: list[list[int]] = [[] for _ in prompts]
    with torch.inference_mode():
        state, logits = _read(model, prompts)
        rows = list(range(len(prompts)))
        while True:
            chosen = choose(logits, rows)
            for row, token in zip(rows, chosen.tolist(), strict=True):
                if not _over(said[row], most, ends):
                    said[row].append(token)
            going = [place for place, row in enumerate(rows) if not _over(said[row], most, ends)]
            if not going:
                return said
            if len(going) <= (1 - _ENDED) * len(rows):
                kept = torch.tensor(going, device=chosen.device)
                state.select(kept)
                rows, chosen = [rows[place] for place in going], chosen[kept]
            logits = state.step(chosen)


def _over(said: Tokens, most: int, ends: Collection[int]) -> bool:
    return len(said) == most or (bool(said) and said[-1] in ends)


def _read(model: Any, prompts: Sequence[Tokens]) -> tuple[_State, Tensor]:  # noqa: ANN401 - untyped library
    """The state after the prompts, and the logits of what comes next. Each different prompt is read once."""
    numbers = {tokens: number for number, tokens in enumerate(dict.fromkeys(map(tuple, prompts)))}
    longest = max(map(len, numbers))
    ids = torch.tensor([[0] * (longest - len(tokens)) + list(tokens) for tokens in numbers], device=model.device)
    mask = torch.tensor([[0] * (longest - len(tokens)) + [1] * len(tokens) for tokens in numbers], device=model.device)
    state = _State(model, mask)
    logits = state.read(ids)
    which = torch.tensor([numbers[tuple(tokens)] for tokens in prompts], device=model.device)
    state.select(which)
    return state, logits[which]


class _State:
    """What the model keeps of the tokens that it has read: `mask` (rows, tokens so far) is 0 where a row is padded."""

    def __init__(self, model: Any, mask: Tensor) -> None:  # noqa: ANN401 - untyped library
        self._model, self._mask = model, mask
        self._takes = set(inspect.signature(model.forward).parameters)
        self._is_recurrent = "cache_params" in self._takes  # Mamba and its like
        self._cache: Any = None if self._is_recurrent else _cache(model.config)

    def step(self, tokens: Tensor) -> Tensor:
        """Reads one more token of each row, (rows,)."""
        self._mask = torch.cat([self._mask, torch.ones_like(self._mask[:, :1])], dim=1)
        return self.read(tokens[:, None])

    def read(self, ids: Tensor) -> Tensor:
        """Reads `ids` (rows, tokens), the last ones of the mask; the logits after them, float32 (rows, vocabulary)."""
        places = (self._mask.cumsum(-1) - 1).clamp(min=0)[:, -ids.shape[1] :]
        own = {"position_ids": places, "logits_to_keep": 1}  # not every model counts places, or can spare logits
        given = {name: value for name, value in own.items() if name in self._takes}
        keeps = "cache_params" if self._is_recurrent else "past_key_values"
        if not self._is_recurrent or self._cache is None:  # a state holds nothing of what was padded
            given["attention_mask"] = self._mask
        out = self._model(ids, use_cache=True, **{keeps: self._cache}, **given)
        self._cache = out[keeps]
        return out.logits[:, -1].float()

    def select(self, rows: Tensor) -> None:
        """Keeps these rows, in this order; one may be named several times."""
        self._mask = self._mask[rows]
        self._cache.reorder_cache(rows)


def _cache(config: Any) -> Any:  # noqa: ANN401 - untyped library
    cache = DynamicCache(config=config)
    cache.layers = [_Roomy() if type(layer) is DynamicLayer else layer for layer in cache.layers]
    return cache


class _Roomy(DynamicLayer):  # type: ignore[misc]  # of a library without types
    """Keys and values (rows, heads, tokens, width) in tensors with room for more tokens: a layer that joins the new to
    the old copies all it holds for each token, into memory that the system must first map.
    """

    def update(self, key_states: Tensor, value_states: Tensor, *_: object, **__: object) -> tuple[Tensor, Tensor]:
        """Adds those of new tokens; returns those of all."""
        if not self.is_initialized:
            self.lazy_initialization(key_states, value_states)
            self._whole = [new[:, :, :0] for new in (key_states, value_states)]
        held = self.get_seq_length()
        self._whole = [
            _appended(whole, held, new) for whole, new in zip(self._whole, (key_states, value_states), strict=True)
        ]
        self._show(held + key_states.shape[-2])
        return self.keys, self.values

    def reorder_cache(self, beam_idx: Tensor) -> None:
        """Keeps these rows, in this order."""
        if self.is_initialized:  # a layer that shares another's never is
            self._whole = [whole.index_select(0, beam_idx) for whole in self._whole]
            self._show(self.get_seq_length())

    def _show(self, tokens: int) -> None:
        self.keys, self.values = (whole[:, :, :tokens] for whole in self._whole)


def _appended(whole: Tensor, held: int, new: Tensor) -> Tensor:
    """`whole`, whose first `held` tokens count, with the `new` ones after them; larger where it must be."""
    end = held + new.shape[2]
    if whole.shape[2] < end:
        larger = new.new_empty(*new.shape[:2], end + _ROOM, new.shape[3])
        larger[:, :, :held] = whole[:, :, :held]
        whole = larger
    whole[:, :, held:end] = new
    return whole
