from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from refine import prompts
from refine.errors import TaskError
from refine.prompts import Brief, Tried
from refine.types import Candidate, Outcome, Shown, Verdict
from tests.fakes import toy


def shown(*scores: float) -> tuple[Shown, ...]:
    return tuple(Shown(Candidate(f"x = {n}\n"), Outcome(verdict=Verdict.PASSED, score=float(n))) for n in scores)


def tried(*scores: float, said: str = "") -> tuple[Tried, ...]:
    return tuple(Tried(one.candidate, one.outcome, said) for one in shown(*scores))


def test_a_prompt_shows_what_happened(tmp_path: Path) -> None:
    task = toy(tmp_path)
    outcome = Outcome(
        verdict=Verdict.PASSED, score=3.5, metrics={"speed": 2}, instances={"a": 1.0, "b": 2.0}, feedback="slow at b",
        output="hello",
    )  # fmt: skip
    failures = (Outcome(verdict=Verdict.CRASHED, feedback="ZeroDivisionError at line 3"),)
    system, user = prompts.messages(Brief(task, (Shown(Candidate("x = 3\n"), outcome),), failures=failures, best=3.5))
    assert "verifier that you cannot influence" in system.content
    for said in (
        "Write x = NUMBER",
        "score 3.5",
        "speed = 2",
        "a: 1, b: 2",
        "slow at b",
        "hello",
        "x = 3",
        "crashed: ZeroDivisionError",
        "Best so far: 3.5",
    ):
        assert said in user.content, said
    assert user.content.rstrip().endswith("```"), "the program to improve comes last"


def test_the_best_parent_comes_last(tmp_path: Path) -> None:
    _, user = prompts.messages(Brief(toy(tmp_path), shown(9, 4), best=9.0))
    assert user.content.index("x = 4") < user.content.index("x = 9")


def test_without_a_parent_it_asks_for_the_first(tmp_path: Path) -> None:
    assert "write the first one" in prompts.messages(Brief(toy(tmp_path)))[1].content


