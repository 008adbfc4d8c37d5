"""Low-rank adapters (Hu et al. 2021) in PEFT's format, one after the other.

Each round of `refine improve` trains its adapter on the model of the round before, which is merged. So the second
adapter belongs to other weights than the first, and an engine that holds the base cannot be given it. But the sum of
both updates is an update of the base too, and one adapter of their ranks' sum is exactly that:

    W + s1 B1 A1 + s2 B2 A2 = W + [s1 B1, s2 B2] [A1; A2]        s = lora_alpha / r
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from refine.errors import UsageError

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_DOWN, _UP = ".lora_A.weight", ".lora_B.weight"
_OTHER = ("use_dora", "use_rslora", "modules_to_save", "rank_pattern", "alpha_pattern")
"""What would make an adapter more than `lora_alpha / r` times a product; `refine distill` asks for none of it."""


def lineage(model: Path, root: Path) -> list[Path] | None:
    """The adapters that lead from the model in `root` to that in `model`, in the order in which they were trained.

    Read from what PEFT noted in each: the folder of the model that it was trained on. [] is `root` itself; None means
    that there is no such way, as after a training of all weights, or where folders were moved.
    """
    found: list[Path] = []
    while model.resolve() != root.resolve():
        adapter = model / "adapter"
        parent = _config(adapter).get("base_model_name_or_path")
        if not parent or adapter in found:
            return None
        found.insert(0, adapter)
        model = Path(parent)
    return found


def rank(adapters: Sequence[Path]) -> int:
    """Of one adapter that is all of them."""
    return sum(int(_config(adapter)["r"]) for adapter in adapters)


def stacked(adapters: Sequence[Path], out: Path) -> Path:
    """Writes one adapter that does what `adapters` do one after the other, and returns its folder `out`.

    Raises:
        UsageError: one of them is no plain adapter of the same layers as the others.
    """
    from safetensors.torch import save_file  # noqa: PLC0415 - heavy, and an extra

    parts = [_read(adapter) for adapter in adapters]
    names = set(parts[0])
    if any(set(part) != names for part in parts):
        raise UsageError(f"the adapters in {adapters[0]} and what follows it are not of the same layers: merge them")
    whole = {name: _joined([part[name] for part in parts], 0 if name.endswith(_DOWN) else 1) for name in sorted(names)}
    total = rank(adapters)
    config = _config(adapters[-1]) | {"r": total, "lora_alpha": total}
    config["base_model_name_or_path"] = _config(adapters[0]).get("base_model_name_or_path")
    out.mkdir(parents=True, exist_ok=True)
    save_file(whole, out / WEIGHTS)
    (out / CONFIG).write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    return out


def _config(adapter: Path) -> dict[str, Any]:
    """{} where there is none."""
    path = adapter / CONFIG
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _read(adapter: Path) -> dict[str, Any]:
    """Its matrices, those that go up times the scale."""
    from safetensors.torch import load_file  # noqa: PLC0415 - heavy, and an extra

    config = _config(adapter)
    weights: dict[str, Any] = load_file(adapter / WEIGHTS)
    strange = [name for name in _OTHER if config.get(name)]
    strange += [name for name in weights if not name.endswith((_DOWN, _UP))]
    if strange:
        raise UsageError(f"the adapter in {adapter} is no plain one ({strange[0]}): merge it instead")
    scale = config["lora_alpha"] / config["r"]
    return {name: weight * scale if name.endswith(_UP) else weight for name, weight in weights.items()}


def _joined(parts: Sequence[Any], axis: int) -> Any:  # noqa: ANN401 - tensors
    import torch  # noqa: PLC0415 - heavy, and an extra

    return torch.cat(list(parts), axis).contiguous()
