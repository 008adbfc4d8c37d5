from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load

TASK = load("bin_packing")
MODULE: Any = sys.modules[TASK.verify.__module__]
Priority = Callable[[int, Any], Any]


class Given:
    """A handle that knows what to answer, and what it was asked."""

    def __init__(self, priority: Priority, seed: int = 0) -> None:
        self.priority = priority
        self.seed = seed
        self.batches: list[list[tuple[int, Any]]] = []

    def map(self, function: str, items: Iterable[Sequence[Any]]) -> list[Any]:
        assert function == "priority"
        batch = [(int(item), np.array(bins)) for item, bins in items]
        self.batches.append(batch)
        return [self.priority(item, bins.copy()) for item, bins in batch]


def best_fit(item: int, bins: Any) -> Any:
    return -(bins - item)


def by_hand(items: Sequence[int], capacity: int, priority: Priority) -> int:
    """Bins used, in the plainest way: all bins there from the beginning, an argmax for each item."""
    bins = np.full(len(items), capacity)
    for item in items:
        fits = np.flatnonzero(bins >= item)
        bins[fits[np.argmax(priority(item, bins[fits]))]] -= item
    return int((bins < capacity).sum())


def problem(items: Sequence[int], capacity: int) -> Any:
    return MODULE.Instance("tiny", "or3", capacity, tuple(items))


packings = st.integers(8, 24).flatmap(
    lambda capacity: st.tuples(st.just(capacity), st.lists(st.integers(2, capacity), min_size=1, max_size=60))
)


@given(packings, st.integers(0, 2**32 - 1), st.integers(1, 6))
@settings(max_examples=100, deadline=None)
def test_a_table_packs_as_one_would_by_hand_ties_included(
    packing: tuple[int, list[int]], seed: int, levels: int
) -> None:
    capacity, items = packing
    values = np.random.default_rng(seed).integers(0, levels, (capacity + 1, capacity + 1))

    def priority(item: int, bins: Any) -> Any:
        return values[item, bins]

    candidate = Given(priority)
    tables = MODULE.ask_tables(candidate, [problem(items, capacity)])
    assert MODULE.pointwise(candidate, tables)
    assert MODULE.pack(problem(items, capacity), tables[capacity]) == by_hand(items, capacity, priority)


@given(packings, st.integers(0, 2**32 - 1), st.sampled_from(["before", "tightest", "place"]))
@settings(max_examples=60, deadline=None)
def test_item_by_item_packs_as_one_would_by_hand(packing: tuple[int, list[int]], seed: int, kind: str) -> None:
    capacity, items = packing
    values = np.random.default_rng(seed).random((capacity + 1, capacity + 1))

    def priority(item: int, bins: Any) -> Any:
        value = values[item, bins]
        if kind == "before":
            return np.diff(value, prepend=0.0)
        if kind == "tightest":
            value[np.argmin(bins)] *= -1
            return value
        return value - np.arange(len(bins))

    assert MODULE.lockstep(Given(priority), [problem(items, capacity)]) == [by_hand(items, capacity, priority)]


def test_both_ways_agree() -> None:
    problems = MODULE.instances([1], 2, 0)
    candidate = Given(best_fit)
    tables = MODULE.ask_tables(candidate, problems)
    assert MODULE.lockstep(candidate, problems) == [MODULE.pack(p, tables[p.capacity]) for p in problems]


@pytest.mark.parametrize(
    ("priority", "pointwise"),
    [
        (best_fit, True),
        (lambda item, bins: -bins / bins.max() * item, True),
        (lambda _, bins: np.zeros(len(bins)), True),
        (lambda _, bins: -np.arange(len(bins)), False),
        (lambda _, bins: np.where(bins == bins.min(), 1.0, 0.0), False),
        (lambda _, bins: np.diff(bins, prepend=0), False),
        (lambda _, bins: bins - bins.mean(), False),
    ],
)
def test_what_looks_at_other_bins_is_found_out(priority: Priority, *, pointwise: bool) -> None:
    candidate = Given(priority)
    assert MODULE.pointwise(candidate, MODULE.ask_tables(candidate, MODULE.SEARCH)) is pointwise


def test_nothing_asked_item_by_item_tells_of_items_to_come() -> None:
    problems = MODULE.instances([1], 3, 0)
    candidate = Given(best_fit)
    MODULE.lockstep(candidate, problems)
    assert [[item for item, _ in batch] for batch in candidate.batches] == [
        list(items) for items in zip(*(p.items for p in problems), strict=True)
    ]


