"""Small networks, trained side by side in numpy: what is trained for one of them is asked for all of them at once.

The gradient with respect to the logits comes from outside; everything else (data, weights, optimiser) is here.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt

from refine.errors import MissingExtra

Numbers = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]
Gradient = Callable[[Numbers, Labels], Numbers]
"""Logits (g, n, classes) and labels (g, n) of g batches to the gradient of each batch's mean loss, as the logits."""


@dataclass(frozen=True, slots=True)
class Network:
    """Fully connected, `hidden` units in each of the inner layers, "relu" or "tanh"."""

    hidden: tuple[int, ...] = (32,)
    activation: str = "relu"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained: Adam with decoupled weight decay (Loshchilov and Hutter 2019), betas 0.9 and 0.99, its
    rate falling evenly to 0.

    Adam divides by the gradient's own size, so a loss and ten times that loss train alike. The figures are those of a
    grid that suit cross entropy (README.md).
    """

    epochs: int = 30
    batch: int = 100
    rate: float = 0.02
    decay: float = 0.5


@dataclass(frozen=True, slots=True)
class Problem:
    """One training: inputs scaled to about 1, labels of which some are flipped, and what is held out.

    `key` seeds the weights and the order of the batches, so that problems with one key differ in nothing else.
    """

    name: str
    inputs: Numbers
    given: Labels
    true: Labels
    held_out: Numbers
    answers: Labels
    classes: int
    key: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Trained:
    """What came of one training: shares from 0 to 1.

    Attributes:
        accuracy: on held-out inputs, at the end.
        course: the same at evenly spaced checkpoints.
        memorised: of the labels that were flipped, how many the network repeats; 0 where none was.
    """

    accuracy: float
    course: tuple[float, ...]
    memorised: float


CHECKPOINTS = 10
_CLIP = 1e6
"""No single entry of a gradient counts for more."""


@functools.lru_cache
def one_thread() -> object:
    """Limits this process's linear algebra to one thread: on matrices this small, threads cost three times the work."""
    try:
        threads = import_module("threadpoolctl")  # comes with scikit-learn, and has no types
    except ModuleNotFoundError:
        raise MissingExtra("scikit-learn", "torch") from None
    return threads.threadpool_limits(1)


def cross_entropy(logits: Numbers, labels: Labels) -> Numbers:
    """The gradient of the mean cross entropy of each batch."""
    shifted = np.exp(logits - logits.max(-1, keepdims=True))
    p = shifted / shifted.sum(-1, keepdims=True)
    one_hot = labels[..., None] == np.arange(logits.shape[-1])
    return np.asarray((p - one_hot) / logits.shape[-2], dtype=np.float64)


