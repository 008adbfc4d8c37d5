"""Rounds of self-improvement around a model that is a table: what is learnt, when it stops, what is not done twice."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from refine.distill.rows import Row
from refine.distill.samples import samples
from refine.distill.train import Recipe
from refine.errors import TaskError, UsageError
from refine.improve import rounds
from refine.improve.exercise import Exercise, Judge, load
from refine.improve.methods import drawn, ida, lmsi, self_rewarding
from refine.improve.rounds import Method, improve
from refine.improve.stopping import Round, Rules, stop
from refine.journal import Journal
from refine.questions import Question, checked
from refine.types import Completion, Message, Prompt


def questions(first: int, last: int) -> tuple[Question, ...]:
    return tuple(Question(text=f"{n} + {n}?", answer=str(2 * n)) for n in range(first, last))


def exercise() -> Exercise:
    def ask(question: str, answer: str) -> tuple[Message, ...]:
        return (Message(role="user", content=f"judge {question} {answer}"),)

    return Exercise("sums", questions(0, 20), questions(20, 60), tool=checked, judge=Judge(ask=ask))


class Half:
    """Adds right when asked greedily only if it was trained; of its samples the last of four is wrong."""

    def __init__(self, folder: Path) -> None:
        self.name = str(folder)
        self.trained = folder.name == "model"

    async def __call__(self, prompt: Prompt) -> AsyncIterator[Completion]:
        asked = prompt.messages[-1].content
        for sample in prompt.samples:
            yield Completion(sample=sample, text=self.said(asked, sample, prompt), model=self.name)

    def said(self, asked: str, sample: int, prompt: Prompt) -> str:
        if asked.startswith("judge"):
            number, given = int(asked.split()[1]), int(asked.rsplit(maxsplit=1)[-1])
            return f"Score: {5 if given == 2 * number else 1}"
        number = int(asked.split(maxsplit=1)[0])
        greedy = prompt.params.get("temperature") == 0.0
        wrong = (not self.trained) if greedy else sample % 4 == 3
        return f"#### {2 * number + wrong}"

    async def aclose(self) -> None: ...


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Row, ...]]:
    """Stands in for the trainer, and keeps what it was given."""
    given: list[tuple[Row, ...]] = []

    def train(_base: Path, rows: Sequence[Row], out: Path, _recipe: Recipe) -> None:
        given.append(tuple(rows))
        out.mkdir(parents=True)
        (out / "config.json").write_text("{}")

    monkeypatch.setattr(rounds, "train", train)
    return given


def run(folder: Path, method: Method, rules: Rules | None = None) -> list[Round]:
    return improve(exercise(), folder / "base", folder / "out", method, rules or Rules(rounds=2), connect=Half)


def test_the_majority_is_learnt_and_rounds_end_without_a_gain(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    first, second = run(tmp_path, lmsi(samples=4))
    assert (first.before, first.after, first.verdict, first.stop) == (0.0, 1.0, "better", "")
    assert (first.vote_accuracy, first.confidence) == (1.0, 0.75)
    assert {row.chosen for row in learnt[0]} == {f"#### {2 * n}" for n in range(20)}
    assert second.stop.startswith("held out: no difference shown")


def test_a_confidence_that_nothing_reaches_teaches_nothing(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    with pytest.raises(UsageError, match="no answer is good enough"):
        run(tmp_path, lmsi(samples=4, least=0.9))
    assert learnt == []


def test_a_tool_chooses_what_is_distilled(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    run(tmp_path, ida(samples=4), Rules(rounds=1))
    assert len(learnt[0]) == 20


def test_the_judges_points_make_the_pairs_and_are_held_against_the_truth(
    tmp_path: Path, learnt: list[tuple[Row, ...]]
) -> None:
    (one,) = run(tmp_path, self_rewarding(samples=4, draws=2), Rules(rounds=1))
    assert (one.judge_accuracy, one.panel_before, one.panel_after) == (1.0, 1.0, 1.0)
    pairs = {(row.question, row.chosen, row.rejected) for row in learnt[0]}
    assert pairs == {(f"{n} + {n}?", f"#### {2 * n}", f"#### {2 * n + 1}") for n in range(20)}


def test_a_judgement_is_as_long_as_the_exercise_says(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    short = replace(exercise(), judge=replace(exercise().judge, tokens=9))
    improve(short, tmp_path, tmp_path / "out", self_rewarding(samples=4), Rules(rounds=1), connect=Half)
    with Journal.read(tmp_path / "out" / "round-1" / "judgements.db") as journal:
        assert journal.started.strategy["params"] == {"temperature": 1.0, "max_tokens": 9}
    assert len(learnt) == 1


def test_the_panel_is_what_the_base_said_in_every_round(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    run(tmp_path, self_rewarding(samples=4, draws=2), Rules(rounds=2, patience=2))
    said = list(samples(tmp_path / "out" / "panel" / "panel.db"))
    assert {one.source.model for one in said} == {str(tmp_path / "base")}
    assert {one.question for one in said} <= {one.text for one in exercise().held_out}
    judged = list(samples(tmp_path / "out" / "round-2" / "panel-after" / "judgements.db"))
    assert {one.source.model for one in judged} == {str(tmp_path / "out" / "round-2" / "model")}
    assert len(learnt) == 2


def test_half_as_much_is_rehearsed_as_is_new_and_other_rows_each_round(
    tmp_path: Path, learnt: list[tuple[Row, ...]]
) -> None:
    known = tuple(Row((Message(role="user", content=f"judge {n}"),), "Score: 5", None, 1.0, ()) for n in range(50))
    base, out, rules = tmp_path / "base", tmp_path / "out", Rules(rounds=2, patience=2)
    improve(replace(exercise(), rehearsed=known), base, out, self_rewarding(samples=4), rules, connect=Half)
    old = [set(rows) & set(known) for rows in learnt]
    assert [len(rows) for rows in learnt] == [30, 30]
    assert [len(some) for some in old] == [10, 10]
    assert old[0] != old[1]


def test_each_round_practises_other_questions_where_only_some_are_taken() -> None:
    all_of_them = questions(0, 50)
    first, second = (drawn(all_of_them, 10, seed) for seed in (1, 2))
    assert len(set(first)) == len(set(second)) == 10
    assert first == drawn(all_of_them, 10, 1) != second
    assert drawn(all_of_them, None, 1) == drawn(all_of_them, 50, 1) == all_of_them


def test_a_finished_round_is_not_done_again(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    before = run(tmp_path, lmsi(samples=4))
    assert run(tmp_path, lmsi(samples=4)) == before
    assert len(learnt) == 2


def test_what_is_held_out_is_not_rehearsed(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    def known(n: int) -> Row:
        return Row((Message(role="user", content=f"{n}  + {n}?"),), f"#### {2 * n}", None, 1.0, ())

    old = tuple(known(n) for n in range(20, 70))
    said: list[str] = []
    base, out = tmp_path / "base", tmp_path / "out"
    improve(
        replace(exercise(), rehearsed=old), base, out, ida(samples=4), Rules(rounds=1), connect=Half, say=said.append
    )
    assert {row for row in learnt[0] if row in old} == {known(n) for n in range(60, 70)}
    assert said[0] == "40 rows are of the examination, and are not rehearsed"
    assert "round-1: training on 20 rows and 10 rehearsed" in said


def test_what_has_no_rival_is_not_rehearsed_by_preference_alone(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    old = (Row((Message(role="user", content="judge 1"),), "Score: 5", None, 1.0, ()),)
    alone = self_rewarding(samples=4, recipe=Recipe(method="dpo"))
    with pytest.raises(UsageError, match="--nll"):
        improve(replace(exercise(), rehearsed=old), tmp_path, tmp_path / "out", alone, Rules(), connect=Half)
    assert not (tmp_path / "out").exists()
    assert learnt == []


def test_the_rounds_of_another_call_are_not_gone_on_with(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    run(tmp_path, lmsi(samples=4), Rules(rounds=1))
    with pytest.raises(UsageError, match="begun with another method: name a new folder"):
        run(tmp_path, ida(samples=4))
    with pytest.raises(UsageError, match="begun with another recipe"):
        run(tmp_path, lmsi(samples=4, recipe=Recipe(epochs=9)))
    assert len(run(tmp_path, lmsi(samples=4), Rules(rounds=2))) == len(learnt) == 2


def test_each_round_is_held_against_the_base_too(tmp_path: Path, learnt: list[tuple[Row, ...]]) -> None:
    one, two = run(tmp_path, lmsi(samples=4))
    assert (one.since_base, one.since_low) == (1.0, one.low)
    assert (two.after - two.before, two.since_base, two.since_low) == (0.0, 1.0, 1.0)


GOOD = Round(rows=1, left_out=0, before=0.1, after=0.5, low=0.2, high=0.6, verdict="better")
FALLS = [(0.55, "its reward is hacked"), (0.7, "0.950 in the beginning: it is forgetting, or is fooled"), (0.9, "")]


@pytest.mark.parametrize(("judged", "why"), FALLS)
@pytest.mark.parametrize("measured", ["judge_accuracy", "panel_after"])
def test_a_judge_that_falls_ends_the_rounds(measured: str, judged: float, why: str) -> None:
    first = GOOD.model_copy(update={"judge_accuracy": 0.95, "panel_before": 0.95, "panel_after": 0.95})
    found = stop(first.model_copy(update={measured: judged}), [first], Rules())
    assert found.endswith(why)
    assert bool(found) == bool(why)


def test_a_judge_that_falls_in_the_first_training_is_not_asked_again() -> None:
    one = GOOD.model_copy(update={"judge_accuracy": 0.95, "panel_before": 0.95, "panel_after": 0.7})
    assert "of the panel's answers" in stop(one, [], Rules())


def test_answers_that_do_not_differ_end_the_rounds() -> None:
    one = Round(rows=1, left_out=0, before=0.1, after=0.5, low=0.2, high=0.6, verdict="better", diversity=0.01)
    assert "do not differ" in stop(one, [], Rules())


def test_an_exercise_keeps_its_examination_apart(tmp_path: Path) -> None:
    with pytest.raises(TaskError, match="practised and examined"):
        Exercise("sums", questions(0, 5), questions(4, 9))
    with pytest.raises(TaskError, match="no answer is known"):
        Exercise("sums", questions(0, 5), (Question(text="why?"),))
    (tmp_path / "q.jsonl").write_text('{"question": "a?"}\n')
    with pytest.raises(UsageError, match="--held-out FILE"):
        load(tmp_path / "q.jsonl")
    with pytest.raises(UsageError, match="there is no"):
        load(tmp_path / "none")


def test_rounds_without_a_gain_are_endured_for_as_long_as_patience_says() -> None:
    flat = Round(rows=1, left_out=0, before=0.5, after=0.5, low=-0.1, high=0.1, verdict="no difference shown")
    better = flat.model_copy(update={"verdict": "better"})
    patient = Rules(patience=2)
    assert stop(flat, [], Rules())
    assert not stop(flat, [], patient)
    assert not stop(flat, [flat, better], patient)
    assert stop(flat, [better, flat], patient)


def test_the_shipped_exercise_is_right_about_its_walks() -> None:
    from refine.load import shipped

    ring = load(shipped() / "ring_road")
    for question in ring.held_out[:50]:
        start, *steps = question.text.removesuffix(" ?").split()
        assert question.answer == str((int(start) + sum(map(int, steps))) % 13)


def test_no_walk_that_a_base_learns_from_is_in_an_exercise() -> None:
    from tasks.ring_road import base, exercise

    taught = {question for seed in range(3) for question, _ in base.lessons(seed, walks=300, orders=1)}
    asked = exercise.exercise(seed=1)
    assert taught.isdisjoint(q.text for q in (*asked.practice, *asked.held_out, *asked.unrelated))


def test_a_walk_is_solved_in_any_order() -> None:
    from tasks.ring_road.exercise import Walk

    walk = Walk(4, (3, -5, 2))
    assert (walk.question, walk.answer) == ("4 +3 -5 +2 ?", "4")
    assert walk.solution((0, 1, 2)) == "+3 7 -5 2 +2 4 #### 4"
    assert walk.solution((1, 2, 0)) == "-5 12 +2 1 +3 4 #### 4"
