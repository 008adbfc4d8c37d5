"""Files of questions."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine.errors import UsageError
from refine.questions import Layout, Question, apart, checked, questions


def test_answers_of_the_known_data_sets_are_reduced(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(
        '{"question": "a?", "answer": "3 + 4 = 7\\n#### 7"}\n\n'
        '{"question": "b?", "answer": "so \\\\boxed{\\\\frac12}"}\n'
        '{"question": "c?", "answer": 5}\n{"question": "d?"}\n{"question": "a?", "answer": "again"}\n'
    )
    assert questions(file) == (
        Question(text="a?", answer="7"),
        Question(text="b?", answer="\\frac12"),
        Question(text="c?", answer="5"),
        Question(text="d?"),
    )


def written(folder: Path, *lines: object) -> Path:
    file = folder / "q.jsonl"
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return file


BAD: list[tuple[object, Layout, str]] = [
    ("nonsense", "auto", r"no JSON \("),
    ([1], "auto", "a list, not an object"),
    ({"q": 1}, "auto", "no \"question\"; it has 'q'"),
    ({}, "auto", 'no "question"'),
    ({"question": 3}, "auto", "the question is 3, not a text"),
    ({"question": " "}, "auto", "the question is ' ', not a text"),
    ({"question": "b?", "answer": [1, 2]}, "auto", r"the answer is \[1, 2\]: write one value"),
    ({"question": "b?", "answer": ""}, "auto", "the answer is '': write one value"),
    ({"question": "b?", "answer": True}, "plain", "the answer is True: write one value"),
    ({"question": "b?", "answer": "so\n#### "}, "auto", "nothing can be read behind ####"),
    ({"question": "b?", "answer": "42"}, "gsm8k", "the solution has no ####"),
    ({"question": "b?"}, "gsm8k", "no \"answer\"; it has 'question'"),
    ({"problem": "b?", "solution": "it is 3"}, "math", r"the solution has no \\boxed"),
    ({"question": "b?", "answer": "3"}, "math", 'no "problem"'),
]


@pytest.mark.parametrize(("line", "layout", "why"), BAD)
def test_what_is_no_question_is_named_by_its_line(tmp_path: Path, line: object, layout: Layout, why: str) -> None:
    good = {"question": "a?", "problem": "a?", "answer": "#### 1", "solution": "\\boxed{1}"}
    with pytest.raises(UsageError, match=f"q.jsonl, line 3: {why}.*. A line is {{"):
        questions(written(tmp_path, good, "", line), layout)


def test_all_bad_lines_are_counted(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"line 1: .*; line 2: .*; line 3: .*; and 2 more\. A line is"):
        questions(written(tmp_path, *["x"] * 5))


def test_a_file_of_gsm8ks_format(tmp_path: Path) -> None:
    line = {
        "question": "How many?",
        "answer": "He eats 48/2 = <<48/2=24>>24 clips.\nIn all <<1200+24=1224>>.\n#### 1,224",
    }
    file = written(tmp_path, line)
    assert questions(file, "gsm8k") == questions(file) == (Question(text="How many?", answer="1,224"),)
    assert checked(questions(file)[0], ["#### 1224", "<<1200+24=1224>> #### 1225"])[0].passed
    assert questions(file, "plain")[0].answer == line["answer"]


@pytest.mark.parametrize(
    ("known", "said", "right"),
    [
        ("Paris", "The answer is Paris.", True),
        ("Paris", "The answer is paris", True),
        ("Paris", "\\boxed{London}", False),
        ("Paris", "#### Paris or London", False),
        ("yes", "#### no", False),
        ("(b) both of them", "#### (B)  both of them.", True),
        ("12", "#### 12 or 13", False),
        ("1/2", "#### 0.5", True),
        ("__import__('os')", "#### 1", False),
    ],
)
def test_a_known_answer_may_be_no_formula(known: str, said: str, right: bool) -> None:  # noqa: FBT001 - a row of a table
    (found,) = checked(Question(text="?", answer=known), [said])
    assert found.passed is right


def test_a_file_of_maths_format(tmp_path: Path) -> None:
    line = {"problem": "What?", "solution": "so $\\boxed{\\frac{1}{2}}$", "level": 3}
    file = written(tmp_path, "\ufeff" + json.dumps(line))
    assert questions(file, "math") == questions(file) == (Question(text="What?", answer="\\frac{1}{2}"),)


def test_a_line_separator_within_a_question_ends_no_line(tmp_path: Path) -> None:
    file = tmp_path / "q.jsonl"
    file.write_text(json.dumps({"question": "a\u2028b?", "answer": 1}, ensure_ascii=False), encoding="utf-8")
    assert questions(file)[0].text == "a\u2028b?"


@given(st.integers(2, 400), st.floats(0.02, 0.98), st.randoms(use_true_random=False))
def test_a_question_stays_on_its_side(count: int, share: float, chance: Random) -> None:
    asked = [Question(text=f"{n}?") for n in range(count)]
    try:
        rest, held = apart(asked, share)
    except UsageError:
        return
    assert set(rest) | set(held) == set(asked)
    assert not set(rest) & set(held)
    more = [*asked, *(Question(text=f"other {n}?") for n in range(50))]
    chance.shuffle(more)
    again, out = apart(more, share)
    assert set(held) == set(out) & set(asked)
    assert set(rest) == set(again) & set(asked)


def test_a_share_is_about_that_share() -> None:
    _, held = apart([Question(text=f"{n}?") for n in range(5000)], 0.2)
    assert 900 < len(held) < 1100


def test_neither_side_may_be_empty() -> None:
    with pytest.raises(UsageError, match="leaves one side empty"):
        apart([Question(text="a?")], 0.5)


def test_no_questions_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "q.jsonl").write_text("\n")
    with pytest.raises(UsageError, match="holds no questions"):
        questions(tmp_path / "q.jsonl")
    with pytest.raises(UsageError, match="cannot be read"):
        questions(tmp_path / "none.jsonl")
