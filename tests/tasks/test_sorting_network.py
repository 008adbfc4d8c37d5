"""The 0-1 principle in words of 2^n bits, against sorting by hand."""

from __future__ import annotations

import sys
from itertools import permutations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from tests.tasks.fake import FakeCandidate

TASK = load("sorting_network")
MODULE: Any = sys.modules[TASK.verify.__module__]
GOLDEN = {case.name: case.text for case in TASK.golden}
Network = list[tuple[int, int]]


def by_hand(network: Network, values: tuple[int, ...]) -> list[int]:
    lines = list(values)
    for i, j in network:
        if lines[i] > lines[j]:
            lines[i], lines[j] = lines[j], lines[i]
    return lines


def sorts(network: Network, n: int) -> bool:
    try:
        MODULE.prove(network, n)
    except Wrong:
        return False
    return True


def networks(n: int, most: int) -> st.SearchStrategy[Network]:
    pairs = [(i, j) for i in range(n) for j in range(i + 1, n)]
    return st.lists(st.sampled_from(pairs), max_size=most)


@given(networks(4, 12))
@settings(max_examples=80, deadline=None)
def test_it_is_proved_exactly_if_it_sorts_every_permutation(network: Network) -> None:
    assert sorts(network, 4) == all(by_hand(network, p) == [0, 1, 2, 3] for p in permutations(range(4)))


@given(networks(6, 20))
@settings(max_examples=40, deadline=None)
def test_bit_x_of_a_line_is_its_value_under_input_x(network: Network) -> None:
    lines = MODULE.run(network, 6)
    for x, values in enumerate(product((0, 1), repeat=6)):
        assert [line >> x & 1 for line in lines] == by_hand(network, values[::-1])


def test_batcher_sorts_and_no_comparator_of_the_optimum_can_be_spared() -> None:
    batcher, best = (FakeCandidate(GOLDEN[name]) for name in ("batcher", "optimal"))
    for n, size in zip(range(8, 13), (19, 26, 31, 37, 41), strict=True):
        network = [tuple(pair) for pair in batcher.call("network", n)]
        assert len(network) == size
        assert sorts(network, n)
    for n, size in zip(range(8, 13), (19, 25, 29, 35, 39), strict=True):
        network = [tuple(pair) for pair in best.call("network", n)]
        assert len(network) == size
        assert sorts(network, n)
        assert not any(sorts(network[:k] + network[k + 1 :], n) for k in range(size))


def test_the_counterexample_is_one() -> None:
    with pytest.raises(Wrong, match=r"1 of the 8 inputs .*: \[1, 1, 0\] becomes \[1, 0, 1\]") as refused:
        MODULE.prove([(0, 1), (1, 2)], 3)
    assert "2 comparators" in str(refused.value)
    assert by_hand([(0, 1), (1, 2)], (1, 1, 0)) == [1, 0, 1]


def test_a_comparator_that_never_exchanges_is_named() -> None:
    assert MODULE.redundant([(0, 1), (0, 1), (1, 2), (0, 1), (0, 2)], 3) == [1, 4]


def test_the_depth_counts_steps() -> None:
    assert MODULE.depth([], 3) == 0
    assert MODULE.depth([(0, 1), (2, 3), (1, 2), (0, 3)], 4) == 2


@pytest.mark.parametrize("pair", [(0, 0), (1, 0), (0, 3), (-1, 1), (0, 1.0), (False, True), ("0", "1"), (0, 1, 2), 5])
def test_what_is_no_comparator_is_refused_by_number(pair: Any) -> None:
    with pytest.raises(Wrong, match=r"network\(3\), comparator 1"):
        MODULE.comparators([[0, 1], pair], 3)


def test_an_array_is_a_list_of_pairs() -> None:
    assert MODULE.comparators(np.array([[0, 1], [1, 2]]), 3) == [(0, 1), (1, 2)]
    with pytest.raises(Wrong, match="list of comparators"):
        MODULE.comparators(None, 3)
    with pytest.raises(Wrong, match="1001 comparators"):
        MODULE.comparators([[0, 1]] * 1001, 3)
