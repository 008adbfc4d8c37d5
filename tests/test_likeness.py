from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.likeness import ELITES, Alike, Likeness, packed

VECTORS = st.lists(st.floats(-1, 1), min_size=2, max_size=8)


def filled(*vectors: list[float], threshold: float = 0.9) -> Likeness:
    likeness = Likeness(threshold)
    for number, vector in enumerate(vectors):
        likeness.embedded((0, number), packed(vector), ())
        likeness.settled((0, number), f"elite {number}", ())
    return likeness


def nearest(likeness: Likeness, vector: list[float], elites: list[str] | None = None) -> Alike | None:
    likeness.embedded((1, 0), packed(vector), list(likeness.vectors) if elites is None else elites)
    return likeness.alike((1, 0))


def test_the_most_similar_elite_is_named_with_the_cosine() -> None:
    likeness = filled([1, 0], [1, 1])
    assert nearest(likeness, [2, 0.1]) == Alike("elite 0", round(2 / math.hypot(2, 0.1), 4))


def test_what_is_like_nothing_is_let_through() -> None:
    assert nearest(filled([1, 0]), [0, 1]) is None
    assert nearest(filled([1, 0]), [-1, 0]) is None
    assert nearest(filled([1, 0]), [0, 0]) is None, "a vector of zeros has no direction"
    assert nearest(filled([1, 0]), [1, 0, 0]) is None, "a vector of another model's length"
    assert nearest(filled(), [1, 0]) is None


def test_the_threshold_itself_is_not_too_like() -> None:
    assert nearest(filled([1, 0], threshold=1.0), [1, 0]) is None
    assert nearest(filled([1, 0], threshold=0.9999), [1, 0]) == Alike("elite 0", 1.0)


def test_only_elites_are_compared_with() -> None:
    assert nearest(filled([1, 0]), [1, 0], elites=[]) is None
    assert nearest(filled([1, 0]), [1, 0], elites=["elite 0"]) is not None


def test_what_did_not_pass_is_no_elite() -> None:
    likeness = Likeness(0.9)
    likeness.embedded((0, 0), packed([1, 0]), ())
    likeness.settled((0, 0), None, ())
    assert not likeness.vectors
    assert not likeness.pending


def test_vectors_of_what_is_no_elite_any_more_are_dropped() -> None:
    likeness = Likeness(0.9)
    for number in range(5 * ELITES):
        likeness.embedded((0, number), packed([1, number]), ())
        likeness.settled((0, number), f"{number}", (str(n) for n in range(number + 1)))
    assert len(likeness.vectors) <= 4 * ELITES
    assert {str(n) for n in range(ELITES)} <= set(likeness.vectors)


@given(VECTORS, st.floats(1e-3, 1e3))
def test_a_vector_and_its_multiple_are_alike(vector: list[float], factor: float) -> None:
    if max(map(abs, vector)) < 1e-6:
        return
    near = nearest(filled(vector, threshold=0.99), [factor * value for value in vector])
    assert near is not None
    assert near.similarity == pytest.approx(1.0, abs=1e-3)


@given(VECTORS, VECTORS)
def test_packing_changes_a_cosine_little(one: list[float], other: list[float]) -> None:
    size = min(len(one), len(other))
    one, other = one[:size], other[:size]
    lengths = math.hypot(*one) * math.hypot(*other)
    if lengths < 1e-6:
        return
    near = nearest(filled(one, threshold=-2.0), other)
    assert near is not None
    assert near.similarity == pytest.approx(sum(a * b for a, b in zip(one, other, strict=True)) / lengths, abs=1e-3)
