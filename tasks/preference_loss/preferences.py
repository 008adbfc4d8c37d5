"""Preference pairs drawn from the base policy, and offline preference optimisation with a gradient from outside.

The judge holds model, optimiser, prompts and pairs. All that it asks of a loss is its gradient with respect to the
log-probabilities of a batch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

if TYPE_CHECKING:  # a folder of programs: its modules have one name for the type checker and another while it is loaded
    from tasks.preference_loss import decoder
    from tasks.preference_loss.decoder import RANKS, SORTING, Problem, Weights
else:
    import decoder
    from decoder import RANKS, SORTING, Problem, Weights

Numbers = npt.NDArray[np.float64]
Question = tuple[Numbers, Numbers, Numbers, Numbers, float]
"""log pi(y_w), log pi(y_l), log pi_ref(y_w), log pi_ref(y_l) of a batch, and beta."""
Slopes = tuple[Numbers, Numbers]
"""Gradient of the batch's mean loss with respect to the first two."""
Gradient = Callable[[Sequence[Question]], Sequence[Slopes]]

PROBLEMS = {"sorting": SORTING, "ranks": RANKS}
FLIPPED = 0.2


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a policy is trained: Adam (Kingma and Ba 2015) from the base policy, its rate falling evenly to 0; `pairs` of
    the pool that `asked` prompts gave, in an order of the seed.
    """

    asked: int = 5120
    pairs: int = 1280
    steps: int = 60
    batch: int = 64
    rate: float = 5e-4
    chosen_by: int = 1000
    tested_by: int = 3000
    checkpoints: int = 3


@dataclass(frozen=True, slots=True)
class Pairs:
    """Prompts (n, DIGITS), responses (n, DIGITS), and the base policy's log-probabilities of these, (n,)."""

    digits: Tensor
    chosen: Tensor
    rejected: Tensor
    reference_chosen: Tensor
    reference_rejected: Tensor


@dataclass(frozen=True, slots=True)
class Trained:
    """What became of one training.

    Attributes:
        beta: what it was trained with.
        chosen_by: greedy accuracy on the prompts that a beta is chosen by.
        accuracy: the same on the test's prompts.
        divergence: KL to the base policy, nats a response.
        course: accuracy at evenly spaced checkpoints, the beginning and the end among them.
    """

    beta: float
    chosen_by: float
    accuracy: float
    divergence: float
    course: tuple[float, ...]


@functools.lru_cache(maxsize=2)
def pool(problem: Problem, seed: int, asked: int) -> Pairs:
    """What `asked` prompts give: a right (chosen) and a wrong (rejected) response where, of two that are drawn from the
    base policy at temperature 1, one is right. Kept, as a judge draws many trainings' pairs from one pool.
    """
    generator = torch.Generator().manual_seed(seed)
    digits = decoder.prompts("pairs")
    digits = digits[torch.randperm(len(digits), generator=generator)[:asked]]
    base = decoder.base(problem)
    one, other = (decoder.responses(base, digits, generator) for _ in range(2))
    right = problem.right(digits, one)
    kept = right != problem.right(digits, other)
    digits, one, other, first = digits[kept], one[kept], other[kept], right[kept, None]
    chosen, rejected = torch.where(first, one, other), torch.where(first, other, one)
    with torch.no_grad():
        references = [decoder.log_probabilities(base, digits, response) for response in (chosen, rejected)]
    return Pairs(digits, chosen, rejected, references[0], references[1])


def drawn(source: Pairs, seed: int, recipe: Recipe) -> Pairs:
    """Pairs of a pool, without repeats; FLIPPED of them the wrong way round."""
    generator = torch.Generator().manual_seed(seed)
    kept = torch.randperm(len(source.digits), generator=generator)[: recipe.pairs]
    flipped = torch.rand(len(kept), generator=generator) < FLIPPED
    chosen, rejected = _swapped(flipped[:, None], source.chosen[kept], source.rejected[kept])
    references = _swapped(flipped, source.reference_chosen[kept], source.reference_rejected[kept])
    return Pairs(source.digits[kept], chosen, rejected, *references)


def _swapped(flipped: Tensor, one: Tensor, other: Tensor) -> tuple[Tensor, Tensor]:
    return torch.where(flipped, other, one), torch.where(flipped, one, other)