@given(st.text(), st.integers(10, 100))
def test_shortened_keeps_both_ends(text: str, limit: int) -> None:
    short = prompts.shortened(text, limit)
    assert len(short) <= max(len(text), limit + 40)
    assert short[: limit // 2] == text[: limit // 2]
    assert short[-(limit // 2) :] == text[-(limit // 2) :]


def test_messages_are_kept_exactly(tmp_path: Path) -> None:
    asked = prompts.messages(Brief(toy(tmp_path)))
    assert json.loads(prompts.as_text(asked)) == [[m.role, m.content] for m in asked]


def test_inspirations_and_history_stand_before_the_program_to_improve(tmp_path: Path) -> None:
    crashed = Tried(Candidate("x = 1/0\n"), Outcome(verdict=Verdict.CRASHED, feedback="ZeroDivisionError"))
    brief = Brief(toy(tmp_path), shown(5), inspirations=shown(9, 8), history=(*tried(2), crashed), say="Be bold.")
    text = prompts.messages(brief)[1].content
    places = [
        text.index(said) for said in ("x = 2", "crashed: ZeroDivisionError", "x = 8", "x = 9", "x = 5", "Be bold.")
    ]
    assert places == sorted(places)


def test_what_was_known_comes_first_and_by_name(tmp_path: Path) -> None:
    measured = Outcome(verdict=Verdict.PASSED, score=3.0, metrics={"kl": 0.25}, curves={"accuracy": [0.5, 0.75]})
    known = (Tried(Candidate("x = 3\n"), measured, "IPO"), *tried(2, said="a seed"))
    failing = Tried(Candidate("y\n"), Outcome(verdict=Verdict.CRASHED, feedback="no x"), "SLiC")
    text = prompts.messages(Brief(toy(tmp_path), shown(5), known=(*known, failing), history=tried(7)))[1].content
    said = ("## IPO: score 3\nMetrics: kl = 0.25", "accuracy: 0.5, 0.75", "x = 3", "## a seed: score 2", "x = 2",
            "## SLiC: crashed\nFeedback: no x", "Score 7", "x = 5")  # fmt: skip
    places = [text.index(part) for part in said]
    assert places == sorted(places)


def test_history_says_what_was_measured_and_meant(tmp_path: Path) -> None:
    outcome = Outcome(verdict=Verdict.PASSED, score=3.0, metrics={"kl": 0.25, "sd": 0.5})
    history = (Tried(Candidate("x = 3\n"), outcome, "A bound on x.\nName: bounded"), *tried(4))
    text = prompts.messages(Brief(toy(tmp_path), history=history))[1].content
    assert "Score 3 (kl = 0.25, sd = 0.5)\nIts author said: A bound on x.\nName: bounded\n```" in text
    assert "Score 4\n```" in text


def test_a_long_prompt_is_cut_in_the_stated_order(tmp_path: Path) -> None:
    brief = Brief(
        toy(tmp_path),
        shown(5, 4),
        inspirations=shown(9),
        known=tried(70),
        history=tried(*range(100, 140)),
        failures=(Outcome(verdict=Verdict.WRONG, feedback="a failure"),),
    )
    parts = ("x = 100\n", "x = 139\n", "x = 9\n", "a failure", "x = 70\n", "x = 4\n", "x = 5\n")
    left = []
    for characters in (10_000, 2_200, 800, 600, 450, 1):
        text = prompts.messages(replace(brief, characters=characters))[1].content + "\n"
        left.append([part in text for part in parts])
    assert left[0] == [True] * 7
    assert left[-1] == [False] * 6 + [True], "the program to improve is never cut"
    assert all(a >= b for row, after in pairwise(left) for a, b in zip(row, after, strict=True))
    assert all(row == sorted(row) for row in left), "nothing goes before what is less important"


def test_a_repair_shows_the_program_and_its_error(tmp_path: Path) -> None:
    failed = Shown(Candidate("x = 1/0\n"), Outcome(verdict=Verdict.CRASHED, feedback="ZeroDivisionError: line 1"))
    text = prompts.repair(toy(tmp_path), failed, 1000)[1].content
    assert "ZeroDivisionError: line 1" in text
    assert "x = 1/0" in text


def test_a_diff_is_asked_for_with_its_form(tmp_path: Path) -> None:
    system, user = prompts.messages(Brief(toy(tmp_path), shown(1), edit="diff"))
    assert "<<<<<<< SEARCH" in user.content
    assert "fenced code block" not in system.content


def test_a_task_replaces_templates(tmp_path: Path) -> None:
    task = toy(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "propose.j2").write_text("Improve it, said {{ metric }}.")
    system, user = prompts.messages(Brief(task))
    assert user.content == f"Improve it, said {task.metric}."
    assert "verifier that you cannot influence" in system.content


def test_a_wrong_template_is_the_tasks_error(tmp_path: Path) -> None:
    task = toy(tmp_path)
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "system.j2").write_text("{{ nothing_of_that_name }}")
    with pytest.raises(TaskError, match="nothing_of_that_name"):
        prompts.messages(Brief(task))


def test_it_says_what_may_be_imported(tmp_path: Path) -> None:
    said = prompts.messages(Brief(toy(tmp_path), packages=("numpy", "torch")))[1].content
    assert "standard library and numpy, torch." in said
    assert "import" not in prompts.messages(Brief(toy(tmp_path)))[1].content


def test_what_a_training_did_is_told(tmp_path: Path) -> None:
    curves = {"reward/speed": [0.5, 1.5], "reward/energy": [-0.25, -0.25]}
    trained = Shown(Candidate("x = 3\n"), Outcome(verdict=Verdict.PASSED, score=3.0, curves=curves))
    text = prompts.messages(Brief(toy(tmp_path), (trained,)))[1].content
    assert "reward/speed: 0.5, 1.5 (max 1.5, mean 1, min 0.5)" in text
    assert "Hardly moves at all: reward/energy." in text
