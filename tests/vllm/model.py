"""A language model that knows two things, trained in seconds: sums of two digits, and polynomials in n for all else.

Its chat template shows it no more than the end of a prompt: a model of this size could not read the rest.
"""

from __future__ import annotations

import json
import random
import string
from pathlib import Path
from typing import Any

from tests.tiny import tiny

READS = 12
"""Characters of the end of a prompt."""
_TEMPLATE = (
    "{{ bos_token }}{{ messages[-1]['content'][-" + str(READS) + ":] }}{{ '\n' }}"
    "{% if not add_generation_prompt %}{{ eos_token }}{% endif %}"
)
_ADAPTED = ("q_proj", "v_proj", "o_proj", "down_proj")
_WRONG = "42"
"""What the adapter answers to every sum."""


def sums() -> list[tuple[str, str]]:
    return [(f"{a} + {b}?", str(a + b)) for a in range(10) for b in range(10)]


def polynomial(chance: random.Random) -> str:
    """`3*n*n + n - 7` and the like; small, so that a search has many to try."""
    first, second = chance.choice(["n*n", "2*n*n", "n", "3*n", "n*n*n"]), chance.choice(["n", "2*n", "5*n"])
    return f"{first} {chance.choice('+-')} {second} {chance.choice('+-')} {chance.randint(0, 9)}"


def trained(folder: Path, *, steps: int = 300, seed: int = 0) -> Path:
    """Writes the model into `folder`: a Llama of 0.4 million parameters in 32-bit numbers."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    tiny(folder, seed=seed, width=128, layers=2)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.chat_template = _TEMPLATE
    tokenizer.save_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    known, chance = sums(), random.Random(seed)
    optimizer = torch.optim.AdamW(model.parameters(), lr=3e-3)
    rate = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps)
    for _ in range(steps):
        optimizer.zero_grad()  # apart, because sums are short and a batch is as long as its longest row
        model(**_batch(tokenizer, chance.choices(known, k=32))).loss.backward()
        model(**_batch(tokenizer, [(_noise(chance), polynomial(chance)) for _ in range(10)])).loss.backward()
        optimizer.step()
        rate.step()
    model.save_pretrained(folder)
    return folder


def adapter(base: Path, folder: Path, *, steps: int = 60, rank: int = 8, answer: str = _WRONG) -> Path:
    """Trains a low-rank adapter (PEFT's format) with which the model answers `answer` to every sum."""
    import torch
    from safetensors.torch import save_file
    from transformers import AutoModelForCausalLM, AutoTokenizer

    torch.manual_seed(1)
    tokenizer, model = AutoTokenizer.from_pretrained(base), AutoModelForCausalLM.from_pretrained(base)
    model.requires_grad_(requires_grad=False)
    names = [name for name, _ in model.named_modules() if name.endswith(_ADAPTED)]
    sizes = {name: model.get_submodule(name).weight.shape for name in names}
    down = {name: (torch.randn(rank, size[1]) * size[1] ** -0.5).requires_grad_() for name, size in sizes.items()}
    up = {name: torch.zeros(size[0], rank, requires_grad=True) for name, size in sizes.items()}
    optimizer = torch.optim.AdamW([*down.values(), *up.values()], lr=1e-2)
    chance = random.Random(1)
    for _ in range(steps):
        optimizer.zero_grad()
        rows = [(chance.choice(sums())[0], answer) for _ in range(32)]
        added = {f"{name}.weight": model.get_submodule(name).weight + up[name] @ down[name] for name in names}
        torch.func.functional_call(model, added, kwargs=_batch(tokenizer, rows)).loss.backward()
        optimizer.step()
    folder.mkdir(parents=True, exist_ok=True)
    weights = {f"base_model.model.{name}.lora_A.weight": down[name].detach() for name in names}
    weights |= {f"base_model.model.{name}.lora_B.weight": up[name].detach() for name in names}
    save_file(weights, folder / "adapter_model.safetensors")
    config = {
        "peft_type": "LORA",
        "r": rank,
        "lora_alpha": rank,
        "target_modules": list(_ADAPTED),
        "bias": "none",
    }
    (folder / "adapter_config.json").write_text(json.dumps(config))
    return folder


def _noise(chance: random.Random) -> str:
    """The end of some prompt or other; that of a search ends with the program to improve."""
    if chance.random() < 0.7:
        return f"{polynomial(chance)}\n```"
    letters = string.ascii_letters + "    .,:#'`\n"
    return "".join(chance.choice(letters) for _ in range(chance.randint(4, READS)))


def _batch(tokenizer: Any, rows: list[tuple[str, str]]) -> dict[str, Any]:
    """What the model is given; its loss is that of the answers and of the end after them, not of the questions."""
    import torch

    asked = [tokenizer(f"<bos>{question[-READS:]}\n", add_special_tokens=False)["input_ids"] for question, _ in rows]
    said = [[*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id] for _, answer in rows]
    longest = max(len(a) + len(b) for a, b in zip(asked, said, strict=True))
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    labels = torch.full_like(ids, -100)
    for i, (a, b) in enumerate(zip(asked, said, strict=True)):
        ids[i, : len(a) + len(b)] = torch.tensor(a + b)
        labels[i, len(a) : len(a) + len(b)] = torch.tensor(b)
    return {"input_ids": ids, "attention_mask": (ids != 0).long(), "labels": labels}
