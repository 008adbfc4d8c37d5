from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome

TASK = load("cap_set")
MODULE: Any = sys.modules[TASK.verify.__module__]
Vector = tuple[int, ...]


class Given:
    def __init__(self, priority: Callable[[Vector, int], Any]) -> None:
        self.priority = priority
        self.calls = 0

    def map(self, function: str, items: list[tuple[Vector, int]]) -> list[Any]:
        assert function == "priority"
        self.calls += 1
        return [self.priority(*item) for item in items]


def verified(priority: Callable[[Vector, int], Any]) -> Outcome:
    candidate: Any = Given(priority)
    outcome = TASK.verify(candidate)
    assert isinstance(outcome, Outcome)
    assert candidate.calls == 1, "one crossing of the wall"
    return outcome


def naive(priorities: dict[Vector, float], n: int) -> list[Vector]:
    """The rule of the instruction, word for word."""
    taken: list[Vector] = []
    for vector in sorted(product(range(3), repeat=n), key=lambda v: (-priorities[v], v)):
        lines = ((a, b, vector) for a, b in combinations(taken, 2))
        if all(any(sum(entries) % 3 for entries in zip(*line, strict=True)) for line in lines):
            taken.append(vector)
    return taken


def test_equal_priorities_give_the_lexicographic_cap() -> None:
    outcome = verified(lambda *_: 0.0)
    assert outcome.score == 256
    assert outcome.instances == {f"n={n}": float(2**n) for n in range(3, 9)}


def test_integers_negatives_and_numpy_numbers_are_priorities() -> None:
    assert verified(lambda e, _: -e.count(2)).score == 256
    assert verified(lambda e, _: np.int64(e.count(0))).score == verified(lambda e, _: float(e.count(0))).score


@given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_the_greedy_builder_is_the_rule(seed: int, n: int, levels: int) -> None:
    drawn = np.random.default_rng(seed).integers(0, levels, 3**n)
    priorities = dict(zip(product(range(3), repeat=n), drawn.astype(float).tolist(), strict=True))
    built = [tuple(v) for v in MODULE.greedy(list(priorities.values()), n).tolist()]
    assert built == naive(priorities, n)


@given(st.integers(0, 2**32), st.integers(3, 6))
@settings(max_examples=20, deadline=None)
def test_whatever_the_priorities_what_is_built_is_a_cap(seed: int, n: int) -> None:
    cap = MODULE.greedy(np.random.default_rng(seed).random(3**n).tolist(), n)
    assert MODULE.is_cap(cap)
    assert len(cap) <= {3: 9, 4: 20, 5: 45, 6: 112}[n], "more than the proven optimum"


def test_is_cap_sees_lines_and_repeats() -> None:
    assert MODULE.is_cap(np.array([[0, 0], [0, 1], [1, 0], [1, 1]]))
    assert not MODULE.is_cap(np.array([[0, 0], [1, 1], [2, 2]]))
    assert not MODULE.is_cap(np.array([[0, 0], [0, 1], [0, 1]]))


@pytest.mark.parametrize("answer", [None, True, "1", [1.0], float("nan"), float("inf"), 10**400, 1j])
def test_what_is_no_finite_number_is_refused_by_name(answer: Any) -> None:
    with pytest.raises(Wrong, match=r"priority\(\(0, 1, 2\), 3\)"):
        verified(lambda e, _: answer if e == (0, 1, 2) else 0.0)


def test_a_wrong_number_of_answers_is_refused() -> None:
    class Short(Given):
        def map(self, function: str, items: list[tuple[Vector, int]]) -> list[Any]:
            return super().map(function, items)[1:]

    candidate: Any = Short(lambda *_: 0.0)
    with pytest.raises(Wrong, match="9827 priorities for 9828 vectors"):
        TASK.verify(candidate)


def test_the_instruction_counts_right() -> None:
    assert sum(3**n for n in MODULE.DIMENSIONS) == 9828
    assert "9 828 times" in TASK.instruction
