"""What the networks learn: scikit-learn's digits, and clusters drawn for the occasion; labels with flips."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from refine.errors import MissingExtra

if TYPE_CHECKING:  # a folder of programs: its modules have one name for the type checker and another while it is loaded
    from tasks.classification_loss.classifiers import Labels, Numbers, Problem
else:
    from classifiers import Labels, Numbers, Problem

FLIPS = {"clean": 0.0, "flips 0.2": 0.2, "flips 0.4": 0.4}
"""Shares of training labels that are replaced by another class, drawn evenly."""
SEEN = 1197
"""Of the 1797 digits the search uses these; the rest is kept for the confirmation."""
TRAINED = 600


@lru_cache
def digits() -> tuple[Numbers, Labels]:
    """1797 images of 8 x 8 pixels from 0 to 1, and their digits (Alpaydin and Kaynak 1998, UCI)."""
    try:
        from sklearn.datasets import load_digits  # noqa: PLC0415 - heavy, and only the judge needs it
    except ModuleNotFoundError:
        raise MissingExtra("scikit-learn", "torch") from None
    images, labels = load_digits(return_X_y=True)
    return np.asarray(images, dtype=np.float64) / 16.0, np.asarray(labels, dtype=np.int64)


def searched(seed: int, number: int) -> list[Problem]:
    """One problem for each share of flips: 600 of the search's images to learn from, the other 597 held out."""
    images, labels = digits()
    order = np.random.default_rng([seed, number, 2]).permutation(SEEN)
    return _flipped((images, labels), order[:TRAINED], order[TRAINED:], (seed, number))


def reserved(seed: int, number: int) -> list[Problem]:
    """As `searched`, held out are the 600 images that the search never used."""
    images, labels = digits()
    chosen = np.random.default_rng([seed, number, 2]).permutation(SEEN)[:TRAINED]
    return _flipped((images, labels), chosen, np.arange(SEEN, len(labels)), (seed, number))


def clusters(seed: int, number: int, *, classes: int = 6, features: int = 20) -> list[Problem]:
    """Another data set: each class is three Gaussian clusters in 20 dimensions, all drawn from the seed."""
    rng = np.random.default_rng([seed, number, 3])
    labels = rng.integers(classes, size=2 * TRAINED)
    centres = rng.normal(size=(classes, 3, features))
    points = centres[labels, rng.integers(3, size=len(labels))] + 0.7 * rng.normal(size=(len(labels), features))
    order = np.arange(len(labels))
    return _flipped((points / 2.0, labels), order[:TRAINED], order[TRAINED:], (seed, number))


def _flipped(data: tuple[Numbers, Labels], train: Labels, test: Labels, key: tuple[int, int]) -> list[Problem]:
    """The flips of a smaller share are among those of a larger one."""
    inputs, labels = data
    classes = int(labels.max()) + 1
    rng = np.random.default_rng([*key, 4])
    draw, other = rng.random(len(train)), rng.integers(1, classes, len(train))
    return [
        Problem(
            name=name,
            inputs=inputs[train],
            given=np.where(draw < share, (labels[train] + other) % classes, labels[train]),
            true=labels[train],
            held_out=inputs[test],
            answers=labels[test],
            classes=classes,
            key=key,
        )
        for name, share in FLIPS.items()
    ]
