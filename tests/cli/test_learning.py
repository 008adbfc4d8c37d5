"""`refine survey` and `distill -o rows.jsonl` from the command line; what trains is tested with torch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from refine.cli import learning, surveying
from refine.cli.practice import Source, exercise, exercises, held
from refine.cli.surveying import Check, Part, chosen
from refine.distill.train import Recipe
from refine.errors import UsageError
from refine.improve.stopping import Round, Rules
from refine.load import shipped
from refine.proposers import Options
from refine.questions import Question
from tests.test_survey import SUMS, Adds


def jsonl(path: Path, questions: tuple[Question, ...]) -> Path:
    path.write_text("".join(json.dumps({"question": q.text, "answer": q.answer}) + "\n" for q in questions))
    return path


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(surveying, "asked", lambda _spec, _options: Adds())
    return jsonl(tmp_path / "sums.jsonl", SUMS)


def survey(
    file: Path,
    *,
    check: Check = "vote",
    part: Part = "practice",
    held_out: str = "",
    as_json: bool = False,
    path: Path | None = None,
) -> int:
    wanted = chosen(Source(file, "auto", held_out), part, check)
    return surveying.survey(wanted, "adds", path, plan={"samples": 4}, options=Options(), as_json=as_json)


def test_a_survey_says_what_the_votes_came_to(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert survey(file) == 0
    said = capsys.readouterr().out
    assert "all 6 questions are asked; the answers are in runs/sums.db" in said
    assert "the majority has 0.750 of the answers; different answers: 0.500" in said
    assert "an answer is right in 0.750, the majority in 1.000; confidence overstates by -0.250" in said


def test_a_survey_says_it_to_programs(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey(file, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["questions"], said["answers"], said["single"], said["majority"]) == (6, 24, 0.75, 1.0)
    assert (said["confidence"], said["overstated"], said["journal"]) == (0.75, -0.25, "runs/sums.db")


def test_without_answers_nothing_is_said_about_right(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text('{"question": "3 + 3?"}\n')
    survey(file)
    said = capsys.readouterr().out
    assert "the majority has 0.750" in said
    assert "right" not in said


def test_what_is_held_out_is_not_asked(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    jsonl(tmp_path / "exam.jsonl", SUMS[4:])
    survey(file, held_out="exam.jsonl", as_json=True)
    assert json.loads(capsys.readouterr().out)["questions"] == 4
    survey(file, held_out="exam.jsonl", part="held-out", as_json=True, path=tmp_path / "other.db")
    assert json.loads(capsys.readouterr().out)["questions"] == 2


def test_a_share_holds_out_the_same_questions_everywhere(file: Path) -> None:
    jsonl(file, tuple(Question(text=f"{n} + {n}?", answer=str(2 * n)) for n in range(60)))
    practised = exercise(Source(file, held_out="30%"))
    assert (
        practised.held_out == held(f"{file}:30%") == chosen(Source(file, held_out="30%"), "held-out", "vote").questions
    )
    assert practised.practice == chosen(Source(file, held_out="30%"), "practice", "vote").questions
    assert 5 < len(practised.held_out) < 35


def test_a_shipped_exercise_is_named_as_a_task_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert {"arithmetic_words", "equations", "ring_road"} <= set(exercises())
    asked = chosen(Source(Path("equations")), "practice", "tool")
    assert (asked.name, asked.tokens) == ("equations", 32)
    assert chosen(Source(shipped() / "equations"), "practice", "tool").questions == asked.questions
    assert not set(chosen(Source(Path("equations")), "held-out", "vote").questions) & set(asked.questions)


BAD = [
    (Source(Path("nowhere.jsonl")), "vote", r"there is no nowhere.jsonl: .* or one of arithmetic_words, equations"),
    (Source(Path("sums.jsonl")), "tool", "only an exercise can have one"),
    (Source(Path("sums.jsonl")), "luck", "write vote"),
    (Source(Path("open.jsonl")), "answers", "none is known to '7 [+] 7[?]'"),
    (Source(Path("sums.jsonl"), held_out="sums.jsonl"), "vote", "nothing is practice: --held-out names"),
    (Source(Path("sums.jsonl"), held_out="20"), "vote", "the questions in 20 cannot be read"),
    (Source(Path("equations"), held_out="20%"), "vote", "brings its own examination"),
]


@pytest.mark.parametrize(("source", "check", "why"), BAD)
def test_what_cannot_be_surveyed(file: Path, source: Source, check: Check, why: str) -> None:
    file.with_name("open.jsonl").write_text('{"question": "7 + 7?"}\n')
    with pytest.raises(UsageError, match=why):
        chosen(source, "practice", check)


def test_nothing_is_held_out_by_itself(file: Path) -> None:
    with pytest.raises(UsageError, match="nothing is held-out"):
        chosen(Source(file), "held-out", "vote")
    with pytest.raises(UsageError, match=r"hold a share of it out \(--held-out 20%\)"):
        exercise(Source(file))


def test_rows_can_be_had_without_training(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    survey(file)
    exam = tmp_path / "exam.jsonl"
    exam.write_text('{"question": "0 + 0?", "answer": "0"}\n')
    learning.distill(
        [tmp_path / "runs" / "sums.db"],
        None,
        tmp_path / "rows.jsonl",
        "dpo",
        recipe={},
        selection={},
        held_out=str(exam),
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
            recipe={},
            selection={},
            held_out=None,
            unrelated=None,
            as_json=False,
        )


def test_a_recipe_that_cannot_be_is_an_error() -> None:
    with pytest.raises(UsageError, match="--rate -1: input should be greater than 0"):
        learning.recipe_of(Recipe(), {"rate": -1, "epochs": None})
    with pytest.raises(UsageError, match="--nll is of dpo"):
        learning.recipe_of(Recipe(), {"nll": 1.0})
    assert learning.recipe_of(Recipe(method="dpo", nll=1), {"beta": 0.2}) == Recipe(method="dpo", nll=1, beta=0.2)


IMPROVED: dict[str, Any] = {
    "rules": Rules(),
    "settings": {},
    "recipe": {},
    "unrelated": None,
    "rehearse": None,
    "max_tokens": None,
    "serve": "transformers",
    "seed": 0,
    "as_json": False,
}


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"settings": {"questions": 5000}}, "--questions 5000: equations has 3000 to practise"),
        ({"settings": {"least": 0.4}}, "--least is the share of votes that lmsi asks for"),
        ({"rehearse": Path("nowhere.jsonl")}, "there is no file nowhere.jsonl"),
        ({"rehearse": Path("empty.jsonl")}, "--rehearse empty.jsonl: there are no rows"),
        ({"rehearse": Path("sums.jsonl")}, "sums.jsonl:1: prompt: Field required"),
        ({"rehearse": Path("judged.jsonl"), "recipe": {"nll": 0.0}}, "imitate it, with --nll"),
        ({"recipe": {"beta": -1.0}}, "--beta -1"),
    ],
)
def test_what_cannot_be_improved_is_said_before_anything_is_asked(
    file: Path, tmp_path: Path, other: dict[str, Any], why: str
) -> None:
    file.with_name("empty.jsonl").write_text("\n")
    file.with_name("judged.jsonl").write_text('{"prompt": "judge 1", "completion": "Score: 5"}\n')
    base = tmp_path / "base"
    base.mkdir()
    with pytest.raises(UsageError, match="--base base holds no config.json"):
        learning.improve(Source(Path("equations")), Path("base"), tmp_path / "out", "self_rewarding", **IMPROVED)
    (base / "config.json").write_text("{}")
    with pytest.raises(UsageError, match=why):
        learning.improve(Source(Path("equations")), base, tmp_path / "out", "self_rewarding", **IMPROVED | other)
    with pytest.raises(UsageError, match="sums has no tool that checks an answer: take lmsi"):
        learning.improve(
            Source(file, held_out=str(jsonl(tmp_path / "exam.jsonl", SUMS[4:]))),
            base,
            tmp_path / "out",
            "ida",
            **IMPROVED,
        )
    assert not (tmp_path / "out").exists()


def test_the_model_to_take_is_the_last_that_was_shown_to_be_better_than_the_base() -> None:
    def over(number: int, verdict: str) -> Round:
        common = {"rows": 1, "left_out": 0, "before": 0.0, "after": 0.5, "low": -0.1, "high": 0.1, "verdict": "better"}
        return Round.model_validate({"number": number, "since_verdict": verdict, **common})

    assert learning.best([over(1, "worse"), over(2, "better"), over(3, "no difference shown")], Path("out")).endswith(
        "out/round-2/model"
    )
    assert learning.best([over(1, "worse")], Path("out")).startswith("no model was shown to be better than the base")


def test_ctrl_c_in_a_survey_says_how_to_go_on(
    file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def stopped(*_: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as during:
        during.setattr(surveying, "_survey", stopped)
        with pytest.raises(KeyboardInterrupt):
            survey(file)
    assert capsys.readouterr().err == "stopped; the same command goes on from here\n"


@pytest.mark.parametrize("model", ["mutate", "manual:there", "replay:run.db"])
def test_a_survey_asks_language_models(model: str) -> None:
    from refine.proposers.choose import asked

    with pytest.raises(UsageError, match="cannot be asked a question: write PROVIDER/NAME, vllm:FOLDER or"):
        asked(model, Options())
