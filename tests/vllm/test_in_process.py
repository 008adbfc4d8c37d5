"""`vllm:FOLDER` with vLLM itself: what it draws, when it stops, what it shares, and what ends only one request."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from refine.errors import Fault
from refine.proposers import Options
from refine.proposers.vllm import Vllm, connect
from refine.types import Completion, Json, Message, Prompt
from tests.vllm.model import READS, adapter, sums

pytestmark = [pytest.mark.vllm, pytest.mark.timeout(600), pytest.mark.filterwarnings("ignore")]  # third parties' own


@pytest.fixture(scope="module")
def model(folder: Path) -> Iterator[Vllm]:
    """Asked from one event loop after another, as `refine improve` does."""
    one = connect(f"vllm:{folder}?lora", Options(max_tokens=32))
    yield one
    asyncio.run(one.aclose())


def asks(text: str, *samples: int, ask: int = 1, **params: Json) -> Prompt:
    return Prompt(ask, (Message(role="user", content=text),), samples=samples or (0,), params=dict(params))


async def answers(one: Vllm, prompt: Prompt) -> dict[int, Completion]:
    return {completion.sample: completion async for completion in one(prompt)}


async def right(one: Vllm) -> int:
    """Of the hundred sums, asked all at once."""
    asked = [asks(text, ask=i, temperature=0.0) for i, (text, _) in enumerate(sums())]
    got = await asyncio.gather(*(answers(one, prompt) for prompt in asked))
    return sum(each[0].text == answer for each, (_, answer) in zip(got, sums(), strict=True))


async def test_it_answers_what_it_was_taught(model: Vllm) -> None:
    assert await right(model) >= 90


async def test_tokens_and_why_it_stopped(model: Vllm) -> None:
    (done,) = (await answers(model, asks("7 + 8?", temperature=0.0))).values()
    assert (done.text, done.finish) == ("15", "stop")
    assert done.usage is not None
    assert (done.usage.prompt_tokens, done.usage.completion_tokens, done.usage.usd) == (8, 3, 0.0)
    assert done.seconds is not None
    assert done.seconds > 0
    (cut,) = (await answers(model, Prompt(1, asks("Write it.").messages, params={"stop": ["n"]}))).values()
    assert "n" not in cut.text
    (short,) = (await answers(connect_like(model, 2), asks("Write it."))).values()
    assert short.finish == "length"
    assert short.usage is not None
    assert short.usage.completion_tokens == 2


def connect_like(model: Vllm, most: int) -> Vllm:
    """Another proposer of the same engine."""
    return Vllm(model._where, Options(max_tokens=most), model._engine)


async def test_samples_differ_and_are_nearly_the_same_again(model: Vllm) -> None:
    """Nearly: sixteen-bit logits differ in their last bits by batch, and now and then that turns a draw."""
    prompt = asks("Any polynomial", *range(16))
    first, again = await answers(model, prompt), await answers(model, prompt)
    apart = await answers(model, asks("Any polynomial", 1, 5, 6, 13))
    other = await answers(model, asks("Any polynomial", *range(16), ask=2))
    assert len({completion.text for completion in first.values()}) > 8
    assert sum(first[s].text == again[s].text for s in range(16)) >= 14
    assert sum(first[s].text == apart[s].text for s in (1, 5, 6, 13)) >= 3
    assert sum(first[s].text == other[s].text for s in range(16)) <= 4


async def test_the_event_loop_stays_free(model: Vllm) -> None:
    work = asyncio.create_task(answers(model, asks("Any polynomial", *range(64))))
    turns = 0
    while not work.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert len(work.result()) == 64
    assert turns > 20


async def test_what_makes_no_sense_ends_nothing_else(model: Vllm) -> None:
    good = asyncio.create_task(answers(model, asks("2 + 2?", temperature=0.0)))
    with pytest.raises(Fault, match="temperature") as caught:
        await answers(model, asks("2 + 2?", temperature=-1.0))
    assert not caught.value.retry
    assert (await good)[0].text == "4"


async def test_who_gives_up_does_not_hold_up_the_rest(model: Vllm) -> None:
    stream = model(asks("Any polynomial", *range(32)))
    task = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await answers(model, asks("2 + 2?", temperature=0.0)))[0].text == "4"


async def test_adapters_are_swapped_while_it_runs(model: Vllm, folder: Path, tmp_path: Path) -> None:
    lora = adapter(folder, tmp_path / "lora")
    swapped = model.adapted(lora)
    both = await asyncio.gather(
        *(
            answers(one, asks("7 + 8?", ask=i, temperature=0.0))
            for i, one in enumerate([model, swapped, model, swapped])
        )
    )
    assert [each[0].text for each in both] == ["15", "42", "15", "42"]
    adapter(folder, tmp_path / "other", answer="9")
    shutil.copytree(tmp_path / "other", lora, dirs_exist_ok=True, copy_function=shutil.copyfile)
    renewed = model.adapted(lora)  # trained again in the same folder
    assert (await answers(renewed, asks("7 + 8?", temperature=0.0)))[0].text == "9"
    assert await right(model) >= 90
    for one in (swapped, renewed):
        await one.aclose()


async def test_a_prompt_is_cut_by_the_models_own_template(model: Vllm) -> None:
    (done,) = (await answers(model, asks("x" * 5000 + "7 + 8?", max_tokens=4))).values()
    assert done.usage is not None
    assert done.usage.prompt_tokens == 1 + READS + 1


def test_a_second_model_after_the_first_is_closed(folder: Path, tmp_path: Path) -> None:
    lora = adapter(folder, tmp_path / "lora")

    async def once(spec: str) -> str:
        one = connect(spec, Options(max_tokens=8))
        await one.check()
        found = await answers(one, asks("7 + 8?", temperature=0.0))
        await one.aclose()
        return found[0].text

    assert asyncio.run(once(f"vllm:{folder}?lora={lora}")) == "42"
    assert asyncio.run(once(f"vllm:{folder}")) == "15"


def test_a_prompt_beyond_the_context_is_a_fault_and_without_a_template_it_is_its_text(
    folder: Path, tmp_path: Path
) -> None:
    plain = shutil.copytree(folder, tmp_path / "plain")
    (plain / "chat_template.jinja").unlink()

    async def once() -> Completion:
        one = connect(f"vllm:{plain}", Options(max_tokens=4))
        with pytest.raises(Fault, match="256") as caught:
            await answers(one, asks("1" * 300))
        assert not caught.value.retry
        found = await answers(one, asks("7 + 8?"))
        await one.aclose()
        return found[0]

    usage = asyncio.run(once()).usage
    assert usage is not None
    assert usage.prompt_tokens == len("7 + 8?\n")


def test_what_cannot_be_loaded_says_why(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "llama", "architectures": ["LlamaForCausalLM"]}')

    async def once() -> None:
        one = connect(f"vllm:{tmp_path}", Options())
        try:
            await one.check()
        finally:
            await one.aclose()

    with pytest.raises(Fault, match=f"vllm:{tmp_path}") as caught:
        asyncio.run(once())
    assert not caught.value.retry
