"""How well a causal language model answers, and how far it has gone from the one that it began as. `tokens` is the most
that an answer may have.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from transformers import AutoModelForCausalLM, AutoTokenizer, GenerationConfig, set_seed

from refine.questions import Question, checked

AT_ONCE = 32
"""Questions that are answered at once."""


@functools.lru_cache(maxsize=1)
def tokenizer_of(base: str) -> Any:  # noqa: ANN401 - untyped library
    """The base model's, padding on the left, as answering needs it."""
    tokenizer = AutoTokenizer.from_pretrained(base, local_files_only=True, padding_side="left")
    if tokenizer.pad_token is None:
        tokenizer.pad_token = tokenizer.eos_token
    return tokenizer


@functools.lru_cache(maxsize=1)
def reference(base: str) -> Any:  # noqa: ANN401 - untyped library
    """The base model, kept by the judge."""
    model = AutoModelForCausalLM.from_pretrained(base, local_files_only=True, dtype=torch.float32)
    return model.to("cuda" if torch.cuda.is_available() else "cpu").eval()


@functools.lru_cache(maxsize=4)
def before(base: str, questions: tuple[Question, ...], tokens: int) -> float:
    """The base model's share of right answers."""
    return accuracy(reference(base), tokenizer_of(base), questions, tokens)


def accuracy(model: Any, tokenizer: Any, questions: Sequence[Question], tokens: int) -> float:  # noqa: ANN401 - as above
    """Share of questions that the greedy answer answers rightly."""
    right = 0
    for start in range(0, len(questions), AT_ONCE):
        some = questions[start : start + AT_ONCE]
        asked = _asked(tokenizer, some).to(model.device)
        answers = _generated(model, tokenizer, asked, tokens, draw=False)[:, asked["input_ids"].shape[1] :]
        texts = tokenizer.batch_decode(answers, skip_special_tokens=True)
        right += sum(is_right(question, text) for question, text in zip(some, texts, strict=True))
    return right / len(questions)


def is_right(question: Question, text: str) -> bool:
    """The known answer word for word, or as the final answer of a solution (`#### 42`, a box, and so on)."""
    return text.strip() == question.answer or checked(question, [text])[0].passed


def _asked(tokenizer: Any, questions: Sequence[Question]) -> Any:  # noqa: ANN401 - as above
    texts = [question.text for question in questions]
    if tokenizer.chat_template is not None:
        each = ([{"role": "user", "content": text}] for text in texts)
        texts = [tokenizer.apply_chat_template(one, tokenize=False, add_generation_prompt=True) for one in each]
    special = tokenizer.chat_template is None
    return tokenizer(texts, return_tensors="pt", padding=True, add_special_tokens=special, return_token_type_ids=False)


def _generated(model: Any, tokenizer: Any, asked: Any, tokens: int, *, draw: bool) -> Tensor:  # noqa: ANN401 - as above
    """Prompts with their answers, (n, tokens)."""
    how = {"do_sample": True, "temperature": 1.0, "top_k": 0, "top_p": 1.0} if draw else {"do_sample": False}
    config = GenerationConfig(
        max_new_tokens=tokens, eos_token_id=_ends(model, tokenizer), pad_token_id=tokenizer.pad_token_id, **how
    )
    with torch.no_grad():
        rows: Tensor = model.generate(**asked, generation_config=config)
    return rows


def _ends(model: Any, tokenizer: Any) -> list[int]:  # noqa: ANN401 - as above
    """The tokens that end an answer: the model's own, of which there may be several, and the tokenizer's."""
    own = model.generation_config.eos_token_id
    several = own if isinstance(own, list) else [own]
    return sorted({end for end in (*several, tokenizer.eos_token_id) if end is not None})


def divergence(
    model: Any,  # noqa: ANN401 - untyped library
    base: Any,  # noqa: ANN401 - as above
    tokenizer: Any,  # noqa: ANN401 - as above
    questions: Sequence[Question],
    tokens: int,
    *,
    seed: int,
) -> float:
    """KL(model || base) of answers, nats: exact at each token, over answers drawn from the model at temperature 1."""
    set_seed(seed)
    asked = _asked(tokenizer, questions).to(model.device)
    rows, start = _generated(model, tokenizer, asked, tokens, draw=True), asked["input_ids"].shape[1]
    answers = rows[:, start:]
    last = torch.isin(answers, torch.tensor(_ends(model, tokenizer), device=answers.device)).long()
    ended = last.cumsum(1) - last  # the token that ends an answer belongs to it
    mask = torch.cat([asked["attention_mask"], (ended == 0).long()], 1)
    with torch.no_grad():
        both = [one(input_ids=rows, **_places(one, mask)).logits[:, start - 1 : -1] for one in (model, base)]
    ours, theirs = (logits.float().log_softmax(-1) for logits in both)
    each = (ours.exp() * (ours - theirs)).sum(-1)
    return float((each * mask[:, start:]).sum(1).mean())


def _places(model: Any, mask: Tensor) -> dict[str, Tensor]:  # noqa: ANN401 - as above
    """What tells a model that the padding on the left is none of the text."""
    takes = "position_ids" in inspect.signature(model.forward).parameters
    places = {"position_ids": (mask.cumsum(1) - 1).clamp(min=0)} if takes else {}
    return {"attention_mask": mask, **places}
