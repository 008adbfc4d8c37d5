"""From verified answers to rows: who is chosen, who is rejected, what is left out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.distill.clean import cleaned
from refine.distill.export import record, write
from refine.distill.formats import Example, formatted
from refine.distill.rows import Row, expert, imitated, preferred
from refine.distill.samples import Sample, Source
from refine.errors import UsageError
from refine.types import Message, Verdict


def asked(text: str) -> tuple[Message, ...]:
    return Message(role="system", content="Think."), Message(role="user", content=text)


def sample(question: str, said: str, worth: float | None, verdict: Verdict = Verdict.WRONG) -> Sample:
    verdict = verdict if worth is None else Verdict.PASSED
    return Sample(asked(question), said, verdict, worth, Source("r.db", "t", 1, 0, "m"))


ANSWERS = [
    sample("a", "good", 0.9),
    sample("a", "better", 1.0),
    sample("a", " good\n", 0.9),
    sample("a", "bad", None),
    sample("a", "?", None, Verdict.MALFORMED),
    sample("b", "meek", 0.3),
    sample("c", "wrong", None),
]


def test_what_passed_is_imitated_once_best_first() -> None:
    assert [row.chosen for row in imitated(ANSWERS)] == ["better", "good", "meek"]
    assert [row.chosen for row in imitated(ANSWERS, least=0.5)] == ["better", "good"]
    assert [row.chosen for row in expert(ANSWERS)] == ["better", "meek"]


def test_a_pair_is_the_best_against_the_worst_that_can_be_read() -> None:
    pairs = preferred(ANSWERS)
    assert [(row.chosen, row.rejected) for row in pairs] == [("better", "bad")]
    assert [source.task for source in pairs[0].sources] == ["t", "t"]
    only_form = preferred([sample("a", "fine", 1.0), sample("a", "?", None, Verdict.MALFORMED)])
    assert only_form[0].rejected == "?"


def test_equally_good_answers_are_no_pair() -> None:
    two = [sample("a", "one", 2.0), sample("a", "two", 2.0)]
    assert preferred(two) == []
    assert preferred([*two, sample("a", "three", 1.5)], margin=0.5) == []
    assert len(preferred([*two, sample("a", "three", 1.4)], margin=0.5)) == 1


def test_of_equals_that_counts_which_was_said_most_often() -> None:
    said = [sample("a", text, worth) for text, worth in (("x", 1.0), ("long", 1.0), ("long ", 1.0), ("y", 1.0))]
    wrong = [sample("a", text, None) for text in ("no", "never", "never")]
    assert [row.chosen for row in expert(said)] == ["long"]
    assert [row.chosen for row in imitated(said)] == ["long", "x", "y"]
    assert [(row.chosen, row.rejected) for row in preferred([*said, *wrong])] == [("long", "never")]


samples = st.lists(
    st.builds(sample, st.sampled_from("ab"), st.text(max_size=3), st.one_of(st.none(), st.integers(0, 3).map(float))),
    max_size=12,
)


@given(samples)
def test_a_chosen_answer_passed_and_is_worth_more(found: list[Sample]) -> None:
    worths = {(s.question, s.completion): s.worth for s in reversed(found)}
    for row in preferred(found):
        chosen, rejected = worths[row.question, row.chosen], worths[row.question, row.rejected or ""]
        assert row.chosen.strip() != (row.rejected or "").strip()
        assert chosen is not None
        assert rejected is None or any(
            s.worth is not None and s.worth < row.worth for s in found if s.question == row.question
        )


def row(question: str, chosen: str = "yes", rejected: str | None = None) -> Row:
    return Row(asked(question), chosen, rejected, 1.0, ())


LONG = "Mia has three red apples and buys four more of them at the market on Monday. How many has she?"


def test_questions_of_the_examination_are_left_out_whatever_their_spelling() -> None:
    rows = [row(LONG.upper()), row("Before: " + LONG), row("Two?"), row("two ?"), row("Free.", "As said: " + LONG)]
    found = cleaned(rows, [LONG, "Seven?"])
    assert [r.question for r in found.rows] == ["Two?"]
    assert (found.duplicates, found.contaminated) == (1, 3)


def test_short_questions_count_only_as_a_whole() -> None:
    assert len(cleaned([row("1 + 1?"), row("1 + 1? Or 2?")], ["1 + 1?"]).rows) == 1
    assert len(cleaned([row("1 + 1?"), row("1 + 1? Or 2?")], ["1 + 1?"], words=4).rows) == 0


@given(st.lists(st.text("ab ", max_size=8)), st.lists(st.text("ab ", max_size=8)), st.integers(1, 4))
def test_nothing_left_shares_a_question_and_cleaning_twice_changes_nothing(
    asked_for: list[str], held_out: list[str], words: int
) -> None:
    first = cleaned([row(text, "-") for text in asked_for], held_out, words=words)
    assert not {tuple(r.question.split()) for r in first.rows} & {tuple(text.split()) for text in held_out}
    assert first.duplicates + first.contaminated + len(first.rows) == len(asked_for)
    assert cleaned(first.rows, held_out, words=words).rows == first.rows


def test_four_formats_teach_reasoning_and_answer() -> None:
    names = ["few_shot", "few_shot_direct", "step_by_step", "direct"]
    examples = [Example("1+1?", "Two ones. #### 2", "2")]
    made = formatted([row("2+2?", "Twice two. #### 4")], names, final=lambda t: t[-1], examples=examples)
    assert [r.chosen for r in made] == ["Twice two. #### 4", "The answer is 4."] * 2
    assert made[0].question == "Q: 1+1?\nA: Two ones. #### 2\n\n2+2?"
    assert made[1].question == "Q: 1+1?\nA: The answer is 2.\n\n2+2?"
    assert made[2].question.startswith("2+2?\n")
    assert all(r.prompt[0].content == "Think." for r in made)
    assert formatted([row("x", "?")], ["direct", "as_asked"], final=lambda _: None) == [row("x", "?")]


def test_files_are_as_trl_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "sub" / "set.jsonl"
    assert write([row("a"), row("b", "yes", "no")], path) == 2
    single, pair = (json.loads(line) for line in path.read_text().splitlines())
    assert single["completion"] == [{"role": "assistant", "content": "yes"}]
    assert single["prompt"][1] == {"role": "user", "content": "a"}
    assert pair["rejected"] == [{"role": "assistant", "content": "no"}]
    assert pair == record(row("b", "yes", "no"))
    with pytest.raises(UsageError, match="jsonl or .parquet"):
        write([], tmp_path / "set.csv")
