"""Makes a language model from nothing that can half do the walks: the base that `refine improve` begins with.

    python tasks/ring_road/base.py -o base --seed 0

A Llama of two layers, 64 wide, with a word for each token, is trained on labelled walks and stopped early. It is a
folder as transformers keeps it, 0.6 MB, and takes about half a minute.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tasks.ring_road import exercise as ring
else:
    sys.path.insert(0, str(Path(__file__).parent))
    import exercise as ring

WORDS = ("start", ",", "on", "back", "?", "####")
TEMPLATE = (
    "{{ bos_token }} {% for m in messages %}{{ m['content'] }} "
    "{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
)
BATCH, RATE = 64, 4e-3


def tokens() -> Any:  # noqa: ANN401 - untyped library
    """A tokenizer of whole words."""
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415 - heavy
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - as above

    special = ("<pad>", "<bos>", "<eos>", "<unk>")
    names = (*special, *(str(n) for n in range(ring.FIELDS)), *WORDS)
    known = dict(zip(special, ("pad_token", "bos_token", "eos_token", "unk_token"), strict=True))
    words = Tokenizer(models.WordLevel({name: i for i, name in enumerate(names)}, special[-1]))
    words.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    made = PreTrainedTokenizerFast(tokenizer_object=words, **{role: name for name, role in known.items()})
    made.chat_template = TEMPLATE
    return made


def untrained(size: int, seed: int) -> Any:  # noqa: ANN401 - untyped library
    import torch  # noqa: PLC0415 - heavy
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415 - as above

    torch.manual_seed(seed)
    config = LlamaConfig(
        vocab_size=size,
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        max_position_embeddings=128,
        initializer_range=0.1,
        tie_word_embeddings=False,
        bos_token_id=1,
        eos_token_id=2,
        pad_token_id=0,
    )
    return LlamaForCausalLM(config)


def encoded(tokenizer: Any, walks: list[ring.Walk]) -> tuple[Any, Any]:  # noqa: ANN401 - tensors
    """Token ids and labels, (walks, longest); nothing is learnt of the question."""
    import torch  # noqa: PLC0415 - heavy

    asked = [tokenizer(f"<bos> {walk.question}", add_special_tokens=False)["input_ids"] for walk in walks]
    said = [tokenizer(f"{walk.solution} <eos>", add_special_tokens=False)["input_ids"] for walk in walks]
    longest = max(len(a) + len(b) for a, b in zip(asked, said, strict=True))
    ids = torch.zeros(len(walks), longest, dtype=torch.long)
    labels = torch.full_like(ids, -100)
    for row, (a, b) in enumerate(zip(asked, said, strict=True)):
        ids[row, : len(a) + len(b)] = torch.tensor(a + b)
        labels[row, len(a) : len(a) + len(b)] = torch.tensor(b)
    return ids, labels


def make(folder: Path, *, seed: int = 0, walks: int = 2000, steps: int = 400) -> Path:
    """Trains a base on `walks` labelled walks, none of which an exercise of seed 0 to 99 is likely to have."""
    import torch  # noqa: PLC0415 - heavy

    torch.set_num_threads(1)
    tokenizer = tokens()
    model = untrained(len(tokenizer), seed)
    ids, labels = encoded(tokenizer, ring.walks(1000 + seed, walks, (1, 2, *ring.STEPS)))
    chance = torch.Generator().manual_seed(seed)
    adam = torch.optim.AdamW(model.parameters(), lr=RATE, weight_decay=0.01)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, RATE, 2 * steps)  # stopped half way: it is to have room to improve
    for _ in range(steps):
        rows = torch.randint(walks, (BATCH,), generator=chance)
        loss = model(input_ids=ids[rows], labels=labels[rows]).loss
        adam.zero_grad()
        loss.backward()
        adam.step()
        rate.step()
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def main() -> None:
    options = argparse.ArgumentParser(description=make.__doc__)
    options.add_argument("-o", "--output", type=Path, required=True)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--walks", type=int, default=2000)
    options.add_argument("--steps", type=int, default=400)
    asked = options.parse_args()
    sys.stdout.write(f"{make(asked.output, seed=asked.seed, walks=asked.walks, steps=asked.steps)}\n")


if __name__ == "__main__":
    main()
