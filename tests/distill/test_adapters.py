"""Adapters of one round after the other, as one: which they are, and that it does the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refine.distill.adapters import lineage, rank, stacked
from refine.errors import UsageError
from tests.tiny import tiny


def noted(model: Path, parent: Path | None, **config: object) -> Path:
    """The folder of a model with the adapter that made it, without weights."""
    (model / "adapter").mkdir(parents=True)
    said = {"r": 4, "lora_alpha": 8, "base_model_name_or_path": str(parent) if parent else None, **config}
    (model / "adapter" / "adapter_config.json").write_text(json.dumps(said))
    return model


def test_the_way_from_the_root_to_a_model(tmp_path: Path) -> None:
    root = tmp_path / "root"
    first = noted(tmp_path / "first", root)
    second = noted(tmp_path / "second", first, r=3)
    assert lineage(root, root) == []
    assert lineage(first, root) == [first / "adapter"]
    assert lineage(second, root) == [first / "adapter", second / "adapter"]
    assert lineage(second, first) == [second / "adapter"]
    assert lineage(tmp_path / "second" / ".." / "second", first) == [tmp_path / "second" / ".." / "second" / "adapter"]
    assert rank([first / "adapter", second / "adapter"]) == 7


def test_there_may_be_no_way(tmp_path: Path) -> None:
    root, other = tmp_path / "root", noted(tmp_path / "other", None)
    assert lineage(tmp_path / "whole", root) is None
    assert lineage(other, root) is None
    assert lineage(noted(tmp_path / "first", tmp_path / "moved away"), root) is None
    assert lineage(noted(tmp_path / "ring", tmp_path / "ring"), root) is None


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_one_adapter_does_what_two_did_one_after_the_other(tmp_path: Path) -> None:
    """PEFT is the judge: it merges each, and applies the one."""
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    root = tiny(tmp_path / "root", width=32, layers=2)
    first = drawn(root, tmp_path / "first", rank=4, seed=1)
    second = drawn(first, tmp_path / "second", rank=3, seed=2)
    way = lineage(second, root)
    assert way is not None
    one = stacked(way, tmp_path / "one")
    ids = torch.arange(4, 20)[None]
    with torch.inference_mode():
        merged = AutoModelForCausalLM.from_pretrained(second)(ids).logits
        bare = AutoModelForCausalLM.from_pretrained(root)
        before = bare(ids).logits
        adapted = PeftModel.from_pretrained(bare, one)(ids).logits
    assert rank([one]) == 7
    assert torch.allclose(adapted, merged, atol=1e-4)
    assert (merged - before).abs().max() > 0.1


def drawn(base: Path, out: Path, *, rank: int, seed: int) -> Path:
    """A model made by an adapter of random numbers, and that adapter in it, as `refine.distill.train` leaves them."""
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(seed)
    config = LoraConfig(r=rank, lora_alpha=3 * rank, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base), config)
    for name, weight in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(weight, std=0.1)
    model.save_pretrained(out / "adapter")
    model.merge_and_unload().save_pretrained(out)
    return out


@pytest.mark.torch
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning")
def test_what_is_more_than_a_product_is_not_stacked(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import save_file

    root, some = tmp_path / "root", {"q.lora_A.weight": torch.zeros(4, 2), "q.lora_B.weight": torch.zeros(2, 4)}
    plain = noted(tmp_path / "plain", root) / "adapter"
    scaled = noted(tmp_path / "scaled", root, use_rslora=True) / "adapter"
    biased, other = (noted(tmp_path / name, root) / "adapter" for name in ("biased", "other"))
    for adapter in (plain, scaled):
        save_file(some, adapter / "adapter_model.safetensors")
    save_file({**some, "q.bias": torch.zeros(2)}, biased / "adapter_model.safetensors")
    save_file(
        {name.replace("q", "v"): weight.clone() for name, weight in some.items()}, other / "adapter_model.safetensors"
    )
    for strange, why in ((scaled, "use_rslora"), (biased, "q.bias"), (other, "not of the same layers")):
        with pytest.raises(UsageError, match=why):
            stacked([plain, strange], tmp_path / "one")
