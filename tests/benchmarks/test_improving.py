"""The controls of `benchmarks/improve.py` learn from what they say, and its figures are what they are called."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from random import Random

import pytest

from benchmarks.improving import ida, lmsi, self_rewarding
from benchmarks.improving.records import Bench, share
from benchmarks.improving.table import table, with_ratio
from refine.distill.rows import Row
from refine.distill.samples import Sample, Source
from refine.improve.exercise import Exercise
from refine.improve.setting import Setting
from refine.questions import Question
from refine.types import Message, Verdict
from tasks.equations import base as lessons
from tasks.equations import exercise as family
from tasks.ring_road import base as bases
from tasks.ring_road import exercise as ring
from tests.fakes import Counts

SOURCE = Source("survey", "walks", 1, 0, "model")


def sample(question: str, text: str, worth: float | None) -> Sample:
    verdict = Verdict.WRONG if worth is None else Verdict.PASSED
    return Sample((Message(role="user", content=question),), text, verdict, worth, SOURCE)


SAMPLES = [
    *(sample("1 +1 ?", text, 0.5) for text in ("+1 2 #### 2", "+1 +0 2 #### 2")),
    *(sample("1 +1 ?", text, None) for text in ("+1 3 #### 3", "nothing")),
    *(sample("1 +2 ?", text, 0.25) for text in ("+2 4 #### 4",)),
    *(sample("1 +2 ?", text, None) for text in ("+2 3 #### 3", "+2 5 #### 5", "+2 6 #### 6")),
]


def learnt(rows: list[Row]) -> set[str]:
    return {row.chosen for row in rows}


def test_each_control_learns_other_samples() -> None:
    chance = Random(0)
    assert learnt(lmsi.voting(SAMPLES, chance)) == {"+1 2 #### 2", "+1 +0 2 #### 2"}
    assert learnt(lmsi.everything(SAMPLES, chance)) == {one.completion for one in SAMPLES}
    asked = tuple(Question(text=f"1 +{k} ?", answer=str(1 + k)) for k in (1, 2))
    exercise = Exercise("walks", asked, (Question(text="2 +1 ?", answer="3"),))
    assert learnt(lmsi.truth(exercise)(SAMPLES, chance)) == {"+1 2 #### 2", "+1 +0 2 #### 2", "+2 3 #### 3"}


def test_a_random_answer_is_one_answer_of_each_question() -> None:
    for seed in range(10):
        rows = lmsi.anything(SAMPLES, Random(seed))
        finals = {(row.question, row.chosen.split("####")[-1]) for row in rows}
        assert len(finals) == 2


def test_no_control_learns_from_more_rows_than_another() -> None:
    many = [sample(f"{k} +1 ?", f"+1 {k} #### {k}", 1.0) for k in range(lmsi.ROWS + 10)]
    assert len(lmsi.chosen(lmsi.voting, 0)(many)) == lmsi.ROWS
    for walks in (lmsi.practised(0), ring.walks(0, bases.WALKS, labelled=True)):
        assert len(learning(lmsi.solved(walks))) == lmsi.ROWS


def learning(lessons: lmsi.Lessons, seed: int = 1) -> list[Row]:
    """What the arm that is given `lessons` learns in the round of `seed`."""
    method = lmsi.taught(lessons, lmsi.RECIPE, 0)
    return method.select(method.amplify(Setting(ring.exercise(1, 1), Counts(), Path(), seed)))


def test_labels_of_the_practised_are_right_and_none_of_them_is_examined() -> None:
    exercise = ring.exercise(lmsi.PRACTICE, lmsi.HELD_OUT, seed=3)
    known = {question.text: question.answer for question in exercise.practice}
    rows = learning(lmsi.solved(lmsi.practised(3)))
    assert all(row.chosen.endswith(f"#### {known[row.question]}") for row in rows)


def test_more_training_on_the_labels_asks_what_the_base_was_taught_and_answers_anew() -> None:
    lessons = set(bases.lessons(2))
    known = lmsi.solved(ring.walks(2, bases.WALKS, labelled=True))
    first, second = ({(row.question, row.chosen) for row in learning(known, seed)} for seed in (1, 2))
    assert {asks for asks, _ in first} <= {asks for asks, _ in lessons}
    assert first != second
    assert first - lessons


def test_more_lessons_are_the_bases_own_and_as_many_steps_as_a_round_of_pairs() -> None:
    rows, taught = self_rewarding.again(1), dict(lessons.lessons(1))
    assert len(rows) == lessons.SOLVED
    assert all(taught[row.question] == row.chosen for row in rows)
    recipe = self_rewarding.more_lessons(1).recipe
    steps = recipe.epochs * len(rows) // recipe.batch
    assert steps == pytest.approx(self_rewarding.RECIPE.epochs * self_rewarding.PAIRS / recipe.batch, rel=0.05)


def test_no_equation_that_is_practised_or_examined_was_taught_or_is_rehearsed() -> None:
    exercise = self_rewarding.practice(1)
    taught = {family.read(asked) for asked, _ in lessons.lessons(1)}
    assert not taught & {family.read(one.text) for one in (*exercise.practice, *exercise.held_out)}
    assert {family.read(row.question) for row in exercise.rehearsed} <= taught


def test_chance_to_find_one_in_k_is_the_mean_over_all_subsets() -> None:
    right, tries, k = [0, 2, 5], 5, 2
    exact = [
        sum(any(place < c for place in picked) for picked in itertools.combinations(range(tries), k))
        / math.comb(tries, k)
        for c in right
    ]
    assert ida.chance(right, k, tries) == pytest.approx(sum(exact) / 3)


def test_needed_goes_between_whole_numbers() -> None:
    search = [0.2, 0.4, 0.8]
    assert ida.needed(search, 0.1) == 1
    assert ida.needed(search, 0.4) == 2
    assert ida.needed(search, 0.6) == pytest.approx(2.5)
    assert ida.needed(search, 0.9) == math.inf


def test_the_ratio_is_held_against_the_model_before() -> None:
    curve = [0.5] * 15 + [0.8]
    better = [0.8] * 16
    base = {"seed": 0, "arm": "base", "round": 0, "search": curve}
    first = {"seed": 0, "arm": "ida", "round": 1, "search": better}
    assert with_ratio([base, first])[1]["ratio 16"] == 16
    assert with_ratio([first | {"arm": "base", "round": 0}, base | {"arm": "ida", "round": 1}])[1]["ratio 1"] == 1 / 16
    assert with_ratio([{**base, "search": [1.0] * 16}, first])[1]["ratio 1"] == 0


def test_the_table_has_means_and_intervals(tmp_path: Path) -> None:
    for seed, after in ((0, 0.7), (1, 0.9)):
        found = {"before": 0.5, "after": after, "verdict": "better", "would_stop": ""}
        Bench(tmp_path, "lmsi", "ring_road", seed, 1).write("vote", 1, found)
    vote = table(tmp_path)["lmsi"]["vote 1"]
    assert vote["gain"]["mean"] == pytest.approx(0.3)
    assert vote["gain"]["half_width"] == pytest.approx(12.706 * 0.1, rel=1e-3)
    assert (vote["better"], vote["seeds"]) == (2, [0, 1])


def test_what_is_recorded_is_not_done_again_and_a_survey_is_shared(tmp_path: Path) -> None:
    bench = Bench(tmp_path, "lmsi", "ring_road", 0, 1, arms=("vote",))
    bench.write("vote", 1, {})
    assert bench.has("vote", 1)
    assert not bench.has("vote", 2)
    assert not bench.wants("oracle")
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "survey.db").write_text("answers")
    share(tmp_path / "one", tmp_path / "two")
    assert [path.name for path in (tmp_path / "two").iterdir()] == ["survey.db"]
