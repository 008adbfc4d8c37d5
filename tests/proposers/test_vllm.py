"""`vllm:FOLDER` without vLLM, which `tests/vllm` has: what it reads, asks for and makes of answers."""

from __future__ import annotations

import importlib.util
import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import Fault, MissingExtra, UsageError
from refine.proposers import Options, Priced, vllm_core
from refine.proposers.engine import Answer, Answered, Engine
from refine.proposers.vllm import Vllm, adapter_in, completions, connect, consecutive, first_seed, located
from refine.types import Completion, Json, Message, Prompt
from tests.proposers.stepping import Steps, opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "config.json").write_text("{}")
    return tmp_path / "model"


def adapter(folder: Path, rank: int = 8) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps({"r": rank}))
    (folder / "adapter_model.safetensors").write_bytes(b"")
    return folder


def asks(*samples: int, ask: int = 3, seed: int = 5, **params: Json) -> Prompt:
    return Prompt(ask, (Message(role="user", content="?"),), samples=samples, seed=seed, params=dict(params))


def proposer(spec: str, steps: Steps, options: Options | None = None) -> Vllm:
    return Vllm(located(spec), options or Options(), Engine(spec, lambda: steps))


async def answers(one: Vllm, prompt: Prompt) -> dict[int, Completion]:
    return {completion.sample: completion async for completion in one(prompt)}


# ---- the text after --model -----------------------------------------------------------------------------------------


def test_a_folder_an_adapter_and_a_context(folder: Path, tmp_path: Path) -> None:
    lora = adapter(tmp_path / "lora", rank=100)
    bare, ready, full = (located(f"vllm:{folder}{rest}") for rest in ("", "?lora", f"?lora={lora}&context=8k"))
    assert (bare.path, bare.adapts, bare.adapter, bare.context) == (folder, False, None, None)
    assert (ready.adapts, ready.adapter, ready.rank) == (True, None, 64)
    assert full.adapter is not None
    assert (full.adapter.path, full.rank, full.context) == (lora, 128, 8192)


def test_a_share_of_the_memory_and_room_for_larger_adapters(folder: Path) -> None:
    where = located(f"vllm:{folder}?lora&memory=40%")
    assert (where.memory, where.rank) == (0.4, 64)
    assert located(f"vllm:{folder}").memory is None
    assert [replace(where, room=room).rank for room in (1, 16, 17, 96, 256)] == [16, 16, 32, 128, 256]


def test_what_vllm_is_told_on_a_gpu_and_on_a_cpu(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_CPU_KVCACHE_SPACE", raising=False)
    where = replace(located(f"vllm:{folder}?lora&memory=40%"), room=24)
    told = vllm_core._arguments(where, cpu=False)
    assert (told["gpu_memory_utilization"], told["max_lora_rank"], told["enable_lora"]) == (0.4, 32, True)
    assert "kv_cache_memory_bytes" not in told
    told = vllm_core._arguments(where, cpu=True)
    assert told["kv_cache_memory_bytes"] == vllm_core.CPU_CACHE_BYTES
    assert "gpu_memory_utilization" not in told
    assert "gpu_memory_utilization" not in vllm_core._arguments(located(f"vllm:{folder}"), cpu=False)


@pytest.mark.parametrize(
    ("rest", "why"),
    [
        ("?lora=nowhere", "nowhere holds no adapter"),
        ("?context=8192", "units of 1024 tokens"),
        ("?context=0k", "units of 1024 tokens"),
        ("?context", "units of 1024 tokens"),
        ("?gpu=2", "'gpu' means nothing here"),
        ("?memory=0.4", "in percent, as in memory=40%"),
        ("?memory=100%", "in percent, as in memory=40%"),
        ("/nothing", "holds no config.json"),
    ],
)
def test_what_means_nothing_is_refused(folder: Path, rest: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        located(f"vllm:{folder}{rest}")


def test_no_folder_at_all() -> None:
    with pytest.raises(UsageError, match="PATH holds no config.json"):
        located("vllm:")


def test_an_adapter_beyond_what_vllm_takes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"rank 512; vLLM takes 256 at most"):
        adapter_in(adapter(tmp_path / "lora", rank=512))


def test_without_vllm_it_says_how_to_get_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vllm", None)
    with pytest.raises(MissingExtra, match=r"refine-search\[vllm\].*vllm serve FOLDER.*hosted_vllm/FOLDER"):
        connect(f"vllm:{folder}", Options())


def test_a_local_model_has_no_reasoning_effort(folder: Path) -> None:
    with pytest.raises(UsageError, match="--reasoning-effort means nothing to vllm:"):
        connect(f"vllm:{folder}", Options(reasoning_effort="high"))


def test_connecting_loads_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: object())
    one = connect(f"vllm:{folder}", Options())
    assert one.name == f"vllm:{folder}"
    assert isinstance(one, Priced)
    assert one.price_known()
    assert "vllm" not in sys.modules


# ---- asking ---------------------------------------------------------------------------------------------------------


