"""`refine survey` and `distill -o rows.jsonl` from the command line; what trains is tested with torch."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from refine.cli import learning
from refine.distill.train import Recipe
from refine.errors import UsageError
from refine.proposers import Options
from tests.test_survey import SUMS, Adds


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(learning, "asked", lambda _spec, _options: Adds())
    path = tmp_path / "sums.jsonl"
    path.write_text("".join(json.dumps({"question": q.text, "answer": q.answer}) + "\n" for q in SUMS))
    return path


def survey(file: Path, *, check: str = "vote", **plan: object) -> int:
    return learning.survey(file, "adds", None, check=check, plan={"samples": 4, **plan}, options=Options())


def test_a_survey_says_what_the_votes_came_to(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert survey(file) == 0
    said = capsys.readouterr().out
    assert "all 6 questions are asked; the answers are in runs/sums.db" in said
    assert "the majority has 0.750 of the answers; different answers: 0.500" in said
    assert "it is right in 1.000; confidence overstates by -0.250" in said


def test_rows_can_be_had_without_training(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey(file)
    exam = tmp_path / "exam.jsonl"
    exam.write_text('{"question": "0 + 0?", "answer": "0"}\n')
    learning.distill(
        [tmp_path / "runs" / "sums.db"],
        None,
        tmp_path / "rows.jsonl",
        "dpo",
        recipe=Recipe(),
        selection={},
        held_out=exam,
        unrelated=None,
        as_json=False,
    )
    rows = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert [row["prompt"][-1]["content"] for row in rows] == [q.text for q in SUMS[1:]]
    assert all(int(row["rejected"][0]["content"][5:]) == int(row["chosen"][0]["content"][5:]) + 1 for row in rows)
    assert "5 rows in" in capsys.readouterr().out


def test_a_base_is_asked_for(file: Path, tmp_path: Path) -> None:
    survey(file)
    with pytest.raises(UsageError, match="--base FOLDER"):
        learning.distill(
            [tmp_path / "runs" / "sums.db"],
            None,
            tmp_path / "new",
            "sft",
            recipe=Recipe(),
            selection={},
            held_out=None,
            unrelated=None,
            as_json=False,
        )


@pytest.mark.parametrize("model", ["mutate", "manual:there", "replay:run.db"])
def test_a_survey_asks_language_models(model: str) -> None:
    from refine.proposers.choose import asked

    with pytest.raises(UsageError, match="a survey asks a language model"):
        asked(model, Options())
