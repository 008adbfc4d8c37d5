"""Decoding of many prompts at once, against what transformers' own `generate` makes of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from tests.tiny import tiny

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")]

PROMPTS = [[1, 20], [1, 5, 6, 7, 8, 9], [1, 20], [1, 40, 41, 42], [1, *range(4, 60)]]


def decoded(*given: Any, **named: Any) -> list[list[int]]:
    from refine.proposers import decoding  # loads torch

    return decoding.decoded(*given, **named)


def greedy(logits: Any, rows: Sequence[int]) -> Any:
    assert len(logits) == len(rows)
    return logits.argmax(-1)


@pytest.fixture(scope="module")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from transformers import AutoModelForCausalLM

    return AutoModelForCausalLM.from_pretrained(tiny(tmp_path_factory.mktemp("model"), layers=2)).eval()


def others() -> dict[str, Any]:
    """Models that differ in how they tell places (learnt, a slope, which takes none) and what they keep (a state)."""
    import transformers as t

    size: dict[str, Any] = {"vocab_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "hidden_size": 16}
    ends: dict[str, Any] = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
    return {
        "learnt": t.GPT2Config(vocab_size=64, n_layer=2, n_head=2, n_embd=16, **ends),
        "slope": t.BloomConfig(vocab_size=64, n_layer=2, n_head=2, hidden_size=16, **ends),
        "window": t.MistralConfig(**size, num_key_value_heads=1, intermediate_size=32, sliding_window=4, **ends),
        "state": t.MambaConfig(vocab_size=64, num_hidden_layers=2, hidden_size=16, state_size=4, **ends),
    }


def alone(model: Any, prompt: list[int], most: int) -> list[int]:
    """What `generate` says after it."""
    import torch

    ids = torch.tensor([prompt])
    made = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=most, do_sample=False, pad_token_id=0
    )
    return [int(token) for token in made[0, len(prompt) :]]


def test_greedy_is_what_generate_gives_each_prompt_alone(llama: Any) -> None:
    assert decoded(llama, PROMPTS, greedy, most=20, ends={2}) == [alone(llama, prompt, 20) for prompt in PROMPTS]


@pytest.mark.parametrize("kind", ["learnt", "slope", "window", "state"])
def test_other_architectures_too(kind: str) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(others()[kind]).eval()
    with torch.no_grad():
        for weights in model.parameters():
            weights.add_(0.2 * torch.randn_like(weights))  # so that what it says depends on what it read
    prompts = PROMPTS[:4]
    said = decoded(model, prompts, greedy, most=12, ends={2})
    assert said == [alone(model, prompt, 12) for prompt in prompts]
    assert len({tuple(each) for each in said}) > 1


def test_rows_end_each_at_its_own_token_and_are_computed_no_longer() -> None:
    seen: list[list[int]] = []

    def scripted(logits: Any, rows: Sequence[int]) -> Any:
        seen.append(list(rows))
        return logits.argmax(-1)

    model = _Counts()
    said = decoded(model, [[10], [12], [15], [10]], scripted, most=4, ends={17, 14})
    assert said == [[11, 12, 13, 14], [13, 14], [16, 17], [11, 12, 13, 14]]
    assert seen == [[0, 1, 2, 3], [0, 1, 2, 3], [0, 3], [0, 3]]
    assert model.read == [(3, 1), (4, 1), (2, 1), (2, 1)], "a prompt asked twice is read once"


class _Counts:
    """After each token comes the next number."""

    def __init__(self) -> None:
        from transformers import LlamaConfig

        self.device, self.config = "cpu", LlamaConfig(num_hidden_layers=1)
        self.read: list[tuple[int, ...]] = []

    def forward(self, input_ids: Any, attention_mask: Any) -> None: ...

    def __call__(self, ids: Any, **given: Any) -> Any:
        import torch

        assert set(given) == {"attention_mask", "past_key_values", "use_cache"}
        self.read.append(tuple(ids.shape))
        return _Out({"logits": torch.nn.functional.one_hot(ids + 1, 20), "past_key_values": _Nothing()})


class _Nothing:
    def reorder_cache(self, rows: Any) -> None: ...


class _Out(dict[str, Any]):
    """As transformers gives it: by name or as an attribute."""

    def __getattr__(self, name: str) -> Any:
        return self[name]
