"""Training for real: a tiny model learns what was verified, goes on after a kill, and is examined."""

from __future__ import annotations

import asyncio
import itertools
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from refine.distill.examine import examine
from refine.distill.rows import Row
from refine.distill.train import ADAPTER, Recipe, train, trained
from refine.errors import UsageError
from refine.proposers import Options
from refine.proposers.transformers import connect
from refine.questions import Question
from refine.types import Message
from tests.tiny import tiny

pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
]


def rows() -> list[Row]:
    """n? is answered by its double."""
    asked = [(Message(role="user", content=f"{n}?"),) for n in range(5)]
    return [Row(prompt, f"#### {2 * n}", None, 1.0, ()) for n, prompt in enumerate(asked) for _ in range(16)]


def pairs() -> list[Row]:
    """The same, and n itself is rejected; 0 is its own double."""
    return [replace(row, rejected=f"#### {row.question[0]}") for row in rows() if row.question != "0?"]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("base"), width=64, layers=2)


def right(folder: Path, journal: Path) -> int:
    model = connect(f"transformers:{folder}", Options(max_tokens=12))
    exam = examine(model, [Question(text=f"{n}?", answer=str(2 * n)) for n in range(5)], journal)
    asyncio.run(model.aclose())
    return sum(exam.right)


def test_what_is_imitated_is_learnt(base: Path, tmp_path: Path) -> None:
    done = train(base, rows(), tmp_path / "m", Recipe(epochs=30, batch=8, rate=3e-3))
    assert done.losses[-1] < done.losses[0] / 3
    assert done.steps == 300
    assert right(base, tmp_path / "before.db") == 0
    assert right(tmp_path / "m", tmp_path / "after.db") == 5
    assert (tmp_path / "m" / "model.safetensors").is_file()
    assert trained(tmp_path / "m") == done
    assert trained(base) is None
    assert not (tmp_path / "m" / "checkpoints").exists()


def test_preference_moves_the_model_from_the_rejected_to_the_chosen(base: Path, tmp_path: Path) -> None:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    done = train(base, pairs(), tmp_path / "m", Recipe(method="dpo", epochs=6, batch=16, rate=1e-2))

    def margin(folder: Path) -> float:
        tokenizer = AutoTokenizer.from_pretrained(folder)
        model = AutoModelForCausalLM.from_pretrained(folder)
        worth = []
        for said in ("#### 8", "#### 4"):
            ids = tokenizer(f"<bos>4?\n{said}", add_special_tokens=False, return_tensors="pt")["input_ids"]
            logs = torch.log_softmax(model(ids).logits[0, :-1], -1)
            worth.append(float(logs.gather(1, ids[0, 1:, None])[-1]))
        return worth[0] - worth[1]

    assert margin(done.path) > margin(base) + 0.5


def test_nobody_is_told_of_a_training(base: Path, tmp_path: Path) -> None:
    from huggingface_hub.utils import _telemetry

    train(base, rows()[:16], tmp_path / "m", Recipe(epochs=1, batch=16))
    assert _telemetry._TELEMETRY_THREAD is None


@pytest.mark.parametrize("method", ["sft", "dpo"])
def test_a_training_is_quiet(
    base: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str], recwarn: pytest.WarningsRecorder, method: Any
) -> None:
    recwarn.clear()
    train(base, pairs(), tmp_path / "m", Recipe(method=method, epochs=1, batch=16))
    assert capfd.readouterr() == ("", "")
    assert not [each for each in recwarn if "checkpointing" in str(each.message)]
    assert "TQDM_DISABLE" not in os.environ


def test_what_was_rejected_does_not_matter_to_imitation(base: Path, tmp_path: Path) -> None:
    both = [*pairs(), *(row for row in rows() if row.question == "0?")]
    done = train(base, both, tmp_path / "m", Recipe(epochs=30, batch=8, rate=3e-3))
    assert right(done.path, tmp_path / "after.db") == 5


def test_preference_may_imitate_too_and_imitates_what_has_no_rival(base: Path, tmp_path: Path) -> None:
    alone = [row for row in rows() if row.question == "0?"]
    done = train(base, [*pairs(), *alone], tmp_path / "m", Recipe(method="dpo", nll=5, epochs=30, batch=16, rate=3e-3))
    assert right(done.path, tmp_path / "after.db") == 5


def test_an_adapter_is_written_beside_the_model_that_has_it_merged(base: Path, tmp_path: Path) -> None:
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    train(base, rows(), tmp_path / "m", Recipe(epochs=2, batch=16, rate=1e-2, lora=4))
    merged = AutoModelForCausalLM.from_pretrained(tmp_path / "m").state_dict()
    beside = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), tmp_path / "m" / ADAPTER)
    name = "model.layers.0.mlp.up_proj.weight"
    assert not merged[name].equal(AutoModelForCausalLM.from_pretrained(base).state_dict()[name])
    assert merged[name].allclose(beside.merge_and_unload().state_dict()[name], atol=1e-6)


def test_training_goes_on_from_its_last_checkpoint(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from refine.distill import train as module

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(module, "_write", killed)
        with pytest.raises(KeyboardInterrupt):
            train(base, rows(), tmp_path / "m", Recipe(epochs=2, batch=16))
    done = train(base, rows(), tmp_path / "m", Recipe(epochs=3, batch=16))
    assert done.steps == 15
    assert len(list((tmp_path / "m").glob("*.safetensors"))) == 1


@pytest.mark.parametrize("time", [1, 2], ids=["in a checkpoint", "in the model"])
def test_a_kill_while_something_is_written_does_no_harm(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, time: int
) -> None:
    from transformers import PreTrainedTokenizerBase

    own, times = PreTrainedTokenizerBase.save_pretrained, itertools.count(1)

    def killed(*args: Any, **rest: Any) -> Any:
        if next(times) == time:
            raise KeyboardInterrupt
        return own(*args, **rest)

    with monkeypatch.context() as during:
        during.setattr(PreTrainedTokenizerBase, "save_pretrained", killed)
        with pytest.raises(KeyboardInterrupt):
            train(base, rows(), tmp_path / "m", Recipe(epochs=1, batch=16))
    assert not (tmp_path / "m" / "config.json").exists()
    assert train(base, rows(), tmp_path / "m", Recipe(epochs=1, batch=16)).steps == 5
    there = {file.name for file in (tmp_path / "m").iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json"} <= there
    assert not {"unfinished", "checkpoints"} & there


def test_what_cannot_be_trained_on_is_said(base: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing to train on"):
        train(base, [], tmp_path / "m", Recipe())
    with pytest.raises(UsageError, match="dpo needs pairs"):
        train(base, rows(), tmp_path / "m", Recipe(method="dpo"))
    with pytest.raises(UsageError, match=r"holds no config.json"):
        train(tmp_path, rows(), tmp_path / "m", Recipe())
