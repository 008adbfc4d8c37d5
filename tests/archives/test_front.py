from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.archives import front
from refine.archives.front import Front, Point
from refine.archives.rank import Key

POINTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 6)), max_size=80)


def covers(one: Point, other: Point) -> bool:
    return all(a <= b for a, b in zip(one, other, strict=True))


def key(number: int) -> Key:
    return (0.0, number, "")


@given(POINTS, st.sampled_from([1, 2, 5]))
def test_it_answers_as_a_list_of_all_points_would(points: list[Point], block: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(front, "BLOCK", block)
        kept: dict[Key, Point] = {}
        blocks = Front(3)
        for number, point in enumerate(points):
            said = blocks.covering(point)
            assert (said is not None) == any(covers(other, point) for other in kept.values())
            if said is not None:
                assert covers(kept[said], point)
                assert kept[said] == point or point not in kept.values(), "an equal one, if there is one"
                continue
            beaten = blocks.put(point, key(number))
            assert sorted(beaten) == sorted(k for k, other in kept.items() if covers(point, other))
            kept = {k: other for k, other in kept.items() if k not in beaten} | {key(number): point}


def test_a_point_is_renamed_wherever_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(front, "BLOCK", 2)
    blocks = Front(2)
    for number in range(20):
        blocks.put((float(number), -float(number)), key(number))
    for number in range(20):
        blocks.rename((float(number), -float(number)), key(number), key(100 + number))
        assert blocks.covering((float(number), -float(number))) == key(100 + number)
