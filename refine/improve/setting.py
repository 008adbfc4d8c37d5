"""What a step of a round works with, and how it asks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from refine.distill.samples import Sample
from refine.distill.samples import samples as read
from refine.improve.exercise import Exercise
from refine.proposers import Proposer
from refine.questions import Verify
from refine.survey import Plan, Survey, take_up


@dataclass(frozen=True, slots=True)
class Setting:
    """What a round works with: the model at hand, the round's own folder and seed; `say` is told of each step."""

    exercise: Exercise
    model: Proposer
    folder: Path
    seed: int
    say: Callable[[str], None] = lambda _step: None


def surveyed(plan: Plan, setting: Setting, what: str, verify: Verify) -> list[Sample]:
    """The samples of a survey; its journal is WHAT.db in the setting's folder, and is gone on with if it is there."""
    setting.folder.mkdir(parents=True, exist_ok=True)
    path, model = setting.folder / f"{what}.db", setting.model
    setting.say(f"{what}: {len(plan.questions)} questions, {plan.samples} answers to each")
    with take_up(path, plan, name=f"{setting.exercise.name}: {what}", model=model.name, metric="worth") as facts:
        asyncio.run(_go(Survey(plan, facts, model, verify)))
    return list(read(path))


async def _go(survey: Survey) -> None:
    await survey.go()