async def test_samples_are_one_request_with_seeds_of_their_own(folder: Path) -> None:
    steps = opened()
    one = proposer(f"vllm:{folder}", steps)
    together = await answers(one, asks(0, 1, 2, 3))
    (asked,) = steps.requests.values()
    assert (asked.n, asked.seed) == (4, first_seed(asks(0), 0))
    apart = await answers(one, asks(1, 3))  # as after a crash
    await one.aclose()
    assert [apart[s].text for s in (1, 3)] == [together[s].text for s in (1, 3)]
    assert len({completion.text for completion in together.values()}) == 4


async def test_another_ask_or_seed_is_another_draw(folder: Path) -> None:
    one = proposer(f"vllm:{folder}", opened())
    drawn = [(await answers(one, asks(0, ask=ask, seed=seed)))[0].text for ask, seed in ((3, 5), (4, 5), (3, 6))]
    await one.aclose()
    assert len(set(drawn)) == 3


async def test_the_users_options_are_over_the_strategys_and_unknown_ones_are_left_out(folder: Path) -> None:
    steps = opened()
    one = proposer(f"vllm:{folder}", steps, Options(temperature=0.5, max_tokens=9))
    await answers(one, asks(0, temperature=1.0, stop=["\n"], verbosity="low"))
    await one.aclose()
    (asked,) = steps.requests.values()
    assert asked.params == {"temperature": 0.5, "max_tokens": 9, "stop": ["\n"]}


async def test_a_refused_request_is_a_fault(folder: Path) -> None:
    one = proposer(f"vllm:{folder}", opened())
    with pytest.raises(Fault, match="temperature must be non-negative"):
        await answers(one, asks(0, temperature=-1))
    await one.aclose()


async def test_an_adapter_shares_the_engine_and_is_closed_for_itself(folder: Path, tmp_path: Path) -> None:
    steps = opened()
    base = proposer(f"vllm:{folder}?lora", steps)
    better = base.adapted(adapter(tmp_path / "round-1"))
    assert better.name == f"vllm:{folder}?lora={tmp_path / 'round-1'}"
    seed = first_seed(asks(0), 0)
    assert (await answers(base, asks(0)))[0].text == f"{seed} -"
    await base.aclose()
    assert (await answers(better, asks(0)))[0].text == f"{seed} round-1"
    assert steps.closed == 0
    await better.aclose()
    assert steps.closed == 1


async def test_the_same_model_again_and_what_is_closed_twice(folder: Path) -> None:
    steps = opened()
    base = proposer(f"vllm:{folder}?lora", steps)
    same = base.again()
    for _ in range(2):
        await base.aclose()
    assert (await answers(same, asks(0)))[0].text.endswith(" -")
    assert steps.closed == 0
    await same.aclose()
    assert steps.closed == 1


def test_there_must_be_room_for_an_adapter(folder: Path, tmp_path: Path) -> None:
    lora = adapter(tmp_path / "lora", rank=128)
    with pytest.raises(UsageError, match=rf"has no room for adapters: connect it as vllm:{folder}\?lora"):
        proposer(f"vllm:{folder}", opened()).adapted(lora)
    with pytest.raises(UsageError, match="rank 128; there is room for 64"):
        proposer(f"vllm:{folder}?lora", opened()).adapted(lora)


async def test_check_asks_for_a_few_tokens(folder: Path) -> None:
    steps = opened()
    one = proposer(f"vllm:{folder}", steps)
    await one.check()
    await one.aclose()
    assert [request.params for request in steps.requests.values()] == [{"max_tokens": 16}]


# ---- pure -----------------------------------------------------------------------------------------------------------


@given(st.sets(st.integers(0, 40)))
def test_runs_are_consecutive_maximal_and_hold_everything(samples: set[int]) -> None:
    runs = consecutive(samples)
    assert [sample for run in runs for sample in run] == sorted(samples)
    assert all(run == tuple(range(run[0], run[0] + len(run))) for run in runs)
    assert all(later[0] > earlier[-1] + 1 for earlier, later in pairwise(runs))


@given(st.integers(0, 2**32), st.integers(0, 10**6), st.integers(0, 1000))
def test_a_seed_fits_sixty_three_bits_and_counts_with_the_sample(seed: int, ask: int, sample: int) -> None:
    first = first_seed(asks(0, ask=ask, seed=seed), 0)
    assert first_seed(asks(0, ask=ask, seed=seed), sample) == first + sample
    assert 0 <= first + sample < 2**63


@given(st.integers(0, 5000), st.lists(st.integers(0, 999), min_size=1, max_size=9))
def test_the_shares_of_the_prompt_add_up(asked: int, lengths: list[int]) -> None:
    said = Answered(tuple(Answer("x", asked, length, "stop") for length in lengths), seconds=1.0)
    made = completions("m", range(len(lengths)), said)
    used = [completion.usage for completion in made if completion.usage is not None]
    assert sum(usage.prompt_tokens or 0 for usage in used) == asked
    assert [usage.completion_tokens for usage in used] == lengths
    assert all(usage.usd == 0.0 for usage in used)
    assert sum(completion.seconds or 0 for completion in made) == pytest.approx(1.0, abs=1e-4)
