"""The whole of `refine distill` around trainer and models that are stand-ins: what is not done twice, and not mixed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from refine.distill import distil as module
from refine.distill.begun import begin
from refine.distill.distil import Plan, distil
from refine.distill.rows import Row
from refine.distill.train import TRAINED, Recipe, Trained
from refine.errors import Fault, UsageError
from refine.questions import voted
from refine.survey import Plan as Questions
from refine.survey import Survey, take_up
from tests.test_survey import SUMS, Adds


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """From a survey of four sums, to be examined with two others."""
    run, base = tmp_path / "sums.db", tmp_path / "base"
    asked = Questions(SUMS[:4], samples=4)
    with take_up(run, asked, name="sums", model="adds", metric="worth") as journal:
        asyncio.run(Survey(asked, journal, Adds(), voted).go())
    base.mkdir()
    (base / "config.json").write_text("{}")
    return Plan((run,), base, tmp_path / "new", "expert", Recipe(), held_out=SUMS[4:])


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Row]]:
    given: list[Sequence[Row]] = []

    def train(_base: Path, rows: Sequence[Row], out: Path, _recipe: Recipe) -> Trained:
        given.append(rows)
        (out / TRAINED).write_text(json.dumps({"losses": [2.0, 1.0], "steps": 7, "seconds": 3.0}))
        (out / "config.json").write_text("{}")
        return Trained(out, (2.0, 1.0), 7, 3.0)

    monkeypatch.setattr(module, "train", train)
    monkeypatch.setattr(module, "require", lambda *_: None)
    return given


def test_a_training_that_ended_is_not_done_again_where_the_examination_failed(
    plan: Plan, learnt: list[Sequence[Row]]
) -> None:
    def broken(_model: Path) -> Adds:
        raise Fault("model", "it is away")

    with pytest.raises(Fault, match="it is away"):
        distil(plan, broken)
    done = distil(plan, lambda _model: Adds())
    assert (done.trained.steps, done.trained.losses) == (7, (2.0, 1.0))
    assert [len(rows) for rows in learnt] == [4]
    assert "steps: 7, in 3 s" in (plan.out / "README.md").read_text()


def test_another_model_is_not_written_over_the_first_whose_examination_is_there(
    plan: Plan, learnt: list[Sequence[Row]]
) -> None:
    distil(plan, lambda _model: Adds())
    for other, name in (
        (replace(plan, recipe=Recipe(epochs=9)), "recipe"),
        (replace(plan, choice="dpo"), "recipe and rows"),
        (replace(plan, held_out=SUMS[3:]), "rows"),
    ):
        with pytest.raises(UsageError, match=f"begun with another {name}: name a new folder"):
            distil(other, lambda _model: Adds())
    assert len(learnt) == 1


def test_a_base_is_never_written_over(plan: Plan, learnt: list[Sequence[Row]]) -> None:
    with pytest.raises(UsageError, match="is the base"):
        distil(replace(plan, out=plan.base), lambda _model: Adds())
    with pytest.raises(UsageError, match="holds a model already"):
        begin(plan.base, {})
    assert learnt == []
    assert [file.name for file in plan.base.iterdir()] == ["config.json"]
