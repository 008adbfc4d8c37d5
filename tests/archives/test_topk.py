from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from refine.archives import Added
from refine.archives.topk import TopK
from refine.types import Candidate, Direction, Outcome, Shown, Verdict


def shown(score: float, text: str = "", **instances: float) -> Shown:
    outcome = Outcome(verdict=Verdict.PASSED, score=score, instances=instances)
    return Shown(Candidate(text or f"x = {score}"), outcome)


def ids(archive: TopK) -> list[str]:
    return [s.candidate.id for s in archive]


def test_what_add_did_is_a_value() -> None:
    archive = TopK("maximize", size=2)
    assert archive.add(shown(1, "long text")) is Added.NEW
    assert archive.add(shown(1, "short")) is Added.REPLACED
    assert archive.add(shown(1, "longer again")) is Added.REFUSED
    assert archive.add(shown(2)) is Added.NEW
    assert archive.add(shown(0)) is Added.REFUSED
    assert [s.outcome.score for s in archive] == [2, 1]


def test_minimize_turns_the_order() -> None:
    archive = TopK("minimize", size=2)
    for score in (3, 1, 2):
        archive.add(shown(score))
    assert [s.outcome.score for s in archive] == [1, 2]


def test_the_same_score_reached_differently_is_kept_beside() -> None:
    archive = TopK("maximize")
    archive.add(shown(1, "a", left=2, right=0))
    assert archive.add(shown(1, "b", left=0, right=2)) is Added.NEW


def test_a_small_pressure_is_greedy() -> None:
    archive = TopK("maximize", pressure=0.01)
    for score in range(10):
        archive.add(shown(score))
    assert archive.sample(np.random.default_rng(0), 1)[0].outcome.score == 9


def test_a_sample_does_not_repeat_and_comes_best_first() -> None:
    archive = TopK("maximize")
    for score in range(5):
        archive.add(shown(score))
    drawn = [s.outcome.score or 0 for s in archive.sample(np.random.default_rng(1), 9)]
    assert drawn == [4, 3, 2, 1, 0]


entries = st.lists(st.tuples(st.integers(0, 6), st.text("ab", max_size=3), st.integers(0, 2)), max_size=40)


@given(entries, st.integers(1, 6), st.sampled_from(["maximize", "minimize"]), st.randoms())
def test_an_archive_is_a_function_of_the_set(
    entries: list[tuple[int, str, int]], size: int, direction: Direction, random: object
) -> None:
    candidates = [shown(score, f"{text}{score}{part}", part=part) for score, text, part in entries]
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = TopK(direction, size=size), TopK(direction, size=size)
    for candidate in candidates:
        wanted = one.wants(candidate.outcome.score or 0.0)
        assert one.add(candidate) is Added.REFUSED or wanted
    for candidate in shuffled:
        other.add(candidate)
    assert ids(one) == ids(other)
    assert len(one) <= size


def test_a_full_archive_does_not_want_what_is_worse_than_its_worst() -> None:
    archive = TopK("maximize", size=2)
    archive.add(shown(1))
    assert archive.wants(0), "there is room"
    archive.add(shown(2))
    assert [archive.wants(score) for score in (0, 1, 3)] == [False, True, True]
