"""The proposer of local models, with a real one that was made just now."""

from __future__ import annotations

import asyncio
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
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


async def test_an_answer_ends_at_any_of_the_tokens_that_the_model_names(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "model")
    free = await answers(proposer(folder, most=40), asks(1, 8))
    (tmp_path / "model/generation_config.json").write_text('{"eos_token_id": [2, 4, 5, 6, 7, 8]}')
    ended = await answers(proposer(tmp_path / "model", most=40), asks(1, 8))
    for sample, whole in free.items():
        at = next((i for i, character in enumerate(whole.text) if character in "01234"), None)
        assert ended[sample].text == (whole.text if at is None else whole.text[:at])
        assert ended[sample].finish == ("stop" if at is not None else whole.finish)
    assert any(completion.finish == "stop" for completion in ended.values())


async def test_the_noise_is_each_samples_own_stream_one_draw_a_token(folder: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    model = AutoModelForCausalLM.from_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    found = await answers(proposer(folder, most=20), asks(3, 6))
    for sample, completion in found.items():
        draws = np.random.default_rng([0, 3, sample])
        ids = tokenizer("<bos>1+1?\n", add_special_tokens=False)["input_ids"]
        asked = len(ids)
        while len(ids) < asked + 20 and ids[-1] != tokenizer.eos_token_id:
            logits = model(torch.tensor([ids])).logits[0, -1].detach().numpy()
            ids.append(int((logits + draws.gumbel(size=len(logits))).argmax()))
        assert completion.text == tokenizer.decode(ids[asked:], skip_special_tokens=True)


async def test_nucleus_and_temperature_narrow_what_is_drawn(folder: Path) -> None:
    greedy = await answers(proposer(folder), asks(1, 1, temperature=0.0))
    narrow = await answers(proposer(folder), asks(1, 4, top_p=1e-6, temperature=3.0))
    assert {completion.text for completion in narrow.values()} == {greedy[0].text}


def test_the_model_is_where_torch_computes_fastest(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    monkeypatch.setattr(torch.accelerator, "is_available", lambda: True)
    monkeypatch.setattr(torch.accelerator, "current_accelerator", lambda: torch.device("meta"))
    held: Any = proposer(folder)
    assert held._model.device.type == "meta"  # the one accelerator that every machine has


async def test_a_model_is_held_in_the_precision_that_its_config_names(folder: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM

    shutil.copytree(folder, tmp_path / "half")
    AutoModelForCausalLM.from_pretrained(folder).to(torch.bfloat16).save_pretrained(tmp_path / "half")
    held: Any = proposer(tmp_path / "half")
    assert held._model.dtype == torch.bfloat16
    assert len({completion.text for completion in (await answers(held, asks(1, 4))).values()}) == 4


async def test_a_mistake_in_computing_is_heard_by_who_waits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held: Any = proposer(folder)

    def broken(*_: object) -> None:
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(held, "_generate", broken)
    with pytest.raises(KeyError, match="a mistake of ours"):
        await answers(held, asks(1, 2))


async def test_of_many_that_wait_the_oldest_is_answered_first_with_those_of_like_length(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("refine.proposers.transformers.ROWS", 4)
    held: Any = proposer(folder)
    batches: list[list[int]] = []
    compute = held._generate

    def counted(rows: Any, params: Any) -> Any:
        batches.append([row.place[1] for row in rows])
        return compute(rows, params)

    monkeypatch.setattr(held, "_generate", counted)
    texts = ["12345678", "1", "1234567", "12"]
    await asyncio.gather(*(answers(held, asks(ask, 2, text)) for ask, text in enumerate(texts, 1)))
    assert batches == [[1, 1, 3, 3], [2, 2, 4, 4]]
