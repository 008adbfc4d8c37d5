"""A small decoder from nothing, with a word for each token: a base for exercises that need no weights from anywhere.

It is a Llama as transformers keeps it, so everything that takes a model's folder takes this one.
"""

from __future__ import annotations

import argparse
import importlib.util
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from refine.errors import MissingExtra, UsageError
from refine.types import Frozen

SPECIAL = {"<pad>": "pad_token", "<bos>": "bos_token", "<eos>": "eos_token", "<unk>": "unk_token"}
TEMPLATE = (
    "{{ bos_token }} {% for m in messages %}{{ m['content'] }} "
    "{% if m['role'] == 'assistant' %}{{ eos_token }}{% endif %}{% endfor %}"
)
_NOT_LEARNT = -100
"""The label that a loss leaves out."""

Lesson = tuple[str, str]
"""What is asked and what is to be answered, words and spaces."""


class School(Frozen):
    """How much it learns.

    Attributes:
        width: of the hidden state.
        head: width of an attention head. vLLM on a CPU knows no head of 16: 32 or 64 for a model that it shall serve.
        layers: of the decoder.
        context: tokens, question and answer together.
        steps: of AdamW, each on `batch` lessons.
        planned: steps that the one-cycle learning rate is planned for; more than `steps` stops while it is still high,
            which leaves a model that can be improved. 0 for as many as `steps`.
        rate: the highest learning rate.
    """

    width: int = Field(default=64, ge=16, multiple_of=16)
    head: Literal[16, 32, 64] = 16
    layers: int = Field(default=2, ge=1)
    context: int = Field(default=128, ge=8)
    steps: int = Field(default=400, ge=1)
    planned: int = Field(default=0, ge=0)
    batch: int = Field(default=64, ge=1)
    rate: float = Field(default=4e-3, gt=0)

    @model_validator(mode="after")
    def _heads_fill_the_width(self) -> Self:
        if self.width % self.head:
            raise ValueError(f"a width of {self.width} is no whole number of heads of {self.head}")
        return self


SMALL = "0.1M"
SIZES = {SMALL: (64, 2, 16), "1M": (128, 4, 32), "10M": (320, 6, 64), "30M": (512, 7, 64), "100M": (768, 11, 64)}
"""Width, layers and width of a head, by about how many parameters that makes beside the words: 16 layers * width**2."""


def slower(size: str) -> float:
    """By how much a base of this size learns by smaller steps than a small one: as its width.

    Of AdamW, whose steps do not shrink with the gradient (Yang et al. 2022, Tensor Programs V).
    """
    return SIZES[SMALL][0] / SIZES[size][0]


def sized(school: School, size: str) -> School:
    """A school that is meant for a small base, for one of `size`."""
    width, layers, head = SIZES[size]
    grown = {"width": width, "layers": layers, "head": head, "rate": school.rate * slower(size)}
    return school.model_copy(update=grown)


def command(make: Callable[..., Path], steps: int) -> None:
    """The command line of a file that makes a base: -o FOLDER, --seed, --steps, --size. Prints where it is.

    `make(folder, seed=, steps=, size=)` trains; its docstring is the help.
    """
    options = argparse.ArgumentParser(description=make.__doc__)
    options.add_argument("-o", "--output", type=Path, required=True)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--steps", type=int, default=steps)
    options.add_argument("--size", choices=tuple(SIZES), default=SMALL, help="parameters")
    given = options.parse_args()
    sys.stdout.write(f"{make(given.output, seed=given.seed, steps=given.steps, size=given.size)}\n")