def test_the_table_is_asked_by_size_not_by_instance() -> None:
    candidate = Given(best_fit)
    MODULE.verify(candidate)
    assert len(candidate.batches) == 2
    sizes = [item for item, _ in candidate.batches[0]]
    assert len(sizes) == len({(item, len(bins)) for item, bins in candidate.batches[0]}) < 200


def test_best_fit_is_near_the_published_values() -> None:
    metrics = MODULE.evaluate(Given(best_fit), MODULE.instances([2], 20, 5)).metrics
    assert metrics["or3_excess_pct"] == pytest.approx(5.37, abs=0.5)
    assert metrics["weibull_excess_pct"] == pytest.approx(3.98, abs=0.4)


def test_the_instances_are_of_the_published_recipes() -> None:
    small, large = MODULE.instances([3], 1, 1)
    assert (len(small.items), small.capacity, min(small.items) >= 20, max(small.items) <= 100) == (500, 150, True, True)
    assert (len(large.items), large.capacity, min(large.items) >= 1, max(large.items) <= 100) == (5000, 100, True, True)
    assert small.bound == math.ceil(sum(small.items) / 150)
    assert np.mean(large.items) == pytest.approx(45 * math.gamma(4 / 3), abs=1.0)


def test_the_score_is_the_mean_over_the_data_sets() -> None:
    outcome = MODULE.verify(Given(best_fit))
    assert outcome.score == pytest.approx(np.mean(list(outcome.metrics.values())))
    assert len(outcome.instances) == len(MODULE.SEARCH)
    assert all(excess >= 0 for excess in outcome.instances.values())


def test_confirmation_draws_from_the_secret() -> None:
    first, again, other = (MODULE.confirm(Given(best_fit, seed)).instances for seed in (11, 11, 12))
    assert first == again
    assert first != other


def first_fit_decreasing(items: Sequence[int], capacity: int) -> list[int]:
    """The bin of each item, all items known: what a memory of the instances is worth."""
    bins: list[int] = []
    place = [0] * len(items)
    for index in sorted(range(len(items)), key=lambda k: -items[k]):
        number = next((k for k, left in enumerate(bins) if left >= items[index]), len(bins))
        if number == len(bins):
            bins.append(capacity)
        bins[number] -= items[index]
        place[index] = number
    return place


class Memory:
    """Knows the search's OR3 instances by heart and counts the items that it is asked about."""

    def __init__(self, known: Sequence[Any]) -> None:
        self.places = [first_fit_decreasing(p.items, p.capacity) for p in known]
        self.asked = 0

    def __call__(self, item: int, bins: Any) -> Any:
        instance, step = self.asked % len(self.places), self.asked // len(self.places)
        self.asked += 1
        wanted = self.places[instance][step] if step < len(self.places[instance]) else 0
        order = np.argsort(bins - item, kind="stable").astype(float)
        return order - 1e6 * np.abs(np.arange(len(bins)) - wanted)


def test_a_memory_of_the_instances_is_worth_nothing_in_confirmation() -> None:
    known, unseen = MODULE.instances([1], 4, 0), MODULE.instances([2], 4, 0)
    learned = MODULE.lockstep(Given(Memory(known)), known)
    assert learned != MODULE.lockstep(Given(Memory(unseen)), known), "the memory is used"
    honest = sum(MODULE.lockstep(Given(best_fit), unseen))
    assert sum(MODULE.lockstep(Given(Memory(known)), unseen)) >= honest


@pytest.mark.parametrize(
    "answer",
    [
        1.0,
        [1.0],
        [[1.0]] * 81,
        ["1"] * 81,
        [None] * 81,
        [10**400] * 81,
        [[1.0], *[1.0] * 80],
        {"a": 1},
        "text",
        np.full(81, 1j),
        np.full(81, np.inf),
        np.array(["a"] * 81),
    ],
)
def test_only_one_finite_number_per_bin_is_an_answer(answer: Any) -> None:
    with pytest.raises(Wrong, match=r"priority\(item=20"):
        MODULE.numbers(answer, np.arange(20, 101), 20)


def test_numbers_of_any_type_are_numbers() -> None:
    bins = np.arange(3)
    for answer in ([3, 2, 1], (3.0, 2.0, 1.0), np.array([3, 2, 1], dtype=np.float16), [True, False, True]):
        assert MODULE.numbers(answer, bins, 1).dtype == np.float64
