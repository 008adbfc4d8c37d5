"""How well a model judges what it did not write: one panel of answers, the same after every round.

The panel is what the base says to questions of the examination, so it is known which of it is right. A model's own
later answers are no measure of its judging: training moves them to where its judge agrees with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from refine.distill.samples import Sample
from refine.distill.samples import samples as read
from refine.improve.measures import judging
from refine.improve.setting import Setting, surveyed
from refine.journal import Journal
from refine.questions import checked
from refine.survey import Plan

QUESTIONS, ANSWERS = 100, 4
"""Of the examination, and to each of them."""

Judge = Callable[[Sequence[Sample], Setting], list[Sample]]
"""The same samples, with the worth that the model of the setting sees in them."""


def judgement(judge: Judge, setting: Setting, when: str) -> float:
    """Share of the pairs of a right and a wrong answer that the model tells apart: 0.5 is chance; NaN without a pair.

    The panel is in a folder beside those of the rounds; the first model that comes to it, the base, writes it.
    """
    said = _panel(replace(setting, folder=setting.folder.parent / "panel"))
    known = {question.text: question for question in setting.exercise.held_out}
    return judging(judge(said, replace(setting, folder=setting.folder / f"panel-{when}")), known).accuracy


def _panel(setting: Setting) -> list[Sample]:
    path, exercise = setting.folder / "panel.db", setting.exercise
    if path.is_file() and _writer(path) != setting.model.name:
        return list(read(path))
    plan = Plan(
        exercise.held_out[:QUESTIONS],
        samples=ANSWERS,
        system=exercise.system,
        params={"temperature": 1.0, "max_tokens": exercise.tokens},
        seed=setting.seed,
        in_flight=QUESTIONS,
    )
    return surveyed(plan, setting, "panel", checked)


def _writer(path: Path) -> str:
    with Journal.read(path) as journal:
        return journal.started.model