def made(folder: Path, lessons: Sequence[Lesson], school: School, *, seed: int = 0, threads: int = 1) -> Path:
    """Trains a model from nothing on `lessons`, for the answers alone, and writes it to `folder`.

    Raises:
        UsageError: there are no lessons, or one is longer than the context.
        MissingExtra: torch or transformers is not installed.
    """
    torch = _torch()
    if not lessons:
        raise UsageError("a model cannot learn from nothing: give it lessons")
    torch.set_num_threads(threads)
    tokenizer = tokens(lessons)
    ids, labels = _encoded(tokenizer, lessons)
    if ids.shape[1] > school.context:
        raise UsageError(f"a lesson has {ids.shape[1]} tokens, more than the context of {school.context}")
    torch.manual_seed(seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    model = _untrained(len(tokenizer), school).to(device)
    _learn(model, ids.to(device), labels.to(device), school, torch.Generator().manual_seed(seed))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def beside(file: str, name: str) -> ModuleType:
    """The module NAME.py beside `file`, a script in a task's folder. Modules of other folders may have its name.

    Raises:
        UsageError: there is none.
    """
    path = Path(file).resolve().with_name(f"{name}.py")
    own = f"refine_beside_{path.parent.name}_{name}"
    if own not in sys.modules:
        spec = importlib.util.spec_from_file_location(own, path)
        if not path.is_file() or spec is None or spec.loader is None:
            raise UsageError(f"there is no {path}")
        module = sys.modules[own] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules[own]


def tokens(lessons: Sequence[Lesson]) -> Any:  # noqa: ANN401 - untyped library
    """A tokenizer of the whole words that the lessons are made of."""
    from tokenizers import Tokenizer, models, pre_tokenizers  # noqa: PLC0415 - heavy
    from transformers import PreTrainedTokenizerFast  # noqa: PLC0415 - as above

    words = sorted({word for lesson in lessons for text in lesson for word in text.split()})
    known = {word: number for number, word in enumerate([*SPECIAL, *words])}
    plain = Tokenizer(models.WordLevel(known, "<unk>"))
    plain.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    whole = PreTrainedTokenizerFast(tokenizer_object=plain, **{role: token for token, role in SPECIAL.items()})
    whole.chat_template = TEMPLATE
    return whole


def _torch() -> Any:  # noqa: ANN401 - untyped library
    try:
        import torch  # noqa: PLC0415 - heavy, and an extra
        import transformers  # noqa: F401, PLC0415 - as above
    except ImportError as error:
        raise MissingExtra(error.name or "torch", "distill") from error
    return torch


def _untrained(words: int, school: School) -> Any:  # noqa: ANN401 - untyped library
    from transformers import LlamaConfig, LlamaForCausalLM  # noqa: PLC0415 - heavy

    config = LlamaConfig(
        vocab_size=words,
        hidden_size=school.width,
        intermediate_size=4 * school.width,
        num_hidden_layers=school.layers,
        num_attention_heads=school.width // school.head,
        max_position_embeddings=school.context,
        initializer_range=0.8 * school.width**-0.5,
        tie_word_embeddings=False,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
    )
    return LlamaForCausalLM(config)


def _encoded(tokenizer: Any, lessons: Sequence[Lesson]) -> tuple[Any, Any]:  # noqa: ANN401 - tensors
    """Token ids and labels, (lessons, longest). Nothing is learnt of a question."""
    import torch  # noqa: PLC0415 - heavy

    asked = [tokenizer(f"<bos> {question}", add_special_tokens=False)["input_ids"] for question, _ in lessons]
    said = [tokenizer(f"{answer} <eos>", add_special_tokens=False)["input_ids"] for _, answer in lessons]
    longest = max(len(a) + len(b) for a, b in zip(asked, said, strict=True))
    ids = torch.zeros(len(lessons), longest, dtype=torch.long)
    labels = torch.full_like(ids, _NOT_LEARNT)
    for row, (a, b) in enumerate(zip(asked, said, strict=True)):
        ids[row, : len(a) + len(b)] = torch.tensor(a + b)
        labels[row, len(a) : len(a) + len(b)] = torch.tensor(b)
    return ids, labels


def _learn(model: Any, ids: Any, labels: Any, school: School, chance: Any) -> None:  # noqa: ANN401 - tensors
    """In sixteen bits where there is a GPU; the weights have thirty-two everywhere."""
    import torch  # noqa: PLC0415 - heavy

    adam = torch.optim.AdamW(model.parameters(), lr=school.rate, weight_decay=0.01)
    planned = max(school.planned, school.steps)
    rate = torch.optim.lr_scheduler.OneCycleLR(adam, school.rate, planned)
    for _ in range(school.steps):
        rows = torch.randint(len(ids), (school.batch,), generator=chance)
        with torch.autocast(ids.device.type, torch.bfloat16, enabled=ids.is_cuda):
            loss = model(input_ids=ids[rows], labels=labels[rows]).loss
        adam.zero_grad()
        loss.backward()
        adam.step()
        rate.step()
