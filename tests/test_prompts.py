from __future__ import annotations

import json
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from refine import prompts
from refine.types import Candidate, Outcome, Shown, Verdict
from tests.fakes import toy


def test_a_prompt_shows_what_happened(tmp_path: Path) -> None:
    task = toy(tmp_path)
    outcome = Outcome(
        verdict=Verdict.PASSED, score=3.5, metrics={"speed": 2}, instances={"a": 1.0, "b": 2.0}, feedback="slow at b",
        output="hello",
    )  # fmt: skip
    failures = [Outcome(verdict=Verdict.CRASHED, feedback="ZeroDivisionError at line 3")]
    system, user = prompts.messages(task, [Shown(Candidate("x = 3\n"), outcome)], failures, 3.5)
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
    parents = [Shown(Candidate(f"x = {n}\n"), Outcome(verdict=Verdict.PASSED, score=float(n))) for n in (9, 4)]
    _, user = prompts.messages(toy(tmp_path), parents, [], 9.0)
    assert user.content.index("x = 4") < user.content.index("x = 9")


def test_without_a_parent_it_asks_for_the_first(tmp_path: Path) -> None:
    assert "write the first one" in prompts.messages(toy(tmp_path), [], [], None)[1].content


@given(st.text(), st.integers(10, 100))
def test_shortened_keeps_both_ends(text: str, limit: int) -> None:
    short = prompts.shortened(text, limit)
    assert len(short) <= max(len(text), limit + 40)
    assert short[: limit // 2] == text[: limit // 2]
    assert short[-(limit // 2) :] == text[-(limit // 2) :]


def test_messages_are_kept_exactly(tmp_path: Path) -> None:
    asked = prompts.messages(toy(tmp_path), [], [], None)
    assert json.loads(prompts.as_text(asked)) == [[m.role, m.content] for m in asked]
