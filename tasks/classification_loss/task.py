"""Which loss trains a classifier best, also where labels are wrong? The image experiment of DiscoPOP's paper, in small.

The judge trains, never the candidate. It holds images, weights and optimiser, and asks the candidate for one thing:
its loss and gradient for a batch of logits and (partly flipped) labels. So there is no model to patch, no test image to
look at, and no weight to have memorised.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import refine
from refine.curves import curves

if TYPE_CHECKING:  # a folder of programs: its modules have one name for the type checker and another while it is loaded
    from refine.sandbox.cell import Plain
    from refine.verifiers.handle import Handle
    from tasks.classification_loss.classifiers import (
        Labels,
        Network,
        Numbers,
        Problem,
        Recipe,
        Trained,
        cross_entropy,
        steps_of,
        train,
    )
    from tasks.classification_loss.labelled import FLIPS, clusters, reserved, searched
else:
    from classifiers import Network, Recipe, cross_entropy, steps_of, train
    from labelled import FLIPS, clusters, reserved, searched

GOLDEN = Path(__file__).parent / "golden"
RECIPE = Recipe()
SPLITS = 2
"""Trainings for each share of flips in one replicate, each with images, weights and batches of its own."""
AUDITED = 12
"""Steps of a training that are asked again in a fresh process."""
LARGEST = 1e6
"""No entry of a gradient of losses that are of use comes near it."""

task = refine.Task(
    instruction="""
        Find a loss for training image classifiers that beats cross entropy, above all where labels are wrong. Write
        loss(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor, differentiable, in torch.

        `logits` (n, classes), float64, are the network's outputs for a batch; `targets` (n,) are the given classes,
        some of them wrong. Return the losses (n,), one for each example, or their mean (). It must be a pure function
        of its arguments: no state from call to call, no random numbers. Its gradient with respect to the logits must be
        finite, and not zero everywhere, for any finite logits and any number of classes.

        Small networks are trained with it on 600 digits (8 x 8 pixels, 10 classes), with no label, 20 % and 40 % of the
        labels flipped to another class. Adam trains them, so that a constant factor does not matter. Scored by the
        accuracy on held-out digits with true labels, in points above cross entropy trained alike on the same data: the
        mean over the three shares of flips and several seeds, less two standard errors. The champion is confirmed on
        other digits, another network and another data set.

        Cross entropy pulls hardest where the network disagrees with the label, so wrong labels pull hardest of all.
        Losses that are flat or bounded there suffer less, but may learn slowly or leave classes out.
    """,
    metric="held-out accuracy above cross entropy, points (mean less 2 standard errors)",
    image="torch",
    limits=refine.Limits(seconds=60.0, memory_mb=4096),
    judge_seconds=90.0,
    noise=refine.Noise(replicates=4, least=2, confirming=8, z=2.0),
    features=(
        refine.Feature(name="memorised", low=0.0, high=12.0, bins=8),
        refine.Feature(name="accuracy, clean", low=85.0, high=98.0),
    ),
    baselines={
        "generalised cross entropy, q = 0.7": (GOLDEN / "generalised_07.py").read_text(),
        "label smoothing 0.2": (GOLDEN / "label_smoothing.py").read_text(),
        "symmetric cross entropy": (GOLDEN / "symmetric.py").read_text(),
    },
    grammar=refine.Grammar(
        terminals=("q", "log_q", "margin", "spread", "1 - q"),
        functions=("torch.exp", "torch.sigmoid", "torch.tanh", "torch.relu", "torch.nn.functional.logsigmoid"),
        constants=(0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 2.0, 4.0),
    ),
)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is trained: one of the problems of `labelled`, on a network."""

    name: str
    problems: Callable[[int, int], list[Problem]]
    network: Network = field(default_factory=Network)


SEARCH = (Setting("digits", searched),)
CONFIRM = (
    Setting("other digits", reserved),
    Setting("another network", reserved, Network((48, 48), "tanh")),
    Setting("another data set", clusters),
)


@task.verifier
def verify(candidate: Handle) -> refine.Outcome:
    return evaluate(candidate, SEARCH)


@task.confirmation
def confirm(candidate: Handle) -> refine.Outcome:
    """Digits that the search never used, and the transfer to a deeper network and to data drawn from the secret."""
    return evaluate(candidate, CONFIRM)


def evaluate(candidate: Handle, settings: Sequence[Setting]) -> refine.Outcome:
    gate(candidate)
    pairs = [pair for setting in settings for pair in trained(candidate, setting)]
    return report(pairs, drawn(candidate))


# ── the candidate ────────────────────────────────────────────────────────────────────────────────────────────────────


class Questions:
    """Asks the candidate for gradients, step by step, and keeps some of its answers."""

    def __init__(self, candidate: Handle, audited: frozenset[int]) -> None:
        self._candidate = candidate
        self._audited = audited
        self._step = 0
        self._kept: list[tuple[list[tuple[Numbers, Labels]], list[Numbers]]] = []

    def __call__(self, logits: Numbers, labels: Labels) -> Numbers:
        batches = list(zip(logits, labels, strict=True))
        slopes = asked(self._candidate, batches, f"step {self._step} of the training")
        if self._step in self._audited:
            self._kept.append((batches, slopes))
        self._step += 1
        return np.stack(slopes)

    def audit(self, order: Sequence[int]) -> None:
        """Asks the kept questions again, in that order, of a process that was asked nothing before. Raises `Wrong`."""
        ready(self._candidate)
        for place in order:
            batches, before = self._kept[place]
            again = asked(self._candidate, batches[::-1], "an earlier question")[::-1]
            same = all(np.allclose(a, b, rtol=1e-6, atol=1e-12) for a, b in zip(before, again, strict=True))
            refine.require(
                same,
                "loss is no function of its arguments: asked again in a fresh process it answered otherwise. "
                "Keep no state between calls and draw no random numbers",
            )


def ready(candidate: Handle) -> None:
    """A fresh process with the candidate and, beside it, what differentiates its loss."""
    candidate.restart()
    candidate.run("harness.py")


def asked(candidate: Handle, batches: Sequence[tuple[Numbers, Labels]], when: str) -> list[Numbers]:
    """The gradient of each batch's mean loss. Raises `Wrong`, and whatever the handle raises."""
    answers = candidate.map("slopes", batches)
    return [read(answer, logits.shape, when)[1] for answer, (logits, _) in zip(answers, batches, strict=True)]


def read(answer: Plain, shape: tuple[int, ...], when: str) -> tuple[float, Numbers]:
    """A mean loss and a gradient out of what came over the wall. Raises `Wrong`."""
    if isinstance(answer, str):
        raise refine.Wrong(f"{when}: {answer[:1000]}")
    plain = isinstance(answer, list) and len(answer) == 2 and type(answer[0]) is float
    refine.require(plain and isinstance(answer[1], np.ndarray), f"{when}: no loss with its gradient")
    value, slope = float(answer[0]), np.asarray(answer[1])
    refine.require(slope.shape == shape and slope.dtype == np.float64, f"{when}: a gradient of another shape")
    refine.require(bool(np.isfinite(slope).all()), f"{when}: the gradient is not finite")
    largest = float(np.abs(slope).max(initial=0.0))
    refine.require(largest <= LARGEST, f"{when}: an entry of the gradient is {largest:.3g}; at most {LARGEST:g}")
    return value, slope


def gate(candidate: Handle) -> None:
    """Milliseconds before the training: shape, dtype, finite loss, a gradient that is finite and not zero."""
    ready(candidate)
    rng = np.random.default_rng(0)
    cases = [(scale, classes) for scale in (1.0, 5.0, 40.0) for classes in (10, 6)]
    batches = [(scale * rng.normal(size=(16, classes)), rng.integers(classes, size=16)) for scale, classes in cases]
    slopes = asked(candidate, batches, "before the training, random logits")
    flat = all(float(np.abs(slope).max()) < 1e-12 for slope in slopes)
    refine.require(not flat, "before the training: the gradient is zero for all logits, so that nothing can learn")


def drawn(candidate: Handle) -> str:
    """The loss and its slope against the true class's logit, the nine others 0, as JSON; "" where it has none.

    A constant term and a constant factor do not matter here, so the least loss is 0 and the steepest slope 1.
    """
    logits = np.linspace(-8.0, 12.0, 61)
    batches = [(np.pad(np.full((8, 1), x), ((0, 0), (0, 9))), np.zeros(8, dtype=np.int64)) for x in logits]
    try:
        found = [read(answer, (8, 10), "") for answer in candidate.map("slopes", batches)]
    except refine.Wrong:  # losses that need examples that differ
        return ""
    values, slopes = np.array([value for value, _ in found]), np.array([slope[:, 0].sum() for _, slope in found])
    scale = float(np.abs(slopes).max()) or 1.0
    lines = {
        "loss": {"label": "loss", "values": rounded((values - values.min()) / scale)},
        "gradient": {"label": "slope", "values": rounded(slopes / scale)},
    }
    axis = {"label": "logit of the given class, the others 0", "values": rounded(logits)}
    return json.dumps({"title": "The loss of one example of ten classes", "x": axis, "lines": lines})


def rounded(values: Numbers) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


# ── the trainings ────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Pair:
    """One network trained with the candidate, and one with cross entropy on the same data from the same weights."""

    setting: str
    flips: str
    ours: Trained
    theirs: Trained

    @property
    def gain(self) -> float:
        """Points of held-out accuracy."""
        return round(100.0 * (self.ours.accuracy - self.theirs.accuracy), 9)


def trained(candidate: Handle, setting: Setting) -> list[Pair]:
    """Trains with the candidate and with cross entropy, and audits the candidate's answers."""
    problems = [problem for split in range(SPLITS) for problem in setting.problems(candidate.seed, split)]
    rng = np.random.default_rng([candidate.seed, 5])
    steps = rng.choice(steps_of(problems[0], RECIPE), AUDITED, replace=False)
    questions = Questions(candidate, frozenset(steps.tolist()))
    ours = train(problems, setting.network, RECIPE, questions)
    questions.audit(rng.permutation(AUDITED).tolist())
    theirs = train(problems, setting.network, RECIPE, cross_entropy)
    return [Pair(setting.name, p.name, a, b) for p, a, b in zip(problems, ours, theirs, strict=True)]


def report(pairs: Sequence[Pair], shape: str) -> refine.Outcome:
    """Metrics and instances are gains in points, which can be compared: every candidate has seeds of its own. Features
    are shares in per cent.
    """
    by_flips = {flips: [pair for pair in pairs if pair.flips == flips] for flips in FLIPS}
    by_both = {
        f"{setting}, {flips}": [pair for pair in of if pair.setting == setting]
        for setting in dict.fromkeys(pair.setting for pair in pairs)
        for flips, of in by_flips.items()
    }
    accuracy = {f"accuracy, {flips}": _percent([pair.ours.accuracy for pair in of]) for flips, of in by_flips.items()}
    return refine.Outcome(
        verdict=refine.Verdict.PASSED,
        score=float(np.mean([pair.gain for pair in pairs])),
        metrics={flips: float(np.mean([pair.gain for pair in of])) for flips, of in by_flips.items()},
        features={"memorised": _percent([pair.ours.memorised for pair in pairs if pair.flips != "clean"]), **accuracy},
        instances={name: float(np.mean([pair.gain for pair in of])) for name, of in by_both.items()},
        feedback=". ".join(_told(flips, of) for flips, of in by_flips.items()) + ".",
        curves=dict(curve for flips, of in by_flips.items() for curve in _courses(flips, of).items()),
        artifacts={"plot/loss": shape} if shape else {},
    )


def _courses(flips: str, of: Sequence[Pair]) -> dict[str, list[float]]:
    """Held-out accuracy over the training, per cent."""
    both = {"this loss": [pair.ours for pair in of], "cross entropy": [pair.theirs for pair in of]}
    means = {who: np.mean([one.course for one in each], axis=0) for who, each in both.items()}
    return curves({who: 100.0 * mean for who, mean in means.items()}, group=f"held-out accuracy (%), {flips}")


def _told(flips: str, of: Sequence[Pair]) -> str:
    both = [pair.ours for pair in of], [pair.theirs for pair in of]
    right, right_before = (_percent([one.accuracy for one in each]) for each in both)
    learnt, learnt_before = (_percent([one.memorised for one in each]) for each in both)
    said = f"{flips}: {right:.1f} % right (cross entropy {right_before:.1f} %)"
    if flips == "clean":
        return said
    return f"{said}, {learnt:.0f} % of the flipped labels learnt by heart (cross entropy {learnt_before:.0f} %)"


def _percent(shares: Sequence[float]) -> float:
    return 100.0 * float(np.mean(shares))
