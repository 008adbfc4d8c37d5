"""Which engines begin and end while the models of rounds are asked; what vLLM itself does is in tests/vllm."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from refine.errors import UsageError
from refine.improve import serving as module
from refine.improve.serving import serving
from refine.proposers import Options, Proposer
from refine.proposers.engine import Engine
from refine.proposers.vllm import Vllm, located
from refine.types import Message, Prompt
from tests.proposers.stepping import Steps, opened


class Engines:
    """Stands in for `vllm.connect`; how many engines were begun, which, and how many live at once at most."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.steps: list[Steps] = []
        self.most = 0

    def __call__(self, spec: str, options: Options, *, room: int = 64) -> Vllm:
        def load() -> Steps:
            self.begun.append(spec)
            self.steps.append(opened())
            self.most = max(self.most, sum(not steps.closed for steps in self.steps))
            return self.steps[-1]

        return Vllm(replace(located(spec), room=room), options, Engine(spec, load))


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    made = Engines()
    monkeypatch.setattr(module, "by_vllm", made)
    return made


@pytest.fixture
def base(tmp_path: Path) -> Path:
    return model(tmp_path / "base")


def model(folder: Path, parent: Path | None = None, rank: int = 8) -> Path:
    """A model's folder, with the adapter that made it of `parent`."""
    (folder / "adapter").mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    if parent is not None:
        config = {"r": rank, "base_model_name_or_path": str(parent)}
        (folder / "adapter" / "adapter_config.json").write_text(json.dumps(config))
        (folder / "adapter" / "adapter_model.safetensors").write_bytes(b"")
    return folder


@pytest.fixture(autouse=True)
def stack(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stands in for what needs torch."""

    def stacked(adapters: list[Path], out: Path) -> Path:
        return model(out.parent / "sum", adapters[0], rank=8 * len(adapters)) / "adapter"

    monkeypatch.setattr(module, "stacked", stacked)


def adapter_of(one: Proposer) -> str:
    """Asks it; what it was answered by, "-" for the model itself."""

    async def said() -> str:
        prompt = Prompt(1, (Message(role="user", content="?"),))
        (only,) = [completion.text async for completion in one(prompt)]
        return only.split()[-1]

    return asyncio.run(said())


def test_nobody_else_serves(base: Path) -> None:
    with pytest.raises(UsageError, match="--serve luck: write one of transformers, vllm"), serving("luck", base):
        pass


def test_what_is_no_model_is_refused_by_both(tmp_path: Path) -> None:
    for by in ("transformers", "vllm"):
        with serving(by, tmp_path) as connect, pytest.raises(UsageError, match="holds no config.json"):
            connect(tmp_path)


def test_two_whole_models_never_share_the_memory(engines: Engines, base: Path, tmp_path: Path) -> None:
    better = model(tmp_path / "better")
    with serving("vllm", base) as connect:
        for one in (base, better, better, base):
            assert adapter_of(connect(one)) == "-"  # and nobody closes it
    assert engines.begun == [f"vllm:{one}" for one in (base, better, better, base)]
    assert engines.most == 1
    assert [steps.closed for steps in engines.steps] == [1, 1, 1, 1]


def test_adapters_are_given_to_the_engine_that_has_the_base(engines: Engines, base: Path, tmp_path: Path) -> None:
    first = model(tmp_path / "first", base)
    second = model(tmp_path / "second", first)
    with serving("vllm", base, lora=8, rounds=2) as connect:
        said = []
        for one in (base, first, first, second):
            proposer = connect(one)
            said.append(adapter_of(proposer))
            asyncio.run(proposer.aclose())
        assert [steps.closed for steps in engines.steps] == [0]  # it waits for the next round
    assert said == ["-", "adapter", "adapter", "adapter"]
    assert engines.begun == [f"vllm:{base}?lora&memory=40%"]
    assert [steps.closed for steps in engines.steps] == [1]
    asked = [request.adapter for request in engines.steps[0].requests.values()]
    assert [adapter.path.parent.name if adapter else "" for adapter in asked] == ["", "first", "first", "sum"]
    assert [adapter.rank if adapter else 0 for adapter in asked] == [0, 8, 8, 16]


def test_going_on_later_gives_a_model_the_same_name(engines: Engines, base: Path, tmp_path: Path) -> None:
    """Else its journals would be those of another model."""
    first = model(tmp_path / "first", base)
    with serving("vllm", base, lora=8) as connect:
        connect(base)
        before = connect(first).name
    with serving("vllm", base, lora=8) as connect:
        assert connect(first).name == before == f"vllm:{base}?lora={first / 'adapter'}"
    assert engines.begun == []  # nobody asked


def test_too_many_ranks_are_loaded_merged(engines: Engines, base: Path, tmp_path: Path) -> None:
    first = model(tmp_path / "first", base, rank=200)
    second = model(tmp_path / "second", first, rank=200)
    third = model(tmp_path / "third", second, rank=40)
    with serving("vllm", base, lora=200, rounds=3) as connect:
        said = [adapter_of(connect(one)) for one in (first, second, third)]
    assert said == ["adapter", "-", "adapter"]
    assert engines.begun == [f"vllm:{base}?lora&memory=40%", f"vllm:{second}?lora&memory=40%"]
    assert engines.most == 1


def test_a_model_that_no_adapter_leads_to_is_loaded_whole(engines: Engines, base: Path, tmp_path: Path) -> None:
    whole = model(tmp_path / "whole")
    with serving("vllm", base, lora=8, rounds=2) as connect:
        assert [adapter_of(connect(one)) for one in (base, whole)] == ["-", "-"]
    assert engines.begun[1] == f"vllm:{whole}?lora&memory=40%"
    assert engines.most == 1
