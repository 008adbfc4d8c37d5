from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from refine.curves import curves, thinned, told
from refine.types import MOST_CHECKPOINTS, MOST_CURVES, Outcome, Verdict

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=80) | st.binary(max_size=4),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=80), inner, max_size=30),
    max_leaves=40,
)


@given(ANYTHING)
def test_whatever_comes_back_an_outcome_takes_it(raw: object) -> None:
    found = curves(raw, group="reward")
    outcome = Outcome(verdict=Verdict.PASSED, score=1.0, curves=found)
    assert Outcome.model_validate_json(outcome.model_dump_json()) == outcome
    assert all(name.startswith("reward/") and "\n" not in name for name in found)
    assert told(found).count("\n") <= len(found) + 1


@given(st.lists(NUMBERS, min_size=1), st.integers(1, MOST_CHECKPOINTS))
def test_thinning_keeps_the_order_and_the_last(values: list[float], checkpoints: int) -> None:
    kept = thinned(range(len(values)), checkpoints)
    assert kept == sorted(set(kept))
    assert len(kept) == min(len(values), checkpoints)
    assert kept[-1] == len(values) - 1
    assert kept[0] == 0 or checkpoints == 1
    steps = {b - a for a, b in pairwise(kept)}
    assert not steps or max(steps) - min(steps) <= 1, "evenly spaced"


def test_arrays_and_lists_are_the_same_and_the_rest_is_left_out() -> None:
    raw = {
        "a": np.array([1.0, 2.0]), "b": [1, 2], "grid": np.zeros((2, 2)), "text": "12", "none": None,
        "nan": [math.nan], "flag": [True], "huge": [10**400], "empty": [], 7: [3.0],
    }  # fmt: skip
    assert set(curves(raw)) == {"a", "b", "_"}


def test_an_outcome_refuses_more_than_a_prompt_could_show() -> None:
    wrongs: tuple[dict[str, list[float]], ...] = (
        {f"c{n}": [1.0] for n in range(MOST_CURVES + 1)},
        {"long": [1.0] * (MOST_CHECKPOINTS + 1)},
        {"nan": [math.nan]},
        {"empty": []},
        {"n" * 65: [1.0]},
    )
    for wrong in wrongs:
        with pytest.raises(ValidationError):
            Outcome(verdict=Verdict.PASSED, score=1.0, curves=wrong)


def test_it_tells_what_eureka_tells() -> None:
    found = {
        "reward/speed": [float(n) for n in range(21)],
        "reward/energy": [0.1, 0.1, 0.1],
        "fitness": [0.0, 2.0],
    }
    said = told(found).splitlines()
    assert said[0] == "reward/speed: 0, 2, 4, 6, 8, 11, 13, 15, 17, 20 (max 20, mean 10, min 0)"
    assert said[-2].startswith("Hardly moves at all: reward/energy.")
    assert said[-1].startswith("Dominates its group: reward/speed.")


def test_nothing_is_said_of_what_moves_and_shares() -> None:
    assert len(told({"r/a": [1.0, 2.0], "r/b": [2.0, 1.0], "alone": [5.0, 9.0]}).splitlines()) == 3
