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

Tokens = Sequence[int]
Choose = Callable[[Any, Sequence[int]], Any]
"""From logits, float32 (rows, vocabulary), and the places of these rows among all: a token for each, (rows,)."""

_ENDED = 0.125
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
    import torch  # noqa: PLC0415 - heavy, and an extra

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


def _read(model: Any, prompts: Sequence[Tokens]) -> tuple[_State, Any]:  # noqa: ANN401 - untyped library
    """The state after the prompts, and the logits of what comes next. Each different prompt is read once."""
    import torch  # noqa: PLC0415 - heavy, and an extra

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

    def __init__(self, model: Any, mask: Any) -> None:  # noqa: ANN401 - untyped library
        self._model, self._mask = model, mask
        self._cache: Any = None
        self._takes = set(inspect.signature(model.forward).parameters)
        self._is_recurrent = "cache_params" in self._takes  # Mamba and its like

    def step(self, tokens: Any) -> Any:  # noqa: ANN401 - tensors
        """Reads one more token of each row, (rows,)."""
        import torch  # noqa: PLC0415 - heavy, and an extra

        self._mask = torch.cat([self._mask, torch.ones_like(self._mask[:, :1])], dim=1)
        return self.read(tokens[:, None])

    def read(self, ids: Any) -> Any:  # noqa: ANN401 - tensors
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

    def select(self, rows: Any) -> None:  # noqa: ANN401 - tensors
        """Keeps these rows, in this order; one may be named several times."""
        self._mask = self._mask[rows]
        self._cache.reorder_cache(rows)