def order(count: int, seed: int, recipe: Recipe) -> Tensor:
    """Indices of the pairs of each step, (steps, batch): whole passes over all pairs, each in another order."""
    generator = torch.Generator().manual_seed(seed + 1)
    wanted = recipe.steps * recipe.batch
    passes = [torch.randperm(count, generator=generator) for _ in range(-(-wanted // count))]
    return torch.cat(passes)[:wanted].view(recipe.steps, recipe.batch)


class _Policy:
    """One policy in training."""

    def __init__(self, problem: Problem, beta: float, recipe: Recipe) -> None:
        self.beta = beta
        self.weights = {name: weight.clone().requires_grad_() for name, weight in decoder.base(problem).items()}
        self.course: list[float] = []
        self._optimiser = torch.optim.Adam(self.weights.values(), lr=recipe.rate)
        self._rate = torch.optim.lr_scheduler.LinearLR(self._optimiser, 1.0, 0.0, total_iters=recipe.steps)
        self._asked: tuple[Tensor, Tensor] | None = None

    def question(self, pairs: Pairs, batch: Tensor) -> Question:
        digits, chosen, rejected = pairs.digits[batch], pairs.chosen[batch], pairs.rejected[batch]
        both = decoder.log_probabilities(self.weights, digits.repeat(2, 1), torch.cat([chosen, rejected]))
        self._asked = ours, theirs = both[: len(batch)], both[len(batch) :]
        references = pairs.reference_chosen[batch], pairs.reference_rejected[batch]
        first, second, third, fourth = (_numbers(part) for part in (ours, theirs, *references))
        return first, second, third, fourth, self.beta

    def step(self, slopes: Slopes) -> None:
        assert self._asked is not None, "a step answers a question"
        self._optimiser.zero_grad()
        torch.autograd.backward(self._asked, [torch.from_numpy(slope).float() for slope in slopes])
        self._optimiser.step()
        self._rate.step()

    def look(self, problem: Problem, recipe: Recipe) -> None:
        prompts = decoder.prompts("choose")[-recipe.chosen_by // 4 :]
        self.course.append(decoder.accuracy(self.weights, problem, prompts))


def _numbers(values: Tensor) -> Numbers:
    numbers: Numbers = values.detach().double().numpy()
    return numbers


def train(
    problem: Problem, pairs: Pairs, betas: Sequence[float], gradient: Gradient, seed: int, *, recipe: Recipe
) -> list[Trained]:
    """A policy for each of `betas`, side by side on the same batches: `gradient` is asked once a step for all."""
    policies = [_Policy(problem, beta, recipe) for beta in betas]
    every = max(1, recipe.steps // recipe.checkpoints)
    for step, batch in enumerate(order(len(pairs.digits), seed, recipe)):
        if step % every == 0:
            for policy in policies:
                policy.look(problem, recipe)
        slopes = gradient([policy.question(pairs, batch) for policy in policies])
        for policy, slope in zip(policies, slopes, strict=True):
            policy.step(slope)
    for policy in policies:
        policy.look(problem, recipe)
    return [_measured(problem, policy, seed, recipe) for policy in policies]


def _measured(problem: Problem, policy: _Policy, seed: int, recipe: Recipe) -> Trained:
    generator = torch.Generator().manual_seed(seed + 2)
    weights: Weights = {name: weight.detach() for name, weight in policy.weights.items()}
    test = decoder.prompts("test")
    return Trained(
        policy.beta,
        decoder.accuracy(weights, problem, decoder.prompts("choose")[: recipe.chosen_by]),
        decoder.accuracy(weights, problem, test[: recipe.tested_by]),
        decoder.divergence(weights, problem, test[:200], generator),
        tuple(policy.course),
    )


def before(problem: Problem, recipe: Recipe) -> float:
    """The base policy's accuracy on the test's prompts."""
    share: float = decoder.accuracy(decoder.base(problem), problem, decoder.prompts("test")[: recipe.tested_by])
    return share


def dpo(questions: Sequence[Question]) -> list[Slopes]:
    """The gradient of DPO's loss -log s(beta * rho) (Rafailov et al. 2023), the yardstick."""
    return [_dpo(*question) for question in questions]


def _dpo(ours: Numbers, theirs: Numbers, chosen: Numbers, rejected: Numbers, beta: float) -> Slopes:
    x = beta * ((ours - chosen) - (theirs - rejected))
    slope = -beta * 0.5 * (1.0 - np.tanh(x / 2)) / len(x)  # the logistic function of -x, without overflow
    return slope, -slope
