from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from refine.attempts import AROUND, Attempt, Attempts
from refine.types import Outcome, Verdict

FAILED = Outcome(verdict=Verdict.WRONG, feedback="no")
PARENTS = st.lists(st.lists(st.sampled_from("abc"), max_size=2).map(tuple), max_size=60)


def filled(parents: list[tuple[str, ...]], failing: int) -> Attempts:
    attempts = Attempts(kept=0, failing=failing, repairing=False)
    for ask, row in enumerate(parents):
        attempts.add(Attempt((ask, 0), f"{ask}", f"{ask}", FAILED, row), of_a_repair=False)
    return attempts


@given(PARENTS, st.integers(0, 4), st.sets(st.sampled_from("abc")))
def test_failures_of_the_same_parents_come_before_the_latest(
    parents: list[tuple[str, ...]], failing: int, shown: set[str]
) -> None:
    near = filled(parents, failing).near(shown)
    remembered = list(enumerate(parents))[-failing * AROUND :] if failing else []
    related = [ask for ask, row in remembered if shown & set(row)]
    others = [ask for ask, row in remembered if not shown & set(row)]
    assert [attempt.place[0] for attempt in near] == (others + related)[-failing:] * bool(failing)


@given(PARENTS, st.integers(1, 4))
def test_no_more_are_remembered_than_is_said(parents: list[tuple[str, ...]], failing: int) -> None:
    assert len(filled(parents, failing).failures) == min(len(parents), failing * AROUND)
