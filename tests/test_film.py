from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from refine.film import Film, Shape, read, written

BALL = Shape(body=0, kind="sphere", size=(0.1, 0.0, 0.0))
poses = arrays.arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 4), st.just(7)), elements=st.floats(-1, 1))


def film(places: Any) -> Film:
    return Film("a title", 0.04, (BALL,), np.array(places, dtype=float))


def changed(**parts: Any) -> str:
    """A film's text with other fields."""
    return json.dumps(json.loads(written(film(np.zeros((3, 2, 7))))) | parts)


@given(poses, st.sampled_from([1.0, 40.0, 9000.0]))
def test_what_is_written_is_read(places: Any, far: float) -> None:
    places[:, :, :3] *= far
    found = read(written(film(places)))
    assert found is not None
    assert (found.title, found.seconds, found.shapes) == ("a title", 0.04, (BALL,))
    assert np.abs(found.poses - places)[:, :, :3].max() <= max(2.51e-4, 0.51 * far / 32767)
    assert np.abs(found.poses - places)[:, :, 3:].max() <= 1.26e-4


def test_a_hundred_frames_of_ten_bodies_are_under_fifteen_kilobytes() -> None:
    time = np.linspace(0, 4, 100)[:, None, None] * np.linspace(1, 6, 10)[:, None]
    assert len(written(film(np.sin(time + np.arange(7))))) < 15_000


@pytest.mark.parametrize("number", [np.nan, np.inf])
def test_what_is_not_finite_is_no_film(number: float) -> None:
    places = np.zeros((2, 1, 7))
    places[1, 0, 2] = number
    with pytest.raises(ValueError, match="not finite"):
        written(film(places))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "no JSON",
        changed(poses="%%%"),
        changed(poses=base64.b64encode(b"no zlib").decode()),
        changed(poses=base64.b64encode(zlib.compress(b"short")).decode()),
        changed(frames=4),
        changed(frames=0),
        changed(frames=10**9),
        changed(bodies=10**9),
        changed(metre=-1.0),
        changed(seconds=0.0),
        changed(shapes=[{"body": 2, "kind": "sphere", "size": [1, 0, 0]}]),
        changed(shapes=[{"body": 0, "kind": "mesh", "size": [1, 0, 0]}]),
        changed(shapes=[{"body": 0, "kind": "sphere", "size": [1e9, 0, 0]}]),
        changed(more=1),
    ],
)
def test_what_is_no_film_is_not_read(text: str) -> None:
    assert read(text) is None


def test_no_more_is_unpacked_than_the_sizes_say() -> None:
    bomb = base64.b64encode(zlib.compress(bytes(20_000_000), 9)).decode()
    found = read(changed(poses=bomb))
    assert found is not None
    assert found.poses.shape == (3, 2, 7)
