"""The exact check of matrix multiplication, against multiplying random matrices."""

from __future__ import annotations

import sys
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from refine.errors import Wrong
from refine.load import load
from refine.types import Outcome
from tests.tasks.fake import FakeCandidate

TASK = load("matmul")
MODULE: Any = sys.modules[TASK.verify.__module__]
GOLDEN = {case.name: case.text for case in TASK.golden}
FORTY_EIGHT = FakeCandidate(GOLDEN["forty_eight"]).call("factors", 4, 4, 4)
sizes = st.tuples(*[st.integers(1, 4)] * 3)


def factors(name: str, size: tuple[int, int, int]) -> list[list[list[Any]]]:
    made: list[list[list[Any]]] = FakeCandidate(GOLDEN[name]).call("factors", *size)
    return made


def multiplied(answer: list[list[list[Any]]], size: tuple[int, int, int], seed: int) -> bool:
    """Whether the factors multiply one pair of random integer matrices: what the tensor equation means."""
    n, m, p = size
    rng = np.random.default_rng(seed)
    a, b = rng.integers(-99, 100, (n, m)), rng.integers(-99, 100, (m, p))
    u, v, w = (np.array(part, dtype=np.int64) for part in answer)
    return bool((((u @ a.ravel()) * (v @ b.ravel())) @ w == (a @ b).ravel()).all())


@given(sizes, st.sampled_from(["naive", "strassen"]), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_what_passes_multiplies_matrices_of_any_shape(size: tuple[int, int, int], name: str, seed: int) -> None:
    answer = factors(name, size)
    assert MODULE.rank(answer, size) == len(answer[0]) <= size[0] * size[1] * size[2]
    assert multiplied(answer, size, seed)


@given(st.integers(0, 2), st.integers(0, 6), st.integers(0, 3), st.sampled_from([-2, -1, 1, 3]))
@settings(max_examples=40, deadline=None)
def test_one_coefficient_changed_is_refused(part: int, row: int, entry: int, by: int) -> None:
    answer = factors("strassen", (2, 2, 2))
    answer[part][row][entry] += by
    with pytest.raises(Wrong, match=r"factors\(2, 2, 2\) does not multiply matrices: \d+ of 64 equations fail"):
        MODULE.rank(answer, (2, 2, 2))


@given(st.fractions(-9, 9, max_denominator=99), st.fractions(-9, 9, max_denominator=99))
@settings(max_examples=30, deadline=None)
def test_a_complex_scale_that_cancels_is_no_change(re: Fraction, im: Fraction) -> None:
    norm = re * re + im * im
    if not norm:
        return
    u, v, w = factors("strassen", (2, 2, 2))
    scaled = [[[str(x * re), str(x * im)] for x in row] for row in u]
    inverse = [[[str(x * re / norm), str(-x * im / norm)] for x in row] for row in v]
    assert MODULE.rank([scaled, inverse, w], (2, 2, 2)) == 7
    if im:
        with pytest.raises(Wrong, match="equations fail"):
            MODULE.rank([scaled, v, w], (2, 2, 2))


def test_the_scores_of_the_known_methods() -> None:
    def verified(name: str) -> Outcome:
        outcome = TASK.verify(FakeCandidate(GOLDEN[name]))  # type: ignore[arg-type]
        assert isinstance(outcome, Outcome)
        return outcome

    assert verified("naive").score == 99
    assert verified("strassen").metrics == {"rank_2x2x2": 7, "rank_3x3x3": 26, "rank_4x4x4": 49}
    assert verified("laderman").score == 79
    assert verified("forty_eight").metrics == {"rank_2x2x2": 7, "rank_3x3x3": 23, "rank_4x4x4": 48}


@given(st.integers(0, 47), st.integers(0, 15), st.sampled_from(["U", "V", "W"]))
@settings(max_examples=10, deadline=None)
def test_each_coefficient_of_the_forty_eight_is_needed(r: int, x: int, name: str) -> None:
    tables = {key: [list(row) for row in part] for key, part in zip("UVW", FORTY_EIGHT, strict=True)}
    entry = Fraction(tables[name][r][x])
    tables[name][r][x] = str(entry + 1)
    with pytest.raises(Wrong, match="equations fail"):
        MODULE.rank(list(tables.values()), (4, 4, 4))


def test_floats_are_the_rationals_that_they_are() -> None:
    assert MODULE.rational(0.5, "x") == Fraction(1, 2)
    assert MODULE.rational(0.1, "x") != Fraction(1, 10)
    u, v, w = factors("strassen", (2, 2, 2))
    assert (
        MODULE.rank([[[x / 4.0 for x in row] for row in u], v, [[x * 4.0 for x in row] for row in w]], (2, 2, 2)) == 7
    )
    with pytest.raises(Wrong, match="equations fail"):
        MODULE.rank([[[x / 3.0 for x in row] for row in u], v, [[x * 3.0 for x in row] for row in w]], (2, 2, 2))


@pytest.mark.parametrize(
    "value", [True, None, "", "0.5", "1e9", "½", "1/0", "9" * 31, 10**30, 1e-40, 1j, [1], [1, 2, 3]]
)
def test_what_is_no_short_number_is_refused_by_name(value: Any) -> None:
    with pytest.raises(Wrong, match=r"^W\[0\]"):
        MODULE.gaussian(value, "W[0]")


@pytest.mark.parametrize("answer", [None, 7, "UVW", [], [[], []], [[1], [1], [1]], {"U": [], "V": [], "W": []}])
def test_what_is_no_three_tables_is_refused(answer: Any) -> None:
    with pytest.raises(Wrong, match=r"^factors\(2, 2, 2\)"):
        MODULE.rank(answer, (2, 2, 2))
