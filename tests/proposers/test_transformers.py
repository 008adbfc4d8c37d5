"""The proposer of local models, with a real one that was made just now."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path

import pytest

from refine.errors import Fault, UsageError
from refine.proposers import Options, Proposer
from refine.proposers.transformers import connect
from refine.types import Completion, Message, Prompt
from tests.tiny import tiny

pytestmark = [pytest.mark.torch, pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("model"))


def asks(ask: int, samples: int, text: str = "1+1?", **params: float) -> Prompt:
    return Prompt(ask, (Message(role="user", content=text),), samples=tuple(range(samples)), params=dict(params))


async def answers(proposer: Proposer, prompt: Prompt) -> dict[int, Completion]:
    return {completion.sample: completion async for completion in proposer(prompt)}


def proposer(folder: Path, most: int = 12) -> Proposer:
    return connect(f"transformers:{folder}", Options(max_tokens=most))


async def test_each_sample_is_its_own_and_the_same_again_whatever_it_is_batched_with(folder: Path) -> None:
    model = proposer(folder)
    alone = await answers(model, asks(1, 4))
    again, other = await asyncio.gather(
        answers(model, asks(1, 4)), answers(model, asks(2, 3, "A much longer question than that one?"))
    )
    await model.aclose()
    assert {s: c.text for s, c in again.items()} == {s: c.text for s, c in alone.items()}
    assert len({c.text for c in alone.values()}) == 4
    assert other[0].text != alone[0].text
    usage = alone[0].usage
    assert usage is not None
    assert (usage.prompt_tokens, usage.usd) == (6, 0.0)
    assert usage.completion_tokens in range(1, 13)


async def test_no_temperature_is_greedy(folder: Path) -> None:
    model = proposer(folder)
    found = await answers(model, asks(1, 3, temperature=0.0))
    assert len({c.text for c in found.values()}) == 1


async def test_draws_follow_the_models_own_probabilities(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = proposer(folder, most=1)
    found = [await answers(model, asks(ask, 500, temperature=0.2)) for ask in range(8)]
    drawn = Counter(completion.text for each in found for completion in each.values())
    ids = AutoTokenizer.from_pretrained(folder)("<bos>1+1?\n", add_special_tokens=False, return_tensors="pt")
    logits = AutoModelForCausalLM.from_pretrained(folder)(**ids).logits[0, -1]
    share = torch.softmax(logits / 0.2, -1).detach().numpy()
    names = AutoTokenizer.from_pretrained(folder).convert_ids_to_tokens(range(len(share)))
    for name, p in zip(names[4:], share[4:], strict=True):
        assert abs(drawn[name] / 4000 - p) < 5 * (p * (1 - p) / 4000) ** 0.5 + 1e-3


async def test_a_prompt_beyond_the_models_length_is_a_fault(folder: Path) -> None:
    model = proposer(folder)
    with pytest.raises(Fault, match="more than the 256 that the model holds"):
        await answers(model, asks(1, 1, "9" * 5000))


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"holds no config.json"):
        connect(f"transformers:{tmp_path}", Options())
