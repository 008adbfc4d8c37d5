import pytest

from benchmarks.searches import ours
from benchmarks.searches.problems import PROBLEMS, form, judged, program
from benchmarks.searches.session import Evaluated, Session, came, quartiles
from refine.strategies import preset

PROBLEM = PROBLEMS["bounds"]


def variant(number: float) -> str:
    return program([number, *PROBLEM.start[1:]], "0 .. 999")


def session(*texts: str | None) -> Session:
    made = Session(0)
    made.forms = [form(text) if text else None for text in texts]
    made.kinds = ["program" if text else "refusal" for text in texts]
    return made


def test_a_score_counts_from_the_completion_that_first_proposed_the_program() -> None:
    said = session(variant(1), None, variant(1), variant(2), variant(3))
    told = [Evaluated(variant(n), score) for n, score in ((1, 1.0), (2, 9.0), (3, 5.0))]
    found = came("bounds", said, told, (1, 3, 4, 5), 5)
    exact = [judged(PROBLEM, variant(n)).score for n in (1, 1, 2, 2)]
    assert [found.best[mark] for mark in (1, 3, 4, 5)] == exact
    assert (found.wasted, found.refusals, found.crashed, found.evaluations) == (2, 1, 0, 3)


def test_what_came_after_the_budget_does_not_count() -> None:
    said = session(variant(1), variant(2))
    found = came("bounds", said, [Evaluated(variant(1), 1.0), Evaluated(variant(2), 2.0)], (1,), 1)
    assert found.completions == 1
    assert found.best[1] == judged(PROBLEM, variant(1)).score


def test_what_was_never_evaluated_is_wasted_and_wins_nothing() -> None:
    found = came("bounds", session(variant(1)), [], (1,), 1)
    assert found.wasted == 1
    assert found.best[1] == judged(PROBLEM, PROBLEM.seed).score


def test_the_champion_is_chosen_by_what_the_method_saw_and_judged_by_the_truth() -> None:
    lucky, good = variant(0), variant(PROBLEM.start[0])
    told = [Evaluated(lucky, 99.0), Evaluated(good, 1.0)]
    found = came("bounds", session(lucky, good), told, (2,), 2)
    assert found.best[2] == judged(PROBLEM, lucky).score


def test_a_program_without_a_score_is_no_champion() -> None:
    found = came("bounds", session(variant(1)), [Evaluated(variant(1), None)], (1,), 1)
    assert (found.best[1], found.crashed, found.wasted) == (judged(PROBLEM, PROBLEM.seed).score, 1, 0)


def test_quartiles_of_one_and_of_many() -> None:
    assert quartiles([3.0]) == (3.0, 3.0, 3.0)
    assert quartiles([1.0, 2.0, 3.0, 4.0, 5.0]) == (2.0, 3.0, 4.0)


@pytest.mark.parametrize("name", ["default", "map_elites"])
def test_a_run_asks_for_its_budget_and_replays(name: str) -> None:
    runs = [ours.searched(preset(name), "bounds", 3, 24) for _ in range(2)]
    (first, told), (second, told_again) = runs
    assert len(first.kinds) == 24
    assert (first.forms, told) == (second.forms, told_again)
    assert came("bounds", first, told, (24,), 24).best[24] > (judged(PROBLEM, PROBLEM.seed).score or 0)


def test_noise_is_met_with_replicates() -> None:
    _, told = ours.searched(preset("default"), "luck", 1, 12)
    exact = judged(PROBLEMS["luck"], told[0].text).score
    assert exact is not None
    assert told[0].score is not None
    assert 0 < abs(told[0].score - exact) < 3
