"""What journals hold to train on."""

from __future__ import annotations

from pathlib import Path

from refine.distill.samples import by_prompt, samples
from refine.questions import voted
from refine.survey import Plan, Survey
from tests.fakes import toy
from tests.recorded import record
from tests.test_survey import SUMS, Adds, begun


async def test_a_survey_gives_every_answer_with_its_votes(tmp_path: Path) -> None:
    plan = Plan(SUMS, samples=4)
    with begun(tmp_path, plan) as journal:
        await Survey(plan, journal, Adds(), voted).go()
    found = list(samples(tmp_path / "survey.db"))
    assert len(found) == 24
    assert {s.worth for s in found if s.source.sample != 3} == {0.75}
    assert {s.worth for s in found if s.source.sample == 3} == {None}
    assert [len(group) for group in by_prompt(found)] == [4] * 6
    assert {s.source.run for s in found} == {"survey.db"}


async def test_a_search_gives_what_its_model_wrote_and_not_the_seeds(tmp_path: Path) -> None:
    path = await record(toy(tmp_path, direction="minimize"), tmp_path / "run.db", candidates=30)
    found = list(samples(path))
    assert 20 <= len(found) < 30
    assert all(s.source.ask > 0 for s in found)
    passed = [s for s in found if s.worth is not None]
    assert passed
    assert all(s.worth == -float(s.completion.partition("=")[2].strip(" `\n")) for s in passed)