def steps_of(problem: Problem, recipe: Recipe) -> int:
    """Steps of one training: what does not fill a batch at an epoch's end is left out."""
    return recipe.epochs * (len(problem.inputs) // recipe.batch)


def train(problems: Sequence[Problem], network: Network, recipe: Recipe, gradient: Gradient) -> list[Trained]:
    """Trains one network on each of `problems`, which have the same shapes, in step with each other.

    `gradient` is called once a step, with the batches of all of them. What it raises passes through.
    """
    one_thread()
    nets = _Nets(problems, network, recipe)
    inputs = np.stack([problem.inputs for problem in problems])
    given = np.stack([problem.given for problem in problems])
    orders = [np.random.default_rng([*problem.key, 1]) for problem in problems]
    marks = {round(k * recipe.epochs / CHECKPOINTS) for k in range(1, CHECKPOINTS + 1)}
    courses: list[list[float]] = [[] for _ in problems]
    rows = np.arange(len(problems))[:, None]
    for epoch in range(1, recipe.epochs + 1):
        order = np.stack([rng.permutation(inputs.shape[1]) for rng in orders])
        for start in range(0, inputs.shape[1] - recipe.batch + 1, recipe.batch):
            chosen = order[:, start : start + recipe.batch]
            nets.step(inputs[rows, chosen], functools.partial(_swapped, gradient, given[rows, chosen]))
        if epoch in marks:
            for course, accuracy in zip(courses, _held_out(nets, problems), strict=True):
                course.append(accuracy)
    said = nets.logits(inputs).argmax(-1)
    return [
        Trained(course[-1], tuple(course), _memorised(problem, answers))
        for problem, course, answers in zip(problems, courses, said, strict=True)
    ]


def _swapped(gradient: Gradient, labels: Labels, logits: Numbers) -> Numbers:
    return gradient(logits, labels)


def _held_out(nets: _Nets, problems: Sequence[Problem]) -> list[float]:
    said = nets.logits(np.stack([problem.held_out for problem in problems])).argmax(-1)
    return [float((answers == problem.answers).mean()) for answers, problem in zip(said, problems, strict=True)]


def _memorised(problem: Problem, said: Labels) -> float:
    flipped = problem.given != problem.true
    return float((said == problem.given)[flipped].mean()) if flipped.any() else 0.0


class _Nets:
    """The weights of g networks of one shape, and Adam's two moments of each."""

    def __init__(self, problems: Sequence[Problem], network: Network, recipe: Recipe) -> None:
        sizes = (problems[0].inputs.shape[1], *network.hidden, problems[0].classes)
        layers = [_drawn(problem, sizes) for problem in problems]
        self._weights = [np.stack(parts) for parts in zip(*layers, strict=True)]
        self._means = [np.zeros_like(w) for w in self._weights]
        self._squares = [np.zeros_like(w) for w in self._weights]
        self._tanh = network.activation == "tanh"
        self._recipe = recipe
        self._steps = steps_of(problems[0], recipe)
        self._count = 0

    def logits(self, inputs: Numbers) -> Numbers:
        return self._forward(inputs)[-1]

    def _forward(self, inputs: Numbers) -> list[Numbers]:
        """The values of every layer, the inputs first, the logits last."""
        values = [inputs]
        for place in range(0, len(self._weights), 2):
            out = values[-1] @ self._weights[place] + self._weights[place + 1]
            last = place + 2 == len(self._weights)
            values.append(out if last else np.tanh(out) if self._tanh else np.maximum(out, 0.0))
        return values

    def step(self, inputs: Numbers, gradient: Callable[[Numbers], Numbers]) -> None:
        values = self._forward(inputs)
        back = np.clip(gradient(values[-1]), -_CLIP, _CLIP)
        slopes: list[Numbers] = []
        for place in range(len(self._weights) - 2, -1, -2):
            value = values[place // 2]
            slopes = [value.swapaxes(1, 2) @ back, back.sum(1, keepdims=True), *slopes]
            back = back @ self._weights[place].swapaxes(1, 2)
            back *= 1.0 - value * value if self._tanh else value > 0
        self._count += 1
        for place, slope in enumerate(slopes):
            self._adam(place, slope)

    def _adam(self, place: int, slope: Numbers) -> None:
        mean, square, weights = self._means[place], self._squares[place], self._weights[place]
        mean += 0.1 * (slope - mean)
        square += 0.01 * (slope * slope - square)
        size = np.sqrt(square / (1.0 - 0.99**self._count)) + 1e-8
        rate = self._recipe.rate * (1.0 - (self._count - 1) / self._steps)
        weights -= rate * (mean / (1.0 - 0.9**self._count) / size + self._recipe.decay * weights)


def _drawn(problem: Problem, sizes: Sequence[int]) -> list[Numbers]:
    """Weights of variance 2 / inputs (He et al. 2015) and biases of 0, from the problem's key."""
    rng = np.random.default_rng([*problem.key, 0])
    made: list[Numbers] = []
    for here, there in itertools.pairwise(sizes):
        made += [rng.normal(size=(here, there)) * np.sqrt(2.0 / here), np.zeros((1, there))]
    return made
