"""A small decoder and two problems whose answers a rule checks. Everything here runs in the judge, where torch is.

Tokens are the digits 0..9 and EQUALS; a row is DIGITS digits, EQUALS, and a response of DIGITS tokens. Pairs and
training are in `preferences.py`; how the shipped weights were made is in `make_base.py`.
"""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load
from torch import Tensor
from torch.nn import functional

torch.set_num_threads(1)  # the same bits on a busy machine and an idle one

DIGITS, BASE = 5, 10
EQUALS = BASE
WIDTH, LAYERS, HEADS = 48, 2, 2
Weights = Mapping[str, Tensor]


@dataclass(frozen=True, slots=True)
class Problem:
    """One rule that takes DIGITS digits to as many tokens.

    Attributes:
        name: also that of the file of the base policy's weights.
        answers: the right responses, (n, DIGITS), of digits, (n, DIGITS).
        digest: SHA-256 of that file.
    """

    name: str
    answers: Callable[[Tensor], Tensor]
    digest: str

    def right(self, digits: Tensor, responses: Tensor) -> Tensor:
        """Whether each response is right in every token, (n,)."""
        return (responses == self.answers(digits)).all(1)


def _sorted(digits: Tensor) -> Tensor:
    return digits.sort(1).values


def _ranks(digits: Tensor) -> Tensor:
    """For each digit how many of the others are smaller."""
    return (digits[:, None, :] < digits[:, :, None]).sum(2)


SORTING = Problem("sorting", _sorted, "8d10aa4136329c6f618694ddd85c554687fa9f5b343b5333a282b09bab0fe169")
RANKS = Problem("ranks", _ranks, "ee924b1fe1b1699cdf01e3f2fa23b4b8e2ca3c4028596537c481a60aaca74650")


@functools.cache
def prompts(part: str) -> Tensor:
    """Rows of DIGITS digits, (n, DIGITS). The parts have no row in common: "base" trained the base policy, "pairs" is
    what preferences are about, "choose" is to choose a beta by and "test" is what scores.
    """
    order = torch.randperm(BASE**DIGITS, generator=torch.Generator().manual_seed(1))
    low, high = {"base": (0, 50_000), "pairs": (50_000, 90_000), "choose": (90_000, 93_000), "test": (93_000, 100_000)}[
        part
    ]
    powers = BASE ** torch.arange(DIGITS)
    return order[low:high, None] // powers % BASE


@functools.cache
def base(problem: Problem) -> dict[str, Tensor]:
    """The base policy's weights, as shipped. Raises ValueError where the file is another one."""
    body = Path(__file__).with_name(f"{problem.name}.safetensors").read_bytes()
    if hashlib.sha256(body).hexdigest() != problem.digest:
        raise ValueError(f"{problem.name}.safetensors is not the file that was shipped")
    weights: dict[str, Tensor] = load(body)
    return weights


def untrained(generator: torch.Generator) -> dict[str, Tensor]:
    """Random weights, by name: normal of standard deviation 1 / sqrt(fan in)."""
    shapes = {"tokens": (BASE + 1, WIDTH), "places": (2 * DIGITS, WIDTH), "head": (WIDTH, BASE)}
    for layer in range(LAYERS):
        shapes |= {f"{layer}.attend": (WIDTH, 3 * WIDTH), f"{layer}.merge": (WIDTH, WIDTH)}
        shapes |= {f"{layer}.widen": (WIDTH, 2 * WIDTH), f"{layer}.narrow": (2 * WIDTH, WIDTH)}
    scale = {name: 0.3 if name in ("tokens", "places") else rows**-0.5 for name, (rows, _) in shapes.items()}
    return {name: scale[name] * torch.randn(shape, generator=generator) for name, shape in shapes.items()}


def logits(weights: Weights, rows: Tensor, last: int) -> Tensor:
    """Logits of the token after each of the last `last` tokens of `rows`, (n, tokens): (n, last, BASE)."""
    x = weights["tokens"][rows] + weights["places"][: rows.shape[1]]
    for layer in range(LAYERS):
        x = x + _attention(weights, layer, _normed(x))
        if layer == LAYERS - 1:
            x = x[:, -last:]
        x = x + functional.gelu(_normed(x) @ weights[f"{layer}.widen"]) @ weights[f"{layer}.narrow"]
    return _normed(x) @ weights["head"]


def _normed(x: Tensor) -> Tensor:
    return functional.layer_norm(x, (WIDTH,))


def _attention(weights: Weights, layer: int, x: Tensor) -> Tensor:
    n, tokens, _ = x.shape
    split = (x @ weights[f"{layer}.attend"]).view(n, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
    q, k, v = split.unbind(0)
    scores = q @ k.transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
    future = torch.ones(tokens, tokens, dtype=torch.bool).triu(1)
    mixed = scores.masked_fill(future, -math.inf).softmax(-1) @ v
    return mixed.transpose(1, 2).reshape(n, tokens, WIDTH) @ weights[f"{layer}.merge"]


def log_probabilities(weights: Weights, digits: Tensor, responses: Tensor) -> Tensor:
    """Of each response as a whole, (n,)."""
    return token_log_probabilities(weights, digits, responses).gather(2, responses[..., None]).sum((1, 2))


def token_log_probabilities(weights: Weights, digits: Tensor, responses: Tensor) -> Tensor:
    """Of every token at every place of the responses, (n, DIGITS, BASE)."""
    rows = torch.cat([_asked(digits), responses[:, :-1]], 1)
    return logits(weights, rows, DIGITS).log_softmax(-1)


def _asked(digits: Tensor) -> Tensor:
    return torch.cat([digits, torch.full((len(digits), 1), EQUALS)], 1)


def responses(weights: Weights, digits: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """Drawn at temperature 1 from `generator`, or greedy without one: (n, DIGITS)."""
    with torch.no_grad():
        return _responses(weights, digits, generator)


def _responses(weights: Weights, digits: Tensor, generator: torch.Generator | None) -> Tensor:
    rows = _asked(digits)
    for _ in range(DIGITS):
        next_logits = logits(weights, rows, 1)[:, 0]
        if generator is not None:  # the Gumbel trick: the largest of logits with noise is a draw
            next_logits = next_logits - torch.empty_like(next_logits).exponential_(generator=generator).log()
        rows = torch.cat([rows, next_logits.argmax(1, keepdim=True)], 1)
    return rows[:, -DIGITS:]


def accuracy(weights: Weights, problem: Problem, digits: Tensor) -> float:
    """Share of prompts that the greedy response answers rightly."""
    return float(problem.right(digits, responses(weights, digits)).float().mean())


def divergence(weights: Weights, problem: Problem, digits: Tensor, generator: torch.Generator) -> float:
    """KL(policy || base policy) of responses, nats: exact at each place, over prefixes drawn from the policy."""
    drawn = responses(weights, digits, generator)
    with torch.no_grad():
        ours = token_log_probabilities(weights, digits, drawn)
        theirs = token_log_probabilities(base(problem), digits, drawn)
        return float((ours.exp() * (ours - theirs)).sum((1, 2)).mean())
